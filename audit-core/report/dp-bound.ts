import { gaussianBound, maxAuc, maxTprAtFpr } from '../accounting';
import type { AuditResult } from '../audit/result';
import { area, figure, percent, range, strongest } from './words';

/** The ε of the question; the δ is the claimed one, else 1e-5. */
const epsilon = 8;
const fpr = 0.01;

/** Beside what was measured: what differential privacy for whole people (else records) at ε = 8 would allow an attacker at most. */
export interface DpBound {
  readonly question: string;
  /** What, area under the ROC curve, true-positive rate at a false-positive rate of 1 %. */
  readonly rows: readonly (readonly [string, string, string])[];
  readonly note: string;
}

/** null where reference models or attacks are missing. Bounds: Kairouz et al. 2015 (arXiv 1311.0776) and the Gaussian trade-off (arXiv 1905.02383). */
export function dpBound(result: AuditResult): DpBound | null {
  const level = result.people ? 'person' : 'record';
  const best = strongest(result, level);
  if (!result.exposure || !best) return null;
  const claimed = result.claimedEpsilon?.delta ?? null;
  const delta = claimed !== null && claimed > 0 && claimed < 0.5 ? claimed : 1e-5;
  const rate = best.tpr.find(point => point.fpr === fpr);
  const gaussian = gaussianBound(epsilon, delta, fpr);
  return {
    question: `What would ${level === 'person' ? 'patient-level' : 'record-level'} DP at ε = ${epsilon} bound this to?`,
    rows: [
      [`Measured, by ${level}`, `${area(best.auc.value)} (${range(best.auc)})`, rate ? percent(rate.tpr) : '–'],
      ['At most, with Gaussian noise as in DP-SGD', area(gaussian.auc), percent(gaussian.tpr)],
      [
        'At most, whatever the mechanism',
        maxAuc(epsilon, delta).toFixed(4),
        `${(100 * maxTprAtFpr(epsilon, delta, fpr)).toFixed(2)} %`,
      ],
    ],
    note: `At δ = ${figure(delta)}, per ${level}. The bound holds for every attack and for whoever is exposed most; what was measured is an average over all and the least that the model gives away.`,
  };
}
