import type { AttackScores } from '../attacks/attacks';
import { join, type Units } from '../people/joins';
import { bootstrapAuc, bootstrapRoc, type Clusters, drawResamples, type Resamples } from '../statistics/bootstrap';
import { clusteredError, delongError } from '../statistics/delong';
import { clopperPearson, properLower } from '../statistics/proportions';
import { atFalsePositiveRate, auc, type Ranking, rank } from '../statistics/ranking';
import type { AttackResult, Distribution, JoinName, RocPoint } from './result';

const rates = [0.1, 0.01, 0.001] as const;

/** A rate is shown where it leaves at least ten false positives. */
const supported = (fpr: number, nonMembers: number): boolean => fpr * nonMembers >= 10 - 1e-9;

/**
 * The quantile score's regressors are learned from the audited non-members; resampling people with the regressors held fixed leaves their
 * error out. Under members permuted by person its AUC varied up to 1.17 times as much as such intervals say (docs/measurements.md); its
 * interval is therefore a quarter wider.
 */
const widened: Readonly<Record<string, number>> = { quantile: 1.25 };

/** One ranking as a result: AUC with its interval by people, TPR at the rates that n₀ supports. */
export function resultOf(
  name: string,
  level: 'record' | 'person',
  how: JoinName | null,
  ranking: Ranking,
  clusters: Clusters | null,
  resamples: number,
  drawn: Resamples | null = null,
): AttackResult {
  const value = auc(ranking);
  const bootstrapped = bootstrapAuc(ranking, clusters, { resamples, drawn });
  // A perfect separation resamples to itself: what the smaller side can say of it is an exact bound.
  const bound = properLower(smaller(ranking, clusters), smaller(ranking, clusters), 0.025);
  const factor = widened[name] ?? 1;
  const low = value === 1 ? bound : Math.max(0, value - factor * (value - bootstrapped.low));
  const high = value === 0 ? 1 - bound : Math.min(1, value + factor * (bootstrapped.high - value));
  return {
    name,
    level,
    join: how,
    auc: {
      value,
      low,
      high,
      error: factor * (clusters ? clusteredError(ranking, clusters.codes, clusters.count) : delongError(ranking)),
    },
    tpr: rates
      .filter(fpr => supported(fpr, ranking.nonMembers))
      .map(fpr => {
        const { truePositives } = atFalsePositiveRate(ranking, fpr);
        return { fpr, tpr: truePositives / ranking.members, ...clopperPearson(truePositives, ranking.members) };
      }),
  };
}

/** People on the smaller side. */
function smaller({ member, order, members, nonMembers }: Ranking, clusters: Clusters | null): number {
  if (!clusters) return Math.min(members, nonMembers);
  const seen = [new Set<number>(), new Set<number>()] as const;
  for (let at = 0; at < order.length; at++) seen[member[at] as 0 | 1].add(clusters.codes[order[at]!]!);
  return Math.min(seen[0].size, seen[1].size);
}

const joins: readonly JoinName[] = ['mean', 'max', 'logsumexp'];

/** Every attack at record level and, with people, at person level under each join. */
export function evaluate(
  attacks: readonly AttackScores[],
  members: Uint8Array,
  units: Units | null,
  options: { resamples: number; progress: (fraction: number) => void },
): { results: AttackResult[]; headline: Ranking } {
  const clusters = units ? { codes: units.codes, count: units.count } : null;
  const results: AttackResult[] = [];
  let headline: Ranking | null = null;
  let drawn: Resamples | null = null;
  for (const [index, { name, scores }] of attacks.entries()) {
    const ranking = rank(scores, members);
    headline ??= ranking;
    // People drawn once serve records and people alike: their codes are the same.
    drawn ??= drawResamples(ranking, clusters, options.resamples);
    results.push(resultOf(name, 'record', null, ranking, clusters, options.resamples, drawn));
    options.progress((index + 1) / attacks.length);
    if (!units) continue;
    for (const how of joins) {
      if (name === 'gap' && how !== 'mean') continue;
      const perPerson = rank(join(scores, units, how), units.members);
      results.push(resultOf(name, 'person', how, perPerson, null, options.resamples, drawn));
    }
  }
  return { results, headline: headline! };
}

/** Points of the ROC for log axes: FPR from 1/n₀ to 1, with a band by resampling people. */
export function rocOf(ranking: Ranking, clusters: Clusters | null): RocPoint[] {
  const lowest = Math.max(1 / ranking.nonMembers, 1e-5);
  const count = 61;
  const fprs = Float64Array.from({ length: count }, (_, index) => lowest ** (1 - index / (count - 1)));
  const band = bootstrapRoc(ranking, clusters, fprs);
  return Array.from(fprs, (fpr, index) => ({
    fpr,
    tpr: atFalsePositiveRate(ranking, fpr).truePositives / ranking.members,
    low: band.low[index]!,
    high: band.high[index]!,
  }));
}

/** Histogram between the 0.5 % and 99.5 % points; what lies outside goes to the outer bins. */
export function distributionOf(ranking: Ranking, bins = 40): Distribution {
  const at = (share: number): number => ranking.sorted[Math.floor(share * (ranking.size - 1))]!;
  const [low, high] = [at(0.005), at(0.995)];
  const width = (high - low) / bins || 1;
  const counts = [new Float64Array(bins), new Float64Array(bins)] as const;
  for (let place = 0; place < ranking.size; place++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((ranking.sorted[place]! - low) / width)));
    counts[ranking.member[place] as 0 | 1][bin]!++;
  }
  return {
    edges: Array.from({ length: bins + 1 }, (_, index) => low + index * width),
    members: Array.from(counts[1], count => count / ranking.members),
    nonMembers: Array.from(counts[0], count => count / ranking.nonMembers),
  };
}
