/** Inputs as columns of float64; wide ones are averaged by blocks of neighbours. NaN where a whole block is missing. */
export interface Columns {
  /** `[rows, columns]` */
  readonly values: Float64Array;
  readonly columns: number;
}

/** At most `widest` columns of `data [rows, width]`. */
export function condensed(data: Float32Array, rows: number, width: number, widest: number): Columns {
  const blocks = Math.min(width, widest);
  const values = new Float64Array(rows * blocks);
  for (let row = 0; row < rows; row++)
    for (let block = 0; block < blocks; block++) {
      const start = Math.floor((block * width) / blocks);
      const end = Math.floor(((block + 1) * width) / blocks);
      let sum = 0;
      let seen = 0;
      for (let column = start; column < end; column++) {
        const value = data[row * width + column]!;
        if (!Number.isFinite(value)) continue;
        sum += value;
        seen++;
      }
      values[row * blocks + block] = seen === 0 ? Number.NaN : sum / seen;
    }
  return { values, columns: blocks };
}

/** Missing values as 0, with a column of their own for each column that has some. */
export function withGaps({ values, columns: blocks }: Columns, rows: number): Columns {
  const missing: number[] = [];
  for (let block = 0; block < blocks; block++)
    for (let row = 0; row < rows; row++)
      if (Number.isNaN(values[row * blocks + block]!)) {
        missing.push(block);
        break;
      }
  if (missing.length === 0) return { values, columns: blocks };
  const columns = blocks + missing.length;
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const value = values[row * blocks + block]!;
      out[row * columns + block] = Number.isNaN(value) ? 0 : value;
    }
    for (const [index, block] of missing.entries())
      out[row * columns + blocks + index] = Number.isNaN(values[row * blocks + block]!) ? 1 : 0;
  }
  return { values: out, columns };
}
