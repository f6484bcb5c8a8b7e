import { RuntimeError } from './error';
import type { Runtime, TableColumns, Tensor } from './runtime';

/** Options of a pass over many rows. */
export interface PassOptions {
  /** Rows of one call of the model. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
}

/** Rows of one call: convolutions keep some hundred times their input's numbers at once, so images go in smaller batches. */
const batchFor = (width: number): number => Math.max(4, Math.min(1024, Math.floor(2 ** 17 / Math.max(1, width))));

/** The model's outputs for every row of `input` (first axis: rows), computed batch by batch. */
export async function predictAll(runtime: Runtime, input: Tensor, options: PassOptions = {}): Promise<Tensor> {
  const [rows = 0, ...rest] = input.shape;
  const width = rest.reduce((product, size) => product * size, 1);
  const fixed = runtime.inputs[0]?.shape[0] ?? -1;
  const batch = fixed > 0 ? fixed : (options.batch ?? batchFor(width));
  const parts: Tensor[] = [];
  for (let start = 0; start < rows; start += batch) {
    options.signal?.throwIfAborted();
    const end = Math.min(rows, start + batch);
    const part = { data: input.data.subarray(start * width, end * width), shape: [end - start, ...rest] } as Tensor;
    parts.push(
      fixed > 0 && end - start < fixed ? await padded(runtime, part, fixed, width) : await runtime.predict([part]),
    );
    if (parts.at(-1)?.shape[0] !== end - start) {
      throw new RuntimeError(
        `The model gave ${parts.at(-1)?.shape[0] ?? 0} outputs for ${end - start} rows; its outputs are not one per row.`,
      );
    }
  }
  return join(parts, rows);
}

/** A model with a fixed batch size is fed full batches; the rows that fill the last one are dropped from its answer. */
async function padded(runtime: Runtime, part: Tensor, fixed: number, width: number): Promise<Tensor> {
  const rows = part.shape[0] ?? 0;
  const data = new Float32Array(fixed * width);
  data.set(Float32Array.from(part.data as ArrayLike<number>));
  const whole = await runtime.predict([{ data, shape: [fixed, ...part.shape.slice(1)] }]);
  const size = whole.shape.slice(1).reduce((product, each) => product * each, 1);
  return { data: whole.data.slice(0, rows * size), shape: [rows, ...whole.shape.slice(1)] } as Tensor;
}

/** The outputs for a table, where the model takes named columns. */
export async function predictTable(runtime: Runtime, columns: TableColumns): Promise<Tensor> {
  if (!runtime.predictTable) throw new RuntimeError('The model takes an array, not named columns.');
  return await runtime.predictTable(columns);
}

function join(parts: readonly Tensor[], rows: number): Tensor {
  const shape = [rows, ...(parts[0]?.shape.slice(1) ?? [])];
  const length = shape.reduce((product, size) => product * size, 1);
  const wide = parts.some(part => part.data instanceof Float64Array);
  const data = wide ? new Float64Array(length) : new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data instanceof BigInt64Array ? Array.from(part.data, Number) : part.data, at);
    at += part.data.length;
  }
  return { data, shape };
}
