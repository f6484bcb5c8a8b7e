import { gaussianDelta, gaussianEpsilon, tailPoint, upperTail } from './gaussian';

/** The largest true-positive rate of any membership test at false-positive rate `fpr` under (ε, δ)-DP: min(1, e^ε·fpr + δ, 1 − e^−ε(1 − δ − fpr)) (Kairouz et al. 2015, arXiv 1311.0776). */
export function maxTprAtFpr(epsilon: number, delta: number, fpr: number): number {
  if (epsilon === Number.POSITIVE_INFINITY) return 1;
  return Math.max(fpr, Math.min(1, Math.exp(epsilon) * fpr + delta, 1 - Math.exp(-epsilon) * (1 - delta - fpr)));
}

/** The largest area under the ROC curve that (ε, δ)-DP allows: the area under the two lines of `maxTprAtFpr`. */
export function maxAuc(epsilon: number, delta: number): number {
  if (epsilon === Number.POSITIVE_INFINITY) return 1;
  // The lines e^ε·x + δ and 1 − e^−ε(1 − δ − x) cross at x = (1 − δ)/(1 + e^ε); the third piece is TPR = 1 from x = 1 − δ on.
  const cross = (1 - delta) / (1 + Math.exp(epsilon));
  const height = 1 - cross;
  return (cross * (delta + height)) / 2 + ((1 - delta - cross) * (height + 1)) / 2 + delta;
}

/**
 * What (ε, δ)-DP allows where the mechanism is a Gaussian one, as one release is exactly and DP-SGD over many steps about (Dong, Roth and Su
 * 2019, arXiv 1905.02383): the μ at which δ(ε) is `delta` (Balle and Wang 2018, arXiv 1805.06530), by bisection; then an area under the ROC
 * curve of Φ(μ/√2) and a true-positive rate of Φ(Φ⁻¹(fpr) + μ). `delta` and `fpr` in (0, ½). Never above `maxAuc` and `maxTprAtFpr`.
 */
export function gaussianBound(epsilon: number, delta: number, fpr: number): { mu: number; auc: number; tpr: number } {
  let low = 0;
  let high = 1;
  while (gaussianDelta(1 / high, epsilon) < delta) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (gaussianDelta(1 / middle, epsilon) < delta) low = middle;
    else high = middle;
  }
  return { mu: high, auc: upperTail(-high / Math.SQRT2), tpr: upperTail(tailPoint(fpr) - high) };
}

/**
 * ε for batches in a fixed or shuffled order that use each record once an epoch: one Gaussian release an epoch, with no
 * amplification (noise multiplier σ/√epochs; twice the distance for a replaced record).
 */
export function deterministicBatchesEpsilon(
  noiseMultiplier: number,
  epochs: number,
  delta: number,
  relation: 'add-or-remove' | 'replace-one' | 'replace-special' = 'add-or-remove',
  recordsPerPerson = 1,
): number {
  if (noiseMultiplier === 0) return Number.POSITIVE_INFINITY;
  const distance = recordsPerPerson * (relation === 'replace-one' ? 2 : 1);
  return gaussianEpsilon(noiseMultiplier / (Math.sqrt(Math.ceil(epochs)) * distance), delta);
}
