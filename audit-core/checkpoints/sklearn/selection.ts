import { asMatrix, matrixFrame, select } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { asNumber } from '../pickle/values';
import { type EstimatorState, fieldOf } from './state';
import type { Transform } from './transforms';

type Mask = readonly boolean[];

/** The columns that a fitted selector keeps; null for a class that is not known. */
export async function selector(state: EstimatorState): Promise<Transform | null> {
  const mask = await maskOf(state);
  if (!mask) return null;
  const kept = mask.flatMap((each, index) => (each ? [index] : []));
  return frame => select(frame.columns ? frame : matrixFrame(asMatrix(frame, state.className)), kept);
}

async function maskOf(state: EstimatorState): Promise<Mask | null> {
  switch (state.className) {
    case 'RFE':
    case 'RFECV':
    case 'SequentialFeatureSelector':
      return Array.from(await state.numbers('support_'), each => each !== 0);
    case 'VarianceThreshold': {
      const threshold = await state.number('threshold', 0);
      return Array.from(await state.numbers('variances_'), each => each > threshold);
    }
    case 'SelectKBest':
      return state.text('k') === 'all'
        ? Array.from(await state.numbers('scores_'), () => true)
        : best(await state.numbers('scores_'), await state.number('k'));
    case 'SelectPercentile':
      return percentile(await state.numbers('scores_'), await state.number('percentile'));
    case 'SelectFpr': {
      const alpha = await state.number('alpha');
      return Array.from(await state.numbers('pvalues_'), p => p < alpha);
    }
    case 'SelectFwe': {
      const p = await state.numbers('pvalues_');
      const alpha = await state.number('alpha');
      return Array.from(p, each => each < alpha / p.length);
    }
    case 'SelectFdr':
      return discoveries(await state.numbers('pvalues_'), await state.number('alpha'));
    case 'GenericUnivariateSelect': {
      const scores = await state.numbers('scores_');
      const parameter = state.text('param') === 'all' ? scores.length : await state.number('param');
      const mode = state.text('mode');
      if (mode === 'percentile') return percentile(scores, parameter);
      if (mode === 'k_best') return best(scores, parameter);
      const p = await state.numbers('pvalues_');
      if (mode === 'fdr') return discoveries(p, parameter);
      const alpha =
        mode === 'fwe'
          ? parameter / p.length
          : mode === 'fpr'
            ? parameter
            : refuse(`The choice "${mode.slice(0, 40)}" of columns is not run here.`);
      return Array.from(p, each => each < alpha);
    }
    case 'SelectFromModel':
      return await byImportance(state);
    default:
      return null;
  }
}

/** The k highest scores, later columns first among equals; scores that are no number count as the lowest. */
function best(scores: Float64Array, k: number): Mask {
  const clean = scores.map(value => (Number.isNaN(value) ? -Number.MAX_VALUE : value));
  const order = Array.from(clean.keys()).sort((a, b) => (clean[a] ?? 0) - (clean[b] ?? 0) || a - b);
  const kept = new Set(k > 0 ? order.slice(-k) : []);
  return Array.from(clean, (_, index) => kept.has(index));
}

function percentile(given: Float64Array, share: number): Mask {
  if (share >= 100) return Array.from(given, () => true);
  if (share <= 0) return Array.from(given, () => false);
  const scores = given.map(value => (Number.isNaN(value) ? -Number.MAX_VALUE : value));
  const sorted = scores.toSorted();
  const place = ((100 - share) / 100) * (sorted.length - 1);
  const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  const threshold = low + (high - low) * (place - Math.floor(place));
  const mask = Array.from(scores, each => each > threshold);
  const room = Math.trunc((scores.length * share) / 100) - mask.filter(Boolean).length;
  const ties = Array.from(scores.keys()).filter(index => scores[index] === threshold);
  for (const index of ties.slice(0, Math.max(0, room))) mask[index] = true;
  return mask;
}

/** Benjamini and Hochberg's choice. */
function discoveries(p: Float64Array, alpha: number): Mask {
  const sorted = p.toSorted();
  const passed = sorted.filter((value, index) => value <= (alpha / p.length) * (index + 1));
  const last = passed.at(-1);
  return Array.from(p, each => last !== undefined && each <= last);
}

/** What a fitted model finds important: more than a threshold, at most so many columns. */
async function byImportance(state: EstimatorState): Promise<Mask> {
  const model =
    state.child('estimator_') ?? state.child('estimator') ?? refuse('The SelectFromModel in the file was not fitted.');
  const importances = await importancesOf(model);
  const threshold = await thresholdOf(state, model, importances);
  const most = state.has('max_features') ? await state.number('max_features') : importances.length;
  const order = Array.from(importances.keys()).sort((a, b) => (importances[b] ?? 0) - (importances[a] ?? 0) || a - b);
  const chosen = new Set(order.slice(0, most));
  return Array.from(importances, (value, index) => chosen.has(index) && value >= threshold);
}

async function thresholdOf(state: EstimatorState, model: EstimatorState, importances: Float64Array): Promise<number> {
  const given = state.get('threshold');
  const mean = (): number => importances.reduce((a, b) => a + b, 0) / importances.length;
  const median = (): number => {
    const sorted = importances.toSorted();
    const half = (sorted.length - 1) / 2;
    return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2;
  };
  if (typeof given === 'string') {
    const [, factor, word] = /^(?:([\d.eE+-]+)\s*\*\s*)?(mean|median)$/.exec(given.trim()) ?? [];
    if (word === undefined) return refuse('The threshold of the SelectFromModel in the file is not known.');
    return (factor === undefined ? 1 : Number(factor)) * (word === 'mean' ? mean() : median());
  }
  if (asNumber(given) !== null || state.has('threshold')) return await state.number('threshold');
  // Models that set weights to zero choose by themselves.
  const sparse =
    model.text('penalty') === 'l1' ||
    /^(?:Lasso|LassoCV|LassoLars)/.test(model.className) ||
    (model.has('l1_ratio') && (await model.number('l1_ratio', 0)) === 1);
  return sparse ? 1e-5 : mean();
}

async function importancesOf(model: EstimatorState): Promise<Float64Array> {
  const weights = await model.optional('coef_');
  if (weights) {
    const [outputs = 1, width = weights.length] =
      model.shape('coef_').length > 1 ? model.shape('coef_') : [1, weights.length];
    return Float64Array.from({ length: width }, (_, index) =>
      Array.from({ length: outputs }, (_each, row) => Math.abs(weights[row * width + index] ?? 0)).reduce(
        (a, b) => a + b,
        0,
      ),
    );
  }
  const features = await model.number('n_features_in_');
  const children = model.children('estimators_');
  const trees = children.length > 0 ? children : [model];
  if (!/Tree|Forest|ExtraTrees/.test(model.className))
    return refuse(`The ${model.className} that chooses columns in the file is not followed here.`);
  const sum = new Float64Array(features);
  for (const tree of trees)
    for (const [index, value] of (await impurity(tree, features)).entries()) sum[index] = (sum[index] ?? 0) + value;
  const total = sum.reduce((a, b) => a + b, 0) || 1;
  return sum.map(value => value / total);
}

/** How much each column lowers the impurity of a tree, as shares (Breiman et al. 1984; sklearn/tree/_tree.pyx). */
async function impurity(estimator: EstimatorState, features: number): Promise<Float64Array> {
  const nodes = estimator.child('tree_')?.array('nodes') ?? refuse('A decision tree in the file has no nodes.');
  const bytes = await nodes.bytes();
  const field = async (name: string): Promise<Float64Array> =>
    (await fieldOf(nodes, bytes, name)) ?? refuse('A decision tree in the file has nodes of an unknown layout.');
  const [left, right, feature] = [await field('left_child'), await field('right_child'), await field('feature')];
  const [size, value] = [await field('weighted_n_node_samples'), await field('impurity')];
  const out = new Float64Array(features);
  const held = (node: number): number => (size[node] ?? 0) * (value[node] ?? 0);
  for (let node = 0; node < left.length; node++) {
    const [a, b, by] = [left[node] ?? -1, right[node] ?? -1, feature[node] ?? -1];
    if (a >= 0 && by >= 0 && by < features) out[by] = (out[by] ?? 0) + held(node) - held(a) - held(b);
  }
  const total = out.reduce((sum, each) => sum + each, 0) || 1;
  return out.map(each => each / total);
}
