import { fields, float, signed, text } from '../protobuf/wire';
import type { Json } from '../text/json';
import { readShape } from './graph';

const what = 'An attribute of the graph';

/** TensorFlow's names of element types (`DT_FLOAT`), as TensorFlow.js reads them; 64-bit ones become 32-bit, halves floats. */
const typeNames: Readonly<Record<number, string>> = {
  1: 'DT_FLOAT',
  2: 'DT_FLOAT',
  3: 'DT_INT32',
  4: 'DT_INT32',
  5: 'DT_INT32',
  6: 'DT_INT32',
  7: 'DT_STRING',
  9: 'DT_INT32',
  10: 'DT_BOOL',
  14: 'DT_FLOAT',
  19: 'DT_FLOAT',
};
export const typeName = (dtype: number): string => typeNames[dtype] ?? 'DT_FLOAT';

/** An AttrValue (attr_value.proto) as the JSON that TensorFlow.js' graph models carry. */
export function attributeJson(bytes: Uint8Array): { [key: string]: Json } | null {
  for (const field of fields(bytes, what)) {
    switch (field.number) {
      case 1:
        return { list: listJson(field.bytes) };
      case 2:
        return { s: base64(field.bytes) };
      case 3:
        return { i: signed(field.varint, what) };
      case 4:
        return { f: float(field) };
      case 5:
        return { b: field.varint !== 0n };
      case 6:
        return { type: typeName(Number(field.varint)) };
      case 7:
        return { shape: shapeJson(field.bytes) };
      case 10:
        for (const part of fields(field.bytes, what))
          if (part.number === 1 && part.wire === 2) return { func: { name: text(part) } };
        return null;
      default:
        return null;
    }
  }
  return null;
}

function listJson(bytes: Uint8Array): { [key: string]: Json } {
  const out: { s: Json[]; i: Json[]; f: Json[]; b: Json[]; type: Json[]; shape: Json[] } = {
    s: [],
    i: [],
    f: [],
    b: [],
    type: [],
    shape: [],
  };
  const varints = (payload: Uint8Array): bigint[] => {
    const values: bigint[] = [];
    for (let at = 0; at < payload.length; ) {
      let value = 0n;
      let shift = 0n;
      for (let byte = 128; byte > 127 && at < payload.length; at++) {
        byte = payload[at] ?? 0;
        value |= BigInt(byte & 127) << shift;
        shift += 7n;
      }
      values.push(value);
    }
    return values;
  };
  for (const field of fields(bytes, what)) {
    const numbers = field.wire === 0 ? [field.varint] : varints(field.bytes);
    if (field.number === 2) out.s.push(base64(field.bytes));
    else if (field.number === 3) for (const each of numbers) out.i.push(signed(each, what));
    else if (field.number === 4) {
      const view = new DataView(field.bytes.buffer, field.bytes.byteOffset, field.bytes.byteLength);
      for (let at = 0; at + 4 <= field.bytes.length; at += 4) out.f.push(view.getFloat32(at, true));
    } else if (field.number === 5) for (const each of numbers) out.b.push(each !== 0n);
    else if (field.number === 6) for (const each of numbers) out.type.push(typeName(Number(each)));
    else if (field.number === 7) out.shape.push(shapeJson(field.bytes));
  }
  return Object.fromEntries(Object.entries(out).filter(([, list]) => list.length > 0));
}

function shapeJson(bytes: Uint8Array): { [key: string]: Json } {
  let unknownRank = false;
  for (const field of fields(bytes, what)) if (field.number === 3) unknownRank = field.varint !== 0n;
  return unknownRank ? { unknownRank } : { dim: readShape(bytes).map(size => ({ size })) };
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
