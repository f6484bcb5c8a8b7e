import type { Tensor } from '../runtime/runtime';

/** What a model's target is: class indexes, 0/1 per label, or numbers. */
export type TargetKind = 'classes' | 'multi-label' | 'regression';

/** One grouping column, constant within a person: `codes[row]` indexes `levels`; −1 is a missing value. */
export interface GroupColumn {
  readonly name: string;
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

/** Who a record belongs to: `codes[row]` in `[0, count)`. */
export interface PersonKey {
  /** Name of the key column; never one of its values. */
  readonly key: string;
  readonly codes: Int32Array;
  readonly count: number;
  /** The person's id by code, in ascending order of id: needed for `--exposed-ids` only, and never written elsewhere. */
  readonly ids: readonly (string | number)[];
}

/**
 * The rows of an audit as the audited model takes them: what `audit-core/datasets` prepares from the data files and the script's
 * preprocessing, and what the pipeline reads. Rows are in the order in which the script reads its data files; all arrays have `rows` entries.
 */
export interface AuditData {
  /** `[rows, …]`, float32, preprocessed as in the script (row-major). For table models that select by name, numbers of `columns`. */
  readonly features: Tensor & { readonly data: Float32Array };
  readonly rows: number;
  /** Names of the feature columns in order; empty where features have no names (images, signals). */
  readonly columns: readonly string[];
  readonly target: TargetKind;
  /** Class index per row (`classes`); empty otherwise. */
  readonly labels: Int32Array;
  /** `[rows, width]` targets for `multi-label` (0/1) and `regression`; null for `classes`. */
  readonly targets: { readonly data: Float64Array; readonly width: number } | null;
  /** 1: the row was trained on; 0: it was not; 2: it takes no part in the audit (validation rows, rows dropped). */
  readonly members: Uint8Array;
  readonly people: PersonKey | null;
  readonly groups: readonly GroupColumn[];
  /** What was assumed on the way, in sentences without data values (an imputation replayed, rows left out). */
  readonly assumptions: readonly string[];
}

/** What the training code claims. */
export interface Claim {
  readonly value: number;
  readonly delta: number | null;
  readonly unit: 'record' | 'person';
  /** Where it comes from, e.g. `target_epsilon, train_dp.py:18`. */
  readonly origin: string;
}

/** Scores of one target model and of reference models, as `--scores` reads them or as a checkpoint gives them. */
export interface ScoreArrays {
  readonly rows: number;
  /** Number of models: the target first, then the references. */
  readonly models: number;
  /** `[models, rows, classes]`; null where only losses are given. */
  readonly logits: Float32Array | Float64Array | null;
  readonly classes: number;
  /** `[models, rows]`: cross-entropy per record, natural logarithm; null where logits are given. */
  readonly losses: Float64Array | null;
  /** What `losses` are; cross-entropies where it is left out. */
  readonly lossKind?: 'cross-entropy' | 'squared-error';
  /** `[rows]`, 1 where the model's label is right: for models that give labels only (then neither logits nor losses). */
  readonly correct?: Float64Array;
  readonly labels: Int32Array;
  /** `[models, rows]`: 1 where the model was trained on the row. */
  readonly members: Uint8Array;
  /** False where only the target's members are known: references then count as trained without any of the rows. */
  readonly people: PersonKey | null;
  readonly groups: readonly GroupColumn[];
  /** Row order for "lowest id" choices; null: the row index. */
  readonly ids: Float64Array | null;
}
