/** Scores of one attack in ascending order, ranked once and read by every statistic. Higher = more member-like. */
export interface Ranking {
  /** Number of scores. */
  readonly size: number;
  /** Row of the score at each ascending position. */
  readonly order: Int32Array;
  /** Scores in ascending order. */
  readonly sorted: Float64Array;
  /** 1 where the row at that position is a member. */
  readonly member: Uint8Array;
  /** Positions at which a run of equal scores starts, then `size`. */
  readonly runs: Int32Array;
  readonly members: number;
  readonly nonMembers: number;
}

/** Ranks `scores` with membership `members` (0/1); a score that is not a number ranks lowest. */
export function rank(scores: Float64Array, members: Uint8Array): Ranking {
  const size = scores.length;
  const sorted = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    const score = scores[row]!;
    sorted[row] = Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score === 0 ? 0 : score;
  }
  const order = orderOf(sorted);
  const values = Float64Array.from(order, row => sorted[row]!);
  const member = Uint8Array.from(order, row => members[row]!);
  const starts: number[] = [];
  for (let at = 0; at < size; at++) if (at === 0 || values[at] !== values[at - 1]) starts.push(at);
  starts.push(size);
  const inside = member.reduce((sum, each) => sum + each, 0);
  return {
    size,
    order,
    sorted: values,
    member,
    runs: Int32Array.from(starts),
    members: inside,
    nonMembers: size - inside,
  };
}

/** Row indexes in ascending order of value; equal values by row. Sorts packed doubles, which is faster than a comparator. */
function orderOf(values: Float64Array): Int32Array {
  const order = new Int32Array(values.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  return order.sort((a, b) => values[a]! - values[b]! || a - b || 0);
}

/** Area under the ROC curve: Mann–Whitney, ties count one half. NaN where a side is empty. */
export function auc(ranking: Ranking): number {
  let below = 0;
  let wins = 0;
  for (let run = 0; run + 1 < ranking.runs.length; run++) {
    let inside = 0;
    const start = ranking.runs[run]!;
    const end = ranking.runs[run + 1]!;
    for (let at = start; at < end; at++) inside += ranking.member[at]!;
    const outside = end - start - inside;
    wins += inside * (below + outside / 2);
    below += outside;
  }
  return wins / (ranking.members * ranking.nonMembers);
}

/** A step of the ROC: predict "member" from this score upwards. */
export interface RocStep {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** The steps of the ROC over distinct scores, thresholds descending; all ties at once. (0, 0) is not listed. */
export function* rocSteps(ranking: Ranking): Generator<RocStep> {
  let truePositives = 0;
  let falsePositives = 0;
  for (let run = ranking.runs.length - 2; run >= 0; run--) {
    const start = ranking.runs[run]!;
    for (let at = start; at < ranking.runs[run + 1]!; at++) {
      if (ranking.member[at]) truePositives++;
      else falsePositives++;
    }
    yield { threshold: ranking.sorted[start]!, truePositives, falsePositives };
  }
}

/** The largest TPR among thresholds with at most `fpr`·n₀ false positives ("FPR ≤ x", no interpolation). */
export function atFalsePositiveRate(ranking: Ranking, fpr: number): RocStep {
  let best: RocStep = { threshold: Number.POSITIVE_INFINITY, truePositives: 0, falsePositives: 0 };
  for (const step of rocSteps(ranking)) {
    if (step.falsePositives > fpr * ranking.nonMembers) break;
    best = step;
  }
  return best;
}

/** The attacker's advantage: the largest TPR − FPR. */
export function advantage(ranking: Ranking): number {
  let best = 0;
  for (const step of rocSteps(ranking))
    best = Math.max(best, step.truePositives / ranking.members - step.falsePositives / ranking.nonMembers);
  return best;
}
