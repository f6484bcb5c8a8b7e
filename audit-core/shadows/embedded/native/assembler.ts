/**
 * A small assembler for WebAssembly with 128-bit vectors (WebAssembly core specification 2.0, chapter 5 "Binary Format"): just what the
 * kernels of this folder need. Code is written as expressions; each is the bytes of its instructions.
 */
export type Code = readonly number[];
export type ValueType = 'i32' | 'f32' | 'v128';

const typeBytes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const out: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return out;
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const out: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    const last = rest >> 7 === 0 ? (low & 0x40) === 0 : rest >> 7 === -1 && (low & 0x40) !== 0;
    out.push(last ? low : low | 0x80);
    if (last) return out;
  }
}

/** A parameter or local variable of a function. */
export class Local {
  constructor(private readonly index: number) {}

  get get(): Code {
    return [0x20, ...unsigned(this.index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.index)];
  }

  /** Adds to an integer variable. */
  add(value: Code): Code {
    return this.set(i32.add(this.get, value));
  }
}

const float32Bytes = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];
const two =
  (...operation: number[]) =>
  (left: Code, right: Code): Code => [...left, ...right, ...operation];
const one =
  (...operation: number[]) =>
  (value: Code): Code => [...value, ...operation];
/** Vector instructions have a prefix and a number in LEB128. */
const vector = (number: number): number[] => [0xfd, ...unsigned(number)];
const loading =
  (operation: number[], align: number) =>
  (address: Code, offset = 0): Code => [...address, ...operation, align, ...unsigned(offset)];
const storing =
  (operation: number[], align: number) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...operation, align, ...unsigned(offset)];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: two(0x6a),
  sub: two(0x6b),
  mul: two(0x6c),
  /** `left ≥ right`, signed. */
  notLess: two(0x4e),
  and: two(0x71),
  isZero: one(0x45),
};

export const f32 = {
  load: loading([0x2a], 2),
  store: storing([0x38], 2),
  add: two(0x92),
  sub: two(0x93),
  mul: two(0x94),
  div: two(0x95),
  sqrt: one(0x91),
  max: two(0x97),
  equal: two(0x5b),
  constant: (value: number): Code => [0x43, ...float32Bytes(value)],
};

export const f32x4 = {
  load: loading(vector(0x00), 2),
  /** One number of memory in all four lanes. */
  loadSplat: loading(vector(0x09), 2),
  store: storing(vector(0x0b), 2),
  splat: one(...vector(0x13)),
  equal: two(...vector(0x41)),
  sqrt: one(...vector(0xe3)),
  add: two(...vector(0xe4)),
  sub: two(...vector(0xe5)),
  mul: two(...vector(0xe6)),
  div: two(...vector(0xe7)),
  max: two(...vector(0xe9)),
  and: two(...vector(0x4e)),
  /** Bits of `left` that `right` does not have. */
  andNot: two(...vector(0x4f)),
  zero: [...vector(0x0c), ...new Array<number>(16).fill(0)] as Code,
  ones: [...vector(0x0c), ...new Array<number>(16).fill(0xff)] as Code,
  /** Lanes 0–3 are of `left`, 4–7 of `right`. */
  shuffle: (left: Code, right: Code, lanes: readonly [number, number, number, number]): Code => [
    ...left,
    ...right,
    ...vector(0x0d),
    ...lanes.flatMap(lane => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  ],
};

/** `for (counter; counter < limit; counter += step) body`; the counter keeps its value from before. */
export const loop = (counter: Local, limit: Code, step: Code, ...body: Code[]): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...i32.notLess(counter.get, limit),
  ...[0x0d, 0x01],
  ...body.flat(),
  ...counter.add(step),
  ...[0x0c, 0x00, 0x0b, 0x0b],
];

export const when = (condition: Code, then: Code, otherwise: Code = []): Code => [
  ...condition,
  0x04,
  0x40,
  ...then,
  ...(otherwise.length > 0 ? [0x05, ...otherwise] : []),
  0x0b,
];

/** One function under construction. Parameters are declared before locals. */
export class FunctionBuilder {
  private readonly parameters: ValueType[] = [];
  private readonly locals: ValueType[] = [];

  /** The next parameters, all of one type. */
  take<const Names extends string>(names: readonly Names[], type: ValueType = 'i32'): Readonly<Record<Names, Local>> {
    return Object.fromEntries(names.map(name => [name, this.parameter(type)])) as Record<Names, Local>;
  }

  parameter(type: ValueType = 'i32'): Local {
    this.parameters.push(type);
    return new Local(this.parameters.length - 1);
  }

  local(type: ValueType = 'i32'): Local {
    this.locals.push(type);
    return new Local(this.parameters.length + this.locals.length - 1);
  }

  /** The next locals, all of one type. */
  own<const Names extends string>(names: readonly Names[], type: ValueType = 'i32'): Readonly<Record<Names, Local>> {
    return Object.fromEntries(names.map(name => [name, this.local(type)])) as Record<Names, Local>;
  }

  finish(...code: Code[]): WasmFunction {
    return { parameters: this.parameters, locals: this.locals, code: code.flat() };
  }
}

/** A function without results: its answers are in memory. */
export interface WasmFunction {
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly code: Code;
}

const sized = (bytes: Code): number[] => [...unsigned(bytes.length), ...bytes];
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...sized(content)];
const named = (name: string): number[] => sized([...new TextEncoder().encode(name)]);

/** Calls a function of the module by its place in the list given to `moduleBytes`. */
export const call = (place: number, ...parameters: Code[]): Code => [...parameters.flat(), 0x10, ...unsigned(place)];

/** A module of functions, each exported by its name, over a memory that it imports as `env.memory`. */
export function moduleBytes(
  functions: readonly (readonly [name: string, made: WasmFunction])[],
): Uint8Array<ArrayBuffer> {
  const types = functions.map(([, { parameters }]) => [0x60, ...list(parameters.map(each => [typeBytes[each]])), 0]);
  const bodies = functions.map(([, { locals, code }]) =>
    sized([...list(locals.map(each => [1, typeBytes[each]])), ...code, 0x0b]),
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([[...named('env'), ...named('memory'), 0x02, 0x00, 0x00]])),
    ...section(3, list(functions.map((_, place) => unsigned(place)))),
    ...section(7, list(functions.map(([name], place) => [...named(name), 0x00, ...unsigned(place)]))),
    ...section(10, list(bodies)),
  ]);
}
