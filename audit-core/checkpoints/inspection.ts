import type { Port } from '../runtime/runtime';

/** One tensor that a file holds, by name. `-1` in a shape is a free dimension. */
export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  /** numpy's name of the element type: `float32`, `bfloat16`, `int64`, `bool`, … */
  readonly dtype: string;
}

/** What may hurt whoever loads the file, or the people it was trained on (AUD005). */
export interface Hazard {
  readonly kind: HazardKind;
  /** One sentence: what, where in the file, what to do. */
  readonly message: string;
}

export type HazardKind =
  | 'executable-content'
  | 'custom-code'
  | 'external-file'
  | 'archive-trick'
  | 'embedded-records'
  | 'embedded-pickle';

/** What is in a checkpoint, without having run anything of it (design.md §6, `inspect`). */
export interface Inspection {
  readonly format: string;
  readonly tensors: readonly TensorInfo[];
  /** Numbers in all tensors that are trained or fitted. */
  readonly parameters: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** The model in words, where the file tells. */
  readonly architecture: string | null;
  readonly hazards: readonly Hazard[];
  readonly warnings: readonly string[];
  readonly runnable: boolean;
  /** How it is run, or why it cannot be. */
  readonly why: string;
}

/** A file that cannot be read: its message is the one sentence that people see (without the file's name). */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  constructor(
    message: string,
    /** What is dangerous in the refused file, when that was seen. */
    readonly hazard: Hazard | null = null,
  ) {
    super(message);
  }
}

/** Refuses the file with one sentence. */
export function refuse(message: string): never {
  throw new CheckpointError(message);
}

/** The number of elements of a shape; refuses what is negative, fractional or beyond 2^53. */
export function elementCount(shape: readonly number[], what: string): number {
  let count = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) refuse(`${what} has an impossible shape.`);
    count *= dimension;
    if (count > Number.MAX_SAFE_INTEGER) refuse(`${what} has an impossibly large shape.`);
  }
  return count;
}

/** Fills what a reader leaves out. */
export function inspection(format: string, known: Partial<Omit<Inspection, 'format'>>): Inspection {
  const tensors = known.tensors ?? [];
  return {
    format,
    tensors,
    parameters: known.parameters ?? countParameters(tensors),
    inputs: known.inputs ?? [],
    outputs: known.outputs ?? [],
    metadata: known.metadata ?? {},
    architecture: known.architecture ?? null,
    hazards: known.hazards ?? [],
    warnings: known.warnings ?? [],
    runnable: known.runnable ?? false,
    why: known.why ?? 'This format can be inspected, not run.',
  };
}

/** Sum of the sizes of the tensors; free dimensions count as one. */
export function countParameters(tensors: readonly TensorInfo[]): number {
  let total = 0;
  for (const tensor of tensors) total += tensor.shape.reduce((product, size) => product * Math.max(size, 0), 1);
  return total;
}
