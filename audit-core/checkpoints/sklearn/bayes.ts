import { affine, type Matrix, softmaxRows } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { type Predictor, probabilities } from './predictor';
import type { EstimatorState } from './state';

export async function gaussianNb(state: EstimatorState): Promise<Predictor> {
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

export async function countNb(state: EstimatorState): Promise<Predictor> {
  const log = await state.numbers('feature_log_prob_');
  const prior = await state.numbers('class_log_prior_');
  const [classes = 0, width = 0] = state.shape('feature_log_prob_');
  const bernoulli = state.className === 'BernoulliNB';
  const threshold = await state.number('binarize', 0);
  if (state.className === 'ComplementNB')
    return probabilities(x => softmaxRows(affine(x, log, classes, classes === 1 ? prior : null)));
  if (!bernoulli) return probabilities(x => softmaxRows(affine(x, log, classes, prior)));
  const weights = log.map(value => value - Math.log1p(-Math.exp(value)));
  const bias = prior.map((value, each) =>
    log.subarray(each * width, (each + 1) * width).reduce((sum, p) => sum + Math.log1p(-Math.exp(p)), value),
  );
  return probabilities(x =>
    softmaxRows(affine({ ...x, data: x.data.map(value => (value > threshold ? 1 : 0)) }, weights, classes, bias)),
  );
}

/** Categories as whole numbers, each with a probability per class. */
export async function categoricalNb(state: EstimatorState): Promise<Predictor> {
  const tables = await state.list('feature_log_prob_');
  const prior = await state.numbers('class_log_prior_');
  const classes = prior.length;
  return probabilities(x => {
    const data = new Float64Array(x.rows * classes);
    for (let row = 0; row < x.rows; row++)
      for (let each = 0; each < classes; each++) {
        let sum = prior[each] ?? 0;
        for (const [index, { values, shape }] of tables.entries()) {
          const category = x.data[row * x.width + index] ?? -1;
          const count = shape[1] ?? 0;
          if (!Number.isInteger(category) || category < 0 || category >= count)
            refuse(`Column ${index + 1} holds a category that the CategoricalNB never saw.`);
          sum += values[each * count + category] ?? 0;
        }
        data[row * classes + each] = sum;
      }
    return softmaxRows({ rows: x.rows, width: classes, data });
  });
}

/** Gaussians with a covariance of their own per class, by its principal axes (sklearn/discriminant_analysis.py). */
export async function quadratic(state: EstimatorState): Promise<Predictor> {
  const scalings = await state.list('scalings_');
  const rotations = await state.list('rotations_');
  const means = await state.numbers('means_');
  const priors = await state.numbers('priors_');
  const classes = priors.length;
  const raw = (x: Matrix): Matrix => {
    const data = new Float64Array(x.rows * classes);
    for (let each = 0; each < classes; each++) {
      const { values: rotation = new Float64Array(), shape = [] } = rotations[each] ?? {};
      const scaling = scalings[each]?.values ?? new Float64Array();
      const axes = shape[1] ?? scaling.length;
      const size = scaling.reduce((sum, value) => sum + Math.log(value), 0);
      for (let row = 0; row < x.rows; row++) {
        let distance = 0;
        for (let axis = 0; axis < axes; axis++) {
          let along = 0;
          for (let index = 0; index < x.width; index++)
            along +=
              ((x.data[row * x.width + index] ?? 0) - (means[each * x.width + index] ?? 0)) *
              (rotation[index * axes + axis] ?? 0);
          distance += along ** 2 / (scaling[axis] ?? 1);
        }
        data[row * classes + each] = -0.5 * (distance + size) + Math.log(priors[each] ?? 0);
      }
    }
    return { rows: x.rows, width: classes, data };
  };
  const decide = (x: Matrix): Matrix => {
    const z = raw(x);
    if (classes !== 2) return z;
    return {
      rows: z.rows,
      width: 1,
      data: Float64Array.from({ length: z.rows }, (_, row) => (z.data[2 * row + 1] ?? 0) - (z.data[2 * row] ?? 0)),
    };
  };
  return probabilities(x => softmaxRows(raw(x)), decide);
}

/** The class shares of the training rows, for every row. */
export async function dummy(state: EstimatorState): Promise<Predictor> {
  const strategy = state.text('strategy');
  if (strategy !== 'prior' && strategy !== 'most_frequent')
    return refuse(`The DummyClassifier in the file answers by "${strategy.slice(0, 40)}", which is not run here.`);
  const prior = await state.numbers('class_prior_');
  const top = prior.indexOf(prior.reduce((a, b) => Math.max(a, b), 0));
  const row = strategy === 'prior' ? prior : prior.map((_, index) => Number(index === top));
  return probabilities(x => ({
    rows: x.rows,
    width: row.length,
    data: Float64Array.from({ length: x.rows * row.length }, (_, at) => row[at % row.length] ?? 0),
  }));
}
