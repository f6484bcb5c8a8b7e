import { type Cell, type Column, cellsOf, columnOf, Lazy, numbersColumn } from './column';
import { type Grid, positions } from './grid';

/** Quantile of sorted numbers by linear interpolation (numpy's default method). */
export function sortedQuantile(sorted: ArrayLike<number>, q: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const at = q * (n - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, n - 1);
  const [a, b] = [sorted[low]!, sorted[high]!];
  const t = at - low;
  // numpy's lerp: from the nearer end.
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/** Numbers that are not missing. */
export function present(column: Column): Float64Array {
  const out = new Float64Array(column.data.length);
  let n = 0;
  for (const value of column.data) if (!Number.isNaN(value)) out[n++] = value;
  return out.subarray(0, n);
}

/** Sum with the rounding errors of numpy's pairwise order kept small (Neumaier's compensation). */
export function exactSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** A statistic of numbers without missing values, as numpy and pandas give it; `q` is the share of a quantile. */
export function statisticOf(values: Float64Array, name: string, q: number | null = null): number {
  const n = values.length;
  switch (name) {
    case 'median':
      return sortedQuantile(Float64Array.from(values).sort(), 0.5);
    case 'quantile':
      return sortedQuantile(Float64Array.from(values).sort(), q ?? 0.5);
    case 'min':
      return values.reduce((a, b) => Math.min(a, b), n === 0 ? Number.NaN : Number.POSITIVE_INFINITY);
    case 'max':
      return values.reduce((a, b) => Math.max(a, b), n === 0 ? Number.NaN : Number.NEGATIVE_INFINITY);
    case 'sum':
      return exactSum(values);
    case 'count':
      return n;
    case 'mean':
      return exactSum(values) / n;
    case 'std':
    case 'population-std':
    case 'var':
    case 'population-var': {
      const mean = exactSum(values) / n;
      const squares = exactSum(values.map(x => (x - mean) ** 2));
      const variance = squares / (name.startsWith('population') ? n : n - 1);
      return name.endsWith('std') ? Math.sqrt(variance) : variance;
    }
    case 'nunique':
      return new Set(values).size;
    case 'first':
      return values[0] ?? Number.NaN;
    case 'last':
      return values.at(-1) ?? Number.NaN;
    default:
      throw new RangeError(`The statistic "${name}" is not replayed.`);
  }
}

/** The most frequent cell, the smallest of several (scipy's and pandas' `mode`). */
export function mode(column: Column): Cell {
  const counts = new Map<Cell, number>();
  for (const cell of cellsOf(column)) if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  let best: Cell = null;
  let most = 0;
  for (const [cell, count] of counts)
    if (count > most || (count === most && best !== null && before(cell, best))) [best, most] = [cell, count];
  return best;
}

const before = (a: Cell, b: Cell): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a < b : String(a) < String(b);

/** One row with the statistic of each column; columns of text only have a mode and counts. */
export function columnStatistic(grid: Grid, name: string, q: number | null = null): Grid {
  const columns = grid.columns.map(
    lazy =>
      new Lazy(() => {
        const column = lazy.get();
        if (name === 'mode') return columnOf([mode(column)], column.type);
        if (column.levels && name !== 'count' && name !== 'nunique') return numbersColumn(Float64Array.of(Number.NaN));
        if (column.levels)
          return numbersColumn(
            Float64Array.of(
              name === 'count'
                ? column.data.filter(code => code >= 0).length
                : new Set(column.data.filter(code => code >= 0)).size,
            ),
          );
        return numbersColumn(Float64Array.of(statisticOf(present(column), name, q)));
      }),
  );
  return { ...grid, height: 1, index: positions(1), rows: null, columns };
}
