import { asMatrix, type Frame, type Matrix } from '../../runtime/estimators/frame';
import type { OutputKind } from '../../runtime/runtime';
import type { EstimatorState } from './state';

/** A fitted model: class probabilities `[N, C]`, decision values or regression values. */
export interface Predictor {
  readonly kind: OutputKind;
  readonly predict: (frame: Frame) => Matrix;
  /** scikit-learn's `decision_function` where the model has one beside its probabilities: `[N, 1]` for two classes, else `[N, C]`. */
  readonly decide?: (frame: Frame) => Matrix;
}

/** Compiles an estimator inside another; null for a class that is not known. */
export type Nested = (state: EstimatorState) => Promise<Predictor | null>;

type OfMatrix = (x: Matrix) => Matrix;
const onFrames =
  (run: OfMatrix) =>
  (frame: Frame): Matrix =>
    run(asMatrix(frame, 'model'));

export const probabilities = (predict: OfMatrix, decide?: OfMatrix): Predictor => ({
  kind: 'probabilities',
  predict: onFrames(predict),
  ...(decide ? { decide: onFrames(decide) } : {}),
});
export const decisions = (predict: OfMatrix): Predictor => ({
  kind: 'logits',
  predict: onFrames(predict),
  decide: onFrames(predict),
});
export const regression = (predict: OfMatrix): Predictor => ({ kind: 'regression', predict: onFrames(predict) });

/** The class that each row is given: the largest of several scores, the sign of a single one. */
export function labelsOf({ rows, width, data }: Matrix, kind: OutputKind): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    if (width === 1) return Number((data[row] ?? 0) > (kind === 'probabilities' ? 0.5 : 0));
    let best = 0;
    for (let index = 1; index < width; index++)
      if ((data[row * width + index] ?? 0) > (data[row * width + best] ?? 0)) best = index;
    return best;
  });
}
