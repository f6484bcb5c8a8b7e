import { gaussianEpsilon } from './gaussian';

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
