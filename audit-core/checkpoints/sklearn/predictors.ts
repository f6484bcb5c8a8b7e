import {
  affine,
  asMatrix,
  binary,
  type Frame,
  type Matrix,
  normaliseRows,
  sigmoid,
  softmaxRows,
} from '../../runtime/estimators/frame';
import { addTrees, float32, type Tree } from '../../runtime/estimators/trees';
import type { OutputKind } from '../../runtime/runtime';
import { refuse } from '../inspection';
import { asNumber, items } from '../pickle/values';
import { EstimatorState } from './state';
import { compileSvm } from './svm';
import { readHistTrees, readTree } from './trees';

/** A fitted model: class probabilities `[N, C]`, decision values or regression values. */
export interface Predictor {
  readonly kind: OutputKind;
  readonly predict: (frame: Frame) => Matrix;
}

const probabilities = (predict: (x: Matrix) => Matrix): Predictor => ({
  kind: 'probabilities',
  predict: frame => predict(asMatrix(frame, 'model')),
});
const decisions = (predict: (x: Matrix) => Matrix): Predictor => ({
  kind: 'logits',
  predict: frame => predict(asMatrix(frame, 'model')),
});
const regression = (predict: (x: Matrix) => Matrix): Predictor => ({
  kind: 'regression',
  predict: frame => predict(asMatrix(frame, 'model')),
});

/** The fitted estimators of scikit-learn that are run here; null for a class that is not known. */
export async function compilePredictor(
  state: EstimatorState,
  nested: (state: EstimatorState) => Promise<Predictor | null>,
): Promise<Predictor | null> {
  const name = state.className;
  const features = await state.number('n_features_in_', await state.number('n_features_', 1e6));
  switch (name) {
    case 'LogisticRegression':
    case 'LogisticRegressionCV':
    case 'SGDClassifier':
    case 'LinearSVC':
    case 'RidgeClassifier':
    case 'Perceptron':
    case 'LinearDiscriminantAnalysis':
      return await linearClassifier(state);
    case 'LinearRegression':
    case 'Ridge':
    case 'RidgeCV':
    case 'Lasso':
    case 'LassoCV':
    case 'ElasticNet':
    case 'ElasticNetCV':
    case 'SGDRegressor':
    case 'LinearSVR':
    case 'BayesianRidge':
    case 'HuberRegressor': {
      const weights = await state.numbers('coef_');
      const bias = await state.optional('intercept_');
      const outputs = state.shape('coef_').length > 1 ? (state.shape('coef_')[0] ?? 1) : 1;
      return regression(x => affine(x, weights, outputs, bias));
    }
    case 'DecisionTreeClassifier':
    case 'ExtraTreeClassifier':
    case 'DecisionTreeRegressor':
    case 'ExtraTreeRegressor':
      return forest([await readTree(state, features, name.endsWith('Classifier'))], name.endsWith('Classifier'));
    case 'RandomForestClassifier':
    case 'ExtraTreesClassifier':
    case 'RandomForestRegressor':
    case 'ExtraTreesRegressor': {
      const trees: Tree[] = [];
      for (const child of state.children('estimators_'))
        trees.push(await readTree(child, features, name.endsWith('Classifier')));
      return forest(trees, name.endsWith('Classifier'));
    }
    case 'GradientBoostingClassifier':
    case 'GradientBoostingRegressor':
      return await gradientBoosting(state, features);
    case 'HistGradientBoostingClassifier':
    case 'HistGradientBoostingRegressor':
      return await histBoosting(state, features);
    case 'GaussianNB':
      return await gaussianNb(state);
    case 'BernoulliNB':
    case 'MultinomialNB':
      return await countNb(state);
    case 'MLPClassifier':
    case 'MLPRegressor':
      return await multilayer(state);
    case 'KNeighborsClassifier':
    case 'KNeighborsRegressor':
      return await neighbours(state);
    case 'SVC':
    case 'NuSVC':
    case 'SVR':
    case 'NuSVR':
      return await compileSvm(state);
    case 'CalibratedClassifierCV':
      return await calibrated(state, nested);
    case 'VotingClassifier':
    case 'BaggingClassifier':
      return await average(state, nested);
    case 'GridSearchCV':
    case 'RandomizedSearchCV': {
      const best = state.child('best_estimator_');
      return best ? await nested(best) : null;
    }
    default:
      return null;
  }
}

async function linearClassifier(state: EstimatorState): Promise<Predictor> {
  const weights = await state.numbers('coef_');
  const bias = await state.optional('intercept_');
  const outputs = state.shape('coef_').length > 1 ? (state.shape('coef_')[0] ?? 1) : 1;
  const score = (x: Matrix): Matrix => affine(x, weights, outputs, bias);
  const name = state.className;
  const loss = state.text('loss');
  const hasProbabilities =
    name.startsWith('Logistic') ||
    name === 'LinearDiscriminantAnalysis' ||
    (name === 'SGDClassifier' && (loss === 'log_loss' || loss === 'log'));
  if (!hasProbabilities) return decisions(score);
  if (outputs === 1) return probabilities(x => binary(score(x), sigmoid));
  const oneVersusRest =
    name === 'SGDClassifier' ||
    state.text('multi_class') === 'ovr' ||
    (state.text('solver') === 'liblinear' && name.startsWith('Logistic'));
  return probabilities(x => {
    const z = score(x);
    return oneVersusRest ? normaliseRows({ ...z, data: z.data.map(sigmoid) }) : softmaxRows(z);
  });
}

function forest(trees: readonly Tree[], classes: boolean): Predictor {
  const outputs = trees[0]?.outputs ?? refuse('The forest in the file has no trees.');
  const run = (x: Matrix): Matrix => {
    const data = new Float64Array(x.rows * outputs);
    addTrees(trees, float32(x), data, outputs, 1 / trees.length);
    return { rows: x.rows, width: outputs, data };
  };
  return classes ? probabilities(run) : regression(run);
}

async function gradientBoosting(state: EstimatorState, features: number): Promise<Predictor> {
  const rate = await state.number('learning_rate');
  const [, width = 1] = state.shape('estimators_');
  const children = state.children('estimators_');
  const trees: Tree[] = [];
  for (const child of children) trees.push(await readTree(child, features, false));
  const start = new Float64Array(width);
  const init = state.child('init_');
  if (init) {
    const priors = await init.optional('class_prior_');
    const constant = await init.optional('constant_');
    if (priors) {
      // Clipped as in scikit-learn: the float32 epsilon keeps the logarithm finite.
      const clip = (p: number): number => Math.min(Math.max(p, 2 ** -23), 1 - 2 ** -23);
      if (width === 1) start[0] = Math.log(clip(priors[1] ?? 0.5) / (1 - clip(priors[1] ?? 0.5)));
      else for (let index = 0; index < width; index++) start[index] = Math.log(clip(priors[index] ?? 0));
    } else if (constant) start[0] = constant[0] ?? 0;
    else return refuse('The boosting model in the file starts from an estimator of its own, which is not run here.');
  }
  const raw = (x: Matrix): Matrix => {
    const data = new Float64Array(x.rows * width);
    for (let at = 0; at < data.length; at++) data[at] = start[at % width] ?? 0;
    const narrow = float32(x);
    for (const [index, tree] of trees.entries()) addTrees([tree], narrow, data, width, rate, index % width);
    return { rows: x.rows, width, data };
  };
  if (state.className.endsWith('Regressor')) return regression(raw);
  return probabilities(x => (width === 1 ? binary(raw(x), sigmoid) : softmaxRows(raw(x))));
}

async function histBoosting(state: EstimatorState, features: number): Promise<Predictor> {
  if (state.has('_preprocessor'))
    return refuse('The boosting model in the file encodes categories itself, which is not run here.');
  const rounds = await readHistTrees(state, features);
  const baseline = await state.numbers('_baseline_prediction');
  const width = rounds[0]?.length ?? 1;
  const raw = (x: Matrix): Matrix => {
    const data = new Float64Array(x.rows * width);
    for (let at = 0; at < data.length; at++) data[at] = baseline[at % width] ?? 0;
    for (const round of rounds) for (const [index, tree] of round.entries()) addTrees([tree], x, data, width, 1, index);
    return { rows: x.rows, width, data };
  };
  if (state.className.endsWith('Regressor')) {
    const loss = state.text('loss');
    return loss === 'poisson' || loss === 'gamma'
      ? regression(x => ({ ...raw(x), data: raw(x).data.map(Math.exp) }))
      : regression(raw);
  }
  return probabilities(x => (width === 1 ? binary(raw(x), sigmoid) : softmaxRows(raw(x))));
}

async function gaussianNb(state: EstimatorState): Promise<Predictor> {
  const mean = await state.numbers('theta_');
  const variance = (await state.optional('var_')) ?? (await state.numbers('sigma_'));
  const prior = await state.numbers('class_prior_');
  const [classes = 0, width = 0] = state.shape('theta_');
  return probabilities(x => {
    const data = new Float64Array(x.rows * classes);
    for (let row = 0; row < x.rows; row++) {
      for (let each = 0; each < classes; each++) {
        let sum = Math.log(prior[each] ?? 0);
        for (let index = 0; index < width; index++) {
          const v = variance[each * width + index] ?? 1;
          sum -=
            0.5 *
            (Math.log(2 * Math.PI * v) +
              ((x.data[row * width + index] ?? 0) - (mean[each * width + index] ?? 0)) ** 2 / v);
        }
        data[row * classes + each] = sum;
      }
    }
    return softmaxRows({ rows: x.rows, width: classes, data });
  });
}

async function countNb(state: EstimatorState): Promise<Predictor> {
  const log = await state.numbers('feature_log_prob_');
  const prior = await state.numbers('class_log_prior_');
  const [classes = 0, width = 0] = state.shape('feature_log_prob_');
  const bernoulli = state.className === 'BernoulliNB';
  const threshold = await state.number('binarize', 0);
  if (!bernoulli) return probabilities(x => softmaxRows(affine(x, log, classes, prior)));
  const weights = log.map(value => value - Math.log1p(-Math.exp(value)));
  const bias = prior.map((value, each) =>
    log.subarray(each * width, (each + 1) * width).reduce((sum, p) => sum + Math.log1p(-Math.exp(p)), value),
  );
  return probabilities(x =>
    softmaxRows(affine({ ...x, data: x.data.map(value => (value > threshold ? 1 : 0)) }, weights, classes, bias)),
  );
}

async function multilayer(state: EstimatorState): Promise<Predictor> {
  const weights = await state.list('coefs_');
  const biases = await state.list('intercepts_');
  const activation = state.text('activation');
  const act =
    { relu: (v: number) => Math.max(0, v), tanh: Math.tanh, logistic: sigmoid, identity: (v: number) => v }[
      activation
    ] ?? refuse(`The activation "${activation.slice(0, 40)}" is not known.`);
  const layers = weights.map(({ values, shape }, index) => {
    const [inputs = 0, outputs = 0] = shape;
    const turned = new Float64Array(values.length);
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) turned[o * inputs + i] = values[i * outputs + o] ?? 0;
    return { turned, outputs, bias: biases[index]?.values ?? null };
  });
  const raw = (x: Matrix): Matrix =>
    layers.reduce((value, layer, index) => {
      const z = affine(value, layer.turned, layer.outputs, layer.bias);
      return index === layers.length - 1 ? z : { ...z, data: z.data.map(act) };
    }, x);
  const out = state.text('out_activation_');
  if (state.className === 'MLPRegressor') return regression(raw);
  return probabilities(x => {
    const z = raw(x);
    if (out === 'softmax') return softmaxRows(z);
    return z.width === 1 ? binary(z, sigmoid) : { ...z, data: z.data.map(sigmoid) };
  });
}

async function neighbours(state: EstimatorState): Promise<Predictor> {
  const rows = await state.numbers('_fit_X');
  const [count = 0, width = 0] = state.shape('_fit_X');
  const targets = await state.numbers('_y');
  const k = await state.number('n_neighbors');
  const metric = state.text('effective_metric_') || 'euclidean';
  const power =
    metric === 'manhattan'
      ? 1
      : metric === 'euclidean'
        ? 2
        : metric === 'minkowski'
          ? await state.number('p', 2)
          : metric === 'chebyshev'
            ? Number.POSITIVE_INFINITY
            : refuse(`The distance "${metric.slice(0, 40)}" is not run here.`);
  const weighted = state.text('weights') === 'distance';
  const classes = state.shape('classes_')[0] ?? 0;
  const isClassifier = state.className.endsWith('Classifier');
  const outputs = isClassifier ? classes : 1;
  const run = (x: Matrix): Matrix => {
    const data = new Float64Array(x.rows * outputs);
    for (let row = 0; row < x.rows; row++) {
      const distances = new Float64Array(count);
      for (let each = 0; each < count; each++) {
        let sum = 0;
        for (let index = 0; index < width; index++) {
          const difference = Math.abs((x.data[row * width + index] ?? 0) - (rows[each * width + index] ?? 0));
          sum =
            power === Number.POSITIVE_INFINITY
              ? Math.max(sum, difference)
              : sum + (power === 2 ? difference * difference : difference ** power);
        }
        distances[each] = power === Number.POSITIVE_INFINITY ? sum : sum ** (1 / power);
      }
      const nearest = Array.from(distances.keys())
        .sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b)
        .slice(0, k);
      const exact = weighted && nearest.some(each => distances[each] === 0);
      let total = 0;
      for (const each of nearest) {
        const weight = !weighted ? 1 : exact ? (distances[each] === 0 ? 1 : 0) : 1 / (distances[each] ?? 1);
        total += weight;
        if (isClassifier)
          data[row * outputs + (targets[each] ?? 0)] = (data[row * outputs + (targets[each] ?? 0)] ?? 0) + weight;
        else data[row] = (data[row] ?? 0) + weight * (targets[each] ?? 0);
      }
      for (let index = 0; index < outputs; index++)
        data[row * outputs + index] = (data[row * outputs + index] ?? 0) / total;
    }
    return { rows: x.rows, width: outputs, data };
  };
  return isClassifier ? probabilities(run) : regression(run);
}

/** Mean over folds of calibrated scores: Platt's sigmoid or isotonic steps (sklearn/calibration.py). */
async function calibrated(
  state: EstimatorState,
  nested: (state: EstimatorState) => Promise<Predictor | null>,
): Promise<Predictor> {
  const folds: ((frame: Frame) => Matrix)[] = [];
  for (const fold of state.children('calibrated_classifiers_')) {
    const inner =
      fold.child('estimator') ??
      fold.child('base_estimator') ??
      refuse('The calibrated model in the file has no estimator.');
    const predictor =
      (await nested(inner)) ?? refuse(`The ${inner.className} inside the calibrated model is not run here.`);
    if (predictor.kind !== 'logits')
      return refuse('The calibrated model in the file calibrates probabilities, which is not run here.');
    const maps: ((value: number) => number)[] = [];
    for (const value of items(fold.get('calibrators')) ?? items(fold.get('calibrators_')) ?? []) {
      const calibrator = EstimatorState.of(value, state.source) ?? refuse('A calibrator in the file is broken.');
      maps.push(await readCalibrator(calibrator));
    }
    folds.push(frame => {
      const z = predictor.predict(frame);
      const mapped = { ...z, data: z.data.map((value, at) => maps[at % maps.length]?.(value) ?? Number.NaN) };
      return z.width === 1 ? binary(mapped, value => value) : normaliseRows(mapped);
    });
  }
  if (folds.length === 0) return refuse('The calibrated model in the file was not fitted.');
  return {
    kind: 'probabilities',
    predict: frame =>
      mean(
        folds.map(fold => fold(frame)),
        null,
      ),
  };
}

async function readCalibrator(calibrator: EstimatorState): Promise<(value: number) => number> {
  if (calibrator.className === 'SigmoidCalibration') {
    const a = await calibrator.number('a_');
    const b = await calibrator.number('b_');
    return value => sigmoid(-(a * value + b));
  }
  if (calibrator.className !== 'IsotonicRegression')
    return refuse(`The calibrator ${calibrator.className} is not run here.`);
  const xs = await calibrator.numbers('X_thresholds_');
  const ys = await calibrator.numbers('y_thresholds_');
  return value => {
    if (value <= (xs[0] ?? 0)) return ys[0] ?? 0;
    const above = xs.findIndex(x => x >= value);
    if (above < 0) return ys.at(-1) ?? 0;
    const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [xs[above - 1], xs[above], ys[above - 1], ys[above]];
    return y0 + ((y1 - y0) * (value - x0)) / (x1 - x0 || 1);
  };
}

async function average(
  state: EstimatorState,
  nested: (state: EstimatorState) => Promise<Predictor | null>,
): Promise<Predictor> {
  if (state.className === 'VotingClassifier' && state.text('voting') !== 'soft')
    return refuse('The VotingClassifier in the file votes by labels, which gives no scores.');
  const parts: Predictor[] = [];
  for (const child of state.children('estimators_'))
    parts.push((await nested(child)) ?? refuse(`The ${child.className} inside the ensemble is not run here.`));
  if (parts.some(part => part.kind !== 'probabilities'))
    return refuse('A part of the ensemble gives no probabilities.');
  const weights = items(state.get('weights'))?.map(value => asNumber(value) ?? 1) ?? null;
  return {
    kind: 'probabilities',
    predict: frame =>
      mean(
        parts.map(part => part.predict(frame)),
        weights,
      ),
  };
}

function mean(parts: readonly Matrix[], weights: readonly number[] | null): Matrix {
  const [first] = parts;
  if (!first) return refuse('The ensemble in the file is empty.');
  const total = weights ? weights.reduce((a, b) => a + b, 0) : parts.length;
  const data = new Float64Array(first.data.length);
  for (const [index, part] of parts.entries())
    for (let at = 0; at < data.length; at++)
      data[at] = (data[at] ?? 0) + ((weights?.[index] ?? 1) * (part.data[at] ?? 0)) / total;
  return { ...first, data };
}
