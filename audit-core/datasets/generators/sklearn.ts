import { arange } from './bit-source';
import type { RandomState } from './numpy-legacy';

/** One split: row positions in the order in which scikit-learn yields them. */
export interface Split {
  readonly train: number[];
  readonly test: number[];
}

/** Class or group of each row as codes in the sorted order of the distinct values (numpy's `unique(return_inverse=True)`). */
export interface Codes {
  readonly codes: ArrayLike<number>;
  readonly count: number;
}

export interface Sizes {
  readonly testSize?: number | null;
  readonly trainSize?: number | null;
}

/** A split that scikit-learn refuses; the message says why. */
export class SplitError extends Error {}

/** `_validate_shuffle_split`: a size below 1 that is no integer is a share; test is rounded up, train down. */
export function splitSizes(n: number, sizes: Sizes, defaultTest = 0.25): { train: number; test: number } {
  const { trainSize = null } = sizes;
  const testSize = sizes.testSize ?? (trainSize === null ? defaultTest : null);
  const share = (size: number): boolean => size > 0 && size < 1;
  let test = testSize === null ? null : share(testSize) ? Math.ceil(testSize * n) : testSize;
  let train = trainSize === null ? null : share(trainSize) ? Math.floor(trainSize * n) : trainSize;
  test ??= n - train!;
  train ??= n - test;
  if (train + test > n || train <= 0 || test <= 0)
    throw new SplitError('The split sizes do not fit the number of rows.');
  return { train, test };
}

/** `ShuffleSplit`, one draw. Source: scikit-learn `model_selection/_split.py`, as all below. */
export function shuffleSplit(rng: RandomState, n: number, sizes: Sizes, defaultTest = 0.1): Split {
  const { train, test } = splitSizes(n, sizes, defaultTest);
  const order = rng.permutation(n);
  return { test: order.slice(0, test), train: order.slice(test, test + train) };
}

/** `GroupShuffleSplit`, one draw: groups are split, rows follow in ascending order. */
export function groupShuffleSplit(rng: RandomState, groups: Codes, sizes: Sizes): Split {
  const split = shuffleSplit(rng, groups.count, sizes, 0.2);
  return { train: rowsOf(groups, new Set(split.train)), test: rowsOf(groups, new Set(split.test)) };
}

/** `StratifiedShuffleSplit`, one draw; also `train_test_split(stratify=…)`. */
export function stratifiedShuffleSplit(rng: RandomState, classes: Codes, sizes: Sizes, defaultTest = 0.1): Split {
  const counts = countsOf(classes);
  if (counts.some(count => count < 2)) throw new SplitError('A class has fewer than 2 rows: it cannot be stratified.');
  const n = classes.codes.length;
  const { train: nTrain, test: nTest } = splitSizes(n, sizes, defaultTest);
  if (nTrain < classes.count || nTest < classes.count)
    throw new SplitError('A side is smaller than the number of classes.');
  const members: number[][] = counts.map(() => []);
  for (let row = 0; row < n; row++) members[classes.codes[row]!]!.push(row);
  const takeTrain = approximateMode(rng, counts, nTrain);
  const takeTest = approximateMode(
    rng,
    counts.map((count, i) => count - takeTrain[i]!),
    nTest,
  );
  const train: number[] = [];
  const test: number[] = [];
  for (const [i, rows] of members.entries()) {
    const order = rng.permutation(rows.length).map(place => rows[place]!);
    const end = takeTrain[i]! + takeTest[i]!;
    for (let at = 0; at < end; at++) (at < takeTrain[i]! ? train : test).push(order[at]!);
  }
  const shuffled = (rows: number[]): number[] => rng.permutation(rows.length).map(place => rows[place]!);
  return { train: shuffled(train), test: shuffled(test) };
}

/** `_approximate_mode` of a multivariate hypergeometric draw: floors first, the rest by remainder, ties by the generator. */
function approximateMode(rng: RandomState, counts: readonly number[], draws: number): number[] {
  const total = counts.reduce((a, b) => a + b, 0);
  const continuous = counts.map(count => (count / total) * draws);
  const floored = continuous.map(Math.floor);
  let need = Math.trunc(draws - floored.reduce((a, b) => a + b, 0));
  if (need <= 0) return floored;
  const remainders = continuous.map((value, i) => value - floored[i]!);
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    const places = remainders.flatMap((r, i) => (r === value ? [i] : []));
    const add = Math.min(places.length, need);
    for (const chosen of rng.choice(places.length, add, false)) floored[places[chosen]!]! += 1;
    need -= add;
    if (need === 0) break;
  }
  return floored;
}

/** `KFold`: all folds. */
export function kFold(rng: RandomState | null, n: number, folds: number): Split[] {
  if (folds > n) throw new SplitError('There are more folds than rows.');
  const order = arange(n);
  rng?.shuffle(order);
  let at = 0;
  return arange(folds).map(fold => {
    const size = Math.floor(n / folds) + (fold < n % folds ? 1 : 0);
    const part = order.slice(at, at + size);
    at += size;
    return byTest(n, part);
  });
}

/** `StratifiedKFold`: all folds. */
export function stratifiedKFold(rng: RandomState | null, classes: Codes, folds: number): Split[] {
  const n = classes.codes.length;
  const encoded = byAppearance(classes);
  const sorted = Int32Array.from(encoded).sort();
  const allocation = arange(folds).map(fold => {
    const row = new Array<number>(classes.count).fill(0);
    for (let i = fold; i < n; i += folds) row[sorted[i]!]! += 1;
    return row;
  });
  const foldOf = new Int32Array(n);
  for (let c = 0; c < classes.count; c++) {
    const deal = arange(folds).flatMap(fold => new Array<number>(allocation[fold]![c]!).fill(fold));
    rng?.shuffle(deal);
    let at = 0;
    for (let row = 0; row < n; row++) if (encoded[row] === c) foldOf[row] = deal[at++]!;
  }
  return arange(folds).map(fold => byMask(foldOf, fold));
}

/** `GroupKFold`: greedy by size, or the shuffled groups in equal parts. Ties of size as in releases with a stable sort. */
export function groupKFold(rng: RandomState | null, groups: Codes, folds: number): Split[] {
  if (folds > groups.count) throw new SplitError('There are more folds than groups.');
  const foldOfGroup = new Int32Array(groups.count);
  if (rng) {
    const order = rng.permutation(groups.count);
    let at = 0;
    for (let fold = 0; fold < folds; fold++) {
      const size = Math.floor(groups.count / folds) + (fold < groups.count % folds ? 1 : 0);
      for (const group of order.slice(at, at + size)) foldOfGroup[group] = fold;
      at += size;
    }
  } else {
    const counts = countsOf(groups);
    const order = arange(groups.count)
      .sort((a, b) => counts[a]! - counts[b]! || a - b)
      .reverse();
    const weight = new Array<number>(folds).fill(0);
    for (const group of order) {
      const lightest = weight.indexOf(Math.min(...weight));
      weight[lightest]! += counts[group]!;
      foldOfGroup[group] = lightest;
    }
  }
  const foldOf = Int32Array.from(groups.codes, group => foldOfGroup[group]!);
  return arange(folds).map(fold => byMask(foldOf, fold));
}

/** `StratifiedGroupKFold`: groups by falling spread of their class counts, each to the fold that stays most even. */
export function stratifiedGroupKFold(rng: RandomState | null, classes: Codes, groups: Codes, folds: number): Split[] {
  if (folds > groups.count) throw new SplitError('There are more folds than groups.');
  const totals = countsOf(classes);
  const perm = arange(groups.count);
  rng?.shuffle(perm);
  const table = perm.map(() => new Array<number>(classes.count).fill(0));
  const place = new Int32Array(groups.count);
  for (const [i, group] of perm.entries()) place[group] = i;
  for (let row = 0; row < classes.codes.length; row++) table[place[groups.codes[row]!]!]![classes.codes[row]!]! += 1;
  const spread = table.map(standardDeviation);
  const order = arange(groups.count).sort((a, b) => spread[b]! - spread[a]! || a - b);
  const filled = arange(folds).map(() => new Array<number>(classes.count).fill(0));
  const foldOfPlace = new Int32Array(groups.count);
  for (const at of order) {
    const best = bestFold(filled, table[at]!, totals);
    for (const [c, count] of table[at]!.entries()) filled[best]![c]! += count;
    foldOfPlace[at] = best;
  }
  const foldOf = Int32Array.from(groups.codes, group => foldOfPlace[place[group]!]!);
  return arange(folds).map(fold => byMask(foldOf, fold));
}

function bestFold(filled: number[][], counts: readonly number[], totals: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let leastRows = Number.POSITIVE_INFINITY;
  for (let fold = 0; fold < filled.length; fold++) {
    const deviations = totals.map((total, c) =>
      standardDeviation(filled.map((row, i) => (row[c]! + (i === fold ? counts[c]! : 0)) / total)),
    );
    const value = deviations.reduce((a, b) => a + b, 0) / deviations.length;
    const rows = filled[fold]!.reduce((a, b) => a + b, 0);
    // numpy.isclose: relative 1e-5 of the second argument, absolute 1e-8.
    const close = least !== Number.POSITIVE_INFINITY && Math.abs(value - least) <= 1e-8 + 1e-5 * Math.abs(least);
    if (value < least || (close && rows < leastRows)) {
      least = value;
      leastRows = rows;
      best = fold;
    }
  }
  return best;
}

/** numpy's `std` with ddof 0. */
function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}

/** Codes of arbitrary values in sorted order (numbers by value, text by code point); missing values stand last. */
export function uniqueCodes(values: ArrayLike<number | string | null>): Codes {
  if (values instanceof Float64Array || values instanceof Int32Array) return numberCodes(values);
  const distinct = [...new Set(Array.from(values))];
  distinct.sort((a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === 'number' && typeof b === 'number') return Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b;
    return String(a) < String(b) ? -1 : 1;
  });
  const place = new Map(distinct.map((value, i) => [value, i]));
  return { codes: Int32Array.from(Array.from(values), value => place.get(value)!), count: distinct.length };
}

/** The same for numbers alone, by sorting: `NaN` is one value and stands last. */
function numberCodes(values: Float64Array | Int32Array): Codes {
  const sorted = values.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || (sorted[i] !== sorted[count - 1] && !(Number.isNaN(sorted[i]!) && Number.isNaN(sorted[count - 1]!))))
      sorted[count++] = sorted[i]!;
  const codes = new Int32Array(values.length);
  const hasMissing = count > 0 && Number.isNaN(sorted[count - 1]!);
  const present = hasMissing ? count - 1 : count;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      codes[i] = count - 1;
      continue;
    }
    let [low, high] = [0, present - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    codes[i] = low;
  }
  return { codes, count };
}

/** Codes renumbered in the order of first appearance. */
function byAppearance(classes: Codes): Int32Array {
  const seen = new Map<number, number>();
  return Int32Array.from(Array.from(classes.codes), code => {
    if (!seen.has(code)) seen.set(code, seen.size);
    return seen.get(code)!;
  });
}

function countsOf(codes: Codes): number[] {
  const counts = new Array<number>(codes.count).fill(0);
  for (let row = 0; row < codes.codes.length; row++) counts[codes.codes[row]!]! += 1;
  return counts;
}

function rowsOf(groups: Codes, wanted: ReadonlySet<number>): number[] {
  const rows: number[] = [];
  for (let row = 0; row < groups.codes.length; row++) if (wanted.has(groups.codes[row]!)) rows.push(row);
  return rows;
}

function byTest(n: number, test: readonly number[]): Split {
  const mask = new Int32Array(n);
  for (const row of test) mask[row] = 1;
  return byMask(mask, 1);
}

function byMask(mask: Int32Array, value: number): Split {
  const train: number[] = [];
  const test: number[] = [];
  for (let row = 0; row < mask.length; row++) (mask[row] === value ? test : train).push(row);
  return { train, test };
}

/** `LeaveOneGroupOut`: one fold a group, in sorted order. */
export function leaveOneGroupOut(groups: Codes): Split[] {
  if (groups.count < 2) throw new SplitError('There is one group only.');
  return arange(groups.count).map(group => byMask(Int32Array.from(groups.codes), group));
}

/** `PredefinedSplit`: the fold in which each row is tested; rows of −1 are always trained on. */
export function predefinedSplit(folds: readonly number[]): Split[] {
  const all = [...new Set(folds)].filter(fold => fold !== -1).sort((a, b) => a - b);
  const places = (wanted: (fold: number) => boolean): number[] => [...folds.keys()].filter(at => wanted(folds[at]!));
  return all.map(fold => ({ train: places(each => each !== fold), test: places(each => each === fold) }));
}

/** `TimeSeriesSplit`: growing training rows in front of each test part. */
export function timeSeriesSplit(
  n: number,
  folds: number,
  testSize: number | null,
  gap: number,
  maxTrain: number | null,
): Split[] {
  const size = testSize ?? Math.floor(n / (folds + 1));
  if (folds + 1 > n || n - gap - size * folds <= 0) throw new SplitError('There are too few rows for the folds.');
  return arange(folds).map(fold => {
    const start = n - (folds - fold) * size;
    const end = start - gap;
    const from = maxTrain !== null && maxTrain < end ? end - maxTrain : 0;
    return { train: arange(end).slice(from), test: arange(size).map(i => start + i) };
  });
}
