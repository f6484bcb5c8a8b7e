import { asMatrix, beside, type Frame, type Matrix, matrixFrame, normaliseRows } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { labelsOf, type Nested, type Predictor } from './predictor';
import type { EstimatorState } from './state';

/** Votes of all pairs with their confidences, as one score per class (sklearn/utils/multiclass.py, `_ovr_decision_function`). */
export function scoresOfPairs(
  labels: readonly ArrayLike<number>[],
  confidences: readonly ArrayLike<number>[],
  rows: number,
  classes: number,
): Matrix {
  const data = new Float64Array(rows * classes);
  const votes = new Float64Array(rows * classes);
  let pair = 0;
  for (let i = 0; i < classes; i++)
    for (let j = i + 1; j < classes; j++) {
      for (let row = 0; row < rows; row++) {
        const sure = confidences[pair]?.[row] ?? 0;
        data[row * classes + i] = (data[row * classes + i] ?? 0) - sure;
        data[row * classes + j] = (data[row * classes + j] ?? 0) + sure;
        const won = row * classes + ((labels[pair]?.[row] ?? 0) > 0 ? j : i);
        votes[won] = (votes[won] ?? 0) + 1;
      }
      pair++;
    }
  // Confidences break ties alone: they stay within a third of a vote.
  return {
    rows,
    width: classes,
    data: data.map((value, at) => (votes[at] ?? 0) + value / (3 * (Math.abs(value) + 1))),
  };
}

async function members(state: EstimatorState, nested: Nested): Promise<Predictor[]> {
  const out: Predictor[] = [];
  for (const child of state.children('estimators_'))
    out.push((await nested(child)) ?? refuse(`The ${child.className} inside the ensemble is not run here.`));
  return out.length > 0 ? out : refuse(`The ${state.className} in the file was not fitted.`);
}

/** How sure a two-class model is of its second class. */
const positive = (part: Predictor, frame: Frame): Float64Array => {
  const z = part.predict(frame);
  return z.width === 2 ? Float64Array.from({ length: z.rows }, (_, row) => z.data[2 * row + 1] ?? 0) : z.data;
};

const columnsOf = (list: readonly ArrayLike<number>[], rows: number): Matrix => ({
  rows,
  width: list.length,
  data: Float64Array.from(
    { length: rows * list.length },
    (_, at) => list[at % list.length]?.[Math.floor(at / list.length)] ?? 0,
  ),
});

/** One model per class against the rest; labels that do not exclude each other keep their own probabilities. */
export async function oneVersusRest(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await members(state, nested);
  const kind = parts[0]?.kind ?? 'probabilities';
  const apart = (state.child('label_binarizer_')?.text('y_type_') ?? '').startsWith('multilabel');
  const { length } = parts;
  return {
    kind,
    predict: frame => {
      const z = columnsOf(
        parts.map(part => positive(part, frame)),
        frame.rows,
      );
      if (kind !== 'probabilities') return z;
      if (length === 1) return columnsOf([z.data.map(value => 1 - value), z.data], frame.rows);
      return apart ? z : normaliseRows(z);
    },
  };
}

/** One model per pair of classes. */
export async function oneVersusOne(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await members(state, nested);
  const classes = state.shape('classes_')[0] ?? 2;
  return {
    kind: 'logits',
    predict: frame => {
      const sure = parts.map(part => (part.decide ? part.decide(frame).data : positive(part, frame)));
      const labels = parts.map(part => labelsOf(part.predict(frame), part.kind));
      const z = scoresOfPairs(labels, sure, frame.rows, classes);
      return classes === 2 ? columnsOf([z.data.filter((_, at) => at % 2 === 1)], frame.rows) : z;
    },
  };
}

/** A model of its own per target: values side by side, or the probability of each label. */
export async function perTarget(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await members(state, nested);
  const kind = parts[0]?.kind ?? 'regression';
  return {
    kind,
    predict: frame =>
      kind === 'regression'
        ? beside(
            parts.map(part => part.predict(frame)),
            frame.rows,
          )
        : columnsOf(
            parts.map(part => positive(part, frame)),
            frame.rows,
          ),
  };
}

/** Labels in a chain: each model sees the columns and what the models before it said. */
export async function chain(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await members(state, nested);
  const order = [...(await state.numbers('order_'))];
  const said = state.text('chain_method') || 'predict';
  if (state.className === 'ClassifierChain' && said !== 'predict' && said !== 'predict_proba')
    return refuse(`The chain in the file passes "${said.slice(0, 40)}" on, which is not run here.`);
  const kind = parts[0]?.kind ?? 'probabilities';
  return {
    kind,
    predict: frame => {
      const x = asMatrix(frame, state.className);
      const before: Float64Array[] = [];
      const out: ArrayLike<number>[] = [];
      for (const [index, part] of parts.entries()) {
        const wide = before.length > 0 ? beside([x, columnsOf(before, x.rows)], x.rows) : x;
        const z = part.predict(matrixFrame(wide));
        const value = positive(part, matrixFrame(wide));
        out[order[index] ?? index] = value;
        before.push(
          kind === 'regression' || said === 'predict_proba' ? value : Float64Array.from(labelsOf(z, part.kind)),
        );
      }
      return columnsOf(out, x.rows);
    },
  };
}
