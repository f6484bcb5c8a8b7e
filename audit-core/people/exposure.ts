import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import type { References } from '../attacks/references';
import { uniformStream } from '../statistics/random';
import { benjaminiHochberg, mannWhitneyTest, pairedTTest } from '../statistics/tests';
import { logSumExp, type Units } from './joins';
import { complementaryPairs, type MaskDesign, permuteMask } from './pairs';

/** The bars of the survival table, as in the published study (auditing by people: largest record AUC at or above). */
export const thresholds = [0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;

export interface SurvivalRow {
  readonly threshold: number;
  readonly people: number;
  /** Mean count under permuted masks. */
  readonly null: number;
  /** Where 95 % of the permuted counts lie. */
  readonly nullInterval: readonly [number, number];
}

export interface Exposure {
  /** People by the largest of their record AUCs. */
  readonly survival: readonly SurvivalRow[];
  /** Single records by their own AUC: `people` counts records here. */
  readonly records: readonly SurvivalRow[];
  /** People by one score a model, the logsumexp over their records: an attacker who decides once about a person. */
  readonly joint: readonly SurvivalRow[];
  /** Largest record AUC per person, by unit. */
  readonly largest: Float64Array;
  /** Benjamini–Hochberg q of the person's test, by unit. */
  readonly q: Float64Array;
  readonly named: number;
  readonly design: MaskDesign;
  readonly test: 'paired-t' | 'mann-whitney';
  readonly permutations: number;
  /** Survival on a fine grid of AUC for the chart: observed counts, mean null counts and the band of 95 % of them. */
  readonly curve: {
    readonly auc: Float64Array;
    readonly people: Float64Array;
    readonly null: Float64Array;
    readonly low: Float64Array;
    readonly high: Float64Array;
  };
}

const variance = (sum: number, squares: number, count: number): number =>
  Math.max(0, squares / count - (sum / count) ** 2);

/** Φ((μ_in − μ_out)/√(σ_in² + σ_out²)), not clipped; ½ where nothing varies and nothing differs. */
const binormal = (difference: number, spread: number): number =>
  spread > 0 ? normalCdf(difference / Math.sqrt(spread), 0, 1) : difference > 0 ? 1 : difference < 0 ? 0 : 0.5;

/** Who is exposed: per person the largest binormal record AUC over the references, its null, and a test with a corrected q. */
export function exposureOf(
  references: References,
  units: Units,
  options: { permutations?: number; seed?: number } = {},
): Exposure {
  const { permutations = 50, seed = 3 } = options;
  const { models, rows, members } = references;
  const design = complementaryPairs(members, models, rows);
  const byRow = rowMajor(references);
  const masks = personMasks(members, units, models, rows);
  const together = personScores(references, units);
  const own = Int32Array.from({ length: units.count }, (_, unit) => unit);
  const { record, largest } = areasOf(byRow, units, masks, models);
  const joint = areasOf(together, { codes: own, count: units.count }, masks, models).record;
  const uniform = uniformStream(seed);
  const grid = Float64Array.from({ length: 101 }, (_, index) => 0.5 + index / 200);
  const counts = (): Float64Array[] => thresholds.map(() => new Float64Array(permutations));
  const [barCounts, recordCounts, jointCounts] = [counts(), counts(), counts()];
  const curveCounts = Array.from(grid, () => new Float64Array(permutations));
  const scratch = masks.slice();
  for (let round = 0; round < permutations; round++) {
    scratch.set(masks);
    for (let unit = 0; unit < units.count; unit++)
      permuteMask(scratch.subarray(unit * models, (unit + 1) * models), design, uniform);
    const found = areasOf(byRow, units, scratch, models);
    const alone = areasOf(together, { codes: own, count: units.count }, scratch, models).record;
    const people = found.largest.sort();
    for (const [index, threshold] of thresholds.entries()) {
      barCounts[index]![round] = atOrAbove(people, threshold);
      recordCounts[index]![round] = reaching(found.record, threshold);
      jointCounts[index]![round] = reaching(alone, threshold);
    }
    for (const [index, threshold] of grid.entries()) curveCounts[index]![round] = atOrAbove(people, threshold);
  }
  const sorted = largest.slice().sort();
  const band = curveCounts.map(spreadOf);
  const { p, test } = personTests(together, units.count, masks, design, models);
  const q = benjaminiHochberg(p);
  return {
    survival: survivalOf(largest, barCounts),
    records: survivalOf(record, recordCounts),
    joint: survivalOf(joint, jointCounts),
    largest,
    q,
    named: q.reduce((sum, each) => sum + (each <= 0.05 ? 1 : 0), 0),
    design,
    test,
    permutations,
    curve: {
      auc: grid,
      people: grid.map(threshold => atOrAbove(sorted, threshold)),
      null: Float64Array.from(band, ({ mean }) => mean),
      low: Float64Array.from(band, ({ low }) => low),
      high: Float64Array.from(band, ({ high }) => high),
    },
  };
}

const survivalOf = (areas: Float64Array, nulls: readonly Float64Array[]): SurvivalRow[] =>
  thresholds.map((threshold, index) => {
    const { mean, low, high } = spreadOf(nulls[index]!);
    return { threshold, people: reaching(areas, threshold), null: mean, nullInterval: [low, high] as const };
  });

/** How many values reach the threshold. */
function reaching(values: Float64Array, threshold: number): number {
  let count = 0;
  for (const value of values) if (value >= threshold) count++;
  return count;
}

/** Mean of the counts, and the two between which 95 % of them lie. */
function spreadOf(counts: Float64Array): { mean: number; low: number; high: number } {
  const sorted = counts.slice().sort();
  const place = Math.floor(0.025 * sorted.length);
  return {
    mean: sorted.reduce((sum, each) => sum + each, 0) / sorted.length,
    low: sorted[place]!,
    high: sorted[sorted.length - 1 - place]!,
  };
}

/** How many of the ascending values reach the threshold. */
function atOrAbove(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}

/** φ by record: `[rows, models]`, so that one record's scores lie together. */
function rowMajor({ models, rows, confidence }: References): Float64Array {
  const out = new Float64Array(models * rows);
  for (let model = 0; model < models; model++)
    for (let row = 0; row < rows; row++) out[row * models + model] = confidence[model * rows + row]!;
  return out;
}

/** The mask of each person: 1 where any record of the person was trained on by that reference. */
function personMasks(members: Uint8Array, units: Units, models: number, rows: number): Uint8Array {
  const masks = new Uint8Array(units.count * models);
  for (let model = 0; model < models; model++)
    for (let row = 0; row < rows; row++) if (members[model * rows + row]) masks[units.codes[row]! * models + model] = 1;
  return masks;
}

/** Binormal AUC of each row of `[rows, models]` scores, and the largest one of each unit; −∞ where a mask has one side only. */
function areasOf(
  byRow: Float64Array,
  { codes, count }: Pick<Units, 'codes' | 'count'>,
  masks: Uint8Array,
  models: number,
): { record: Float64Array; largest: Float64Array } {
  const record = new Float64Array(codes.length).fill(-Infinity);
  const largest = new Float64Array(count).fill(-Infinity);
  for (let row = 0; row < codes.length; row++) {
    const unit = codes[row]!;
    const mask = unit * models;
    const start = row * models;
    let sum = 0;
    let squares = 0;
    let inSum = 0;
    let inSquares = 0;
    let inside = 0;
    for (let model = 0; model < models; model++) {
      const phi = byRow[start + model]!;
      const bit = masks[mask + model]!;
      sum += phi;
      squares += phi * phi;
      inSum += bit * phi;
      inSquares += bit * phi * phi;
      inside += bit;
    }
    const outside = models - inside;
    if (inside === 0 || outside === 0) continue;
    const difference = inSum / inside - (sum - inSum) / outside;
    const spread = variance(inSum, inSquares, inside) + variance(sum - inSum, squares - inSquares, outside);
    const area = binormal(difference, spread);
    record[row] = area;
    if (area > largest[unit]!) largest[unit] = area;
  }
  return { record, largest };
}

/** `[units, models]`: logsumexp of φ over a unit's records, per reference. */
function personScores({ models, rows, confidence }: References, { codes, count }: Units): Float64Array {
  const out = new Float64Array(count * models);
  for (let model = 0; model < models; model++)
    for (const [unit, score] of logSumExp(confidence, codes, count, model * rows).entries())
      out[unit * models + model] = score;
  return out;
}

/**
 * One test per person on logsumexp of φ per reference: paired within complementary pairs, else unpaired. Paired is the t test alone: an exact
 * rank test cannot go below 2^−pairs, which at eight pairs is too much for Benjamini–Hochberg to name 2 % of the people, however exposed.
 */
function personTests(
  scores: Float64Array,
  count: number,
  masks: Uint8Array,
  design: MaskDesign,
  models: number,
): { p: Float64Array; test: Exposure['test'] } {
  const p = new Float64Array(count);
  const paired = design.pairs.length >= 4 && design.single.length === 0;
  for (let unit = 0; unit < count; unit++) {
    const score = (model: number): number => scores[unit * models + model]!;
    const saw = (model: number): boolean => masks[unit * models + model] === 1;
    if (paired) {
      const differences = design.pairs
        .filter(([a, b]) => saw(a) !== saw(b))
        .map(([a, b]) => (saw(a) ? score(a) - score(b) : score(b) - score(a)));
      p[unit] = pairedTTest(Float64Array.from(differences));
    } else {
      const all = Array.from({ length: models }, (_, model) => model);
      p[unit] = mannWhitneyTest(
        Float64Array.from(all.filter(saw), score),
        Float64Array.from(
          all.filter(model => !saw(model)),
          score,
        ),
      ).p;
    }
  }
  return { p, test: paired ? 'paired-t' : 'mann-whitney' };
}
