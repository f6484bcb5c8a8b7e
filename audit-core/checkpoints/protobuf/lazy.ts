import type { ByteSource } from '../byte-source';
import { refuse } from '../inspection';
import { readVarint } from './wire';

/** A field of a message that lies in a file: offsets only, so that a payload of gigabytes is never read to be listed. */
export interface LazyField {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  readonly varint: bigint;
  /** File offsets of the payload (wire types 1, 2, 5). */
  readonly start: number;
  readonly end: number;
  /** File offset of the tag. */
  readonly tag: number;
}

const window = 1 << 16;

/** The fields of the message that lies in `[start, end)` of the file, in order, reading 64 kB at a time and no payloads. */
export async function* lazyFields(
  source: ByteSource,
  start: number,
  end: number,
  what: string,
): AsyncGenerator<LazyField> {
  let buffer: Uint8Array = new Uint8Array(0);
  let base = start;
  let at = start;
  while (at < end) {
    if (at < base || at + 24 > base + buffer.length) {
      base = at;
      buffer = await source.read(base, Math.min(end, base + window));
      if (buffer.length === 0) refuse(`${what} is cut off at byte ${at}.`);
    }
    const tag = at;
    const key = readVarint(buffer, at - base, what);
    const number = Number(key.value >> 3n);
    const wire = Number(key.value & 7n);
    if (number === 0 || number > 0x1fffffff)
      refuse(`${what} is not valid protobuf: field number ${number} at byte ${tag}.`);
    at = base + key.next;
    if (wire === 0) {
      const read = readVarint(buffer, at - base, what);
      at = base + read.next;
      yield { number, wire, varint: read.value, start: at, end: at, tag };
    } else if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      if (at + size > end) refuse(`${what} is cut off: a field at byte ${tag} goes beyond the end.`);
      yield { number, wire, varint: 0n, start: at, end: at + size, tag };
      at += size;
    } else if (wire === 2) {
      const length = readVarint(buffer, at - base, what);
      at = base + length.next;
      if (length.value > BigInt(end - at)) {
        refuse(
          `${what} is cut off or broken: a field at byte ${tag} says ${length.value} bytes, which goes beyond the end.`,
        );
      }
      const payload = { number, wire, varint: 0n, start: at, end: at + Number(length.value), tag } as const;
      yield payload;
      at = payload.end;
    } else {
      refuse(`${what} is not valid protobuf: wire type ${wire} at byte ${tag}.`);
    }
  }
}
