import { Lazy } from '../../column';
import { ReplayError } from '../../errors';
import type { Grid } from '../../grid';
import type { Fitted } from '../../values';
import { type Columns, fitted, numbersOf, type Options, sameWidth, withNumbers } from './matrix';

/** Distances that one imputation may take. */
const mostWork = 4e9;

/**
 * scikit-learn's `KNNImputer`: a missing value is the mean of the nearest fitted rows that have it, by the distance over what both rows have.
 * Neighbours that are equally near and would give other values are refused: the library's choice among them is accidental.
 */
export function nearestImputer(data: Grid, options: Options): Fitted {
  const own = numbersOf(data);
  const k = Number(options.get('n_neighbors') ?? 5);
  const weights = String(options.get('weights') ?? 'uniform');
  if (weights !== 'uniform' && weights !== 'distance')
    throw new ReplayError('An imputation with weights of its own is not replayed.');
  const full = own.map(each => Array.from(each.length ? Array.from(each) : []).some(x => !Number.isNaN(x)));
  const flags = options.flag('add_indicator', false)
    ? own.flatMap((each, i) => (Array.from(each).some(Number.isNaN) ? [i] : []))
    : [];
  return fitted(grid => {
    sameWidth(grid, own.length, 'An imputation');
    const made = new Lazy(() => impute(numbersOf(grid), own, k, weights === 'distance'));
    const missing = (i: number): Float64Array => Float64Array.from(numbersOf(grid)[i]!, x => Number(Number.isNaN(x)));
    return withNumbers(grid, [
      ...own.flatMap((_, i) => (full[i] ? [new Lazy(() => made.get()[i]!)] : [])),
      ...flags.map(i => new Lazy(() => missing(i))),
    ]);
  });
}

function impute(given: Columns, own: Columns, k: number, byDistance: boolean): Float64Array[] {
  const [n, m] = [given[0]?.length ?? 0, own[0]?.length ?? 0];
  const out = given.map(each => Float64Array.from(each));
  const receivers = Array.from({ length: n }, (_, row) => row).filter(row =>
    given.some(each => Number.isNaN(each[row])),
  );
  if (receivers.length * m * given.length > mostWork)
    throw new ReplayError('An imputation by neighbours of so many rows takes too long here.');
  const distances = new Float64Array(m);
  for (const row of receivers) {
    for (let other = 0; other < m; other++) distances[other] = distance(given, own, row, other);
    given.forEach((each, c) => {
      if (Number.isNaN(each[row])) out[c]![row] = nearestMean(own[c]!, distances, k, byDistance);
    });
  }
  return out;
}

/** Euclidean over what both have, scaled up to all columns; NaN where they have nothing in common. */
function distance(given: Columns, own: Columns, row: number, other: number): number {
  let [total, present] = [0, 0];
  for (let c = 0; c < given.length; c++) {
    const difference = given[c]![row]! - own[c]![other]!;
    if (Number.isNaN(difference)) continue;
    total += difference * difference;
    present++;
  }
  return present === 0 ? Number.NaN : Math.sqrt((total * given.length) / present);
}

function nearestMean(values: ArrayLike<number>, distances: Float64Array, k: number, byDistance: boolean): number {
  const donors: number[] = [];
  let [total, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    total += values[i]!;
    count++;
    if (!Number.isNaN(distances[i]!)) donors.push(i);
  }
  if (donors.length === 0) return total / count;
  donors.sort((a, b) => distances[a]! - distances[b]!);
  const chosen = donors.slice(0, k);
  const edge = distances[chosen.at(-1)!]!;
  const near = (at: number): boolean => Math.abs(distances[at]! - edge) <= 1e-9 * (1 + edge);
  if (donors.length > k && near(donors[k]!)) {
    const tied = donors.filter(near).map(at => values[at]!);
    if (tied.some(x => x !== tied[0]))
      throw new ReplayError(
        'An imputation has neighbours that are equally near; which one the library takes is not certain.',
      );
  }
  if (!byDistance) return chosen.reduce((sum, at) => sum + values[at]!, 0) / chosen.length;
  if (distances[chosen[0]!]! <= 1e-6 * (1 + edge))
    throw new ReplayError('An imputation weighs a neighbour at no distance; that is not replayed.');
  const weight = chosen.map(at => 1 / distances[at]!);
  const all = weight.reduce((a, b) => a + b, 0);
  return chosen.reduce((sum, at, i) => sum + values[at]! * weight[i]!, 0) / all;
}
