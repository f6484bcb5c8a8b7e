import { Mt19937 } from './mt19937';
import { sha512 } from './sha2';

/** Python's `random` module (CPython 3.2 and later). Source: CPython `Lib/random.py`, `Modules/_randommodule.c`. */
export class PythonRandom {
  private next: number | null = null;
  private constructor(private readonly bits: Mt19937) {}

  static seeded(seed: number | bigint | string): PythonRandom {
    let value: bigint;
    if (typeof seed === 'string') {
      const bytes = new TextEncoder().encode(seed);
      value = 0n;
      for (const byte of [...bytes, ...sha512(bytes)]) value = (value << 8n) | BigInt(byte);
    } else value = BigInt(seed);
    if (value < 0n) value = -value;
    const key: number[] = [];
    for (let rest = value; rest > 0n; rest >>= 32n) key.push(Number(rest & 0xffffffffn));
    return new PythonRandom(Mt19937.fromArray(key.length ? key : [0]));
  }

  clone(): PythonRandom {
    const copy = new PythonRandom(this.bits.clone());
    copy.next = this.next;
    return copy;
  }

  random(): number {
    return this.bits.nextDouble();
  }

  /** `_randbelow`: rejection on as many top bits as n has; n < 2^32. */
  below(n: number): number {
    const bits = 32 - Math.clz32(n);
    for (;;) {
      const value = this.bits.next32() >>> (32 - bits);
      if (value < n) return value;
    }
  }

  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i >= 1; i--) {
      const j = this.below(i + 1);
      const kept = items[i]!;
      items[i] = items[j]!;
      items[j] = kept;
    }
    return items;
  }

  /** Positions drawn by `sample(population of n, k)`. */
  sample(n: number, k: number): number[] {
    if (k > n || k < 0) throw new RangeError('The sample is larger than the population.');
    let setSize = 21;
    if (k > 5) setSize += 4 ** Math.ceil(Math.log(k * 3) / Math.log(4));
    if (n <= setSize) {
      const pool = Array.from({ length: n }, (_, i) => i);
      return Array.from({ length: k }, (_, i) => {
        const j = this.below(n - i);
        const found = pool[j]!;
        pool[j] = pool[n - i - 1]!;
        return found;
      });
    }
    const taken = new Set<number>();
    while (taken.size < k) taken.add(this.below(n));
    return [...taken];
  }

  choices(n: number, k: number): number[] {
    return Array.from({ length: k }, () => Math.floor(this.random() * n));
  }

  gauss(): number {
    if (this.next !== null) {
      const kept = this.next;
      this.next = null;
      return kept;
    }
    const angle = this.random() * 2 * Math.PI;
    const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
    this.next = Math.sin(angle) * radius;
    return Math.cos(angle) * radius;
  }
}
