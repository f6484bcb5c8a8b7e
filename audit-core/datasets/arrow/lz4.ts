import { broken } from './flatbuffer';

/** Unpacks LZ4 frames to exactly `size` bytes. Source: the LZ4 frame and block format descriptions. */
export function unpackLz4Frames(input: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  let done = 0;
  const word = (): number => {
    if (at + 4 > input.length) broken();
    at += 4;
    return view.getUint32(at - 4, true);
  };
  while (at < input.length) {
    if (word() !== 0x184d2204) broken();
    const flags = input[at] ?? 0;
    at += 3 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
    for (;;) {
      const head = word();
      if (head === 0) break;
      const length = head & 0x7fffffff;
      if (at + length > input.length) broken();
      if (head >>> 31) {
        if (done + length > size) broken();
        out.set(input.subarray(at, at + length), done);
        done += length;
      } else done = unpackBlock(input, at, at + length, out, done);
      at += length;
      if (flags & 16) at += 4;
    }
    if (flags & 4) at += 4;
  }
  return done === size ? out : broken();
}

function unpackBlock(input: Uint8Array, from: number, to: number, out: Uint8Array, start: number): number {
  let at = from;
  let done = start;
  const more = (length: number): number => {
    let total = length;
    if (length === 15) {
      let byte: number;
      do {
        if (at >= to) broken();
        byte = input[at++]!;
        total += byte;
      } while (byte === 255);
    }
    return total;
  };
  while (at < to) {
    const token = input[at++]!;
    const literals = more(token >> 4);
    if (at + literals > to || done + literals > out.length) broken();
    out.set(input.subarray(at, at + literals), done);
    at += literals;
    done += literals;
    if (at >= to) break;
    if (at + 2 > to) broken();
    const distance = input[at]! | (input[at + 1]! << 8);
    at += 2;
    const length = more(token & 15) + 4;
    if (distance === 0 || distance > done || done + length > out.length) broken();
    for (let i = 0; i < length; i++, done++) out[done] = out[done - distance]!;
  }
  return done;
}
