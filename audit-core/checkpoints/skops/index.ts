import { type ByteSource, bytesSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { type Hazard, refuse } from '../inspection';
import type { Limits } from '../limits';
import { readNpy } from '../npy';
import { describePickle } from '../pickle';
import { isKnownGlobal } from '../pickle/globals';
import { checkValue } from '../pickle/read';
import { isKind, type PyObject, type PyValue } from '../pickle/values';
import { asArray, asNumber, asObject, asString, type Json, parseJson, utf8 } from '../text/json';
import { readZip, type ZipEntry } from '../zip/directory';
import { entrySource, readEntry } from '../zip/entry';

/** Opens a skops archive (skops/io): `schema.json` describes the object, `.npy` files hold its arrays. */
export async function openSkops(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const { entries, warnings } = await readZip(source, limits);
  const schema = entries.get('schema.json') ?? refuse('The archive has no schema.json.');
  if (schema.size > limits.structureBytes) refuse('The schema.json is larger than this reader allows.');
  const json = parseJson(
    utf8(await readEntry(source, schema, limits), 'The schema.json'),
    limits.depth * 5,
    'The schema.json',
  );
  const reader = new SkopsReader(source, entries, limits);
  const value = await reader.value(json, 0);
  const root = asObject(json);
  return await describePickle({
    format: 'skops',
    // Arrays were read from the archive into inline bytes: no further reads go to a file.
    source: bytesSource(source.name, new Uint8Array(0)),
    value,
    hazards: [...reader.hazards.values()],
    warnings: [...warnings, ...checkValue(value, limits)],
    limits,
    metadata: { skops: asString(root?._skops_version) ?? 'unknown' },
  });
}

const plainTypes = /^builtins\.(?:dict|list|tuple|set|str|slice|bytes|bytearray|int|float|bool|NoneType|frozenset)$/;

/** Turns skops' nodes into the same inert values that a pickle gives. */
class SkopsReader {
  readonly hazards = new Map<string, Hazard>();
  readonly #known = new Map<number, PyValue>();
  readonly #open = new Set<number>();

  constructor(
    readonly source: ByteSource,
    readonly entries: ReadonlyMap<string, ZipEntry>,
    readonly limits: Limits,
  ) {}

  async value(node: Json | undefined, depth: number): Promise<PyValue> {
    if (depth > 300) refuse('The schema.json is nested too deeply.');
    const entry = asObject(node);
    if (!entry) return (Array.isArray(node) ? null : (node ?? null)) as PyValue;
    const id = asNumber(entry.__id__);
    const loader = asString(entry.__loader__) ?? '';
    if (loader === 'CachedNode' || (id !== null && this.#known.has(id) && loader === '')) {
      if (id === null || this.#open.has(id) || !this.#known.has(id))
        refuse('The schema.json refers to itself; the file is broken.');
      return this.#known.get(id) ?? null;
    }
    if (id !== null) this.#open.add(id);
    const value = await this.#node(entry, loader, depth);
    if (id !== null) {
      this.#open.delete(id);
      this.#known.set(id, value);
    }
    return value;
  }

  async #node(entry: { [key: string]: Json }, loader: string, depth: number): Promise<PyValue> {
    const module = asString(entry.__module__) ?? '';
    const name = asString(entry.__class__) ?? '';
    const list = async (): Promise<PyValue[]> => {
      const out: PyValue[] = [];
      for (const each of asArray(entry.content) ?? []) out.push(await this.value(each, depth + 1));
      return out;
    };
    switch (loader) {
      case 'JsonNode':
        return scalar(asString(entry.content) ?? 'null');
      case 'DictNode':
      case 'DefaultDictNode': {
        const pairs: [PyValue, PyValue][] = [];
        for (const [key, each] of Object.entries(asObject(entry.content) ?? {}))
          pairs.push([key, await this.value(each, depth + 1)]);
        return { kind: 'dict', entries: pairs };
      }
      case 'ListNode':
        return { kind: 'list', items: await list() };
      case 'TupleNode':
        return { kind: 'tuple', items: await list() };
      case 'SetNode':
        return { kind: 'set', items: await list() };
      case 'SliceNode': {
        const content = asObject(entry.content);
        return object('builtins', 'slice', [
          asNumber(content?.start),
          asNumber(content?.stop),
          asNumber(content?.step),
        ]);
      }
      case 'NdArrayNode':
      case 'MaskedArrayNode':
        return await this.#array(entry, depth);
      case 'TypeNode':
      case 'FunctionNode':
      case 'MethodNode':
      case 'PartialNode':
        this.#check(module, name);
        return { kind: 'global', module, name };
      default: {
        this.#check(module, name);
        const reduce = asObject(entry.__reduce__);
        const args = reduce ? await this.value(reduce.args, depth + 1) : null;
        const made = object(module, name, typeof args === 'object' && args?.kind === 'tuple' ? args.items : []);
        const state = await this.value(entry.content, depth + 1);
        if (state !== null) made.state = state;
        return made;
      }
    }
  }

  async #array(entry: { [key: string]: Json }, depth: number): Promise<PyValue> {
    if (entry.type === 'json') {
      const items: PyValue[] = [];
      for (const each of asArray(entry.content) ?? []) items.push(...flat(await this.value(each, depth + 1), 0));
      const shape = await this.value(entry.shape, depth + 1);
      const made = object('numpy._core.multiarray', '_reconstruct', []);
      made.state = {
        kind: 'tuple',
        items: [1, shape, object('numpy', 'dtype', ['O8']), false, { kind: 'list', items }],
      };
      return made;
    }
    const file = asString(entry.file) ?? refuse('An array of the skops file has no data.');
    const found =
      this.entries.get(file) ?? refuse(`The archive has no "${file.slice(0, 80)}", which its schema names.`);
    const array = await readNpy(await entrySource(this.source, found, this.limits), file, this.limits);
    if (array.dtype === 'object') {
      this.hazards.set(file, {
        kind: 'embedded-pickle',
        message: `The array "${file.slice(0, 80)}" in the archive holds a pickle.`,
      });
      return null;
    }
    const raw = await (await entrySource(this.source, found, this.limits)).read(array.header.data, found.size);
    const shape: PyValue = { kind: 'tuple', items: [...array.shape] };
    return object('numpy._core.numeric', '_frombuffer', [
      { kind: 'bytes', start: 0, length: raw.length, inline: raw },
      dtypeValue(array.header.dtype),
      shape,
      array.header.fortran ? 'F' : 'C',
    ]);
  }

  #check(module: string, name: string): void {
    const full = `${module}.${name}`.slice(0, 160);
    if (full === '.' || plainTypes.test(full) || isKnownGlobal(module, name)) return;
    this.hazards.set(full, {
      kind: 'executable-content',
      message: `Loading the file would import ${full.replace(/[^\x20-\x7e]/g, '?')}, which is not known to be plain data. Load it only if you trust its author.`,
    });
  }
}

/** Object arrays of several dimensions are nested lists. */
const flat = (value: PyValue, depth: number): PyValue[] =>
  isKind(value, 'list') && depth < 8 ? value.items.flatMap(each => flat(each, depth + 1)) : [value];

function object(module: string, name: string, args: readonly PyValue[]): PyObject {
  return {
    kind: 'object',
    callee: { kind: 'global', module, name },
    args,
    keywords: null,
    state: undefined,
    items: [],
    entries: [],
    raw: -1,
  };
}

type NpyType = Awaited<ReturnType<typeof readNpy>>['header']['dtype'];

const codes: Readonly<Record<string, string>> = {
  bool: 'b1',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
};

/** A numpy type as a pickle would describe it. */
function dtypeValue(type: NpyType): PyValue {
  if (type.name !== 'struct') {
    const made = object('numpy', 'dtype', [
      codes[type.name] ?? (type.name === 'str' ? `U${type.size / 4}` : `V${type.size}`),
      false,
      true,
    ]);
    made.state = { kind: 'tuple', items: [3, type.bigEndian ? '>' : '<', null, null, null, -1, -1, 0] };
    return made;
  }
  const made = object('numpy', 'dtype', [`V${type.size}`, false, true]);
  const names: PyValue = { kind: 'tuple', items: type.fields.map(field => field.name) };
  const fields: PyValue = {
    kind: 'dict',
    entries: type.fields.map(field => [field.name, { kind: 'tuple', items: [dtypeValue(field.type), field.offset] }]),
  };
  made.state = { kind: 'tuple', items: [3, '|', null, names, fields, type.size, 1, 16] };
  return made;
}

function scalar(text: string): PyValue {
  if (/^-?(?:NaN|Infinity)$/.test(text)) return Number(text);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  } catch {
    return refuse('The schema.json holds a value that is no JSON.');
  }
}
