/** One cell; null is a missing value, booleans are 0 and 1. */
export type Cell = number | string | null;

/**
 * A frame, a series or an array: columns of equal length with their labels and, where it is known, the row of the data file that each
 * row came from.
 */
export interface Grid {
  readonly kind: 'grid';
  /** True for one dimension (a series or a vector). */
  readonly flat: boolean;
  /** Column names; empty for arrays. */
  readonly names: readonly string[];
  /** Labels of the rows as pandas keeps them. */
  readonly index: readonly Cell[];
  /** 0-based row of the data file by row; null where rows are no records (distinct people, positions). */
  readonly rows: Int32Array | null;
  readonly columns: readonly (readonly Cell[])[];
}

export const height = (grid: Grid): number => grid.index.length;

export const vector = (values: readonly Cell[], rows: Int32Array | null = null, index?: readonly Cell[]): Grid => ({
  kind: 'grid',
  flat: true,
  names: [],
  index: index ?? values.map((_, i) => i),
  rows,
  columns: [values],
});

/** The rows at the given positions, in that order. */
export function take(grid: Grid, places: readonly number[]): Grid {
  const n = height(grid);
  const at = places.map(place => (place < 0 ? place + n : place));
  if (at.some(place => place < 0 || place >= n || !Number.isInteger(place)))
    throw new RangeError('A row position lies outside the table.');
  return {
    ...grid,
    index: at.map(place => grid.index[place]!),
    rows: grid.rows && Int32Array.from(at, place => grid.rows![place]!),
    columns: grid.columns.map(column => at.map(place => column[place]!)),
  };
}
