import type { OutputKind, Tensor } from './runtime';

/** A model's outputs as class scores for attacks. */
export interface ClassScores {
  readonly kind: OutputKind;
  readonly rows: number;
  readonly classes: number;
  /** `[rows, classes]`; log-probabilities are logits too, since softmax does not see an added constant. */
  readonly logits: Float64Array;
}

/** The smallest probability that is told from 0; keeps log p finite for saturated outputs (auditing.md §2.4). */
const floor = 1e-30;

/**
 * Outputs `[N]`, `[N, 1]` or `[N, C]` as logits `[N, C]` with C ≥ 2. Probabilities (rows that sum to 1) become their logarithms; one number
 * per row becomes two classes: a probability p gives log(1-p), log p; a logit s gives 0, s.
 */
export function classScores(outputs: Tensor, told: OutputKind): ClassScores {
  const rows = outputs.shape[0] ?? 0;
  const width = outputs.shape.slice(1).reduce((product, size) => product * size, 1);
  const values = Float64Array.from(Array.from(outputs.data as ArrayLike<number | bigint>, Number));
  const kind = told === 'unknown' ? guessKind(values, rows, width) : told;
  if (width !== 1) {
    const logits = kind === 'probabilities' ? values.map(value => Math.log(Math.max(value, floor))) : values;
    return { kind, rows, classes: width, logits };
  }
  const logits = new Float64Array(rows * 2);
  for (const [row, value] of values.entries()) {
    logits[2 * row] = kind === 'probabilities' ? Math.log(Math.max(1 - value, floor)) : 0;
    logits[2 * row + 1] = kind === 'probabilities' ? Math.log(Math.max(value, floor)) : value;
  }
  return { kind, rows, classes: 2, logits };
}

/** Probabilities lie in [0, 1], and with several classes each row sums to 1. */
export function guessKind(values: Float64Array, rows: number, width: number): OutputKind {
  if (values.some(value => !(value >= 0 && value <= 1 + 1e-6))) return 'logits';
  if (width === 1) return 'probabilities';
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) sum += values[row * width + column] ?? 0;
    if (Math.abs(sum - 1) > 1e-3) return 'logits';
  }
  return 'probabilities';
}
