import { binary, type Frame, type Matrix, sigmoid, softmaxRows } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { items } from '../pickle/values';
import { mean } from './ensembles';
import { type Nested, type Predictor, regression } from './predictor';
import { EstimatorState } from './state';

/** Mean over folds of calibrated scores: Platt's sigmoid, isotonic steps or a temperature (sklearn/calibration.py). */
export async function calibrated(state: EstimatorState, nested: Nested): Promise<Predictor> {
  const folds: ((frame: Frame) => Matrix)[] = [];
  for (const fold of state.children('calibrated_classifiers_')) folds.push(await readFold(fold, nested));
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

async function readFold(fold: EstimatorState, nested: Nested): Promise<(frame: Frame) => Matrix> {
  const inner =
    fold.child('estimator') ??
    fold.child('base_estimator') ??
    refuse('The calibrated model in the file has no estimator.');
  const predictor =
    (await nested(inner)) ?? refuse(`The ${inner.className} inside the calibrated model is not run here.`);
  // The decision function is calibrated where the estimator has one, else its probabilities: of the second class for two classes.
  const decided = predictor.decide !== undefined;
  const scores = (frame: Frame): Matrix => {
    if (predictor.decide) return predictor.decide(frame);
    const z = predictor.predict(frame);
    if (z.width !== 2) return z;
    return {
      rows: z.rows,
      width: 1,
      data: Float64Array.from({ length: z.rows }, (_, row) => z.data[2 * row + 1] ?? 0),
    };
  };
  const found = (items(fold.get('calibrators')) ?? items(fold.get('calibrators_')) ?? []).map(
    value => EstimatorState.of(value, fold.source) ?? refuse('A calibrator in the file is broken.'),
  );
  const [first] = found;
  if (first?.className === 'TemperatureScaling') {
    const beta = await first.number('beta_');
    return frame => tempered(scores(frame), beta, decided);
  }
  const maps: ((value: number) => number)[] = [];
  for (const calibrator of found) maps.push(await readCalibrator(calibrator));
  return frame => {
    const z = scores(frame);
    const mapped = { ...z, data: z.data.map((value, at) => maps[at % maps.length]?.(value) ?? Number.NaN) };
    return z.width === 1 ? binary(mapped, value => value) : shares(mapped);
  };
}

/** Each row divided by its sum; where all are 0, each class is as likely. */
function shares(x: Matrix): Matrix {
  const data = Float64Array.from(x.data);
  for (let row = 0; row < x.rows; row++) {
    const part = data.subarray(row * x.width, (row + 1) * x.width);
    const sum = part.reduce((a, b) => a + b, 0);
    for (let index = 0; index < part.length; index++) part[index] = sum === 0 ? 1 / x.width : (part[index] ?? 0) / sum;
  }
  return { ...x, data };
}

/** softmax(β · scores); one score stands for -z and z, probabilities for their logarithms. */
function tempered(z: Matrix, beta: number, decided: boolean): Matrix {
  const wide =
    z.width > 1
      ? z
      : {
          rows: z.rows,
          width: 2,
          data: Float64Array.from({ length: 2 * z.rows }, (_, at) => {
            const value = z.data[at >> 1] ?? 0;
            return decided ? (at % 2 === 0 ? -value : value) : at % 2 === 0 ? 1 - value : value;
          }),
        };
  // scikit-learn adds the smallest step of the numbers' type before the logarithm.
  const logits = decided ? wide.data : wide.data.map(value => Math.log(value + Number.EPSILON));
  return softmaxRows({ ...wide, data: logits.map(value => value * beta) });
}

/** Isotonic regression of one column; outside of what it was fitted on it gives nothing, or the nearest value where it clips. */
export async function isotonic(state: EstimatorState): Promise<Predictor> {
  const map = await readCalibrator(state);
  const [low, high] = [await state.number('X_min_'), await state.number('X_max_')];
  const clips = state.text('out_of_bounds') === 'clip';
  return regression(x => {
    if (x.width !== 1) return refuse(`An isotonic regression wants 1 feature; it was given ${x.width}.`);
    return { ...x, data: x.data.map(value => (clips || (value >= low && value <= high) ? map(value) : Number.NaN)) };
  });
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
