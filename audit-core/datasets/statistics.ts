import type { Grid } from './grid';

/** A statistic of numbers without missing values, as numpy and pandas give it. */
export function quantile(values: readonly number[], name: string): number {
  const n = values.length;
  switch (name) {
    case 'median': {
      const sorted = Float64Array.from(values).sort();
      return n === 0 ? Number.NaN : n % 2 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2;
    }
    case 'min':
      return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    case 'max':
      return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    case 'sum':
      return values.reduce((a, b) => a + b, 0);
    case 'mean':
      return values.reduce((a, b) => a + b, 0) / n;
    case 'std':
    case 'population-std': {
      const mean = values.reduce((a, b) => a + b, 0) / n;
      return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (name === 'std' ? n - 1 : n));
    }
    default:
      throw new RangeError(`The statistic "${name}" is not replayed.`);
  }
}

/** One row with the statistic of each column. */
export function columnStatistic(grid: Grid, name: string): Grid {
  const columns = grid.columns.map(column => [
    quantile(
      column.filter(cell => typeof cell === 'number'),
      name,
    ),
  ]);
  return { ...grid, index: [0], rows: null, columns };
}
