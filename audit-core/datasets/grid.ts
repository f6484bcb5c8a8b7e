import {
  type Cell,
  type Column,
  cellAt,
  columnOf,
  concatColumns,
  Lazy,
  mapNumbers,
  numbersColumn,
  takeColumn,
} from './column';

export type { Cell, Column } from './column';

/**
 * A frame, a series or an array of one or two dimensions: columns of equal length with their labels and, where it is known, the record
 * of the data files that each row came from. Columns are read and computed when they are first needed.
 */
export interface Grid {
  readonly kind: 'grid';
  /** True for one dimension (a series or a vector). */
  readonly flat: boolean;
  /** Column names; for arrays the names that the columns had, or empty. */
  readonly names: readonly string[];
  readonly height: number;
  /** Labels of the rows as pandas keeps them. */
  readonly index: Column;
  /** The name of the row labels, where they have one. */
  readonly indexName?: string | null;
  /** 0-based record by row, counted through the data files in the order in which they are read; null where rows are no records. */
  readonly rows: Int32Array | null;
  readonly columns: readonly Lazy<Column>[];
  /** The script has further records beside these that no file has: how many there are is not known. */
  readonly open?: true;
}

/** An array of three or more dimensions, rows first, row-major (images, signals). */
export interface Block {
  readonly kind: 'block';
  readonly shape: readonly number[];
  readonly data: Lazy<Float32Array | Float64Array>;
  readonly rows: Int32Array | null;
  /** As for a grid. */
  readonly open?: true;
}

export const height = (grid: Grid): number => grid.height;
export const column = (grid: Grid, i: number): Column => {
  const found = grid.columns[i];
  if (!found) throw new RangeError('An array has fewer columns than a step wants.');
  return found.get();
};
export const cell = (grid: Grid, i: number, row: number): Cell => cellAt(column(grid, i), row);

export const countUp = (n: number, from = 0): Float64Array => {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = from + i;
  return out;
};
export const positions = (n: number): Column => {
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[i] = i;
  return numbersColumn(out, 'int');
};

/** A grid of columns that are at hand. */
export function gridOf(
  names: readonly string[],
  columns: readonly (Column | Lazy<Column>)[],
  like: { readonly height: number; readonly index?: Column; readonly rows?: Int32Array | null },
): Grid {
  return {
    kind: 'grid',
    flat: false,
    names,
    height: like.height,
    index: like.index ?? positions(like.height),
    rows: like.rows ?? null,
    columns: columns.map(each => (each instanceof Lazy ? each : Lazy.of(each))),
  };
}

export function vector(
  values: readonly Cell[] | Float64Array | Column,
  rows: Int32Array | null = null,
  index?: Column,
): Grid {
  const made =
    values instanceof Float64Array
      ? numbersColumn(values, 'int')
      : 'data' in values
        ? values
        : columnOf(values as readonly Cell[]);
  const n = made.data.length;
  return {
    kind: 'grid',
    flat: true,
    names: [],
    height: n,
    index: index ?? positions(n),
    rows,
    columns: [Lazy.of(made)],
  };
}

/** Positions from the end counted from the start; all within `n`. */
export function placesWithin(places: ArrayLike<number>, n: number): Int32Array {
  const at = new Int32Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const place = places[i]! < 0 ? places[i]! + n : places[i]!;
    if (!(place >= 0 && place < n && Number.isInteger(place)))
      throw new RangeError('A row position lies outside the table.');
    at[i] = place;
  }
  return at;
}

function takeRows(rows: Int32Array | null, at: Int32Array): Int32Array | null {
  if (!rows) return null;
  const out = new Int32Array(at.length);
  for (let i = 0; i < at.length; i++) out[i] = rows[at[i]!]!;
  return out;
}

/** The rows at the given positions, in that order. */
export function take(grid: Grid, places: ArrayLike<number>): Grid {
  const at = placesWithin(places, grid.height);
  return {
    ...grid,
    height: at.length,
    index: takeColumn(grid.index, at),
    rows: takeRows(grid.rows, at),
    columns: grid.columns.map(each => new Lazy(() => takeColumn(each.get(), at))),
  };
}

export const stride = (shape: readonly number[]): number => shape.slice(1).reduce((product, size) => product * size, 1);

export function takeBlock(block: Block, places: ArrayLike<number>): Block {
  const at = placesWithin(places, block.shape[0]!);
  return {
    ...block,
    shape: [at.length, ...block.shape.slice(1)],
    rows: takeRows(block.rows, at),
    data: new Lazy(() => {
      const from = block.data.get();
      const step = stride(block.shape);
      const out =
        from instanceof Float32Array ? new Float32Array(at.length * step) : new Float64Array(at.length * step);
      at.forEach((place, i) => {
        out.set(from.subarray(place * step, (place + 1) * step), i * step);
      });
      return out;
    }),
  };
}

/** Every column changed, the rest kept. */
export const mapColumns = (grid: Grid, change: (column: Column, i: number) => Column): Grid => ({
  ...grid,
  columns: grid.columns.map((each, i) => new Lazy(() => change(each.get(), i))),
});

export const mapGridNumbers = (grid: Grid, change: (value: number) => number): Grid =>
  mapColumns(grid, each => mapNumbers(each, change));

/** The grids below each other, columns by name where both have names. */
export function concatRows(grids: readonly Grid[], ignoreIndex: boolean): Grid {
  const [first] = grids;
  if (!first) throw new RangeError('There is nothing to put together.');
  if (grids.some(grid => grid.open)) throw new RangeError('Tables with made-up records are put together.');
  const names = first.flat ? first.names : [...new Set(grids.flatMap(grid => grid.names))];
  const byName = !first.flat && grids.every(grid => grid.names.length === grid.columns.length);
  const n = grids.reduce((sum, grid) => sum + grid.height, 0);
  const part = (grid: Grid, i: number): Column => {
    const at = byName ? grid.names.indexOf(names[i]!) : i;
    return at < 0 ? numbersColumn(new Float64Array(grid.height).fill(Number.NaN)) : column(grid, at);
  };
  const width = byName ? names.length : first.columns.length;
  return {
    kind: 'grid',
    flat: first.flat,
    names,
    height: n,
    index: ignoreIndex ? positions(n) : concatColumns(grids.map(grid => grid.index)),
    rows: joinedRows(grids.map(grid => grid.rows)),
    columns: Array.from({ length: width }, (_, i) => new Lazy(() => concatColumns(grids.map(grid => part(grid, i))))),
  };
}

export function joinedRows(parts: readonly (Int32Array | null)[]): Int32Array | null {
  const all: Int32Array[] = [];
  for (const part of parts) {
    if (!part) return null;
    all.push(part);
  }
  const out = new Int32Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Grids with the same rows, side by side. */
export function beside(grids: readonly Grid[]): Grid {
  const [first] = grids;
  if (!first) throw new RangeError('There is nothing to put together.');
  for (const grid of grids)
    if (grid.height !== first.height) throw new RangeError('Arrays of other lengths are put side by side.');
  const named = grids.every(grid => grid.names.length === grid.columns.length);
  return {
    ...first,
    flat: false,
    names: named ? grids.flatMap(grid => grid.names) : [],
    rows: grids.find(grid => grid.rows)?.rows ?? null,
    columns: grids.flatMap(grid => grid.columns),
  };
}

/** A two-dimensional array in row-major order as columns. */
export function gridFromFlat(
  data: Lazy<Float32Array | Float64Array>,
  n: number,
  width: number,
  rows: Int32Array | null,
): Grid {
  const columns = Array.from(
    { length: width },
    (_, c) =>
      new Lazy(() => {
        const from = data.get();
        const out = new Float64Array(n);
        for (let r = 0; r < n; r++) out[r] = from[r * width + c]!;
        return numbersColumn(out);
      }),
  );
  return { ...gridOf([], columns, { height: n, rows }) };
}

/** The numbers of a grid in row-major order; text is refused by `onText`. */
export function flatten(grid: Grid, onText: (column: number) => never): Float64Array {
  const width = grid.columns.length;
  const out = new Float64Array(grid.height * width);
  grid.columns.forEach((each, c) => {
    const { data, levels } = each.get();
    if (levels) onText(c);
    for (let r = 0; r < grid.height; r++) out[r * width + c] = data[r]!;
  });
  return out;
}

/** A block of `shape` (rows first) over the numbers of a grid or a block. */
export function reshaped(
  from: Grid | Block,
  shape: readonly number[],
  onText: (column: number) => never,
): Grid | Block {
  const n = from.kind === 'grid' ? from.height : from.shape[0]!;
  const total = from.kind === 'grid' ? n * from.columns.length : n * stride(from.shape);
  const known = shape.reduce((product, size) => (size < 0 ? product : product * size), 1);
  const full = shape.map(size => (size < 0 ? (known === 0 ? 0 : total / known) : size));
  if (!full.every(Number.isInteger) || full.reduce((a, b) => a * b, 1) !== total)
    throw new RangeError('An array cannot take the shape that a step gives it.');
  const rows = full[0] === n ? from.rows : null;
  const data: Lazy<Float32Array | Float64Array> =
    from.kind === 'block' ? from.data : new Lazy(() => flatten(from, onText));
  if (full.length >= 3) return { kind: 'block', shape: full, data, rows };
  if (full.length === 2) {
    if (from.kind === 'grid' && full[1] === from.columns.length) return { ...from, flat: false };
    return gridFromFlat(data, full[0]!, full[1]!, rows);
  }
  if (from.kind === 'grid' && from.columns.length === 1) return { ...from, flat: true };
  return { ...gridFromFlat(data, total, 1, rows), flat: true };
}
