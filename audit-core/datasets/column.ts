/** One cell; null is a missing value, booleans are 0 and 1, dates are milliseconds since 1970. */
export type Cell = number | string | null;

export type ColumnType = 'float' | 'int' | 'bool' | 'text' | 'date';

/** Values of one type, one per row. Numbers: `NaN` is a missing value. Text: codes into `levels`, −1 is a missing value. */
export interface Column {
  readonly type: ColumnType;
  readonly data: Float64Array | Int32Array;
  /** Distinct texts, in order of first appearance or of the category's own order; null for numbers. */
  readonly levels: readonly string[] | null;
  /** The levels are a category's own: kept, with their order, by whatever rows are taken. */
  readonly category?: true;
  /** Truth values that pandas (before 3) holds as Python objects, since some were missing when they were read. */
  readonly object?: true;
}

/** Made when first asked for, kept afterwards; a failure is not kept. */
export class Lazy<T> {
  private made: T | undefined;
  constructor(private make: (() => T) | null) {}

  static of<T>(value: T): Lazy<T> {
    const lazy = new Lazy<T>(null);
    lazy.made = value;
    return lazy;
  }

  get(): T {
    if (this.make) {
      this.made = this.make();
      this.make = null;
    }
    return this.made as T;
  }
}

export const numbersColumn = (data: Float64Array | Int32Array, type: ColumnType = 'float'): Column => ({
  type,
  data,
  levels: null,
});

export function cellAt(column: Column, row: number): Cell {
  const value = column.data[row]!;
  if (column.levels) return value < 0 ? null : column.levels[value]!;
  return Number.isNaN(value) ? null : value;
}

export const isMissing = (column: Column, row: number): boolean =>
  column.levels ? column.data[row]! < 0 : Number.isNaN(column.data[row]!);

/** Text, and truth values of which some were missing: what pandas (before 3) holds as Python objects. */
export const isObject = (column: Column): boolean => column.levels !== null || column.object === true;

export const cellsOf = (column: Column): Cell[] => Array.from(column.data, (_, row) => cellAt(column, row));

/** A column of the given cells: numbers if all that are present are numbers, else text. */
export function columnOf(cells: readonly Cell[], type?: ColumnType): Column {
  if (cells.every(cell => typeof cell !== 'string')) {
    const data = Float64Array.from(cells, cell => (cell === null ? Number.NaN : (cell as number)));
    return numbersColumn(data, type ?? (data.every(Number.isInteger) ? 'int' : 'float'));
  }
  const places = new Map<string, number>();
  const data = Int32Array.from(cells, cell => {
    if (cell === null) return -1;
    const text = String(cell);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size);
    return places.size - 1;
  });
  return { type: 'text', data, levels: [...places.keys()] };
}

/** The cells at the given places; a place of −1 is a missing value. */
export function takeColumn(column: Column, places: ArrayLike<number>): Column {
  const n = places.length;
  const gone = column.levels ? -1 : Number.NaN;
  // Row numbers stay 32-bit unless some become missing.
  const narrow = column.data instanceof Int32Array && (column.levels !== null || !hasNegative(places));
  const data = narrow ? new Int32Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const place = places[i]!;
    data[i] = place < 0 ? gone : column.data[place]!;
  }
  return {
    type: column.type,
    data,
    levels: column.levels,
    ...(column.category && { category: true as const }),
    ...(column.object && { object: true as const }),
  };
}

function hasNegative(places: ArrayLike<number>): boolean {
  for (let i = 0; i < places.length; i++) if (places[i]! < 0) return true;
  return false;
}

/** One cell for every row. */
export function constantColumn(cell: Cell, n: number): Column {
  if (typeof cell === 'string') return { type: 'text', data: new Int32Array(n), levels: [cell] };
  const data = new Float64Array(n).fill(cell ?? Number.NaN);
  return numbersColumn(data, Number.isInteger(cell) ? 'int' : 'float');
}

/** Numbers of a column; text that spells numbers is read as such, other text is missing. */
export function asNumbers(column: Column): Float64Array | Int32Array {
  const { levels } = column;
  if (!levels) return column.data;
  const values = levels.map(text => (text.trim() === '' ? Number.NaN : Number(text)));
  return Float64Array.from(column.data, code => (code < 0 ? Number.NaN : values[code]!));
}

/** A new number for every number; text becomes numbers by `change` on its levels. */
export function mapNumbers(column: Column, change: (value: number) => number, type: ColumnType = 'float'): Column {
  const from = asNumbers(column);
  const data = new Float64Array(from.length);
  for (let i = 0; i < from.length; i++) data[i] = change(from[i]!);
  return numbersColumn(data, type);
}

/** A new cell for every distinct text, or for every number. */
export function mapCells(column: Column, change: (cell: Cell) => Cell): Column {
  if (!column.levels) {
    const seen = new Map<number, Cell>();
    return columnOf(
      Array.from(column.data, value => {
        const known = seen.get(value);
        if (known !== undefined || seen.has(value)) return known!;
        const made = change(Number.isNaN(value) ? null : value);
        if (seen.size < 100_000) seen.set(value, made);
        return made;
      }),
    );
  }
  const made = column.levels.map(text => change(text));
  const missing = change(null);
  return columnOf(Array.from(column.data, code => (code < 0 ? missing : made[code]!)));
}

/** The columns below each other. */
export function concatColumns(columns: readonly Column[]): Column {
  const [first] = columns;
  if (!first) return numbersColumn(new Float64Array(0));
  const n = columns.reduce((sum, column) => sum + column.data.length, 0);
  if (columns.every(column => column.levels === null)) {
    const data = new Float64Array(n);
    let at = 0;
    for (const column of columns) {
      data.set(column.data, at);
      at += column.data.length;
    }
    const made = numbersColumn(data, columns.every(column => column.type === first.type) ? first.type : 'float');
    return made.type === 'bool' && columns.some(column => column.object) ? { ...made, object: true } : made;
  }
  return columnOf(columns.flatMap(cellsOf));
}
