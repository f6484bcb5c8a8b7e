import { arange, maskedInterval, shuffleWith } from './bit-source';
import { Mt19937 } from './mt19937';

/** numpy's `RandomState` (also `np.random.*` after `np.random.seed`), whose streams are frozen by numpy's NEP 19. */
export class RandomState {
  private spare: number | null = null;
  private constructor(private readonly bits: Mt19937) {}

  /** `seed` in [0, 2^32 − 1], as numpy demands; others throw. */
  static seeded(seed: number): RandomState {
    if (!Number.isInteger(seed) || seed < 0 || seed > 4294967295)
      throw new RangeError('The seed of a RandomState must lie between 0 and 2**32 - 1.');
    return new RandomState(Mt19937.fromSeed(seed));
  }

  clone(): RandomState {
    const copy = new RandomState(this.bits.clone());
    copy.spare = this.spare;
    return copy;
  }

  shuffle<T>(items: T[]): T[] {
    return shuffleWith(items, max => maskedInterval(this.bits, max));
  }

  permutation(n: number): number[] {
    return this.shuffle(arange(n));
  }

  /** `randint(low, high)` with the default 64-bit dtype: masked rejection on 32-bit words. */
  randint(low: number, high: number): number {
    return low + maskedInterval(this.bits, high - low - 1);
  }

  random(): number {
    return this.bits.nextDouble();
  }

  randoms(count: number): number[] {
    return Array.from({ length: count }, () => this.bits.nextDouble());
  }

  /** `legacy_gauss`: the polar method, which makes two and keeps one. */
  gauss(): number {
    if (this.spare !== null) {
      const kept = this.spare;
      this.spare = null;
      return kept;
    }
    for (;;) {
      const x1 = 2 * this.bits.nextDouble() - 1;
      const x2 = 2 * this.bits.nextDouble() - 1;
      const r2 = x1 * x1 + x2 * x2;
      if (r2 >= 1 || r2 === 0) continue;
      const f = Math.sqrt((-2 * Math.log(r2)) / r2);
      this.spare = f * x1;
      return f * x2;
    }
  }

  /** Positions drawn by `choice(n, size, replace, p)`. */
  choice(n: number, size: number, replace = true, p?: readonly number[]): number[] {
    if (!replace && size > n)
      throw new RangeError('Cannot take a larger sample than the population without replacement.');
    if (p) return replace ? this.weighted(size, p) : this.weightedWithout(size, p);
    if (replace) return Array.from({ length: size }, () => this.randint(0, n));
    return this.permutation(n).slice(0, size);
  }

  private weighted(size: number, p: readonly number[]): number[] {
    const cdf = cumulative(p);
    return this.randoms(size).map(x => searchRight(cdf, x));
  }

  private weightedWithout(size: number, p: readonly number[]): number[] {
    const weights = [...p];
    const found: number[] = [];
    while (found.length < size) {
      const draws = this.randoms(size - found.length);
      for (const taken of found) weights[taken] = 0;
      const cdf = cumulative(weights);
      for (const place of new Set(draws.map(x => searchRight(cdf, x)))) found.push(place);
    }
    return found;
  }
}

function cumulative(p: readonly number[]): number[] {
  let sum = 0;
  const out = p.map(value => {
    sum += value;
    return sum;
  });
  return out.map(value => value / sum);
}

function searchRight(sorted: readonly number[], x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
