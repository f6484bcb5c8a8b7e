import { asMatrix, type Frame, type Matrix } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import type { Predictor } from './predictor';
import { scoresOfPairs } from './several';
import type { EstimatorState } from './state';

/** Kernel machines as libsvm writes them (Chang & Lin 2011): one-against-one votes, Platt probabilities by pairwise coupling. */
export async function compileSvm(state: EstimatorState): Promise<Predictor> {
  const vectors = await state.numbers('support_vectors_');
  const [count = 0, width = 0] = state.shape('support_vectors_');
  const dual = (await state.optional('_dual_coef_')) ?? (await state.numbers('dual_coef_'));
  const intercept = (await state.optional('_intercept_')) ?? (await state.numbers('intercept_'));
  const kernel = await kernelOf(state, vectors, width);
  const isRegression = state.className.endsWith('SVR');
  const scores = (x: Matrix, row: number): Float64Array =>
    Float64Array.from({ length: count }, (_, each) => kernel(x.data, row * width, each * width));
  if (isRegression) {
    return {
      kind: 'regression',
      predict: frame => {
        const x = asMatrix(frame, state.className);
        const data = Float64Array.from({ length: x.rows }, (_, row) =>
          scores(x, row).reduce((sum, k, each) => sum + k * (dual[each] ?? 0), intercept[0] ?? 0),
        );
        return { rows: x.rows, width: 1, data };
      },
    };
  }
  const classes = state.shape('classes_')[0] ?? 2;
  const support = (await state.optional('_n_support')) ?? (await state.numbers('n_support_'));
  const a = (await state.optional('_probA')) ?? (await state.optional('probA_')) ?? new Float64Array(0);
  const b = (await state.optional('_probB')) ?? (await state.optional('probB_')) ?? new Float64Array(0);
  const starts = Array.from(support, (_, each) => support.subarray(0, each).reduce((sum, size) => sum + size, 0));
  /** Decision values of all pairs i < j. */
  const pairs = (k: Float64Array): number[] => {
    const values: number[] = [];
    for (let i = 0; i < classes; i++) {
      for (let j = i + 1; j < classes; j++) {
        let sum = intercept[values.length] ?? 0;
        for (let each = 0; each < (support[i] ?? 0); each++)
          sum += (dual[(j - 1) * count + (starts[i] ?? 0) + each] ?? 0) * (k[(starts[i] ?? 0) + each] ?? 0);
        for (let each = 0; each < (support[j] ?? 0); each++)
          sum += (dual[i * count + (starts[j] ?? 0) + each] ?? 0) * (k[(starts[j] ?? 0) + each] ?? 0);
        values.push(sum);
      }
    }
    return values;
  };
  const hasProbabilities = a.length === (classes * (classes - 1)) / 2 && a.length > 0;
  const ovr = state.text('decision_function_shape') !== 'ovo';
  const count2 = (classes * (classes - 1)) / 2;
  // libsvm counts the first class as positive; scikit-learn's decision function of two classes has the other sign.
  const decide = (frame: Frame): Matrix => {
    const x = asMatrix(frame, state.className);
    const decided = Array.from({ length: x.rows }, (_, row) => pairs(scores(x, row)));
    if (classes === 2) return { rows: x.rows, width: 1, data: Float64Array.from(decided, values => -(values[0] ?? 0)) };
    if (!ovr) return { rows: x.rows, width: count2, data: Float64Array.from(decided.flat()) };
    const columns = Array.from({ length: count2 }, (_, pair) => decided.map(values => -(values[pair] ?? 0)));
    return scoresOfPairs(columns, columns, x.rows, classes);
  };
  if (!hasProbabilities) return { kind: 'logits', predict: decide, decide };
  return {
    kind: 'probabilities',
    decide,
    predict: frame => {
      const x = asMatrix(frame, state.className);
      const data = new Float64Array(x.rows * classes);
      for (let row = 0; row < x.rows; row++)
        data.set(
          couple(
            pairs(scores(x, row)).map((value, at) => platt(value, a[at] ?? 0, b[at] ?? 0)),
            classes,
          ),
          row * classes,
        );
      return { rows: x.rows, width: classes, data };
    },
  };
}

/** `sigmoid_predict` of libsvm, held away from 0 and 1 as there. */
function platt(value: number, a: number, b: number): number {
  const z = value * a + b;
  const p = z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
  return Math.min(Math.max(p, 1e-7), 1 - 1e-7);
}

/** Class probabilities from pairwise ones (Wu, Lin & Weng 2004, second method; libsvm `multiclass_probability`). */
function couple(pairwise: readonly number[], classes: number): Float64Array {
  const r = Array.from({ length: classes }, () => new Float64Array(classes));
  let at = 0;
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) {
      const p = pairwise[at++] ?? 0.5;
      (r[i] ?? r[0] ?? [])[j] = p;
      (r[j] ?? r[0] ?? [])[i] = 1 - p;
    }
  }
  const q = Array.from({ length: classes }, (_, t) =>
    Float64Array.from({ length: classes }, (_, j) => {
      if (t !== j) return -(r[j]?.[t] ?? 0) * (r[t]?.[j] ?? 0);
      return Array.from({ length: classes }, (_, s) => (s === t ? 0 : (r[s]?.[t] ?? 0) ** 2)).reduce(
        (sum, value) => sum + value,
        0,
      );
    }),
  );
  const p = new Float64Array(classes).fill(1 / classes);
  for (let round = 0; round < Math.max(100, classes); round++) {
    const qp = q.map(line => line.reduce((sum, value, j) => sum + value * (p[j] ?? 0), 0));
    let pqp = qp.reduce((sum, value, t) => sum + value * (p[t] ?? 0), 0);
    if (Math.max(...qp.map(value => Math.abs(value - pqp))) < 0.005 / classes) break;
    for (let t = 0; t < classes; t++) {
      const qtt = q[t]?.[t] ?? 1;
      const difference = (-(qp[t] ?? 0) + pqp) / qtt;
      p[t] = (p[t] ?? 0) + difference;
      pqp = (pqp + difference * (difference * qtt + 2 * (qp[t] ?? 0))) / (1 + difference) ** 2;
      for (let j = 0; j < classes; j++) {
        qp[j] = ((qp[j] ?? 0) + difference * (q[t]?.[j] ?? 0)) / (1 + difference);
        p[j] = (p[j] ?? 0) / (1 + difference);
      }
    }
  }
  return p;
}

async function kernelOf(
  state: EstimatorState,
  vectors: Float64Array,
  width: number,
): Promise<(x: Float64Array, from: number, vector: number) => number> {
  const kind = state.text('kernel');
  const gamma = (await state.optional('_gamma'))?.[0] ?? (await state.number('gamma', 1));
  const coef0 = await state.number('coef0', 0);
  const degree = await state.number('degree', 3);
  const dot = (x: Float64Array, from: number, vector: number): number => {
    let sum = 0;
    for (let index = 0; index < width; index++) sum += (x[from + index] ?? 0) * (vectors[vector + index] ?? 0);
    return sum;
  };
  if (kind === 'linear') return dot;
  if (kind === 'poly') return (x, from, vector) => (gamma * dot(x, from, vector) + coef0) ** degree;
  if (kind === 'sigmoid') return (x, from, vector) => Math.tanh(gamma * dot(x, from, vector) + coef0);
  if (kind !== 'rbf') return refuse('The kernel of the SVM in the file is not run here.');
  return (x, from, vector) => {
    let sum = 0;
    for (let index = 0; index < width; index++) sum += ((x[from + index] ?? 0) - (vectors[vector + index] ?? 0)) ** 2;
    return Math.exp(-gamma * sum);
  };
}
