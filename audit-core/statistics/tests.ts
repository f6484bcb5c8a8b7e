import lnGamma from '@stdlib/math-base-special-gammaln';
import chiSquareCdf from '@stdlib/stats-base-dists-chisquare-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import tCdf from '@stdlib/stats-base-dists-t-cdf';

/** Benjamini–Hochberg adjusted p values (q), in the order given. */
export function benjaminiHochberg(p: ArrayLike<number>): Float64Array {
  const count = p.length;
  const order = Array.from({ length: count }, (_, index) => index).sort((a, b) => p[b]! - p[a]!);
  const q = new Float64Array(count);
  let smallest = 1;
  for (const [place, index] of order.entries()) {
    smallest = Math.min(smallest, (p[index]! * count) / (count - place));
    q[index] = smallest;
  }
  return q;
}

/** χ² test of a 2×2 table [[a, b], [c, d]] without continuity correction, one degree of freedom; 1 where a margin is empty. */
export function chiSquareTest(a: number, b: number, c: number, d: number): number {
  const total = a + b + c + d;
  const margins = (a + b) * (c + d) * (a + c) * (b + d);
  if (margins === 0) return 1;
  return 1 - chiSquareCdf((total * (a * d - b * c) ** 2) / margins, 1);
}

/** Fisher's exact test of a 2×2 table, two-sided: the probability of all tables no more likely than the seen one. */
export function fisherTest(a: number, b: number, c: number, d: number): number {
  const row = a + b;
  const column = a + c;
  const total = a + b + c + d;
  const choose = (n: number, k: number): number => lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
  const log = (x: number): number => choose(row, x) + choose(total - row, column - x) - choose(total, column);
  const seen = log(a);
  let p = 0;
  for (let x = Math.max(0, column - (total - row)); x <= Math.min(row, column); x++) {
    const each = log(x);
    if (each <= seen + 1e-7) p += Math.exp(each);
  }
  return Math.min(1, p);
}

/** One-sided paired t test on differences: P(T ≥ t) under mean 0. Constant differences: 0 when above 0, else 1. */
export function pairedTTest(differences: Float64Array): number {
  const count = differences.length;
  if (count < 2) return 1;
  const mean = differences.reduce((sum, each) => sum + each, 0) / count;
  const variance = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (count - 1);
  if (variance === 0) return mean > 0 ? 0 : 1;
  return tCdf(-mean / Math.sqrt(variance / count), count - 1);
}

/** One-sided Mann–Whitney p (larger inside), normal approximation with ties, without continuity correction. */
export function mannWhitneyTest(inside: Float64Array, outside: Float64Array): { auc: number; p: number } {
  const n1 = inside.length;
  const n0 = outside.length;
  if (n1 === 0 || n0 === 0) return { auc: Number.NaN, p: 1 };
  const all = Float64Array.from([...inside, ...outside]).sort();
  const first = new Map<number, [number, number]>();
  for (const [index, value] of all.entries()) {
    const range = first.get(value);
    if (range) range[1] = index;
    else first.set(value, [index, index]);
  }
  let ties = 0;
  for (const [start, end] of first.values()) ties += (end - start + 1) ** 3 - (end - start + 1);
  let ranks = 0;
  for (const value of inside) {
    const [start, end] = first.get(value)!;
    ranks += (start + end) / 2 + 1;
  }
  const u = ranks - (n1 * (n1 + 1)) / 2;
  const n = n1 + n0;
  const variance = ((n1 * n0) / 12) * (n + 1 - ties / (n * (n - 1)));
  return { auc: u / (n1 * n0), p: variance <= 0 ? 1 : normalCdf(-(u - (n1 * n0) / 2) / Math.sqrt(variance), 0, 1) };
}
