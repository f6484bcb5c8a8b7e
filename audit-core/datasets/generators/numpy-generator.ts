import { arange, lemireInterval, maskedInterval, shuffleWith } from './bit-source';
import { Pcg64 } from './pcg64';

/** numpy's `default_rng(seed)`: a Generator over PCG64. Source: numpy `_generator.pyx`. */
export class NumpyGenerator {
  private constructor(private readonly bits: Pcg64) {}

  static seeded(seed: number | bigint): NumpyGenerator {
    if (seed < 0) throw new RangeError('The seed of default_rng must not be negative.');
    return new NumpyGenerator(Pcg64.fromSeed(BigInt(seed)));
  }

  clone(): NumpyGenerator {
    return new NumpyGenerator(this.bits.clone());
  }

  /** Shuffles an array (masked rejection); lists take another path, see `shuffleList`. */
  shuffle<T>(items: T[]): T[] {
    return shuffleWith(items, max => maskedInterval(this.bits, max));
  }

  shuffleList<T>(items: T[]): T[] {
    return shuffleWith(items, max => lemireInterval(this.bits, max));
  }

  permutation(n: number): number[] {
    return this.shuffle(arange(n));
  }

  integers(low: number, high: number): number {
    return low + lemireInterval(this.bits, high - low - 1);
  }

  random(): number {
    return this.bits.nextDouble();
  }

  /** `random(dtype=float32)`. */
  randomSingle(): number {
    return (this.bits.next32() >>> 8) / 16777216;
  }

  randoms(count: number): number[] {
    return Array.from({ length: count }, () => this.bits.nextDouble());
  }

  /** Positions drawn by `choice(n, size, replace, shuffle)`: tail shuffle for large shares, else Floyd's algorithm. */
  choice(n: number, size: number, replace = true, shuffle = true): number[] {
    if (replace) return Array.from({ length: size }, () => this.integers(0, n));
    if (size > n) throw new RangeError('Cannot take a larger sample than the population without replacement.');
    const draw = (max: number): number => lemireInterval(this.bits, max);
    if (n > 10_000 && size > Math.floor(n / (shuffle ? 50 : 20)))
      return shuffleWith(arange(n), draw, Math.max(n - size, 1)).slice(n - size);
    const taken = new Set<number>();
    const out: number[] = [];
    for (let j = n - size; j < n; j++) {
      const drawn = draw(j);
      const value = taken.has(drawn) ? j : drawn;
      taken.add(value);
      out.push(value);
    }
    return shuffle ? shuffleWith(out, draw) : out;
  }
}
