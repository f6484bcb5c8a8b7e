import { tailPoint } from '../../../accounting/gaussian';
import { Lazy } from '../../column';
import { ReplayError } from '../../errors';
import type { Grid } from '../../grid';
import { sortedQuantile } from '../../statistics';
import type { Fitted } from '../../values';
import { fitted, numbersOf, type Options, sameWidth, withNumbers } from './matrix';

/** The point below which a standard normal variable lies with this probability. */
const inverseNormal = (share: number): number => (share < 0.5 ? -tailPoint(share) : tailPoint(1 - share));

const present = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).filter(x => !Number.isNaN(x));
const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;

/** One function a column, learnt from it. */
function perColumn(data: Grid, what: string, learn: (values: Float64Array) => (x: number) => number): Fitted {
  const made = numbersOf(data).map(each => new Lazy(() => learn(present(each))));
  return fitted(grid => {
    sameWidth(grid, made.length, what);
    return withNumbers(
      grid,
      made.map((each, i) => new Lazy(() => Float64Array.from(numbersOf(grid)[i]!, each.get()))),
    );
  });
}

/** `(e^{tL} − 1) / t` and its derivative by t: the power transforms of both families in the logarithm L. */
const power = (log: number, t: number): number => (Math.abs(t) < 1e-12 ? log : Math.expm1(t * log) / t);
const slope = (log: number, t: number): number =>
  Math.abs(t * log) < 1e-4
    ? log * log * (1 / 2 + (t * log) / 3 + (t * log) ** 2 / 8)
    : (Math.exp(t * log) * log - power(log, t)) / t;

/** Yeo and Johnson (2000) and Box and Cox (1964), by the exponent. */
const families = {
  'yeo-johnson': {
    at: (x: number, lambda: number): number =>
      x >= 0 ? power(Math.log1p(x), lambda) : -power(Math.log1p(-x), 2 - lambda),
    slope: (x: number, lambda: number): number =>
      x >= 0 ? slope(Math.log1p(x), lambda) : slope(Math.log1p(-x), 2 - lambda),
    jacobian: (x: number): number => Math.sign(x) * Math.log1p(Math.abs(x)),
  },
  'box-cox': {
    at: (x: number, lambda: number): number => power(Math.log(x), lambda),
    slope: (x: number, lambda: number): number => slope(Math.log(x), lambda),
    jacobian: (x: number): number => Math.log(x),
  },
} as const;
type Family = (typeof families)[keyof typeof families];

/** scikit-learn's `PowerTransformer`: the exponent of greatest likelihood, then mean 0 and variance 1. */
export function powerTransform(data: Grid, options: Options): Fitted {
  const method = String(options.get('method') ?? 'yeo-johnson');
  if (method !== 'yeo-johnson' && method !== 'box-cox') throw new ReplayError('A power transform is not replayed.');
  const family = families[method];
  return perColumn(data, 'A power transform', values => {
    if (method === 'box-cox' && values.some(x => x <= 0))
      throw new ReplayError('A Box-Cox transform meets a value that is not positive.');
    const centre = mean(values);
    const variance = mean(values.map(x => (x - centre) ** 2));
    const isConstant =
      variance <= values.length * Number.EPSILON * variance + (values.length * centre * Number.EPSILON) ** 2;
    const lambda = isConstant ? 1 : exponent(values, family);
    const made = values.map(x => family.at(x, lambda));
    if (!options.flag('standardize', true)) return x => (Number.isNaN(x) ? x : family.at(x, lambda));
    const [shift, scale] = [mean(made), Math.sqrt(mean(made.map(y => (y - mean(made)) ** 2))) || 1];
    return x => (Number.isNaN(x) ? x : (family.at(x, lambda) - shift) / scale);
  });
}

/** Where the derivative of the profile likelihood vanishes; scipy's search for the maximum ends within 1e-7 of it. */
function exponent(values: Float64Array, family: Family): number {
  const jacobian = values.reduce((total, x) => total + family.jacobian(x), 0);
  const rising = (lambda: number): number => {
    const y = values.map(x => family.at(x, lambda));
    const centre = mean(y);
    let [cross, square] = [0, 0];
    for (let i = 0; i < y.length; i++) {
      cross += (y[i]! - centre) * family.slope(values[i]!, lambda);
      square += (y[i]! - centre) ** 2;
    }
    return jacobian - (values.length * cross) / square;
  };
  let [low, high] = [-2, 2];
  while (rising(low) < 0 && low > -64) low *= 2;
  while (rising(high) > 0 && high < 64) high *= 2;
  if (!(rising(low) >= 0 && rising(high) <= 0))
    throw new ReplayError('The exponent of a power transform is not certain.');
  for (let turn = 0; turn < 80 && high - low > 1e-13; turn++) {
    const middle = (low + high) / 2;
    if (rising(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** scikit-learn's `QuantileTransformer` on no more rows than it takes without drawing a sample. */
export function quantileTransform(data: Grid, options: Options): Fitted {
  const sample = options.get('subsample');
  const most = sample === undefined ? 10_000 : sample === null ? Infinity : Number(sample);
  if (data.height > most)
    throw new ReplayError(`A quantile transform of a sample of its ${data.height} rows is not replayed.`);
  const normal = String(options.get('output_distribution') ?? 'uniform') === 'normal';
  const count = Math.max(1, Math.min(Number(options.get('n_quantiles') ?? 1000), data.height));
  // As numpy's `linspace` and `percentile` compute them: a last bit decides whether an edge is a value of the data.
  const step = 1 / (count - 1);
  const shares = Float64Array.from({ length: count }, (_, i) => (count === 1 ? 0 : i === count - 1 ? 1 : i * step));
  return perColumn(data, 'A quantile transform', values => {
    const sorted = values.sort();
    const edges = shares.map(share => sortedQuantile(sorted, (share * 100) / 100));
    const [first, last] = [edges[0]!, edges.at(-1)!];
    const back = edges.map(x => -x).reverse();
    const backShares = shares.map(x => -x).reverse();
    return x => {
      if (Number.isNaN(x)) return x;
      const slack = normal ? 1e-7 : 0;
      let y = 0.5 * (interpolate(x, edges, shares) - interpolate(-x, back, backShares));
      if (normal ? x + slack > last : x === last) y = 1;
      if (normal ? x - slack < first : x === first) y = 0;
      if (!normal) return y;
      const outermost = 1e-7 - 2 ** -52;
      return inverseNormal(Math.min(1 - outermost, Math.max(outermost, y)));
    };
  });
}

/** numpy's `interp`: between equal places the last one counts. */
function interpolate(x: number, places: Float64Array, values: Float64Array): number {
  const n = places.length;
  if (x >= places[n - 1]!) return values[n - 1]!;
  if (x < places[0]!) return values[0]!;
  let [low, high] = [0, n - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (places[middle]! <= x) low = middle;
    else high = middle;
  }
  const [a, b] = [places[low]!, places[high]!];
  return values[low]! + ((values[high]! - values[low]!) / (b - a)) * (x - a);
}

/** scikit-learn's `KBinsDiscretizer` with bins of equal width; by quantiles its edges differ between versions. */
export function equalBins(data: Grid, options: Options): Fitted {
  if (String(options.get('strategy') ?? 'quantile') !== 'uniform')
    throw new ReplayError('Bins by quantiles or clusters (KBinsDiscretizer) are not replayed; strategy="uniform" is.');
  const bins = Number(options.get('n_bins') ?? 5);
  const oneHot = !['ordinal'].includes(String(options.get('encode') ?? 'onehot'));
  const codes = perColumn(data, 'A discretizer', values => {
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    if (low === high) return () => 0;
    const step = (high - low) / bins;
    const edges = Array.from({ length: bins - 1 }, (_, i) => low + (i + 1) * step);
    return x => edges.filter(edge => x >= edge).length;
  });
  return oneHot
    ? fitted(grid => {
        const made = codes.apply(grid);
        const single = numbersOf(data).map(each => new Set(Array.from(each)).size === 1);
        return withNumbers(
          grid,
          made.columns.flatMap((lazy, i) =>
            Array.from(
              { length: single[i] ? 1 : bins },
              (_, bin) => new Lazy(() => Float64Array.from(lazy.get().data, code => Number(code === bin))),
            ),
          ),
        );
      })
    : codes;
}
