import gammaln from '@stdlib/math-base-special-gammaln';

/** ln C(n, k). */
export const logBinomial = (n: number, k: number): number => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);

/** P(Bin(n, p) = k). */
export function binomialMass(n: number, p: number, k: number): number {
  if (p === 0) return k === 0 ? 1 : 0;
  if (p === 1) return k === n ? 1 : 0;
  return Math.exp(logBinomial(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(Bin(n, p) > k), summed from the small end. */
export function binomialAbove(n: number, p: number, k: number): number {
  const terms: number[] = [];
  for (let i = Math.max(0, k + 1); i <= n; i++) {
    terms.push(binomialMass(n, p, i));
    if (i > n * p && terms.at(-1)! < 1e-20 * terms[0]!) break;
  }
  return Math.min(
    1,
    terms.reverse().reduce((a, b) => a + b, 0),
  );
}
