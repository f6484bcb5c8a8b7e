import erfc from '@stdlib/math-base-special-erfc';
import { type Matrix, normaliseRows } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { type Predictor, probabilities, regression } from './predictor';
import type { EstimatorState } from './state';

/** A kernel between a row and a training row at an offset; `self` is its value of a row with itself, noise included. */
interface Kernel {
  readonly between: (row: Float64Array, rows: Float64Array, from: number) => number;
  readonly self: (row: Float64Array) => number;
}

/** Kernels of Gaussian processes (sklearn/gaussian_process/kernels.py). */
async function gaussianKernel(state: EstimatorState, depth = 0): Promise<Kernel> {
  if (depth > 32) refuse('The kernel of the model in the file is nested too deeply.');
  const inner = async (key: string): Promise<Kernel> =>
    await gaussianKernel(state.child(key) ?? refuse('A kernel in the file is broken.'), depth + 1);
  const pair = async (join: (a: number, b: number) => number): Promise<Kernel> => {
    const [a, b] = [await inner('k1'), await inner('k2')];
    return {
      between: (row, rows, from) => join(a.between(row, rows, from), b.between(row, rows, from)),
      self: row => join(a.self(row), b.self(row)),
    };
  };
  switch (state.className) {
    case 'Sum':
      return await pair((a, b) => a + b);
    case 'Product':
      return await pair((a, b) => a * b);
    case 'Exponentiation': {
      const base = await inner('kernel');
      const power = await state.number('exponent');
      return {
        between: (row, rows, from) => base.between(row, rows, from) ** power,
        self: row => base.self(row) ** power,
      };
    }
    case 'ConstantKernel': {
      const value = await state.number('constant_value');
      return { between: () => value, self: () => value };
    }
    case 'WhiteKernel': {
      const noise = await state.number('noise_level');
      return { between: () => 0, self: () => noise };
    }
    case 'DotProduct': {
      const offset = (await state.number('sigma_0')) ** 2;
      const dot = (row: Float64Array, rows: Float64Array, from: number): number =>
        row.reduce((sum, value, index) => sum + value * (rows[from + index] ?? 0), offset);
      return { between: dot, self: row => dot(row, row, 0) };
    }
    case 'RBF':
    case 'Matern':
    case 'RationalQuadratic':
    case 'ExpSineSquared':
      return await stationary(state);
    default:
      return refuse(`The kernel ${state.className.slice(0, 40)} is not run here.`);
  }
}

/** Kernels of the scaled distance alone. */
async function stationary(state: EstimatorState): Promise<Kernel> {
  const scale = await state.numbers('length_scale');
  const squared = (row: Float64Array, rows: Float64Array, from: number): number =>
    row.reduce((sum, value, index) => {
      const apart = (value - (rows[from + index] ?? 0)) / (scale[scale.length === 1 ? 0 : index] ?? 1);
      return sum + apart * apart;
    }, 0);
  const name = state.className;
  const of = (shape: (squaredDistance: number) => number): Kernel => ({
    between: (row, rows, from) => shape(squared(row, rows, from)),
    self: () => 1,
  });
  if (name === 'RBF') return of(d => Math.exp(-0.5 * d));
  if (name === 'RationalQuadratic') {
    const alpha = await state.number('alpha');
    return of(d => (1 + d / (2 * alpha)) ** -alpha);
  }
  if (name === 'ExpSineSquared') {
    const period = await state.number('periodicity');
    const length = scale[0] ?? 1;
    // The distance itself is not scaled here, the sine of it is.
    return of(d => Math.exp(-2 * (Math.sin((Math.PI / period) * Math.sqrt(d) * length) / length) ** 2));
  }
  const nu = await state.number('nu');
  if (nu === 0.5) return of(d => Math.exp(-Math.sqrt(d)));
  if (nu === 1.5) return of(d => (1 + Math.sqrt(3 * d)) * Math.exp(-Math.sqrt(3 * d)));
  if (nu === 2.5) return of(d => (1 + Math.sqrt(5 * d) + (5 / 3) * d) * Math.exp(-Math.sqrt(5 * d)));
  if (nu === Number.POSITIVE_INFINITY) return of(d => Math.exp(-0.5 * d));
  return refuse(`A Matérn kernel with ν = ${nu} is not run here.`);
}

const rowOf = (x: Matrix, row: number): Float64Array => x.data.subarray(row * x.width, (row + 1) * x.width);

/** The mean of a Gaussian process: kernels to the training rows times their weights. */
export async function processRegressor(state: EstimatorState): Promise<Predictor> {
  const kernel = await gaussianKernel(
    state.child('kernel_') ?? refuse('The Gaussian process in the file was not fitted.'),
  );
  const rows = await state.numbers('X_train_');
  const [count = 0, width = 0] = state.shape('X_train_');
  const weights = await state.numbers('alpha_');
  const outputs = state.shape('alpha_')[1] ?? 1;
  const mean = (await state.optional('_y_train_mean')) ?? new Float64Array(outputs);
  const scale = (await state.optional('_y_train_std')) ?? new Float64Array(outputs).fill(1);
  return regression(x => {
    const data = new Float64Array(x.rows * outputs);
    for (let row = 0; row < x.rows; row++)
      for (let each = 0; each < count; each++) {
        const near = kernel.between(rowOf(x, row), rows, each * width);
        for (let output = 0; output < outputs; output++)
          data[row * outputs + output] =
            (data[row * outputs + output] ?? 0) + near * (weights[each * outputs + output] ?? 0);
      }
    const turned = data.map(
      (value, at) => value * (scale[(at % outputs) % scale.length] ?? 1) + (mean[(at % outputs) % mean.length] ?? 0),
    );
    return { rows: x.rows, width: outputs, data: turned };
  });
}

/** Weights and widths of five error functions that stand for the logistic one (Williams and Barber 1998, appendix A). */
const widths = [0.41, 0.4, 0.37, 0.44, 0.39];
const shares = [-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654];

/** Classification by Laplace's approximation (Rasmussen and Williams 2006, algorithm 3.2), one process per class for several. */
export async function processClassifier(state: EstimatorState): Promise<Predictor> {
  const base = state.child('base_estimator_') ?? refuse('The Gaussian process in the file was not fitted.');
  if (base.className === 'BinaryGaussianProcessClassifierLaplace') {
    const one = await laplace(base);
    return probabilities(x => {
      const p = one(x);
      return {
        rows: x.rows,
        width: 2,
        data: Float64Array.from({ length: 2 * x.rows }, (_, at) =>
          at % 2 === 0 ? 1 - (p[at >> 1] ?? 0) : (p[at >> 1] ?? 0),
        ),
      };
    });
  }
  if (base.className !== 'OneVsRestClassifier')
    return refuse('The Gaussian process in the file decides between pairs of classes, which is not run here.');
  const parts: ((x: Matrix) => Float64Array)[] = [];
  for (const child of base.children('estimators_')) parts.push(await laplace(child));
  return probabilities(x => {
    const each = parts.map(part => part(x));
    const data = Float64Array.from(
      { length: x.rows * each.length },
      (_, at) => each[at % each.length]?.[Math.floor(at / each.length)] ?? 0,
    );
    return normaliseRows({ rows: x.rows, width: each.length, data });
  });
}

async function laplace(state: EstimatorState): Promise<(x: Matrix) => Float64Array> {
  const kernel = await gaussianKernel(
    state.child('kernel_') ?? refuse('The Gaussian process in the file was not fitted.'),
  );
  const rows = await state.numbers('X_train_');
  const [count = 0, width = 0] = state.shape('X_train_');
  const labels = await state.numbers('y_train_');
  const expected = await state.numbers('pi_');
  const root = await state.numbers('W_sr_');
  const lower = await state.numbers('L_');
  return x =>
    Float64Array.from({ length: x.rows }, (_, row) => {
      const own = rowOf(x, row);
      const near = Float64Array.from({ length: count }, (_each, at) => kernel.between(own, rows, at * width));
      const middle = near.reduce((sum, value, at) => sum + value * ((labels[at] ?? 0) - (expected[at] ?? 0)), 0);
      // v solves L v = √W k; what it explains is taken off the variance.
      const v = new Float64Array(count);
      let explained = 0;
      for (let at = 0; at < count; at++) {
        let left = (root[at] ?? 0) * (near[at] ?? 0);
        for (let index = 0; index < at; index++) left -= (lower[at * count + index] ?? 0) * (v[index] ?? 0);
        v[at] = left / (lower[at * count + at] ?? 1);
        explained += (v[at] ?? 0) ** 2;
      }
      const variance = kernel.self(own) - explained;
      const alpha = 1 / (2 * variance);
      let p = 0;
      for (const [index, scale] of widths.entries()) {
        const erf = 1 - erfc(scale * middle * Math.sqrt(alpha / (alpha + scale * scale)));
        p += ((shares[index] ?? 0) * Math.sqrt(Math.PI / alpha) * erf) / (2 * Math.sqrt(variance * 2 * Math.PI));
      }
      return p + 0.5 * shares.reduce((a, b) => a + b, 0);
    });
}

/** The pairwise kernels that kernel ridge and approximations name (sklearn/metrics/pairwise.py). */
export async function pairwiseKernel(
  state: EstimatorState,
  features: number,
): Promise<(row: Float64Array, rows: Float64Array, from: number) => number> {
  const kind = state.text('kernel');
  const gamma =
    (await state.optional('gamma_'))?.[0] ?? (state.has('gamma') ? await state.number('gamma') : 1 / features);
  const offset = state.has('coef0') ? await state.number('coef0') : 1;
  const degree = state.has('degree') ? await state.number('degree') : 3;
  const dot = (row: Float64Array, rows: Float64Array, from: number): number =>
    row.reduce((sum, value, index) => sum + value * (rows[from + index] ?? 0), 0);
  const apart =
    (power: 1 | 2) =>
    (row: Float64Array, rows: Float64Array, from: number): number =>
      row.reduce((sum, value, index) => sum + Math.abs(value - (rows[from + index] ?? 0)) ** power, 0);
  switch (kind) {
    case 'linear':
      return dot;
    case 'rbf':
      return (row, rows, from) => Math.exp(-gamma * apart(2)(row, rows, from));
    case 'laplacian':
      return (row, rows, from) => Math.exp(-gamma * apart(1)(row, rows, from));
    case 'poly':
    case 'polynomial':
      return (row, rows, from) => (gamma * dot(row, rows, from) + offset) ** degree;
    case 'sigmoid':
      return (row, rows, from) => Math.tanh(gamma * dot(row, rows, from) + offset);
    case 'cosine':
      return (row, rows, from) => {
        const other = rows.subarray(from, from + row.length);
        return dot(row, rows, from) / (Math.sqrt(dot(row, row, 0) * dot(other, other, 0)) || 1);
      };
    default:
      return refuse(`The kernel "${kind.slice(0, 40)}" is not run here.`);
  }
}

/** Kernel ridge regression: kernels to the training rows times their weights. */
export async function kernelRidge(state: EstimatorState): Promise<Predictor> {
  const rows = await state.numbers('X_fit_');
  const [count = 0, width = 0] = state.shape('X_fit_');
  const weights = await state.numbers('dual_coef_');
  const outputs = state.shape('dual_coef_')[1] ?? 1;
  const kernel = await pairwiseKernel(state, width);
  return regression(x => {
    const data = new Float64Array(x.rows * outputs);
    for (let row = 0; row < x.rows; row++)
      for (let each = 0; each < count; each++) {
        const near = kernel(rowOf(x, row), rows, each * width);
        for (let output = 0; output < outputs; output++)
          data[row * outputs + output] =
            (data[row * outputs + output] ?? 0) + near * (weights[each * outputs + output] ?? 0);
      }
    return { rows: x.rows, width: outputs, data };
  });
}

/** Labels spread over a graph of the training rows: a new row takes those of the rows near it (sklearn/semi_supervised/_label_propagation.py). */
export async function propagated(state: EstimatorState): Promise<Predictor> {
  if (state.text('kernel') !== 'rbf')
    return refuse(`The ${state.className} in the file uses a graph that is not run here.`);
  const gamma = await state.number('gamma');
  const rows = await state.numbers('X_');
  const [count = 0, width = 0] = state.shape('X_');
  const shares = await state.numbers('label_distributions_');
  const [, classes = 0] = state.shape('label_distributions_');
  return probabilities(x => {
    const data = new Float64Array(x.rows * classes);
    for (let row = 0; row < x.rows; row++)
      for (let each = 0; each < count; each++) {
        let apart = 0;
        for (let index = 0; index < width; index++)
          apart += ((x.data[row * width + index] ?? 0) - (rows[each * width + index] ?? 0)) ** 2;
        const weight = Math.exp(-gamma * apart);
        for (let index = 0; index < classes; index++)
          data[row * classes + index] =
            (data[row * classes + index] ?? 0) + weight * (shares[each * classes + index] ?? 0);
      }
    return normaliseRows({ rows: x.rows, width: classes, data });
  });
}
