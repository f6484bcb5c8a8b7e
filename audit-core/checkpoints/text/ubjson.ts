import { refuse } from '../inspection';
import type { Json } from './json';

/** Arrays that are longer than this stay typed, so that a large model does not become boxed numbers. */
export type Ubj = Json | Float32Array | Float64Array | Int32Array | Uint8Array | { [key: string]: Ubj } | Ubj[];

/** Parses UBJSON (Draft 12) as XGBoost writes it; lengths are checked against the bytes before anything is made. */
export function parseUbjson(bytes: Uint8Array, depthLimit: number, what: string): Ubj {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  let at = 0;
  const widths: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8 };
  const need = (count: number): number => {
    if (!(count >= 0) || at + count > bytes.length) refuse(`${what} is cut off or broken at byte ${at}.`);
    const start = at;
    at += count;
    return start;
  };
  const mark = (): string => String.fromCharCode(bytes[need(1)] ?? 0);
  const number = (type: string): number => {
    const start = need(widths[type] ?? refuse(`${what} is broken at byte ${at}.`));
    if (type === 'i') return view.getInt8(start);
    if (type === 'U') return view.getUint8(start);
    if (type === 'I') return view.getInt16(start);
    if (type === 'l') return view.getInt32(start);
    if (type === 'L') return Number(view.getBigInt64(start));
    return type === 'd' ? view.getFloat32(start) : view.getFloat64(start);
  };
  const length = (): number => {
    const size = number(mark());
    return Number.isSafeInteger(size) && size >= 0 && size <= bytes.length
      ? size
      : refuse(`${what} is broken: a length of ${size} at byte ${at}.`);
  };
  const string = (): string => {
    const size = length();
    const start = need(size);
    return text.decode(bytes.subarray(start, start + size));
  };
  const value = (type: string, depth: number): Ubj => {
    if (depth > depthLimit) refuse(`${what} is nested too deeply.`);
    if (type === '{') return object(depth);
    if (type === '[') return array(depth);
    if (type === 'S' || type === 'H') return string();
    if (type === 'C') return String.fromCharCode(bytes[need(1)] ?? 0);
    if (type === 'T' || type === 'F') return type === 'T';
    if (type === 'Z') return null;
    return number(type);
  };
  const header = (): { type: string | null; count: number | null } => {
    let type: string | null = null;
    let count: number | null = null;
    if (bytes[at] === 0x24) {
      at++;
      type = mark();
    }
    if (bytes[at] === 0x23) {
      at++;
      count = length();
    }
    return { type, count };
  };
  const array = (depth: number): Ubj => {
    const { type, count } = header();
    if (type !== null && count !== null && widths[type]) {
      if (count * (widths[type] ?? 1) > bytes.length - at) refuse(`${what} is cut off or broken at byte ${at}.`);
      const out =
        type === 'd'
          ? new Float32Array(count)
          : type === 'D' || type === 'L'
            ? new Float64Array(count)
            : new Int32Array(count);
      for (let index = 0; index < count; index++) out[index] = number(type);
      return out;
    }
    const out: Ubj[] = [];
    while (count === null ? bytes[at] !== 0x5d : out.length < count) out.push(value(type ?? mark(), depth + 1));
    if (count === null) at++;
    return out;
  };
  const object = (depth: number): Ubj => {
    const { type, count } = header();
    const out = Object.create(null) as { [key: string]: Ubj };
    for (let index = 0; count === null ? bytes[at] !== 0x7d : index < count; index++) {
      const key = string();
      out[key] = value(type ?? mark(), depth + 1);
    }
    if (count === null) at++;
    return out;
  };
  const result = value(mark(), 0);
  if (at !== bytes.length) refuse(`${what} has ${bytes.length - at} bytes after its end.`);
  return result;
}
