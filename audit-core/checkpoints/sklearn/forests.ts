import { asMatrix, binary, type Frame, type Matrix, sigmoid, softmaxRows } from '../../runtime/estimators/frame';
import { addTrees, float32, type Tree } from '../../runtime/estimators/trees';
import { refuse } from '../inspection';
import { type Nested, type Predictor, probabilities, regression } from './predictor';
import type { EstimatorState } from './state';
import type { Transform } from './transforms';
import { readHistTrees, readTree } from './trees';

export function forest(trees: readonly Tree[], classes: boolean): Predictor {
  const outputs = trees[0]?.outputs ?? refuse('The forest in the file has no trees.');
  const run = (x: Matrix): Matrix => {
    const data = new Float64Array(x.rows * outputs);
    addTrees(trees, float32(x), data, outputs, 1 / trees.length);
    return { rows: x.rows, width: outputs, data };
  };
  return classes ? probabilities(run) : regression(run);
}

export async function gradientBoosting(state: EstimatorState, features: number, nested: Nested): Promise<Predictor> {
  const rate = await state.number('learning_rate');
  const [, width = 1] = state.shape('estimators_');
  const children = state.children('estimators_');
  const trees: Tree[] = [];
  for (const child of children) trees.push(await readTree(child, features, false));
  const start = await startOf(state, width, nested);
  const raw = (frame: Frame): Matrix => {
    const x = asMatrix(frame, 'model');
    const first = start(frame);
    const data = new Float64Array(x.rows * width);
    for (let at = 0; at < data.length; at++) data[at] = first.data[at % first.data.length] ?? 0;
    const narrow = float32(x);
    for (const [index, tree] of trees.entries()) addTrees([tree], narrow, data, width, rate, index % width);
    return { rows: x.rows, width, data };
  };
  if (state.className.endsWith('Regressor')) return { kind: 'regression', predict: raw };
  // The exponential loss is half the log odds (Friedman 2001).
  const factor = state.text('loss') === 'exponential' ? 2 : 1;
  return {
    kind: 'probabilities',
    predict: frame => (width === 1 ? binary(raw(frame), value => sigmoid(factor * value)) : softmaxRows(raw(frame))),
    decide: raw,
  };
}

/** What the first tree corrects: log odds of the training rows, a constant, zero, or the scores of another model. */
async function startOf(state: EstimatorState, width: number, nested: Nested): Promise<(frame: Frame) => Matrix> {
  const fixed = (values: Float64Array): ((frame: Frame) => Matrix) => {
    const first = { rows: 1, width, data: values };
    return () => first;
  };
  const init = state.child('init_');
  if (!init) return fixed(new Float64Array(width));
  const half = state.text('loss') === 'exponential' ? 0.5 : 1;
  // Clipped as in scikit-learn: the float32 epsilon keeps the logarithm finite.
  const clip = (p: number): number => Math.min(Math.max(p, 2 ** -23), 1 - 2 ** -23);
  const odds = (p: number): number => half * Math.log(clip(p) / (1 - clip(p)));
  // The losses of scikit-learn 1.4 take them around their mean (sklearn/_loss/link.py, MultinomialLogit); those before did not.
  const around = state.child('_loss')?.className === 'HalfMultinomialLoss';
  const logarithms = (row: ArrayLike<number>): number[] => {
    const logs = Array.from({ length: width }, (_, index) => Math.log(clip(row[index] ?? 0)));
    const mean = around ? logs.reduce((a, b) => a + b, 0) / width : 0;
    return logs.map(value => value - mean);
  };
  const scores = (row: ArrayLike<number>): number[] => (width === 1 ? [odds(row[1] ?? 0.5)] : logarithms(row));
  if (init.className.startsWith('Dummy')) {
    const priors = await init.optional('class_prior_');
    const constant = await init.optional('constant_');
    if (priors) return fixed(Float64Array.from(scores(priors)));
    if (constant) return fixed(Float64Array.of(...new Array<number>(width).fill(constant[0] ?? 0)));
  }
  const other =
    (await nested(init)) ??
    refuse(`The boosting model in the file starts from a ${init.className}, which is not run here.`);
  return frame => {
    const given = other.predict(frame);
    if (other.kind !== 'probabilities') return given;
    const out = new Float64Array(given.rows * width);
    for (let row = 0; row < given.rows; row++)
      out.set(scores(given.data.subarray(row * given.width, (row + 1) * given.width)), row * width);
    return { rows: given.rows, width, data: out };
  };
}

/** Histogram gradient boosting; categorical columns come first in its trees, as its own encoder puts them. */
export async function histBoosting(
  state: EstimatorState,
  features: number,
  encode: (state: EstimatorState) => Promise<Transform>,
): Promise<Predictor> {
  const preprocessor = state.child('_preprocessor');
  const prepare = preprocessor ? await encode(preprocessor) : (frame: Frame): Frame => frame;
  const rounds = await readHistTrees(state, features);
  const baseline = await state.numbers('_baseline_prediction');
  const width = rounds[0]?.length ?? 1;
  const raw = (frame: Frame): Matrix => {
    const x = asMatrix(prepare(frame), state.className);
    const data = new Float64Array(x.rows * width);
    for (let at = 0; at < data.length; at++) data[at] = baseline[at % baseline.length] ?? 0;
    for (const round of rounds) for (const [index, tree] of round.entries()) addTrees([tree], x, data, width, 1, index);
    return { rows: x.rows, width, data };
  };
  if (state.className.endsWith('Regressor')) {
    const loss = state.text('loss');
    const logLink = loss === 'poisson' || loss === 'gamma';
    return {
      kind: 'regression',
      predict: frame => (logLink ? { ...raw(frame), data: raw(frame).data.map(Math.exp) } : raw(frame)),
    };
  }
  return {
    kind: 'probabilities',
    predict: frame => (width === 1 ? binary(raw(frame), sigmoid) : softmaxRows(raw(frame))),
    decide: raw,
  };
}
