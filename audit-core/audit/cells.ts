import { type Cell, cellsOf } from '../datasets/column';
import { column, type Grid, height } from '../datasets/grid';

/** The cells of a named column of a data file; null where there is no such column. */
export function columnCells(table: Grid, name: string): readonly Cell[] | null {
  const at = table.names.indexOf(name);
  return at < 0 ? null : gridCells(table, at);
}

/** The cells of a column by number. */
export const gridCells = (grid: Grid, at: number): readonly Cell[] => cellsOf(column(grid, at));

export const rowCount = (grid: Grid): number => height(grid);

export const columnCount = (grid: Grid): number => grid.columns.length;
