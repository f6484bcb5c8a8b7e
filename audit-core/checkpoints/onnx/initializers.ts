import type { ByteSource } from '../byte-source';
import { elementCount, refuse } from '../inspection';
import { type LazyField, lazyFields } from '../protobuf/lazy';
import { fields, integers, signed, text } from '../protobuf/wire';
import { onnxBits, onnxType } from './types';

/** One weight of an ONNX graph: where its bytes lie, in this file or in a neighbour. */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly external: { readonly location: string; readonly offset: number; readonly length: number | null } | null;
  /** The value of a one-element int64 tensor or small shape vector, else null. */
  readonly small: readonly number[] | null;
}

/** Reads a `TensorProto` that lies in `[start, end)` without its payload, and checks the payload's size against the shape. */
export async function readInitializer(source: ByteSource, field: LazyField): Promise<Initializer> {
  const shape: number[] = [];
  let code = 0;
  let name = '';
  let payload = -1;
  let isExternal = false;
  let strings = 0;
  let raw: [number, number] | null = null;
  const entries = new Map<string, string>();
  let typed: number[] = [];
  for await (const part of lazyFields(source, field.start, field.end, 'The ONNX file')) {
    const what = 'A weight of the ONNX file';
    if (part.number === 9) {
      payload = part.end - part.start;
      raw = [part.start, part.end];
    } else if (part.number === 4 || part.number === 10) {
      payload = Math.max(payload, 0) + (part.wire === 2 ? part.end - part.start : part.number === 4 ? 4 : 8);
    } else if (part.number === 6) strings++;
    else if (part.number === 1 || part.number === 7 || part.number === 2 || part.number === 14) {
      if (part.end - part.start > 1 << 16) continue;
      const bytes = await source.read(part.start, part.end);
      const whole = { ...part, bytes, start: 0, end: bytes.length };
      if (part.number === 1) shape.push(...integers(whole, what));
      else if (part.number === 7) typed = typed.concat(integers(whole, what));
      else if (part.number === 2) code = signed(part.varint, what);
      else isExternal = part.varint === 1n;
    } else if (part.number === 8)
      name = text({ ...part, bytes: await source.read(part.start, Math.min(part.end, part.start + 65536)) });
    else if (part.number === 13) {
      let key = '';
      let value = '';
      const bytes = await source.read(part.start, Math.min(part.end, part.start + 65536));
      for (const entry of fields(bytes, what)) {
        if (entry.number === 1) key = text(entry);
        if (entry.number === 2) value = text(entry);
      }
      entries.set(key, value);
      isExternal = true;
    }
  }
  const label = `The weight "${name.slice(0, 80)}"`;
  const dtype = onnxType(code);
  if (!dtype) refuse(`${label} has the unknown element type ${code}.`);
  const count = elementCount(shape, label);
  const expected = dtype === 'string' ? -1 : Math.ceil((count * onnxBits(code)) / 8);
  if (!isExternal && raw && payload !== expected) {
    refuse(`${label} has ${payload} bytes of data, but its shape needs ${expected}.`);
  }
  if (!isExternal && dtype === 'string' && strings !== count)
    refuse(`${label} has ${strings} texts, but its shape needs ${count}.`);
  if (
    !isExternal &&
    payload < 0 &&
    typed.length === 0 &&
    count > 0 &&
    expected > 0 &&
    field.end - field.start < count / 8
  ) {
    refuse(`${label} has no data for its ${count} numbers.`);
  }
  let small = typed.length > 0 && typed.length <= 64 ? typed : null;
  if (raw && code === 7 && count <= 64) {
    const bytes = await source.read(raw[0], raw[1]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    small = Array.from({ length: count }, (_, index) => Number(view.getBigInt64(index * 8, true)));
  }
  return { name, shape, dtype, small, external: isExternal ? await external(source, label, entries, expected) : null };
}

/** Checks where an external weight lies: a plain relative name beside the model, and a range inside that file. */
async function external(
  source: ByteSource,
  label: string,
  entries: ReadonlyMap<string, string>,
  expected: number,
): Promise<{ location: string; offset: number; length: number | null }> {
  const location = entries.get('location') ?? '';
  if (!isPlainRelative(location)) {
    refuse(
      `${label} points outside the model's folder (external data); the file is not opened. Keep weights beside the model.`,
    );
  }
  if (location === source.name) refuse(`${label} names the model file itself as its external data.`);
  const offset = number(entries.get('offset') ?? '0', label);
  const length = entries.has('length') ? number(entries.get('length') ?? '', label) : null;
  const data = await source.sibling(location);
  if (!data)
    refuse(
      `${label} lies in "${location.slice(0, 80)}", which is not beside the model. Put that file back next to it.`,
    );
  if (offset + (length ?? expected) > data.size)
    refuse(`${label} goes beyond the end of its external data "${location.slice(0, 80)}".`);
  if (length !== null && length !== expected)
    refuse(`${label} has ${length} bytes of external data, but its shape needs ${expected}.`);
  return { location, offset, length };
}

function number(value: string, label: string): number {
  const parsed = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  return Number.isSafeInteger(parsed) ? parsed : refuse(`${label} has an impossible external range.`);
}

/** True for a relative name with forward slashes that stays in its folder on every platform. */
export function isPlainRelative(name: string): boolean {
  if (name === '' || name.length > 1024 || /[\\:%\0]/.test(name) || name.startsWith('/')) return false;
  return name.split('/').every(part => part !== '' && part !== '.' && part !== '..');
}
