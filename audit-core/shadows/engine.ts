/** One reference model to train: its number (the key of its mask) and the rows it sees. */
export interface ShadowJob {
  readonly model: number;
  /** `[rows]`: 1 where the row is trained on. */
  readonly members: Uint8Array;
}

/** What a trained reference model says about every row, trained on or not. */
export interface ShadowScores {
  /** `[rows, outputs]` in row-major order; NaN in rows that take no part. */
  readonly outputs: Float32Array;
  readonly width: number;
}

/** A way to train reference models. An engine knows no masks, no store and no statistics: one job in, one answer out. */
export interface ShadowEngine {
  readonly name: 'embedded' | 'process' | 'ray';
  /** How many jobs it works on at the same time. */
  readonly slots: number;
  /** Where its training differs from the script's, in sentences. */
  readonly differences: readonly string[];
  /** Trains one model. Rejects with a `ShadowError` (one sentence), or with the signal's reason; then nothing of it keeps running. */
  train(job: ShadowJob, watch: EngineWatch): Promise<ShadowScores>;
  /** Ends everything the engine started. */
  dispose(): Promise<void>;
}

export interface EngineWatch {
  readonly signal: AbortSignal;
  /** Share of this model's training that is done, in [0, 1]. */
  readonly progress?: (fraction: number) => void;
}

/** A reference model that could not be trained: one sentence with the place and what to do; never a data value. */
export class ShadowError extends Error {
  override readonly name = 'ShadowError';
}
