import { refuse } from '../inspection';

/** One field of a protobuf message as it lies in the bytes: number, wire type, and its value or payload. */
export interface Field {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  /** The value of a varint (wire 0), exact to 2^64. */
  readonly varint: bigint;
  /** The payload of wire types 1, 2 and 5. */
  readonly bytes: Uint8Array;
  /** Offsets of the whole field in the message, tag included. */
  readonly start: number;
  readonly end: number;
}

const none = new Uint8Array(0);

/**
 * The fields of one message in order (protocolbuffers.dev, "Encoding"). Lengths are checked against the message before
 * anything is made of them; groups, field number 0 and over-long varints are refused.
 */
export function* fields(message: Uint8Array, what = 'The file'): Generator<Field> {
  let at = 0;
  while (at < message.length) {
    const start = at;
    const tag = readVarint(message, at, what);
    at = tag.next;
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (number === 0 || number > 0x1fffffff)
      refuse(`${what} is not valid protobuf: field number ${number} at byte ${start}.`);
    if (wire === 0) {
      const read = readVarint(message, at, what);
      at = read.next;
      yield { number, wire, varint: read.value, bytes: none, start, end: at };
    } else if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      if (at + size > message.length) refuse(`${what} is cut off: a field at byte ${start} goes beyond the end.`);
      yield { number, wire, varint: 0n, bytes: message.subarray(at, at + size), start, end: at + size };
      at += size;
    } else if (wire === 2) {
      const length = readVarint(message, at, what);
      at = length.next;
      if (length.value > BigInt(message.length - at)) {
        refuse(
          `${what} is cut off or broken: a field at byte ${start} says ${length.value} bytes, which goes beyond the end.`,
        );
      }
      const end = at + Number(length.value);
      yield { number, wire, varint: 0n, bytes: message.subarray(at, end), start, end };
      at = end;
    } else {
      refuse(`${what} is not valid protobuf: wire type ${wire} at byte ${start}.`);
    }
  }
}

/** A varint of at most ten bytes at `at`. */
export function readVarint(bytes: Uint8Array, at: number, what = 'The file'): { value: bigint; next: number } {
  let low = 0;
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) refuse(`${what} is cut off inside a number at byte ${at}.`);
    if (index < 4) low |= (byte & 127) << (7 * index);
    else value |= BigInt(byte & 127) << BigInt(7 * index);
    if (byte < 128) return { value: value | BigInt(low), next: at + index + 1 };
  }
  return refuse(`${what} is not valid protobuf: a number of more than ten bytes at byte ${at}.`);
}

/** A varint as a signed 64-bit number (`int64`), refused beyond 2^53. */
export function signed(value: bigint, what: string): number {
  const number = Number(BigInt.asIntN(64, value));
  return Number.isSafeInteger(number) ? number : refuse(`${what} has a number beyond 2^53.`);
}

/** The numbers of a repeated integer field, packed or not. */
export function integers(field: Field, what: string): number[] {
  if (field.wire === 0) return [signed(field.varint, what)];
  const values: number[] = [];
  let at = 0;
  while (at < field.bytes.length) {
    const read = readVarint(field.bytes, at, what);
    values.push(signed(read.value, what));
    at = read.next;
  }
  return values;
}

const decoder = new TextDecoder('utf-8');
/** A string field; invalid UTF-8 becomes replacement characters. */
export const text = (field: Field): string => decoder.decode(field.bytes);

/** A little-endian float32 field (wire 5). */
export const float = (field: Field): number =>
  field.bytes.length === 4 ? new DataView(field.bytes.buffer, field.bytes.byteOffset).getFloat32(0, true) : Number.NaN;
