import { asNumbers, Lazy, numbersColumn } from '../../column';
import { ReplayError } from '../../errors';
import { column, type Grid } from '../../grid';
import type { Fitted, Value } from '../../values';

/** The options of a transformer as the script gives them. */
export interface Options {
  readonly get: (name: string) => Value | undefined;
  readonly flag: (name: string, otherwise: boolean) => boolean;
}

/** Columns of numbers of equal length. */
export type Columns = readonly ArrayLike<number>[];

export const fitted = (apply: (data: Grid) => Grid): Fitted => ({ kind: 'fitted', apply });

export const numbersOf = (data: Grid): Columns => data.columns.map((_, i) => asNumbers(column(data, i)));

/** The columns, of which none has a missing value. */
export function completeNumbers(data: Grid, what: string): Columns {
  const columns = numbersOf(data);
  for (const each of columns)
    for (let row = 0; row < each.length; row++)
      if (Number.isNaN(each[row])) throw new ReplayError(`${what} meets a missing value.`);
  return columns;
}

/** A table of nameless columns in place of another's. */
export const withNumbers = (grid: Grid, columns: readonly Lazy<Float64Array>[]): Grid => ({
  ...grid,
  flat: false,
  names: [],
  columns: columns.map(each => new Lazy(() => numbersColumn(each.get()))),
});

export function sameWidth(grid: Grid, width: number, what: string): void {
  if (grid.columns.length !== width)
    throw new ReplayError(`${what} meets another number of columns than it was fitted on.`);
}
