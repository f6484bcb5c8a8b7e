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

/** Clusters by side, numbered through: non-members first, then members. */
interface Sided {
  /** Cluster of the row at each ascending position. */
  readonly codes: Int32Array;
  /** Clusters among non-members and among members. */
  readonly sizes: readonly [number, number];
  /** What tells these clusters from others: person and side, in order. */
  readonly keys: Int32Array;
}

/** A person on both sides (a failed gate) counts as one cluster on each. */
function sidedClusters({ size, order, member }: Ranking, clusters: Clusters | null): Sided {
  const base = clusters?.count ?? size;
  const keyOf = (at: number): number => member[at]! * base + (clusters ? clusters.codes[order[at]!]! : order[at]!);
  const place = new Int32Array(2 * base).fill(-1);
  for (let at = 0; at < size; at++) place[keyOf(at)] = 0;
  const keys: number[] = [];
  let outside = 0;
  for (let key = 0; key < place.length; key++)
    if (place[key] === 0) {
      place[key] = keys.length;
      keys.push(key);
      if (key < base) outside++;
    }
  const codes = new Int32Array(size);
  for (let at = 0; at < size; at++) codes[at] = place[keyOf(at)]!;
  return { codes, sizes: [outside, keys.length - outside], keys: Int32Array.from(keys) };
}

/** Draws beyond this many bytes are made anew when they are asked for. */
const kept = 64 << 20;

/**
 * How often each cluster is drawn in each resample: people with replacement, separately among members and non-members. Drawn once and read
 * by every attack on the same people, so that their intervals rest on the same draws.
 */
export class Resamples {
  private readonly count: number;
  private readonly weights: Uint8Array;
  private readonly stored: boolean;

  constructor(
    private readonly sided: Sided,
    readonly resamples: number,
    private readonly seed: number,
  ) {
    this.count = sided.sizes[0] + sided.sizes[1];
    this.stored = resamples * this.count <= kept;
    this.weights = new Uint8Array(this.stored ? resamples * this.count : this.count);
    if (this.stored)
      for (let resample = 0; resample < resamples; resample++) this.draw(resample, resample * this.count);
  }

  /** Whether these draws are of the given clusters. */
  fits({ keys }: Sided, resamples: number): boolean {
    const own = this.sided.keys;
    return resamples === this.resamples && keys.length === own.length && keys.every((key, at) => key === own[at]);
  }

  /** How often each cluster was drawn (a byte: nobody is drawn 255 times); valid until the next call. */
  of(resample: number): Uint8Array {
    if (this.stored) return this.weights.subarray(resample * this.count, (resample + 1) * this.count);
    this.weights.fill(0);
    this.draw(resample, 0);
    return this.weights;
  }

  private draw(resample: number, start: number): void {
    const uniform = uniformStream(this.seed * 1_000_003 + resample);
    const [outside, inside] = this.sided.sizes;
    for (let index = 0; index < outside; index++) this.weights[start + below(uniform, outside)]!++;
    for (let index = 0; index < inside; index++) this.weights[start + outside + below(uniform, inside)]!++;
  }
}

export interface BootstrapOptions {
  readonly resamples?: number;
  readonly seed?: number;
  readonly level?: number;
  /** Draws that were made before; used where they are of the same people. */
  readonly drawn?: Resamples | null;
}

/** The draws for a ranking, to be shared by others of the same people. */
export function drawResamples(ranking: Ranking, clusters: Clusters | null, resamples: number, seed = 1): Resamples {
  return new Resamples(sidedClusters(ranking, clusters), resamples, seed);
}

/**
 * Percentile interval of the AUC by a cluster bootstrap: people are resampled with replacement, separately among members and
 * non-members, and all their records follow. Ranked once; a resample is one pass over weights.
 */
export function bootstrapAuc(
  ranking: Ranking,
  clusters: Clusters | null,
  { resamples = 1000, seed = 1, level = 0.95, drawn = null }: BootstrapOptions = {},
): Resampled {
  const sided = sidedClusters(ranking, clusters);
  const draws = drawn?.fits(sided, resamples) ? drawn : new Resamples(sided, resamples, seed);
  const { codes } = sided;
  const values = new Float64Array(resamples);
  const { member, runs } = ranking;
  const untied = runs.length - 1 === ranking.size;
  for (let resample = 0; resample < resamples; resample++) {
    const weights = draws.of(resample);
    values[resample] = untied ? untiedAuc(codes, member, weights) : tiedAuc(codes, member, runs, weights);
  }
  values.sort();
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2), values };
}

/** The weighted AUC where no two scores are equal. */
function untiedAuc(codes: Int32Array, member: Uint8Array, weights: Uint8Array): number {
  let outside = 0;
  let inside = 0;
  let wins = 0;
  for (let at = 0; at < codes.length; at++) {
    const weight = weights[codes[at]!]!;
    if (member[at]) {
      wins += weight * outside;
      inside += weight;
    } else outside += weight;
  }
  return outside === 0 || inside === 0 ? Number.NaN : wins / (inside * outside);
}

/** The weighted AUC, runs of equal scores counted one half. */
function tiedAuc(codes: Int32Array, member: Uint8Array, runs: Int32Array, weights: Uint8Array): number {
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
  return below2 === 0 || inside === 0 ? Number.NaN : wins2 / (inside * below2);
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
  const sided = sidedClusters(ranking, clusters);
  const { codes } = sided;
  const draws = new Resamples(sided, resamples, seed);
  const table = fprs.length === 0 ? [] : Array.from(fprs, () => new Float64Array(resamples));
  const { member, runs } = ranking;
  for (let resample = 0; resample < resamples; resample++) {
    const weights = draws.of(resample);
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
