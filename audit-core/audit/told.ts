import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { AttackResult, AuditResult } from './result';

/** Attacks that do not depend on how many records a person has: a maximum and a logsumexp grow with them, leak or no leak. */
export const independentOfCount = ({ join }: AttackResult): boolean => join === null || join === 'mean';

/**
 * The attack that tells members from others, or undefined: the headline where its 95 % interval lies above ½, else the strongest one whose
 * lead over ½ stands a correction for the number of attacks (Bonferroni, normal approximation). Without it the best of twenty intervals
 * would find something in every model.
 */
export function toldApart(result: AuditResult): AttackResult | undefined {
  const [headline] = result.attacks;
  if (headline && headline.auc.low > 0.5) return headline;
  const attacks = result.attacks.filter(independentOfCount);
  const bar = normalQuantile(1 - 0.025 / Math.max(1, attacks.length), 0, 1);
  const lead = ({ auc }: AttackResult): number => (auc.value - 0.5) / Math.max(1e-12, (auc.high - auc.low) / 3.92);
  return attacks.filter(attack => lead(attack) > bar).sort((a, b) => b.auc.value - a.auc.value)[0];
}
