import { foldsByPerson } from '../people/folds';
import { binned, fitBoosted } from '../statistics/boosting';
import { condensed, withGaps } from '../statistics/columns';
import type { PersonKey } from './inputs';

/** Widest input that a classifier takes; wider ones are averaged into so many blocks of neighbours. */
const widest = { linear: 256, trees: 64 } as const;
const folds = 5;

/** Blind classifiers over the same inputs and folds: scores for given members, one per row; higher = looks like a member. */
export interface BlindClassifiers {
  /** L2-penalised logistic regression on standardised inputs. */
  readonly linear: (members: Uint8Array) => Float64Array;
  /** Gradient-boosted trees: they also see what is no straight line, and inputs that differ only together. */
  readonly trees: (members: Uint8Array) => Float64Array;
}

/**
 * Cross-fitted blind classifiers on the inputs, five folds by person; each row is scored by the models that saw neither the row nor its
 * person. No target model takes part.
 */
export function blindClassifiers(
  data: Float32Array,
  rows: number,
  width: number,
  people: PersonKey | null,
): BlindClassifiers {
  const fold = foldsByPerson(rows, people, folds);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const crossFitted = (learn: (train: Int32Array) => (row: number) => number): Float64Array => {
    const scores = new Float64Array(rows);
    for (let held = 0; held < folds; held++) {
      const score = learn(all.filter(row => fold[row] !== held));
      for (let row = 0; row < rows; row++) if (fold[row] === held) scores[row] = score(row);
    }
    return scores;
  };
  const narrow = condensed(data, rows, width, widest.trees);
  const bins = binned(narrow.values, rows, narrow.columns);
  return {
    linear: members => {
      const { values, columns } = withGaps(condensed(data, rows, width, widest.linear), rows);
      return crossFitted(train => {
        const scale = scaling(values, columns, train);
        const model = fitLogistic(values, columns, train, members, scale);
        return row => linear(values, columns, row, scale, model);
      });
    },
    trees: members => crossFitted(train => fitBoosted(bins, train, members, { loss: 'logistic' })),
  };
}

interface Scaling {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

function scaling(values: Float64Array, columns: number, train: Int32Array): Scaling {
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (const row of train) for (let c = 0; c < columns; c++) mean[c]! += values[row * columns + c]! / train.length;
  for (const row of train)
    for (let c = 0; c < columns; c++) scale[c]! += (values[row * columns + c]! - mean[c]!) ** 2 / train.length;
  return { mean, scale: scale.map(variance => (variance > 1e-20 ? Math.sqrt(variance) : Number.POSITIVE_INFINITY)) };
}

const linear = (
  values: Float64Array,
  columns: number,
  row: number,
  { mean, scale }: Scaling,
  w: Float64Array,
): number => {
  let sum = w[columns]!;
  for (let c = 0; c < columns; c++) sum += (w[c]! * (values[row * columns + c]! - mean[c]!)) / scale[c]!;
  return sum;
};

/** L2-penalised logistic regression (penalty 1, as scikit-learn's default) by Newton steps; weights, then the intercept. */
function fitLogistic(
  values: Float64Array,
  columns: number,
  train: Int32Array,
  members: Uint8Array,
  scale: Scaling,
): Float64Array {
  const size = columns + 1;
  const w = new Float64Array(size);
  const x = new Float64Array(size);
  const steps = columns > 64 ? 4 : 8;
  for (let step = 0; step < steps; step++) {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    for (const row of train) {
      let sum = w[columns]!;
      for (let c = 0; c < columns; c++) {
        x[c] = (values[row * columns + c]! - scale.mean[c]!) / scale.scale[c]!;
        sum += w[c]! * x[c]!;
      }
      x[columns] = 1;
      const p = 1 / (1 + Math.exp(-sum));
      const error = p - members[row]!;
      const curvature = Math.max(p * (1 - p), 1e-9);
      for (let a = 0; a < size; a++) {
        gradient[a]! += error * x[a]!;
        const scaled = curvature * x[a]!;
        if (scaled === 0) continue;
        for (let b = 0; b <= a; b++) hessian[a * size + b]! += scaled * x[b]!;
      }
    }
    for (let a = 0; a < columns; a++) {
      gradient[a]! += w[a]!;
      hessian[a * size + a]! += 1;
    }
    hessian[columns * size + columns]! += 1e-9;
    const change = solve(hessian, gradient, size);
    let largest = 0;
    for (let a = 0; a < size; a++) {
      w[a]! -= change[a]!;
      largest = Math.max(largest, Math.abs(change[a]!));
    }
    if (largest < 1e-6) break;
  }
  return w;
}

/** Solves a symmetric positive definite system (lower triangle given) by Cholesky; the matrix is overwritten. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  for (let a = 0; a < size; a++)
    for (let b = 0; b <= a; b++) {
      let sum = matrix[a * size + b]!;
      for (let k = 0; k < b; k++) sum -= matrix[a * size + k]! * matrix[b * size + k]!;
      matrix[a * size + b] = a === b ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[b * size + b]!;
    }
  const out = right.slice();
  for (let a = 0; a < size; a++) {
    for (let k = 0; k < a; k++) out[a]! -= matrix[a * size + k]! * out[k]!;
    out[a]! /= matrix[a * size + a]!;
  }
  for (let a = size - 1; a >= 0; a--) {
    for (let k = a + 1; k < size; k++) out[a]! -= matrix[k * size + a]! * out[k]!;
    out[a]! /= matrix[a * size + a]!;
  }
  return out;
}
