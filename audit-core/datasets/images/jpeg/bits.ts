import { DataFileError } from '../../errors';

/** A code of values: by its first eight bits, and by length for longer ones (ITU-T T.81, annexes C and F.2.2.3). */
export interface Huffman {
  /** `length << 8 | value` by eight bits; 0 where the code is longer. */
  readonly short: Uint16Array;
  readonly values: Uint8Array;
  /** By length: the largest code (−1 where there is none), and what leads from a code to its value's place. */
  readonly largest: Int32Array;
  readonly shift: Int32Array;
}

export function huffman(counts: Uint8Array, values: Uint8Array): Huffman {
  const short = new Uint16Array(256);
  const largest = new Int32Array(17).fill(-1);
  const shift = new Int32Array(17);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    if (code + count > 1 << length) throw new DataFileError('The JPEG picture is cut off or broken.');
    shift[length] = place - code;
    for (let i = 0; i < count; i++, code++, place++)
      if (length <= 8) short.fill((length << 8) | values[place]!, code << (8 - length), (code + 1) << (8 - length));
    if (count > 0) largest[length] = code - 1;
    code <<= 1;
  }
  return { short, values, largest, shift };
}

/** Bits of entropy-coded data, stuffed zeros taken out; behind a marker come zeros, which may not be used. */
export class Bits {
  private buffer = 0;
  private count = 0;
  private padded = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  private fill(): void {
    while (this.count <= 16) {
      let byte = 0;
      const next = this.bytes[this.at];
      if (next === undefined || (next === 0xff && this.bytes[this.at + 1] !== 0)) this.padded += 8;
      else {
        byte = next;
        this.at += next === 0xff ? 2 : 1;
      }
      this.buffer = ((this.buffer << 8) | byte) & 0xffffff;
      this.count += 8;
    }
  }

  /** Throws where more bits were taken than there are. */
  check(): void {
    if (this.count < this.padded) throw new DataFileError('The JPEG picture is cut off or broken.');
  }

  take(n: number): number {
    if (n === 0) return 0;
    if (this.count < n) this.fill();
    this.count -= n;
    return (this.buffer >> this.count) & ((1 << n) - 1);
  }

  /** A number of `n` bits with its sign (F.2.2.1, EXTEND). */
  signed(n: number): number {
    if (n === 0) return 0;
    const value = this.take(n);
    return value < 1 << (n - 1) ? value - (1 << n) + 1 : value;
  }

  decode(table: Huffman): number {
    if (this.count < 16) this.fill();
    const head = (this.buffer >> (this.count - 8)) & 255;
    const found = table.short[head]!;
    if (found !== 0) {
      this.count -= found >> 8;
      return found & 255;
    }
    for (let length = 9; length <= 16; length++) {
      const code = (this.buffer >> (this.count - length)) & ((1 << length) - 1);
      if (code <= table.largest[length]!) {
        this.count -= length;
        return table.values[code + table.shift[length]!] ?? 0;
      }
    }
    throw new DataFileError('The JPEG picture is cut off or broken.');
  }

  /** Steps over a restart marker; false where there is none. */
  restart(): boolean {
    this.check();
    this.buffer = this.count = this.padded = 0;
    const { bytes } = this;
    while (bytes[this.at] === 0xff && bytes[this.at + 1] === 0xff) this.at++;
    const marker = bytes[this.at + 1] ?? 0;
    if (bytes[this.at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false;
    this.at += 2;
    return true;
  }

  /** The place of the marker that ends the data. */
  end(): number {
    this.check();
    let at = this.at;
    while (at + 1 < this.bytes.length && !(this.bytes[at] === 0xff && this.bytes[at + 1] !== 0)) at++;
    return at;
  }
}
