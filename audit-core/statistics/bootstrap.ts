import { below, uniformStream } from './random';
import type { Ranking } from './ranking';

/** Which cluster (person) each row belongs to; people are resampled, their rows follow. */
export interface Clusters {
  readonly codes: Int32Array;
  readonly count: number;
}

/** An interval with the resampled values it was read from (ascending). */
export interface Resampled {
  readonly low: number;
  readonly high: number;
  readonly values: Float64Array;
}

/** Draws `size` of `size` with replacement into `weights` (counts). */
function draw(weights: Int32Array, ids: Int32Array, uniform: () => number): void {
  for (let index = 0; index < ids.length; index++) weights[ids[below(uniform, ids.length)]!]!++;
}

/** Clusters by side: a person on both sides (a failed gate) counts as one cluster on each. */
export function sideClusters(
  ranking: Ranking,
  clusters: Clusters | null,
): { codes: Int32Array; ids: [Int32Array, Int32Array]; count: number } {
  const { size, order, member } = ranking;
  const codes = new Int32Array(size);
  const base = clusters?.count ?? size;
  const seen = new Uint8Array(2 * base);
  for (let at = 0; at < size; at++) {
    const row = order[at]!;
    const code = 2 * (clusters ? clusters.codes[row]! : row) + member[at]!;
    codes[at] = code;
    seen[code] = 1;
  }
  const ids: [number[], number[]] = [[], []];
  for (let code = 0; code < seen.length; code++) if (seen[code]) ids[(code & 1) as 0 | 1].push(code);
  return { codes, ids: [Int32Array.from(ids[0]), Int32Array.from(ids[1])], count: 2 * base };
}

/**
 * Percentile interval of the AUC by a cluster bootstrap: people are resampled with replacement, separately among members and
 * non-members, and all their records follow. Ranked once; a resample is one pass over weights.
 */
export function bootstrapAuc(
  ranking: Ranking,
  clusters: Clusters | null,
  options: { resamples?: number; seed?: number; level?: number } = {},
): Resampled {
  const { resamples = 1000, seed = 1, level = 0.95 } = options;
  const { codes, ids, count } = sideClusters(ranking, clusters);
  const uniform = uniformStream(seed);
  const weights = new Int32Array(count);
  const values = new Float64Array(resamples);
  const { member, runs } = ranking;
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    draw(weights, ids[0], uniform);
    draw(weights, ids[1], uniform);
    let below2 = 0;
    let wins2 = 0;
    let inside = 0;
    for (let run = 0; run + 1 < runs.length; run++) {
      let tiedIn = 0;
      let tiedOut = 0;
      for (let at = runs[run]!; at < runs[run + 1]!; at++) {
        const weight = weights[codes[at]!]!;
        if (member[at]) tiedIn += weight;
        else tiedOut += weight;
      }
      wins2 += tiedIn * (below2 + tiedOut);
      below2 += 2 * tiedOut;
      inside += tiedIn;
    }
    values[resample] = below2 === 0 || inside === 0 ? Number.NaN : wins2 / (inside * below2);
  }
  values.sort();
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2), values };
}

/** Quantile of ascending values by linear interpolation (numpy's default). */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** A pointwise band of the ROC: TPR quantiles at each of `fprs` under the same resampling. */
export function bootstrapRoc(
  ranking: Ranking,
  clusters: Clusters | null,
  fprs: Float64Array,
  options: { resamples?: number; seed?: number } = {},
): { low: Float64Array; high: Float64Array } {
  const { resamples = 200, seed = 2 } = options;
  const { codes, ids, count } = sideClusters(ranking, clusters);
  const uniform = uniformStream(seed);
  const weights = new Int32Array(count);
  const table = fprs.length === 0 ? [] : Array.from(fprs, () => new Float64Array(resamples));
  const { member, runs } = ranking;
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    draw(weights, ids[0], uniform);
    draw(weights, ids[1], uniform);
    let totalIn = 0;
    let totalOut = 0;
    for (let at = 0; at < codes.length; at++)
      if (member[at]) totalIn += weights[codes[at]!]!;
      else totalOut += weights[codes[at]!]!;
    let inside = 0;
    let outside = 0;
    let next = 0;
    for (let run = runs.length - 2; run >= 0 && next < fprs.length; run--) {
      const before = inside;
      for (let at = runs[run]!; at < runs[run + 1]!; at++)
        if (member[at]) inside += weights[codes[at]!]!;
        else outside += weights[codes[at]!]!;
      while (next < fprs.length && outside > fprs[next]! * totalOut) table[next++]![resample] = before / totalIn;
    }
    while (next < fprs.length) table[next++]![resample] = 1;
  }
  const low = new Float64Array(fprs.length);
  const high = new Float64Array(fprs.length);
  for (const [index, column] of table.entries()) {
    column.sort();
    low[index] = quantile(column, 0.025);
    high[index] = quantile(column, 0.975);
  }
  return { low, high };
}
