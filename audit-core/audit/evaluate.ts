import type { AttackScores } from '../attacks/attacks';
import { join, type Units } from '../people/joins';
import { bootstrapAuc, bootstrapRoc, type Clusters } from '../statistics/bootstrap';
import { clopperPearson } from '../statistics/proportions';
import { atFalsePositiveRate, auc, type Ranking, rank } from '../statistics/ranking';
import type { AttackResult, Distribution, JoinName, RocPoint } from './result';

const rates = [0.1, 0.01, 0.001] as const;

/** A rate is shown where it leaves at least ten false positives. */
const supported = (fpr: number, nonMembers: number): boolean => fpr * nonMembers >= 10 - 1e-9;

/** One ranking as a result: AUC with its interval by people, TPR at the rates that n₀ supports. */
export function resultOf(
  name: string,
  level: 'record' | 'person',
  how: JoinName | null,
  ranking: Ranking,
  clusters: Clusters | null,
  resamples: number,
): AttackResult {
  const { low, high } = bootstrapAuc(ranking, clusters, { resamples });
  return {
    name,
    level,
    join: how,
    auc: { value: auc(ranking), low, high },
    tpr: rates
      .filter(fpr => supported(fpr, ranking.nonMembers))
      .map(fpr => {
        const { truePositives } = atFalsePositiveRate(ranking, fpr);
        return { fpr, tpr: truePositives / ranking.members, ...clopperPearson(truePositives, ranking.members) };
      }),
  };
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
  for (const [index, { name, scores }] of attacks.entries()) {
    const ranking = rank(scores, members);
    headline ??= ranking;
    results.push(resultOf(name, 'record', null, ranking, clusters, options.resamples));
    options.progress((index + 1) / attacks.length);
    if (!units) continue;
    for (const how of joins) {
      if (name === 'gap' && how !== 'mean') continue;
      const perPerson = rank(join(scores, units, how), units.members);
      results.push(resultOf(name, 'person', how, perPerson, null, options.resamples));
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
