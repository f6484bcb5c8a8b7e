import { refuse } from '../inspection';
import { grows } from './index';

/** Decompresses bzip2 (Julian Seward's format: Huffman codes, move-to-front, run lengths, Burrows–Wheeler), within `limit` bytes. */
export function bunzip2(packed: Uint8Array, limit: number): Uint8Array {
  const bits = new BitReader(packed);
  const chunks: Uint8Array[] = [];
  let total = 0;
  if (bits.read(16) !== 0x425a || bits.read(8) !== 0x68) broken();
  const level = bits.read(8) - 48;
  if (level < 1 || level > 9) broken();
  for (;;) {
    const high = bits.read(24);
    const low = bits.read(24);
    bits.read(32);
    if (high === 0x177245 && low === 0x385090) break;
    if (high !== 0x314159 || low !== 0x265359) broken();
    const block = expandRuns(readBlock(bits, level * 100_000), limit - total);
    total += block.length;
    chunks.push(block);
  }
  const out = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

function readBlock(bits: BitReader, size: number): Uint8Array {
  if (bits.read(1)) broken();
  const origin = bits.read(24);
  const symbols = usedSymbols(bits);
  const groups = bits.read(3);
  const count = bits.read(15);
  if (groups < 2 || groups > 6 || count < 1) broken();
  const order = [0, 1, 2, 3, 4, 5].slice(0, groups);
  const selectors = Array.from({ length: count }, () => {
    let index = 0;
    while (bits.read(1)) if (++index >= groups) broken();
    const [chosen = 0] = order.splice(index, 1);
    order.unshift(chosen);
    return chosen;
  });
  const alphabet = symbols.length + 2;
  const tables = Array.from({ length: groups }, () => new HuffmanTable(codeLengths(bits, alphabet)));
  const last = new Uint32Array(size);
  const counts = new Uint32Array(256);
  const front = [...symbols];
  let length = 0;
  let run = 0;
  let weight = 1;
  for (let at = 0; ; at++) {
    const table = tables[selectors[Math.floor(at / 50)] ?? broken()] ?? broken();
    const symbol = table.decode(bits);
    if (symbol <= 1) {
      run += weight << symbol;
      weight <<= 1;
      if (run > size) broken();
      continue;
    }
    if (run > 0) {
      const byte = front[0] ?? 0;
      if (length + run > size) broken();
      last.fill(byte, length, length + run);
      counts[byte] = (counts[byte] ?? 0) + run;
      length += run;
      run = 0;
      weight = 1;
    }
    if (symbol === alphabet - 1) break;
    const [byte = broken()] = front.splice(symbol - 1, 1);
    front.unshift(byte);
    if (length >= size) broken();
    last[length++] = byte;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  return inverse(last, length, counts, origin);
}

/** The inverse Burrows–Wheeler transform. */
function inverse(last: Uint32Array, length: number, counts: Uint32Array, origin: number): Uint8Array {
  if (length === 0) return new Uint8Array(0);
  if (origin >= length) broken();
  const starts = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte++) starts[byte] = (starts[byte - 1] ?? 0) + (counts[byte - 1] ?? 0);
  for (let index = 0; index < length; index++) {
    const byte = (last[index] ?? 0) & 255;
    const place = starts[byte] ?? 0;
    starts[byte] = place + 1;
    last[place] = ((last[place] ?? 0) | (index << 8)) >>> 0;
  }
  const out = new Uint8Array(length);
  let at = (last[origin] ?? 0) >>> 8;
  for (let index = 0; index < length; index++) {
    const entry = last[at] ?? 0;
    out[index] = entry & 255;
    at = entry >>> 8;
  }
  return out;
}

/** The first run-length code: four equal bytes are followed by a count of more. */
function expandRuns(block: Uint8Array, limit: number): Uint8Array {
  let total = 0;
  let same = 0;
  for (let pass = 0; pass < 1; pass++) {
    for (let index = 0; index < block.length; index++) {
      if (same === 4) {
        total += block[index] ?? 0;
        same = 0;
        continue;
      }
      same = index > 0 && same > 0 && block[index] === block[index - 1] ? same + 1 : 1;
      total++;
    }
  }
  if (total > limit) refuse(grows(limit));
  const out = new Uint8Array(total);
  let at = 0;
  same = 0;
  for (let index = 0; index < block.length; index++) {
    const byte = block[index] ?? 0;
    if (same === 4) {
      out.fill(block[index - 1] ?? 0, at, at + byte);
      at += byte;
      same = 0;
      continue;
    }
    same = index > 0 && same > 0 && byte === block[index - 1] ? same + 1 : 1;
    out[at++] = byte;
  }
  return out;
}

function usedSymbols(bits: BitReader): number[] {
  const groups = bits.read(16);
  const symbols: number[] = [];
  for (let group = 0; group < 16; group++) {
    if (!(groups & (0x8000 >> group))) continue;
    const used = bits.read(16);
    for (let bit = 0; bit < 16; bit++) if (used & (0x8000 >> bit)) symbols.push(group * 16 + bit);
  }
  return symbols.length > 0 ? symbols : broken();
}

function codeLengths(bits: BitReader, alphabet: number): number[] {
  let length = bits.read(5);
  return Array.from({ length: alphabet }, () => {
    while (bits.read(1)) length += bits.read(1) ? -1 : 1;
    return length >= 1 && length <= 20 ? length : broken();
  });
}

/** Canonical Huffman codes, decoded bit by bit. */
class HuffmanTable {
  readonly #first = new Int32Array(22);
  readonly #counts = new Int32Array(22);
  readonly #symbols: number[] = [];

  constructor(lengths: readonly number[]) {
    for (const length of lengths) this.#counts[length] = (this.#counts[length] ?? 0) + 1;
    for (let length = 1; length <= 20; length++) {
      for (const [symbol, each] of lengths.entries()) if (each === length) this.#symbols.push(symbol);
    }
    let code = 0;
    for (let length = 1; length <= 20; length++) {
      this.#first[length] = code;
      code = (code + (this.#counts[length] ?? 0)) << 1;
    }
  }

  decode(bits: BitReader): number {
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 20; length++) {
      code = (code << 1) | bits.read(1);
      const count = this.#counts[length] ?? 0;
      const offset = code - (this.#first[length] ?? 0);
      if (offset < count && offset >= 0) return this.#symbols[index + offset] ?? broken();
      index += count;
    }
    return broken();
  }
}

class BitReader {
  #at = 0;
  #bit = 0;
  constructor(readonly bytes: Uint8Array) {}

  /** Up to 32 bits, most significant first. */
  read(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) {
      const byte = this.bytes[this.#at];
      if (byte === undefined) return broken();
      value = value * 2 + ((byte >> (7 - this.#bit)) & 1);
      if (++this.#bit === 8) {
        this.#bit = 0;
        this.#at++;
      }
    }
    return value;
  }
}

function broken(): never {
  return refuse('The file is cut off or broken: its bzip2 data cannot be unpacked.');
}
