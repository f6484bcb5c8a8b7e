import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';

/** Lower end of a one-sided Clopper–Pearson bound for `hits` of `trials` at error `alpha`. */
export const properLower = (hits: number, trials: number, alpha: number): number =>
  hits <= 0 ? 0 : betaQuantile(alpha, hits, trials - hits + 1);

/** Upper end of a one-sided Clopper–Pearson bound for `hits` of `trials` at error `alpha`. */
export const properUpper = (hits: number, trials: number, alpha: number): number =>
  hits >= trials ? 1 : betaQuantile(1 - alpha, hits + 1, trials - hits);

/** Two-sided Clopper–Pearson interval (Clopper & Pearson 1934), 95 % by default. */
export const clopperPearson = (hits: number, trials: number, alpha = 0.05): { low: number; high: number } =>
  trials === 0
    ? { low: 0, high: 1 }
    : { low: properLower(hits, trials, alpha / 2), high: properUpper(hits, trials, alpha / 2) };

/** Probability that a flagged record is a member when a share `prior` of the candidates are (Bayes). */
export const positivePredictiveValue = (prior: number, tpr: number, fpr: number): number => {
  const flagged = prior * tpr + (1 - prior) * fpr;
  return flagged === 0 ? Number.NaN : (prior * tpr) / flagged;
};
