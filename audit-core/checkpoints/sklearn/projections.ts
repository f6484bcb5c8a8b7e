import { RuntimeError } from '../../runtime/error';
import { asMatrix, type Matrix, matrixFrame } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { pairwiseKernel } from './kernels';
import type { EstimatorState } from './state';
import type { Transform } from './transforms';

/** `(x - mean) · wᵀ` with `w` as `[outputs, width]`. */
function centred(
  name: string,
  weights: Float64Array,
  [outputs = 0, width = 0]: readonly number[],
  mean: Float64Array | null,
): (x: Matrix) => Matrix {
  return x => {
    if (x.width !== width) throw new RuntimeError(`The step ${name} wants ${width} features; it was given ${x.width}.`);
    const data = new Float64Array(x.rows * outputs);
    for (let row = 0; row < x.rows; row++)
      for (let output = 0; output < outputs; output++) {
        let sum = 0;
        for (let index = 0; index < width; index++)
          sum += ((x.data[row * width + index] ?? 0) - (mean?.[index] ?? 0)) * (weights[output * width + index] ?? 0);
        data[row * outputs + output] = sum;
      }
    return { rows: x.rows, width: outputs, data };
  };
}

/** Principal and independent components, and singular vectors. */
export async function components(state: EstimatorState): Promise<Transform> {
  const name = state.className;
  const weights = await state.numbers('components_');
  const mean = /^(?:PCA|IncrementalPCA|FastICA)$/.test(name) ? await state.optional('mean_') : null;
  const run = centred(name, weights, state.shape('components_'), mean);
  const variance =
    name !== 'FastICA' && state.get('whiten') === true ? await state.numbers('explained_variance_') : null;
  return frame => {
    const out = run(asMatrix(frame, name));
    if (!variance) return matrixFrame(out);
    return matrixFrame({ ...out, data: out.data.map((value, at) => value / Math.sqrt(variance[at % out.width] ?? 1)) });
  };
}

/** Discriminant axes: of the solver "svd" around the mean of all classes. */
export async function discriminantAxes(state: EstimatorState): Promise<Transform> {
  const scalings = await state.numbers('scalings_');
  const [width = 0, all = 0] = state.shape('scalings_');
  const kept = Math.min(all, await state.number('_max_components', all));
  const turned = Float64Array.from(
    { length: kept * width },
    (_, at) => scalings[(at % width) * all + Math.floor(at / width)] ?? 0,
  );
  const mean = state.text('solver') === 'svd' ? await state.numbers('xbar_') : null;
  const run = centred(state.className, turned, [kept, width], mean);
  return frame => matrixFrame(run(asMatrix(frame, state.className)));
}

/** Random Fourier features √(2/n) · cos(x · W + b) (Rahimi and Recht 2007). */
export async function randomFourier(state: EstimatorState): Promise<Transform> {
  const weights = await state.numbers('random_weights_');
  const [width = 0, outputs = 0] = state.shape('random_weights_');
  const offset = await state.numbers('random_offset_');
  const turned = Float64Array.from(
    { length: outputs * width },
    (_, at) => weights[(at % width) * outputs + Math.floor(at / width)] ?? 0,
  );
  const run = centred(state.className, turned, [outputs, width], null);
  return frame => {
    const z = run(asMatrix(frame, state.className));
    return matrixFrame({
      ...z,
      data: z.data.map((value, at) => Math.sqrt(2 / outputs) * Math.cos(value + (offset[at % outputs] ?? 0))),
    });
  };
}

/** Kernels to chosen training rows, normalised (Williams and Seeger 2001). */
export async function nystroem(state: EstimatorState): Promise<Transform> {
  const rows = await state.numbers('components_');
  const [count = 0, width = 0] = state.shape('components_');
  const norm = await state.numbers('normalization_');
  const kernel = await pairwiseKernel(state, width);
  const run = centred(state.className, norm, [count, count], null);
  return frame => {
    const x = asMatrix(frame, state.className);
    const data = Float64Array.from({ length: x.rows * count }, (_, at) => {
      const row = Math.floor(at / count);
      return kernel(x.data.subarray(row * width, (row + 1) * width), rows, (at % count) * width);
    });
    return matrixFrame(run({ rows: x.rows, width: count, data }));
  };
}

/** The mean of the columns of each cluster. */
export async function agglomeration(state: EstimatorState): Promise<Transform> {
  const name = state.className;
  const pooled = state.functionName('pooling_func');
  if (pooled !== 'numpy.mean')
    return refuse(
      `The ${name} in the file pools by ${pooled.slice(0, 60) || 'a function of its own'}, which is not run here.`,
    );
  const labels = await state.numbers('labels_');
  const groups = Math.max(...labels) + 1;
  const weights = new Float64Array(groups * labels.length);
  const sizes = new Float64Array(groups);
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1;
  for (const [index, label] of labels.entries()) weights[label * labels.length + index] = 1 / (sizes[label] ?? 1);
  const run = centred(name, weights, [groups, labels.length], null);
  return frame => matrixFrame(run(asMatrix(frame, name)));
}

/** Distances to the centres of clusters. */
export async function clusterDistances(state: EstimatorState): Promise<Transform> {
  const centres = await state.numbers('cluster_centers_');
  const [count = 0, width = 0] = state.shape('cluster_centers_');
  return frame => {
    const x = asMatrix(frame, state.className);
    const data = Float64Array.from({ length: x.rows * count }, (_, at) => {
      let sum = 0;
      for (let index = 0; index < width; index++)
        sum +=
          ((x.data[Math.floor(at / count) * width + index] ?? 0) - (centres[(at % count) * width + index] ?? 0)) ** 2;
      return Math.sqrt(sum);
    });
    return matrixFrame({ rows: x.rows, width: count, data });
  };
}
