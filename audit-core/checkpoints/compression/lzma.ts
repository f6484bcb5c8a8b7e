import { refuse } from '../inspection';
import { grows } from './index';

/** Decompresses `.lzma` (LZMA alone) or `.xz` (LZMA2 blocks) as in Igor Pavlov's LZMA specification and the .xz file format 1.1. */
export function unlzma(packed: Uint8Array, kind: 'xz' | 'lzma', limit: number): Uint8Array {
  const out = new Output(limit);
  if (kind === 'xz') readXz(packed, out);
  else {
    if (packed.length < 13) broken();
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    const size = view.getBigUint64(5, true);
    const decoder = new LzmaDecoder(out);
    decoder.setProperties(packed[0] ?? 0);
    decoder.reset();
    const known = size !== 0xffffffffffffffffn;
    if (known && size > BigInt(limit)) refuse(grows(limit));
    decoder.decode(packed, 13, packed.length, known ? Number(size) : null);
  }
  return out.finish();
}

/** Grows by doubling up to the limit; matches read back from it. */
class Output {
  bytes = new Uint8Array(1 << 16);
  length = 0;
  constructor(readonly limit: number) {}

  push(byte: number): void {
    if (this.length === this.bytes.length) {
      if (this.length >= this.limit) refuse(grows(this.limit));
      const larger = new Uint8Array(Math.min(this.limit, this.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

function readXz(packed: Uint8Array, out: Output): void {
  const check = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64][(packed[7] ?? 0) & 15] ?? 0;
  let at = 12;
  for (;;) {
    const size = packed[at];
    if (size === undefined) broken();
    if (size === 0) return;
    const header = (size + 1) * 4;
    const flags = packed[at + 1] ?? 0;
    if (flags & 3) refuse('The file uses an xz filter that is not read.');
    let field = at + 2;
    const variable = (): number => {
      let value = 0;
      for (let index = 0; index < 9; index++) {
        const byte = packed[field++] ?? broken();
        value += (byte & 127) * 2 ** (7 * index);
        if (byte < 128) return value;
      }
      return broken();
    };
    if (flags & 64) variable();
    if (flags & 128) variable();
    if (variable() !== 0x21) refuse('The file uses an xz filter that is not read.');
    const start = at + header;
    const end = readLzma2(packed, start, out);
    at = end + ((4 - ((end - start) % 4)) % 4) + check;
  }
}

function readLzma2(packed: Uint8Array, from: number, out: Output): number {
  const decoder = new LzmaDecoder(out);
  let at = from;
  for (;;) {
    const control = packed[at++];
    if (control === undefined) broken();
    if (control === 0) return at;
    if (control < 128) {
      if (control > 2) broken();
      const size = (((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0)) + 1;
      at += 2;
      if (at + size > packed.length) broken();
      for (let index = 0; index < size; index++) out.push(packed[at + index] ?? 0);
      at += size;
      continue;
    }
    const unpacked = (((control & 31) << 16) | ((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0)) + 1;
    const size = (((packed[at + 2] ?? 0) << 8) | (packed[at + 3] ?? 0)) + 1;
    at += 4;
    const resets = (control >> 5) & 3;
    if (resets >= 2) decoder.setProperties(packed[at++] ?? broken());
    if (resets >= 1) decoder.reset();
    if (at + size > packed.length) broken();
    decoder.decode(packed, at, at + size, unpacked);
    at += size;
  }
}

const half = 1024;
const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(half);

/** Bit trees for match lengths. */
class LengthDecoder {
  readonly choice = probabilities(2);
  readonly low = probabilities(16 << 3);
  readonly middle = probabilities(16 << 3);
  readonly high = probabilities(256);
}

class LzmaDecoder {
  #lc = 0;
  #lp = 0;
  #pb = 0;
  #literal = probabilities(0);
  #isMatch = probabilities(0);
  #isRep = probabilities(0);
  #isRep0 = probabilities(0);
  #isRep1 = probabilities(0);
  #isRep2 = probabilities(0);
  #isRep0Long = probabilities(0);
  #slots = probabilities(0);
  #positions = probabilities(0);
  #align = probabilities(0);
  #lengths = new LengthDecoder();
  #repLengths = new LengthDecoder();
  #reps = [0, 0, 0, 0];
  #state = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #range = 0;
  #code = 0;

  constructor(readonly out: Output) {}

  setProperties(byte: number): void {
    if (byte >= 225) broken();
    this.#lc = byte % 9;
    this.#lp = Math.floor(byte / 9) % 5;
    this.#pb = Math.floor(byte / 45);
  }

  reset(): void {
    this.#literal = probabilities(0x300 << (this.#lc + this.#lp));
    this.#isMatch = probabilities(12 << 4);
    this.#isRep = probabilities(12);
    this.#isRep0 = probabilities(12);
    this.#isRep1 = probabilities(12);
    this.#isRep2 = probabilities(12);
    this.#isRep0Long = probabilities(12 << 4);
    this.#slots = probabilities(4 * 64);
    this.#positions = probabilities(128);
    this.#align = probabilities(16);
    this.#lengths = new LengthDecoder();
    this.#repLengths = new LengthDecoder();
    this.#reps = [0, 0, 0, 0];
    this.#state = 0;
  }

  /** Decodes `size` bytes, or up to the end mark when the size is not known. */
  decode(bytes: Uint8Array, from: number, end: number, size: number | null): void {
    this.#bytes = bytes;
    this.#at = from + 1;
    this.#end = end;
    this.#range = 0xffffffff;
    this.#code = 0;
    for (let index = 0; index < 4; index++) this.#code = ((this.#code << 8) | this.#next()) >>> 0;
    const { out } = this;
    const target = size === null ? Number.POSITIVE_INFINITY : out.length + size;
    while (out.length < target) {
      const position = out.length & ((1 << this.#pb) - 1);
      if (!this.#bit(this.#isMatch, (this.#state << 4) + position)) {
        this.#readLiteral();
        continue;
      }
      let length: number;
      if (this.#bit(this.#isRep, this.#state)) {
        if (out.length === 0) broken();
        if (!this.#bit(this.#isRep0, this.#state)) {
          if (!this.#bit(this.#isRep0Long, (this.#state << 4) + position)) {
            this.#state = this.#state < 7 ? 9 : 11;
            out.push(out.bytes[out.length - (this.#reps[0] ?? 0) - 1] ?? broken());
            continue;
          }
        } else {
          const which = this.#bit(this.#isRep1, this.#state) ? (this.#bit(this.#isRep2, this.#state) ? 3 : 2) : 1;
          const [distance = 0] = this.#reps.splice(which, 1);
          this.#reps.unshift(distance);
        }
        length = this.#length(this.#repLengths, position);
        this.#state = this.#state < 7 ? 8 : 11;
      } else {
        length = this.#length(this.#lengths, position);
        this.#state = this.#state < 7 ? 7 : 10;
        const distance = this.#distance(length);
        if (distance === 0xffffffff) {
          if (size !== null) broken();
          return;
        }
        this.#reps.pop();
        this.#reps.unshift(distance);
      }
      const distance = (this.#reps[0] ?? 0) + 1;
      if (distance > out.length || out.length + length + 2 > target) broken();
      for (let index = 0; index < length + 2; index++) out.push(out.bytes[out.length - distance] ?? 0);
    }
  }

  #readLiteral(): void {
    const { out } = this;
    const before = out.length > 0 ? (out.bytes[out.length - 1] ?? 0) : 0;
    const context = ((out.length & ((1 << this.#lp) - 1)) << this.#lc) + (before >> (8 - this.#lc));
    const base = 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      let match = out.bytes[out.length - (this.#reps[0] ?? 0) - 1] ?? broken();
      while (symbol < 256) {
        const bit = (match >> 7) & 1;
        match = (match << 1) & 255;
        const decoded = this.#bit(this.#literal, base + ((1 + bit) << 8) + symbol);
        symbol = (symbol << 1) | decoded;
        if (bit !== decoded) break;
      }
    }
    while (symbol < 256) symbol = (symbol << 1) | this.#bit(this.#literal, base + symbol);
    out.push(symbol & 255);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  #length(decoder: LengthDecoder, position: number): number {
    if (!this.#bit(decoder.choice, 0)) return this.#tree(decoder.low, position << 3, 3);
    if (!this.#bit(decoder.choice, 1)) return 8 + this.#tree(decoder.middle, position << 3, 3);
    return 16 + this.#tree(decoder.high, 0, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(this.#slots, Math.min(length, 3) << 6, 6);
    if (slot < 4) return slot;
    const direct = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** direct;
    if (slot < 14) return base + this.#reverse(this.#positions, base - slot, direct);
    let value = 0;
    for (let index = 0; index < direct - 4; index++) value = value * 2 + this.#direct();
    return base + value * 16 + this.#reverse(this.#align, 0, 4);
  }

  #tree(table: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    for (let index = 0; index < bits; index++) symbol = (symbol << 1) | this.#bit(table, base + symbol);
    return symbol - (1 << bits);
  }

  #reverse(table: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let index = 0; index < bits; index++) {
      const bit = this.#bit(table, base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << index;
    }
    return value;
  }

  #bit(table: Uint16Array, index: number): number {
    const probability = table[index] ?? half;
    const bound = (this.#range >>> 11) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      table[index] = probability + ((2048 - probability) >> 5);
    } else {
      this.#range = (this.#range - bound) >>> 0;
      this.#code = (this.#code - bound) >>> 0;
      table[index] = probability - (probability >> 5);
      bit = 1;
    }
    this.#normalise();
    return bit;
  }

  #direct(): number {
    this.#range >>>= 1;
    const bit = this.#code >= this.#range ? 1 : 0;
    if (bit) this.#code = (this.#code - this.#range) >>> 0;
    this.#normalise();
    return bit;
  }

  #normalise(): void {
    if (this.#range >= 0x1000000) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  /** The range coder may look a few bytes past the end of a chunk's last symbol; further is a cut-off file. */
  #next(): number {
    if (this.#at > this.#end + 8) broken();
    const at = this.#at++;
    return at < this.#end ? (this.#bytes[at] ?? 0) : 0;
  }
}

function broken(): never {
  return refuse('The file is cut off or broken: its xz or lzma data cannot be unpacked.');
}
