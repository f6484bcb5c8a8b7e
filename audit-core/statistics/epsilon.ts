import { properLower, properUpper } from './proportions';
import { type Ranking, rank, rocSteps } from './ranking';

export type Direction = 'TPR/FPR' | 'TNR/FNR';

/** Counts of one threshold on one sample. */
export interface Counts {
  readonly members: number;
  readonly nonMembers: number;
  /** Members and non-members at or above the threshold. */
  readonly membersAbove: number;
  readonly nonMembersAbove: number;
}

/**
 * The ε that one threshold certifies: (ε, δ)-DP implies TPR ≤ e^ε·FPR + δ and TNR ≤ e^ε·FNR + δ (Kairouz et al. 2015), so
 * ε ≥ ln((TPR_low − δ) / FPR_high); each end is a one-sided Clopper–Pearson bound at `alpha`/2. Never below 0.
 */
export function certified(counts: Counts, direction: Direction, delta: number, alpha: number): number {
  const { members, nonMembers, membersAbove, nonMembersAbove } = counts;
  const [hits, trials, errors, chances] =
    direction === 'TPR/FPR'
      ? [membersAbove, members, nonMembersAbove, nonMembers]
      : [nonMembers - nonMembersAbove, nonMembers, members - membersAbove, members];
  const low = properLower(hits, trials, alpha / 2) - delta;
  if (low <= 0) return 0;
  return Math.max(0, Math.log(low / properUpper(errors, chances, alpha / 2)));
}

/** The largest ε that a perfect attack could certify with so many members and non-members. */
export const ceiling = (members: number, nonMembers: number, delta: number, alpha = 0.05): number =>
  members === 0 || nonMembers === 0
    ? 0
    : Math.max(
        certified({ members, nonMembers, membersAbove: members, nonMembersAbove: 0 }, 'TPR/FPR', delta, alpha),
        certified({ members, nonMembers, membersAbove: members, nonMembersAbove: 0 }, 'TNR/FNR', delta, alpha),
      );

/** One way of scoring the same units: an attack and, for people, a join. Rows must be in ascending order of id. */
export interface Candidate {
  readonly name: string;
  readonly scores: Float64Array;
}

export interface EpsilonBound {
  readonly candidate: string;
  readonly direction: Direction;
  readonly threshold: number;
  /** The certified lower bound, at confidence 1 − `alpha`. */
  readonly value: number;
  readonly delta: number;
  readonly alpha: number;
  readonly ceiling: number;
  readonly evaluation: Counts;
}

/**
 * A lower bound with an honestly chosen threshold: on one half (even positions of members and of non-members) candidate, threshold and
 * direction are searched; on the other half only that choice is tested, so that no correction is needed for the search.
 */
export function splitHalfBound(
  candidates: readonly Candidate[],
  members: Uint8Array,
  delta: number,
  alpha = 0.05,
): EpsilonBound | null {
  const halves = halve(members);
  let best: { value: number; candidate: Candidate; threshold: number; direction: Direction } | null = null;
  for (const candidate of candidates) {
    const found = searchHalf(rank(pick(candidate.scores, halves.select), pick8(members, halves.select)), delta, alpha);
    if (best === null || found.value > best.value) best = { ...found, candidate };
  }
  if (best === null) return null;
  const counts = { members: 0, nonMembers: 0, membersAbove: 0, nonMembersAbove: 0 };
  for (const row of halves.evaluate) {
    const above = best.candidate.scores[row]! >= best.threshold ? 1 : 0;
    if (members[row]) {
      counts.members++;
      counts.membersAbove += above;
    } else {
      counts.nonMembers++;
      counts.nonMembersAbove += above;
    }
  }
  if (counts.members === 0 || counts.nonMembers === 0) return null;
  return {
    candidate: best.candidate.name,
    direction: best.direction,
    threshold: best.threshold,
    value: certified(counts, best.direction, delta, alpha),
    delta,
    alpha,
    ceiling: ceiling(counts.members, counts.nonMembers, delta, alpha),
    evaluation: counts,
  };
}

/** Even positions of each side select, odd ones evaluate. */
function halve(members: Uint8Array): { select: Int32Array; evaluate: Int32Array } {
  const select: number[] = [];
  const evaluate: number[] = [];
  const position = [0, 0];
  for (let row = 0; row < members.length; row++) {
    const side = members[row]!;
    (position[side]! % 2 === 0 ? select : evaluate).push(row);
    position[side]!++;
  }
  return { select: Int32Array.from(select), evaluate: Int32Array.from(evaluate) };
}

const pick = (values: Float64Array, rows: Int32Array): Float64Array => Float64Array.from(rows, row => values[row]!);
const pick8 = (values: Uint8Array, rows: Int32Array): Uint8Array => Uint8Array.from(rows, row => values[row]!);

/** The best threshold and direction on one ranking: first maximum with thresholds descending; TPR/FPR when not worse. */
export function searchHalf(
  ranking: Ranking,
  delta: number,
  alpha: number,
): { value: number; threshold: number; direction: Direction } {
  const forward = { value: -1, threshold: 0 };
  const backward = { value: -1, threshold: 0 };
  const bounds = boundTables(ranking.members, ranking.nonMembers, alpha);
  for (const step of rocSteps(ranking)) {
    const a = ratio(bounds.memberLow(step.truePositives) - delta, bounds.nonMemberHigh(step.falsePositives));
    if (a > forward.value) Object.assign(forward, { value: a, threshold: step.threshold });
    const b = ratio(
      bounds.nonMemberLow(ranking.nonMembers - step.falsePositives) - delta,
      bounds.memberHigh(ranking.members - step.truePositives),
    );
    if (b > backward.value) Object.assign(backward, { value: b, threshold: step.threshold });
  }
  return forward.value >= backward.value ? { ...forward, direction: 'TPR/FPR' } : { ...backward, direction: 'TNR/FNR' };
}

const ratio = (low: number, high: number): number => (low <= 0 ? 0 : Math.max(0, Math.log(low / high)));

/** The best bound over all data with Bonferroni's correction for every distinct score, both directions and all candidates. */
export function bonferroniBound(
  candidates: readonly Candidate[],
  members: Uint8Array,
  delta: number,
  alpha = 0.05,
): number {
  const rankings = candidates.map(({ scores }) => rank(scores, members));
  const tests = rankings.reduce((sum, { runs }) => sum + 2 * (runs.length - 1), 0);
  return rankings.reduce((best, ranking) => Math.max(best, searchHalf(ranking, delta, alpha / tests).value), 0);
}

/** Clopper–Pearson ends by count, computed when first asked for: beta quantiles are the cost of a search. */
function boundTables(members: number, nonMembers: number, alpha: number) {
  const lazy = (make: (hits: number) => number): ((hits: number) => number) => {
    const known = new Map<number, number>();
    return hits => {
      const value = known.get(hits) ?? make(hits);
      known.set(hits, value);
      return value;
    };
  };
  return {
    memberLow: lazy(hits => properLower(hits, members, alpha / 2)),
    memberHigh: lazy(hits => properUpper(hits, members, alpha / 2)),
    nonMemberLow: lazy(hits => properLower(hits, nonMembers, alpha / 2)),
    nonMemberHigh: lazy(hits => properUpper(hits, nonMembers, alpha / 2)),
  };
}
