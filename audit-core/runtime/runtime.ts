/** A dense tensor in row-major order. */
export interface Tensor {
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
}

/** What a model takes or gives: `-1` in a shape is a free dimension (the batch). */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** Rows as named columns of equal length; null is a missing value. */
export type TableColumns = ReadonlyMap<string, readonly (string | number | null)[]>;

/** What the numbers of an output mean; `unknown` is settled by looking at them (rows that sum to 1 are probabilities). */
export type OutputKind = 'logits' | 'probabilities' | 'regression' | 'labels' | 'unknown';

/** One loaded checkpoint that can be asked for its outputs, in this process, with nothing of the file executed. */
export interface Runtime {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly outputKind: OutputKind;
  /** Outputs `[rows, …]` for one batch of inputs (first axis: rows). Rejects with a `RuntimeError` that names the layer. */
  predict(inputs: readonly Tensor[]): Promise<Tensor>;
  /** Outputs for rows given by named columns; present where the model selects columns by name (pipelines over tables). */
  predictTable?(columns: TableColumns): Promise<Tensor>;
  dispose(): void;
}
