import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { asMatrix, type Frame, type Matrix, matrixFrame } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { arrayNumbers, arrayOf, scalarOf } from '../pickle/numpy';
import { asNumber, isKind, items, qualified } from '../pickle/values';
import { elementwise } from './linear';
import type { EstimatorState } from './state';
import type { Transform } from './transforms';

/** Changes each number by its column. */
export const byColumn =
  (name: string, change: (value: number, index: number) => number): Transform =>
  frame => {
    const x = asMatrix(frame, name);
    return matrixFrame({ ...x, data: x.data.map((value, at) => change(value, at % x.width)) });
  };

const at = (values: Float64Array | null, index: number, fallback: number): number => values?.[index] ?? fallback;

export async function standardScaler(state: EstimatorState): Promise<(value: number, index: number) => number> {
  const center = await state.optional(state.className === 'StandardScaler' ? 'mean_' : 'center_');
  const scale = await state.optional('scale_');
  const centered = state.get('with_mean') !== false && state.get('with_centering') !== false;
  const scaled = state.get('with_std') !== false && state.get('with_scaling') !== false;
  return (value, index) => (value - (centered ? at(center, index, 0) : 0)) / (scaled ? at(scale, index, 1) : 1);
}

export async function minMaxScaler(state: EstimatorState): Promise<Transform> {
  const scale = await state.numbers('scale_');
  const min = await state.numbers('min_');
  const range = (items(state.get('feature_range')) ?? [0, 1]).map(asNumber);
  const clip = state.get('clip') === true;
  const bound = (value: number): number => (clip ? Math.min(Math.max(value, range[0] ?? 0), range[1] ?? 1) : value);
  return byColumn(state.className, (value, index) => bound(value * at(scale, index, 1) + at(min, index, 0)));
}

/** Yeo and Johnson's transform (Biometrika 2000, 87:954) or Box and Cox's, then unit variance where that was asked for. */
export async function powerTransformer(state: EstimatorState): Promise<Transform> {
  const lambdas = await state.numbers('lambdas_');
  const boxCox = state.text('method') === 'box-cox';
  const scaler = state.get('standardize') === false ? null : state.child('_scaler');
  const scale = scaler ? await standardScaler(scaler) : (value: number): number => value;
  const power = (x: number, lambda: number): number => {
    if (boxCox) return lambda === 0 ? Math.log(x) : (x ** lambda - 1) / lambda;
    if (x >= 0) return Math.abs(lambda) < Number.EPSILON ? Math.log1p(x) : ((x + 1) ** lambda - 1) / lambda;
    return Math.abs(lambda - 2) > Number.EPSILON ? -((1 - x) ** (2 - lambda) - 1) / (2 - lambda) : -Math.log1p(-x);
  };
  return byColumn(state.className, (value, index) => scale(power(value, lambdas[index] ?? 1), index));
}

/** The share of training values below, from both sides of ties; for the normal output its quantile (sklearn/preprocessing/_data.py). */
export async function quantileTransformer(state: EstimatorState): Promise<Transform> {
  const quantiles = await state.numbers('quantiles_');
  const [count = 0, width = 0] = state.shape('quantiles_');
  const references = await state.numbers('references_');
  const normal = state.text('output_distribution') === 'normal';
  const columns = Array.from({ length: width }, (_, index) =>
    Float64Array.from({ length: count }, (_each, row) => quantiles[row * width + index] ?? 0),
  );
  const turned = references.map((_, index) => -(references[references.length - 1 - index] ?? 0));
  const backwards = columns.map(values => values.map((_, index) => -(values[values.length - 1 - index] ?? 0)));
  const edge = 1e-7;
  const clip = normal
    ? [normalQuantile(edge - Number.EPSILON, 0, 1), normalQuantile(1 - (edge - Number.EPSILON), 0, 1)]
    : [0, 1];
  return byColumn(state.className, (value, index) => {
    const values = columns[index] ?? new Float64Array(0);
    if (Number.isNaN(value)) return value;
    const [low = 0, high = 0] = [values[0], values.at(-1)];
    let share =
      0.5 * (interpolated(value, values, references) - interpolated(-value, backwards[index] ?? values, turned));
    if (normal ? value - edge < low : value === low) share = 0;
    if (normal ? value + edge > high : value === high) share = 1;
    if (!normal) return share;
    return Math.min(clip[1] ?? 0, Math.max(clip[0] ?? 0, normalQuantile(share, 0, 1)));
  });
}

/** numpy's `interp`: linear between points in ascending order, constant outside. */
export function interpolated(x: number, xs: Float64Array, ys: Float64Array): number {
  const last = xs.length - 1;
  if (x >= (xs[last] ?? 0)) return ys[last] ?? 0;
  if (x < (xs[0] ?? 0)) return ys[0] ?? 0;
  // The last point that is not above x.
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [xs[low], xs[low + 1], ys[low], ys[low + 1]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0 || 1);
}

/** Bins by the fitted edges, as their numbers or one column a bin. */
export async function binner(state: EstimatorState): Promise<Transform> {
  const edges: Float64Array[] = [];
  for (const value of state.array('bin_edges_')?.objects ??
    refuse('The KBinsDiscretizer in the file was not fitted.')) {
    const array = arrayOf(value, state.source) ?? refuse('The bins of the KBinsDiscretizer in the file are broken.');
    edges.push(Float64Array.from(await arrayNumbers(array)));
  }
  const counts = edges.map(each => each.length - 1);
  const wide = state.text('encode') !== 'ordinal';
  const starts = counts.map((_, index) => counts.slice(0, index).reduce((a, b) => a + b, 0));
  const width = wide ? counts.reduce((a, b) => a + b, 0) : counts.length;
  return frame => {
    const x = asMatrix(frame, state.className);
    const data = new Float64Array(x.rows * width);
    for (let row = 0; row < x.rows; row++)
      for (const [index, inner] of edges.entries()) {
        const value = x.data[row * x.width + index] ?? 0;
        const bin = inner.subarray(1, -1).reduce((sum, edge) => sum + Number(edge <= value), 0);
        if (wide) data[row * width + (starts[index] ?? 0) + bin] = 1;
        else data[row * width + index] = bin;
      }
    return matrixFrame({ rows: x.rows, width, data });
  };
}

/** Products of columns up to a degree, in the order of scikit-learn: by degree, then by the columns' numbers. */
export async function polynomial(state: EstimatorState): Promise<Transform> {
  const features = await state.number('n_features_in_');
  const high = await state.number('_max_degree', state.has('degree') ? await state.number('degree') : 2);
  const low = await state.number('_min_degree', 0);
  const distinct = state.get('interaction_only') === true;
  const bias = state.get('include_bias') !== false;
  const terms: number[][] = bias ? [[]] : [];
  const extend = (term: readonly number[], left: number): void => {
    if (terms.length > 100_000) refuse('The PolynomialFeatures in the file give more columns than this reader allows.');
    if (left === 0) {
      terms.push([...term]);
      return;
    }
    const from = term.length === 0 ? 0 : (term.at(-1) ?? 0) + Number(distinct);
    for (let index = from; index < features; index++) extend([...term, index], left - 1);
  };
  for (let degree = Math.max(1, low); degree <= high; degree++) extend([], degree);
  return frame => {
    const x = asMatrix(frame, state.className);
    const data = new Float64Array(x.rows * terms.length);
    for (let row = 0; row < x.rows; row++)
      for (const [place, term] of terms.entries())
        data[row * terms.length + place] = term.reduce(
          (product, index) => product * (x.data[row * x.width + index] ?? 0),
          1,
        );
    return matrixFrame({ rows: x.rows, width: terms.length, data });
  };
}

/** A function of numpy's on each number; others are not known. */
export async function functionOf(state: EstimatorState): Promise<Transform> {
  if (!state.has('func')) return frame => frame;
  const bound = state.child('func');
  // Histogram boosting checks its numbers with `partial(check_array, …)`, which changes none.
  const name = state.functionName('func') || (bound?.className === 'partial' ? qualified(bound.object.args[0]) : '');
  if (name === 'sklearn.utils.validation.check_array') return frame => frame;
  const extra = state.get('kw_args');
  const plain =
    extra === undefined ||
    extra === null ||
    (typeof extra === 'object' && extra.kind === 'dict' && extra.entries.length === 0);
  const change = plain ? elementwise(name) : name === 'numpy.clip' ? await clipped(state) : null;
  return change
    ? byColumn(state.className, change)
    : refuse(
        `The FunctionTransformer in the file calls ${name.slice(0, 60) || 'a function of its own'}, which is not run here.`,
      );
}

/** `np.clip` with its bounds among the keywords. */
async function clipped(state: EstimatorState): Promise<((value: number) => number) | null> {
  const keywords = state.get('kw_args');
  if (!isKind(keywords, 'dict')) return null;
  const bounds = new Map<string, number>();
  for (const [key, value] of keywords.entries) {
    const bound = value === null ? null : await scalarOf(value, state.source);
    if (typeof key !== 'string' || !/^(?:a_min|a_max|min|max)$/.test(key) || (bound === null && value !== null))
      return null;
    if (bound !== null) bounds.set(key.replace('a_', ''), bound);
  }
  const [low, high] = [bounds.get('min') ?? Number.NEGATIVE_INFINITY, bounds.get('max') ?? Number.POSITIVE_INFINITY];
  return value => (Number.isNaN(value) ? value : Math.min(Math.max(value, low), high));
}

/** Each row by its length. */
export function normalise(x: Matrix, norm: string): Frame {
  const data = Float64Array.from(x.data);
  for (let row = 0; row < x.rows; row++) {
    const part = data.subarray(row * x.width, (row + 1) * x.width);
    const size = part.reduce(
      (sum, value) =>
        norm === 'max' ? Math.max(sum, Math.abs(value)) : sum + (norm === 'l1' ? Math.abs(value) : value * value),
      0,
    );
    const by = (norm === 'l2' ? Math.sqrt(size) : size) || 1;
    for (let index = 0; index < part.length; index++) part[index] = (part[index] ?? 0) / by;
  }
  return matrixFrame({ ...x, data });
}
