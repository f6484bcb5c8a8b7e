import {
  asMatrix,
  beside,
  type Frame,
  type Matrix,
  matrixFrame,
  select,
  softmaxRows,
} from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { arrayNumbers, arrayOf } from '../pickle/numpy';
import { asNumber, items } from '../pickle/values';
import { labelsOf, type Nested, type Predictor } from './predictor';
import type { EstimatorState } from './state';

/** The fitted members of an ensemble. */
async function membersOf(state: EstimatorState, nested: Nested): Promise<Predictor[]> {
  const parts: Predictor[] = [];
  for (const child of state.children('estimators_'))
    parts.push((await nested(child)) ?? refuse(`The ${child.className} inside the ensemble is not run here.`));
  return parts.length > 0 ? parts : refuse('The ensemble in the file is empty.');
}

/** The weighted mean of matrices of the same shape. */
export function mean(parts: readonly Matrix[], weights: readonly number[] | null): Matrix {
  const [first] = parts;
  if (!first) return refuse('The ensemble in the file is empty.');
  const total = weights ? weights.reduce((a, b) => a + b, 0) : parts.length;
  const data = new Float64Array(first.data.length);
  for (const [index, part] of parts.entries())
    for (let at = 0; at < data.length; at++)
      data[at] = (data[at] ?? 0) + ((weights?.[index] ?? 1) * (part.data[at] ?? 0)) / total;
  return { ...first, data };
}

/** Soft votes, and the mean of regressors. */
export async function voting(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const classifier = state.className.endsWith('Classifier');
  if (classifier && state.text('voting') !== 'soft')
    return refuse('The VotingClassifier in the file votes by labels, which gives no scores.');
  const parts = await membersOf(state, nested);
  if (classifier && parts.some(part => part.kind !== 'probabilities'))
    return refuse('A part of the ensemble gives no probabilities.');
  const weights = items(state.get('weights'))?.map(value => asNumber(value) ?? 1) ?? null;
  return {
    kind: classifier ? 'probabilities' : 'regression',
    predict: frame =>
      mean(
        parts.map(part => part.predict(frame)),
        weights,
      ),
  };
}

/** The mean over members that each saw some of the columns; members without probabilities vote. */
export async function bagging(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await membersOf(state, nested);
  const classifier = state.className.endsWith('Classifier');
  const classes = classifier ? await state.number('n_classes_', state.shape('classes_')[0] ?? 2) : 0;
  const columns: number[][] = [];
  for (const value of items(state.get('estimators_features_')) ?? []) {
    const array = arrayOf(value, state.source) ?? refuse('The columns of a part of the ensemble are broken.');
    columns.push([...(await arrayNumbers(array))]);
  }
  const known: (readonly number[] | null)[] = [];
  for (const child of state.children('estimators_')) {
    const own = await child.optional('classes_');
    known.push(own && own.length < classes ? [...own] : null);
  }
  const one = (part: Predictor, index: number, frame: Frame): Matrix => {
    const taken = columns[index];
    const x = asMatrix(frame, state.className);
    const z = part.predict(taken ? select(matrixFrame(x), taken) : matrixFrame(x));
    if (!classifier) return z;
    const data = new Float64Array(z.rows * classes);
    const own = known[index];
    if (part.kind === 'probabilities')
      for (let row = 0; row < z.rows; row++)
        for (let each = 0; each < z.width; each++)
          data[row * classes + (own?.[each] ?? each)] = z.data[row * z.width + each] ?? 0;
    else for (const [row, label] of labelsOf(z, part.kind).entries()) data[row * classes + (own?.[label] ?? label)] = 1;
    return { rows: z.rows, width: classes, data };
  };
  return {
    kind: classifier ? 'probabilities' : 'regression',
    predict: frame =>
      mean(
        parts.map((part, index) => one(part, index, frame)),
        null,
      ),
  };
}

/** Boosting by labels or by probabilities (SAMME and SAMME.R: Zhu et al. 2009; sklearn/ensemble/_weight_boosting.py). */
export async function adaBoost(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await membersOf(state, nested);
  const weights = await state.numbers('estimator_weights_');
  const classes = await state.number('n_classes_', state.shape('classes_')[0] ?? 2);
  const real = state.text('algorithm') === 'SAMME.R';
  const used = parts.map((_, index) => weights[index] ?? 0);
  const total = real ? parts.length : used.reduce((a, b) => a + b, 0);
  const votes = (frame: Frame): Matrix => {
    const rows = frame.rows;
    const data = new Float64Array(rows * classes);
    for (const [index, part] of parts.entries()) {
      const z = part.predict(frame);
      const labels = labelsOf(z, part.kind);
      for (let row = 0; row < rows; row++) {
        if (!real) {
          const weight = (used[index] ?? 0) / total;
          for (let each = 0; each < classes; each++)
            data[row * classes + each] =
              (data[row * classes + each] ?? 0) + (labels[row] === each ? weight : -weight / (classes - 1));
          continue;
        }
        const logs = Array.from(z.data.subarray(row * classes, (row + 1) * classes), p =>
          Math.log(Math.max(p, Number.EPSILON)),
        );
        const middle = logs.reduce((a, b) => a + b, 0) / classes;
        for (const [each, log] of logs.entries())
          data[row * classes + each] = (data[row * classes + each] ?? 0) + ((classes - 1) * (log - middle)) / total;
      }
    }
    return { rows, width: classes, data };
  };
  const single = (z: Matrix): Matrix => ({
    rows: z.rows,
    width: 1,
    data: Float64Array.from({ length: z.rows }, (_, row) => (z.data[2 * row + 1] ?? 0) - (z.data[2 * row] ?? 0)),
  });
  const decide = (frame: Frame): Matrix => (classes === 2 ? single(votes(frame)) : votes(frame));
  return {
    kind: 'probabilities',
    predict: frame => {
      const z = decide(frame);
      if (classes > 2) return softmaxRows({ ...z, data: z.data.map(value => value / (classes - 1)) });
      const data = Float64Array.from(
        { length: 2 * z.rows },
        (_, at) => ((at % 2 === 0 ? -1 : 1) * (z.data[at >> 1] ?? 0)) / 2,
      );
      return softmaxRows({ rows: z.rows, width: 2, data });
    },
    decide,
  };
}

/** The weighted median of the members (Drucker 1997). */
export async function adaBoostRegressor(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await membersOf(state, nested);
  const weights = await state.numbers('estimator_weights_');
  return {
    kind: 'regression',
    predict: frame => {
      const values = parts.map(part => part.predict(frame).data);
      const data = Float64Array.from({ length: frame.rows }, (_, row) => {
        const order = values
          .map((_each, index) => index)
          .sort((a, b) => (values[a]?.[row] ?? 0) - (values[b]?.[row] ?? 0));
        const half = 0.5 * order.reduce((sum, index) => sum + (weights[index] ?? 0), 0);
        let sum = 0;
        const middle =
          order.find(index => {
            sum += weights[index] ?? 0;
            return sum >= half;
          }) ??
          order.at(-1) ??
          0;
        return values[middle]?.[row] ?? 0;
      });
      return { rows: frame.rows, width: 1, data };
    },
  };
}

/** A model over what others say; of two classes the second's probability alone, beside the columns where they pass through. */
export async function stacking(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const parts = await membersOf(state, nested);
  const last = state.child('final_estimator_') ?? refuse('The stacked model in the file has no final estimator.');
  const final = (await nested(last)) ?? refuse(`The ${last.className} inside the ensemble is not run here.`);
  const methods = (items(state.get('stack_method_')) ?? []).map(String);
  const through = state.get('passthrough') === true;
  const said = (part: Predictor, index: number, frame: Frame): Matrix => {
    const method = methods[index] ?? 'predict_proba';
    if (method === 'decision_function') return part.decide?.(frame) ?? part.predict(frame);
    const z = part.predict(frame);
    if (method === 'predict' && part.kind !== 'regression')
      return { rows: z.rows, width: 1, data: Float64Array.from(labelsOf(z, part.kind)) };
    return part.kind === 'probabilities' && z.width === 2 ? (select(matrixFrame(z), [1]).matrix ?? z) : z;
  };
  const inputs = (frame: Frame): Frame => {
    const columns = parts.map((part, index) => said(part, index, frame));
    return matrixFrame(beside(through ? [...columns, asMatrix(frame, state.className)] : columns, frame.rows));
  };
  const { decide } = final;
  return {
    kind: final.kind,
    predict: frame => final.predict(inputs(frame)),
    ...(decide ? { decide: (frame: Frame) => decide(inputs(frame)) } : {}),
  };
}
