import { type Cell, type Column, cellAt, cellsOf } from './column';
import { ReplayError } from './errors';
import { type Block, column, type Grid, vector } from './grid';

/** What was learnt from some rows and is applied to others. */
export interface Fitted {
  readonly kind: 'fitted';
  apply(data: Grid): Grid;
}
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
}
export type Value = number | string | null | Grid | Block | Fitted | ListValue;

export const listOf = (items: readonly Value[]): ListValue => ({ kind: 'list', items });

export const isGrid = (value: Value | undefined): value is Grid =>
  typeof value === 'object' && value !== null && value.kind === 'grid';
export const isBlock = (value: Value | undefined): value is Block =>
  typeof value === 'object' && value !== null && value.kind === 'block';
export const isList = (value: Value | undefined): value is ListValue =>
  typeof value === 'object' && value !== null && value.kind === 'list';
export const isFitted = (value: Value | undefined): value is Fitted =>
  typeof value === 'object' && value !== null && value.kind === 'fitted';
export const isScalar = (value: Value | undefined): value is Cell => typeof value !== 'object' || value === null;

/** A grid as it is; a flat list of cells as a vector; a list of equally long lists as a table. */
export function asGrid(value: Value): Grid {
  if (isGrid(value)) return value;
  if (isList(value)) {
    if (value.items.every(isScalar)) return vector(value.items as Cell[]);
    const rows = value.items.map(asItems);
    if (rows.every(row => row.every(isScalar) && row.length === rows[0]!.length)) {
      const width = rows[0]?.length ?? 0;
      const columns = Array.from({ length: width }, (_, c) => vector(rows.map(row => row[c] as Cell)).columns[0]!);
      return {
        ...vector([]),
        flat: false,
        height: rows.length,
        index: vector(rows.map((_, i) => i)).columns[0]!.get(),
        columns,
      };
    }
  }
  throw new ReplayError('A table or array was expected.');
}

export function asItems(value: Value): readonly Value[] {
  if (isGrid(value)) return cellsOf(column(value, 0));
  if (isList(value)) return value.items;
  return [value];
}

/** The cells of one dimension. */
export function asCells(value: Value): Cell[] {
  return asItems(value).map(item => {
    if (!isScalar(item)) throw new ReplayError('A list of plain values was expected.');
    return item;
  });
}

/** Numbers of one dimension, without a copy where they are at hand. */
export function numbersOf(value: Value): ArrayLike<number> {
  if (isGrid(value)) {
    const { data, levels } = column(value, 0);
    if (levels) throw new ReplayError('Numbers were expected where there is text.');
    return data;
  }
  return asCells(value).map(Number);
}

export const flatColumn = (value: Value): Column => column(asGrid(value), 0);

/** Refuses records that others, which no file has, stand beside: what is counted, drawn or learnt from them cannot be replayed. */
export function closed<T extends Value>(value: T): T {
  if ((isGrid(value) || isBlock(value)) && value.open)
    throw new ReplayError(
      'The script makes up records (oversampling) and then splits or measures them together with the true ones; that is not replayed.',
    );
  return value;
}

export function lengthOf(given: Value): number {
  const value = closed(given);
  if (isGrid(value)) return value.height;
  if (isBlock(value)) return value.shape[0]!;
  if (isList(value)) return value.items.length;
  throw new ReplayError('Something without a length is counted.');
}

export const rowsOf = (value: Value): Int32Array | null => (isGrid(value) || isBlock(value) ? value.rows : null);

export const cellOf = (value: Value): Cell => {
  if (isScalar(value)) return value;
  if (isGrid(value) && value.height === 1 && value.columns.length === 1) return cellAt(column(value, 0), 0);
  throw new ReplayError('A plain value was expected.');
};
