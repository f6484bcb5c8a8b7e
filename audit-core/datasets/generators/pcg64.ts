import type { BitSource } from './bit-source';

const MASK64 = (1n << 64n) - 1n;
const MASK128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

/** Entropy → words: numpy's `SeedSequence(seed).generate_state(words, uint32)`. Source: numpy `bit_generator.pyx`. */
export function seedSequence(seed: bigint, words: number): number[] {
  const entropy: number[] = [];
  for (let rest = seed; rest > 0n || entropy.length === 0; rest >>= 32n) entropy.push(Number(rest & 0xffffffffn));
  let constant = 0x43b0d7e5;
  const hash = (value: number): number => {
    let v = (value ^ constant) >>> 0;
    constant = Math.imul(constant, 0x931e8875) >>> 0;
    v = Math.imul(v, constant) >>> 0;
    return (v ^ (v >>> 16)) >>> 0;
  };
  const mix = (x: number, y: number): number => {
    const r = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
    return (r ^ (r >>> 16)) >>> 0;
  };
  const pool = [0, 1, 2, 3].map(i => hash(entropy[i] ?? 0));
  for (let from = 0; from < 4; from++)
    for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mix(pool[to]!, hash(pool[from]!));
  for (let from = 4; from < entropy.length; from++)
    for (let to = 0; to < 4; to++) pool[to] = mix(pool[to]!, hash(entropy[from]!));
  let out = 0x8b51f9dd;
  return Array.from({ length: words }, (_, i) => {
    let v = (pool[i % 4]! ^ out) >>> 0;
    out = Math.imul(out, 0x58f38ded) >>> 0;
    v = Math.imul(v, out) >>> 0;
    return (v ^ (v >>> 16)) >>> 0;
  });
}

/** PCG64 (XSL-RR 128/64, O'Neill 2014), the bit generator of `np.random.default_rng`. */
export class Pcg64 implements BitSource {
  private high: number | null = null;
  private constructor(
    private state: bigint,
    private readonly increment: bigint,
  ) {}

  static fromSeed(seed: bigint): Pcg64 {
    const w = seedSequence(seed, 8).map(BigInt);
    const word = (i: number): bigint => w[2 * i]! | (w[2 * i + 1]! << 32n);
    const initial = (word(0) << 64n) | word(1);
    const sequence = (word(2) << 64n) | word(3);
    const made = new Pcg64(0n, ((sequence << 1n) | 1n) & MASK128);
    made.step();
    made.state = (made.state + initial) & MASK128;
    made.step();
    return made;
  }

  private step(): void {
    this.state = (this.state * MULTIPLIER + this.increment) & MASK128;
  }

  next64(): bigint {
    this.step();
    const value = (this.state >> 64n) ^ (this.state & MASK64);
    const turn = this.state >> 122n;
    return ((value >> turn) | (value << ((64n - turn) & 63n))) & MASK64;
  }

  /** The low half first; the high half is kept for the next call. */
  next32(): number {
    if (this.high !== null) {
      const kept = this.high;
      this.high = null;
      return kept;
    }
    const value = this.next64();
    this.high = Number(value >> 32n);
    return Number(value & 0xffffffffn);
  }

  nextDouble(): number {
    return Number(this.next64() >> 11n) / 9007199254740992;
  }

  clone(): Pcg64 {
    const copy = new Pcg64(this.state, this.increment);
    copy.high = this.high;
    return copy;
  }
}
