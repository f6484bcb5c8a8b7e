import type { Matrix } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { type Predictor, probabilities, regression } from './predictor';
import type { EstimatorState } from './state';

/** The distance of a row to a training row at an offset. */
export type Distance = (row: Float64Array, rows: Float64Array, from: number) => number;

/** Minkowski's distances by their power. */
const minkowski =
  (power: number): Distance =>
  (row, rows, from) => {
    let sum = 0;
    for (let index = 0; index < row.length; index++) {
      const difference = Math.abs((row[index] ?? 0) - (rows[from + index] ?? 0));
      sum =
        power === Number.POSITIVE_INFINITY
          ? Math.max(sum, difference)
          : sum + (power === 2 ? difference * difference : difference ** power);
    }
    return power === Number.POSITIVE_INFINITY ? sum : sum ** (1 / power);
  };

/** 1 - cosine of the angle, of the rows themselves or of what is left of them without their means. */
const angle =
  (centred: boolean): Distance =>
  (row, rows, from) => {
    const other = rows.subarray(from, from + row.length);
    const mean = (values: Float64Array): number =>
      centred ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
    const [left, right] = [mean(row), mean(other)];
    let [dot, a, b] = [0, 0, 0];
    for (let index = 0; index < row.length; index++) {
      const [x, y] = [(row[index] ?? 0) - left, (other[index] ?? 0) - right];
      dot += x * y;
      a += x * x;
      b += y * y;
    }
    return 1 - dot / (Math.sqrt(a * b) || 1);
  };

/** A sum over columns of |x - y| by a weight of both (scipy.spatial.distance). */
const canberra: Distance = (row, rows, from) => {
  let sum = 0;
  for (let index = 0; index < row.length; index++) {
    const [x, y] = [row[index] ?? 0, rows[from + index] ?? 0];
    const size = Math.abs(x) + Math.abs(y);
    if (size > 0) sum += Math.abs(x - y) / size;
  }
  return sum;
};
const brayCurtis: Distance = (row, rows, from) => {
  let [over, under] = [0, 0];
  for (let index = 0; index < row.length; index++) {
    const [x, y] = [row[index] ?? 0, rows[from + index] ?? 0];
    over += Math.abs(x - y);
    under += Math.abs(x + y);
  }
  return over / (under || 1);
};
const hamming: Distance = (row, rows, from) => {
  let differing = 0;
  for (let index = 0; index < row.length; index++) if (row[index] !== rows[from + index]) differing++;
  return differing / row.length;
};

async function distanceOf(state: EstimatorState): Promise<Distance> {
  const metric = state.text('effective_metric_') || state.text('metric') || 'euclidean';
  const known: Readonly<Record<string, Distance>> = {
    euclidean: minkowski(2),
    l2: minkowski(2),
    manhattan: minkowski(1),
    cityblock: minkowski(1),
    l1: minkowski(1),
    chebyshev: minkowski(Number.POSITIVE_INFINITY),
    cosine: angle(false),
    correlation: angle(true),
    canberra,
    braycurtis: brayCurtis,
    hamming,
  };
  if (metric === 'minkowski') return minkowski(await state.number('p', 2));
  return Object.hasOwn(known, metric)
    ? (known[metric] ?? minkowski(2))
    : refuse(`The distance "${metric.slice(0, 40)}" is not run here.`);
}

/** The nearest training rows, which the file holds, and their labels or values. */
export async function neighbours(state: EstimatorState): Promise<Predictor> {
  const rows = await state.numbers('_fit_X');
  const [count = 0, width = 0] = state.shape('_fit_X');
  const targets = await state.numbers('_y');
  const radius = state.className.startsWith('Radius') ? await state.number('radius') : null;
  const k = radius === null ? await state.number('n_neighbors') : count;
  const distance = await distanceOf(state);
  const weighted = state.text('weights') === 'distance';
  const classes = state.shape('classes_')[0] ?? 0;
  const isClassifier = state.className.endsWith('Classifier');
  const targetShape = state.shape('_y');
  const outputs = isClassifier ? classes : (targetShape[1] ?? 1);
  const run = (x: Matrix): Matrix => {
    const data = new Float64Array(x.rows * outputs);
    for (let row = 0; row < x.rows; row++) {
      const distances = new Float64Array(count);
      for (let each = 0; each < count; each++) {
        distances[each] = distance(x.data.subarray(row * width, (row + 1) * width), rows, each * width);
      }
      const nearest = Array.from(distances.keys())
        .sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b)
        .slice(0, k)
        .filter(each => radius === null || (distances[each] ?? 0) <= radius);
      if (nearest.length === 0) refuse('A row has no training row within the radius of the model.');
      const exact = weighted && nearest.some(each => distances[each] === 0);
      let total = 0;
      for (const each of nearest) {
        const weight = !weighted ? 1 : exact ? (distances[each] === 0 ? 1 : 0) : 1 / (distances[each] ?? 1);
        total += weight;
        if (isClassifier)
          data[row * outputs + (targets[each] ?? 0)] = (data[row * outputs + (targets[each] ?? 0)] ?? 0) + weight;
        else
          for (let index = 0; index < outputs; index++)
            data[row * outputs + index] =
              (data[row * outputs + index] ?? 0) + weight * (targets[each * outputs + index] ?? 0);
      }
      for (let index = 0; index < outputs; index++)
        data[row * outputs + index] = (data[row * outputs + index] ?? 0) / total;
    }
    return { rows: x.rows, width: outputs, data };
  };
  return isClassifier ? probabilities(run) : regression(run);
}
