import { RuntimeError } from '../error';

/** Rows of numbers, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly width: number;
  readonly data: Float64Array;
}

export type Cell = string | number | null;

/** What a step of a pipeline takes: numbers, or columns with names and texts. */
export interface Frame {
  readonly rows: number;
  readonly names: readonly string[] | null;
  readonly columns: readonly (readonly Cell[])[] | null;
  readonly matrix: Matrix | null;
}

export const matrixFrame = (matrix: Matrix): Frame => ({ rows: matrix.rows, names: null, columns: null, matrix });

/** The frame as numbers; texts that are no numbers are refused by column name. */
export function asMatrix(frame: Frame, step: string): Matrix {
  if (frame.matrix) return frame.matrix;
  const columns = frame.columns ?? [];
  const data = new Float64Array(frame.rows * columns.length);
  for (const [index, column] of columns.entries()) {
    for (const [row, cell] of column.entries()) {
      const value = cell === null || cell === '' ? Number.NaN : Number(cell);
      if (typeof cell === 'string' && cell !== '' && Number.isNaN(value))
        throw new RuntimeError(
          `The step ${step} wants numbers, but the column "${frame.names?.[index] ?? index}" holds texts.`,
        );
      data[row * columns.length + index] = value;
    }
  }
  return { rows: frame.rows, width: columns.length, data };
}

/** One column as cells. */
export function column(frame: Frame, index: number): readonly Cell[] {
  if (frame.columns) return frame.columns[index] ?? missing(index);
  const { matrix } = frame;
  if (!matrix || index >= matrix.width) return missing(index);
  return Array.from({ length: matrix.rows }, (_, row) => matrix.data[row * matrix.width + index] ?? Number.NaN);
}

/** A frame of some of the columns, by position. */
export function select(frame: Frame, indices: readonly number[]): Frame {
  if (frame.columns)
    return {
      rows: frame.rows,
      names: indices.map(index => frame.names?.[index] ?? String(index)),
      columns: indices.map(index => column(frame, index)),
      matrix: null,
    };
  const source = frame.matrix;
  if (!source || indices.some(index => index >= source.width)) return missing(indices[0] ?? 0);
  const data = new Float64Array(frame.rows * indices.length);
  for (let row = 0; row < frame.rows; row++)
    for (const [at, index] of indices.entries())
      data[row * indices.length + at] = source.data[row * source.width + index] ?? 0;
  return { rows: frame.rows, names: null, columns: null, matrix: { rows: frame.rows, width: indices.length, data } };
}

/** Matrices side by side. */
export function beside(parts: readonly Matrix[], rows: number): Matrix {
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const data = new Float64Array(rows * width);
  let at = 0;
  for (const part of parts) {
    for (let row = 0; row < rows; row++)
      for (let index = 0; index < part.width; index++)
        data[row * width + at + index] = part.data[row * part.width + index] ?? 0;
    at += part.width;
  }
  return { rows, width, data };
}

/** `x · wᵀ + b` with `w` as `[outputs, width]`. */
export function affine(x: Matrix, weights: ArrayLike<number>, outputs: number, bias: ArrayLike<number> | null): Matrix {
  const data = new Float64Array(x.rows * outputs);
  for (let row = 0; row < x.rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = bias ? (bias[bias.length === 1 ? 0 : output] ?? 0) : 0;
      for (let index = 0; index < x.width; index++)
        sum += (x.data[row * x.width + index] ?? 0) * (weights[output * x.width + index] ?? 0);
      data[row * outputs + output] = sum;
    }
  }
  return { rows: x.rows, width: outputs, data };
}

export const sigmoid = (value: number): number =>
  value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value));

/** Softmax of each row, in place of a copy. */
export function softmaxRows(x: Matrix): Matrix {
  const data = Float64Array.from(x.data);
  for (let row = 0; row < x.rows; row++) {
    const part = data.subarray(row * x.width, (row + 1) * x.width);
    const top = part.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let index = 0; index < part.length; index++) sum += part[index] = Math.exp((part[index] ?? 0) - top);
    for (let index = 0; index < part.length; index++) part[index] = (part[index] ?? 0) / sum;
  }
  return { ...x, data };
}

/** Two columns `1 - p, p` from one column of scores. */
export function binary(x: Matrix, probability: (value: number) => number): Matrix {
  const data = new Float64Array(x.rows * 2);
  for (let row = 0; row < x.rows; row++) {
    const p = probability(x.data[row * x.width] ?? 0);
    data[2 * row] = 1 - p;
    data[2 * row + 1] = p;
  }
  return { rows: x.rows, width: 2, data };
}

/** Each row divided by its sum. */
export function normaliseRows(x: Matrix): Matrix {
  const data = Float64Array.from(x.data);
  for (let row = 0; row < x.rows; row++) {
    const part = data.subarray(row * x.width, (row + 1) * x.width);
    const sum = part.reduce((a, b) => a + b, 0) || 1;
    for (let index = 0; index < part.length; index++) part[index] = (part[index] ?? 0) / sum;
  }
  return { ...x, data };
}

function missing(index: number): never {
  throw new RuntimeError(`The data have no column ${index}, which the model uses.`);
}
