import { affine, binary, type Matrix, normaliseRows, sigmoid, softmaxRows } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { decisions, type Nested, type Predictor, probabilities, regression } from './predictor';
import type { EstimatorState } from './state';

export const linearClassifiers: ReadonlySet<string> = new Set(
  `LogisticRegression LogisticRegressionCV SGDClassifier LinearSVC RidgeClassifier RidgeClassifierCV Perceptron
  PassiveAggressiveClassifier LinearDiscriminantAnalysis`.split(/\s+/),
);
export const linearRegressors: ReadonlySet<string> = new Set(
  `LinearRegression Ridge RidgeCV Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC ElasticNet ElasticNetCV SGDRegressor LinearSVR
  BayesianRidge ARDRegression HuberRegressor Lars LarsCV OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV TheilSenRegressor
  QuantileRegressor PassiveAggressiveRegressor MultiTaskLasso MultiTaskElasticNet MultiTaskLassoCV MultiTaskElasticNetCV
  PoissonRegressor GammaRegressor TweedieRegressor PLSRegression PLSCanonical CCA`.split(/\s+/),
);

/** The linear score of each class, and how it becomes probabilities. */
export async function linearClassifier(state: EstimatorState): Promise<Predictor> {
  const weights = await state.numbers('coef_');
  const bias = await state.optional('intercept_');
  const outputs = state.shape('coef_').length > 1 ? (state.shape('coef_')[0] ?? 1) : 1;
  const score = (x: Matrix): Matrix => affine(x, weights, outputs, bias);
  const name = state.className;
  const loss = state.text('loss');
  if (name === 'SGDClassifier' && loss === 'modified_huber') return probabilities(x => huber(score(x)), score);
  const hasProbabilities =
    name.startsWith('Logistic') ||
    name === 'LinearDiscriminantAnalysis' ||
    (name === 'SGDClassifier' && (loss === 'log_loss' || loss === 'log'));
  if (!hasProbabilities) return decisions(score);
  if (outputs === 1) return probabilities(x => binary(score(x), sigmoid), score);
  const oneVersusRest =
    name === 'SGDClassifier' ||
    state.text('multi_class') === 'ovr' ||
    (state.text('solver') === 'liblinear' && name.startsWith('Logistic'));
  return probabilities(x => {
    const z = score(x);
    return oneVersusRest ? normaliseRows({ ...z, data: z.data.map(sigmoid) }) : softmaxRows(z);
  }, score);
}

/** Probabilities of the modified Huber loss: scores cut at ±1 (Zadrozny and Elkan 2002); where all are 0 each class is as likely. */
function huber(z: Matrix): Matrix {
  const cut = (value: number): number => (Math.min(1, Math.max(-1, value)) + 1) / 2;
  if (z.width === 1) return binary(z, cut);
  const data = z.data.map(cut);
  for (let row = 0; row < z.rows; row++) {
    const part = data.subarray(row * z.width, (row + 1) * z.width);
    if (part.every(value => value === 0)) part.fill(1);
  }
  return normaliseRows({ ...z, data });
}

/** Linear and generalised linear regression; the latter's link turns the score into the mean. */
export async function linearRegressor(state: EstimatorState): Promise<Predictor> {
  const weights = await state.numbers('coef_');
  const bias = await state.optional('intercept_');
  const outputs = state.shape('coef_').length > 1 ? (state.shape('coef_')[0] ?? 1) : 1;
  const name = state.className;
  const mean = /^(?:PLS|CCA)/.test(name) ? await state.numbers('_x_mean') : null;
  const centred = (x: Matrix): Matrix =>
    mean ? { ...x, data: x.data.map((value, at) => value - (mean[at % x.width] ?? 0)) } : x;
  const score = (x: Matrix): Matrix => affine(centred(x), weights, outputs, bias);
  const link = state.text('link');
  const logLink =
    name === 'PoissonRegressor' ||
    name === 'GammaRegressor' ||
    (name === 'TweedieRegressor' && (link === 'log' || (link !== 'identity' && (await state.number('power', 0)) > 0)));
  return regression(x => (logLink ? { ...score(x), data: score(x).data.map(Math.exp) } : score(x)));
}

/** Regression on a transformed target: the inner model's values turned back. */
export async function transformedTarget(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const inner = state.child('regressor_') ?? refuse('The TransformedTargetRegressor in the file was not fitted.');
  const predictor = (await nested(inner)) ?? refuse(`The ${inner.className} inside the ensemble is not run here.`);
  const transformer = state.child('transformer_') ?? refuse('The target of the model in the file has no transformer.');
  const back = await inverse(transformer);
  return {
    kind: 'regression',
    predict: frame => {
      const z = predictor.predict(frame);
      return { ...z, data: z.data.map((value, at) => back(value, at % z.width)) };
    },
  };
}

async function inverse(state: EstimatorState): Promise<(value: number, column: number) => number> {
  if (state.className === 'StandardScaler') {
    const mean = await state.optional('mean_');
    const scale = await state.optional('scale_');
    return (value, column) => value * (scale?.[column] ?? 1) + (mean?.[column] ?? 0);
  }
  if (state.className === 'MinMaxScaler') {
    const scale = await state.numbers('scale_');
    const min = await state.numbers('min_');
    return (value, column) => (value - (min[column] ?? 0)) / (scale[column] ?? 1);
  }
  if (state.className === 'FunctionTransformer') {
    if (!state.has('inverse_func')) return value => value;
    return (
      elementwise(state.functionName('inverse_func')) ??
      refuse('The target of the model in the file is turned back by a function that is not run here.')
    );
  }
  return refuse(`The target of the model in the file is changed by a ${state.className}, which is not run here.`);
}

/** numpy's functions of one number that scripts name in transformers; null for others. */
export function elementwise(name: string): ((value: number) => number) | null {
  const known: Readonly<Record<string, (value: number) => number>> = {
    log: Math.log,
    log1p: Math.log1p,
    log2: Math.log2,
    log10: Math.log10,
    exp: Math.exp,
    expm1: Math.expm1,
    sqrt: Math.sqrt,
    cbrt: Math.cbrt,
    square: value => value * value,
    absolute: Math.abs,
    sign: Math.sign,
    sin: Math.sin,
    cos: Math.cos,
    tan: Math.tan,
    tanh: Math.tanh,
    arctan: Math.atan,
    arcsinh: Math.asinh,
    sinh: Math.sinh,
    negative: value => -value,
    reciprocal: value => 1 / value,
    floor: Math.floor,
    ceil: Math.ceil,
  };
  const [, short = ''] = /^numpy\.(\w+)$/.exec(name) ?? [];
  return Object.hasOwn(known, short) ? (known[short] ?? null) : null;
}
