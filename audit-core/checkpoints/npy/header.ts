import { elementCount, refuse } from '../inspection';
import type { Limits } from '../limits';

/** What the header of an `.npy` array says (numpy.lib.format, versions 1.0 to 3.0). */
export interface NpyHeader {
  readonly dtype: NpyType;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Offset of the first element. */
  readonly data: number;
  readonly version: number;
}

/** An element type: a plain one, or several named fields. */
export interface NpyType {
  /** numpy's name of the element type; `object`, `bytes`, `str`, `void`, `struct`, `datetime` are not numbers. */
  readonly name: string;
  readonly size: number;
  readonly bigEndian: boolean;
  readonly fields: readonly { readonly name: string; readonly type: NpyType; readonly offset: number }[];
}

/** The length of the header's text, from the first 12 bytes. */
export function npyPreamble(
  head: Uint8Array,
  fileSize: number,
  limits: Limits,
): { version: number; start: number; end: number } {
  const version = head[6] ?? 0;
  if (version < 1 || version > 3) refuse(`The array says .npy version ${version}; versions 1 to 3 are read.`);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const start = version === 1 ? 10 : 12;
  if (head.length < start) refuse('The array is cut off in its header.');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > fileSize) refuse("The array's header goes beyond the end of the file.");
  if (length > Math.min(limits.structureBytes, 1 << 20)) refuse("The array's header is too long.");
  return { version, start, end: start + length };
}

/** Parses the header's dictionary literal: exactly `descr`, `fortran_order`, `shape`. Nothing is evaluated. */
export function parseNpyHeader(text: string, version: number, data: number): NpyHeader {
  const value = new LiteralReader(text).whole();
  if (!(value instanceof Map)) refuse("The array's header is not a dictionary.");
  const keys = [...value.keys()].sort().join();
  if (keys !== 'descr,fortran_order,shape')
    refuse("The array's header has other keys than descr, fortran_order and shape.");
  const fortran = value.get('fortran_order');
  const shape = value.get('shape');
  if (typeof fortran !== 'boolean' || !Array.isArray(shape)) refuse("The array's header is broken.");
  if (!shape.every(size => typeof size === 'number')) refuse("The array's shape is not made of numbers.");
  elementCount(shape as number[], 'The array');
  return { dtype: parseType(value.get('descr')), fortran, shape: shape as number[], data, version };
}

const plain: ReadonlyMap<string, string> = new Map(
  Object.entries({
    b1: 'bool',
    i1: 'int8',
    i2: 'int16',
    i4: 'int32',
    i8: 'int64',
    u1: 'uint8',
    u2: 'uint16',
    u4: 'uint32',
    u8: 'uint64',
    f2: 'float16',
    f4: 'float32',
    f8: 'float64',
    c8: 'complex64',
    c16: 'complex128',
  }),
);

/** numpy's type descriptor: a code such as `<f4`, or a list of fields. */
export function parseType(descr: Literal | undefined): NpyType {
  if (Array.isArray(descr)) {
    let offset = 0;
    const parts = descr.map(field => {
      if (!Array.isArray(field) || field.length < 2) refuse("The array's structured type is broken.");
      const [label, code, shape] = field;
      const type = parseType(code);
      const count = Array.isArray(shape) ? elementCount(shape as number[], 'A field of the array') : 1;
      const part = { name: String(Array.isArray(label) ? label[1] : label), type, offset };
      offset += type.size * count;
      return part;
    });
    return { name: 'struct', size: offset, bigEndian: false, fields: parts };
  }
  if (typeof descr !== 'string') refuse("The array's type is broken.");
  const match = /^([<>|=]?)([a-zA-Z])(\d*)(\[[\w]+\])?$/.exec(descr);
  if (!match) refuse(`The array has the unknown type "${descr.slice(0, 40)}".`);
  const [, order, kind = '', digits = ''] = match;
  const size = digits === '' ? 0 : Number(digits);
  const bigEndian = order === '>';
  const known = plain.get(kind + digits);
  if (known) return { name: known, size, bigEndian, fields: [] };
  if (kind === 'O') return { name: 'object', size: 8, bigEndian, fields: [] };
  if ((kind === 'S' || kind === 'a') && size < 1 << 20) return { name: 'bytes', size, bigEndian, fields: [] };
  if (kind === 'U' && size < 1 << 18) return { name: 'str', size: size * 4, bigEndian, fields: [] };
  if (kind === 'M' || kind === 'm') return { name: 'datetime', size: 8, bigEndian, fields: [] };
  if (kind === 'V' && size < 1 << 16) return { name: 'void', size, bigEndian, fields: [] };
  return refuse(`The array has the unknown type "${descr.slice(0, 40)}".`);
}

export type Literal = string | number | boolean | null | Literal[] | Map<string, Literal>;

/** Reads the few Python literals that a header may hold; anything else is refused, nothing is evaluated. */
class LiteralReader {
  #at = 0;
  constructor(readonly text: string) {}

  whole(): Literal {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) refuse("The array's header is not a plain dictionary.");
    return value;
  }

  #value(depth: number): Literal {
    if (depth > 16) refuse("The array's header is nested too deeply.");
    this.#space();
    const next = this.text[this.#at];
    if (next === '{') return this.#dictionary(depth);
    if (next === '(' || next === '[') return this.#sequence(next === '(' ? ')' : ']', depth);
    if (next === "'" || next === '"') return this.#string(next);
    const word = /^(?:True|False|None|-?\d+L?)/.exec(this.text.slice(this.#at, this.#at + 32))?.[0];
    if (word === undefined) refuse("The array's header is not made of plain literals.");
    this.#at += word.length;
    if (word === 'None') return null;
    return word === 'True' ? true : word === 'False' ? false : Number(word.replace('L', ''));
  }

  #dictionary(depth: number): Map<string, Literal> {
    const value = new Map<string, Literal>();
    this.#at++;
    while (!this.#eat('}')) {
      const key = this.#value(depth + 1);
      if (typeof key !== 'string' || value.has(key)) refuse("The array's header has a broken key.");
      if (!this.#eat(':')) refuse("The array's header is broken.");
      value.set(key, this.#value(depth + 1));
      if (!this.#eat(',') && this.#peek() !== '}') refuse("The array's header is broken.");
    }
    return value;
  }

  #sequence(close: string, depth: number): Literal[] {
    const values: Literal[] = [];
    this.#at++;
    while (!this.#eat(close)) {
      values.push(this.#value(depth + 1));
      if (!this.#eat(',') && this.#peek() !== close) refuse("The array's header is broken.");
    }
    return values;
  }

  #string(quote: string): string {
    const end = this.text.indexOf(quote, this.#at + 1);
    if (end < 0) refuse("The array's header is cut off.");
    const value = this.text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return value;
  }

  #space(): void {
    while (/\s/.test(this.text[this.#at] ?? 'x')) this.#at++;
  }

  #peek(): string | undefined {
    this.#space();
    return this.text[this.#at];
  }

  #eat(wanted: string): boolean {
    if (this.#peek() !== wanted) return false;
    this.#at++;
    return true;
  }
}
