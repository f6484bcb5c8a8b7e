import { isMissing, numbersColumn } from './column';
import { ReplayError } from './errors';
import { NumpyGenerator } from './generators/numpy-generator';
import { RandomState } from './generators/numpy-legacy';
import { PythonRandom } from './generators/python-random';
import * as sk from './generators/sklearn';
import { randomSplit, TorchGenerator } from './generators/torch';
import { column, countUp, vector } from './grid';
import { bankers } from './operations/arithmetic';
import { takeFrom } from './operations/selections';
import { asCells, asGrid, isScalar, type ListValue, lengthOf, listOf, numbersOf, type Value } from './values';

export type Drawable = RandomState | NumpyGenerator | PythonRandom | TorchGenerator;

/** A generator of one of four families by its seed. */
export function seeded(family: string, seed: number | string): Drawable {
  if (family === 'python') return PythonRandom.seeded(seed);
  if (family === 'numpy') return RandomState.seeded(Number(seed));
  if (family === 'generator') return NumpyGenerator.seeded(Number(seed));
  return TorchGenerator.seeded(Number(seed));
}

const places = (found: readonly number[]): Value => vector(numbersColumn(Int32Array.from(found), 'int'));
const lists = (items: readonly (readonly number[])[]): ListValue => listOf(items.map(places));
const splits = (found: readonly sk.Split[]): ListValue => listOf(found.map(split => lists([split.train, split.test])));
const number = (value: Value | undefined): number | null => (typeof value === 'number' ? value : null);

/** Classes or groups of a split as codes; text and numbers as numpy's `unique` sorts them. */
const codes = (value: Value | undefined): sk.Codes => {
  if (value === undefined || value === null)
    throw new ReplayError('A split needs labels or groups that were not followed.');
  const from = asGrid(value);
  if (from.columns.length === 1) {
    const each = column(from, 0);
    return sk.uniqueCodes(each.levels ? asCells(from) : each.data);
  }
  // One-hot or several label columns: told apart by their rows, as scikit-learn does with their text.
  const columns = from.columns.map((_, i) => column(from, i));
  if (columns.some((each, i) => Array.from(each.data, (_, row) => isMissing(columns[i]!, row)).some(Boolean)))
    throw new ReplayError('A split is stratified by columns with missing values.');
  return sk.uniqueCodes(
    Array.from({ length: from.height }, (_, row) =>
      columns.map(each => (each.levels ? each.levels[each.data[row]!] : each.data[row])).join(' '),
    ),
  );
};

const indexes = (value: Value): number => (typeof value === 'number' ? value : lengthOf(value));
const chosenFrom = (of: Value, at: ArrayLike<number>): Value =>
  isScalar(of) ? vector(Float64Array.from(at)) : takeFrom(of, at);

/** One call of a generator: moves its state on. */
export function draw(
  state: Drawable,
  method: string,
  args: readonly Value[],
  named: Readonly<Record<string, Value>>,
): Value {
  const sizes = { testSize: number(named.test_size), trainSize: number(named.train_size) };
  const folds = number(named.n_splits) ?? 5;
  const legacy = state as RandomState;
  const numpy = state instanceof RandomState || state instanceof NumpyGenerator ? state : null;
  switch (method) {
    case 'permutation':
      if (!numpy) break;
      return chosenFrom(args[0]!, numpy.permutation(indexes(args[0]!)));
    case 'shuffle': {
      const of = args[0]!;
      const order = Array.from(countUp(lengthOf(of)));
      if (state instanceof NumpyGenerator && named.list) state.shuffleList(order);
      else if (!(state instanceof TorchGenerator)) state.shuffle(order);
      else break;
      return takeFrom(of, order);
    }
    case 'choice': {
      if (!numpy) break;
      if ((named.p ?? args[3] ?? null) !== null) throw new ReplayError('A weighted choice is not replayed.');
      const size = named.size ?? args[1] ?? null;
      const chosen = numpy.choice(indexes(args[0]!), Number(size ?? 1), (named.replace ?? args[2] ?? 1) !== 0);
      const made = chosenFrom(args[0]!, chosen);
      return size === null ? asCells(made)[0]! : made;
    }
    case 'random': {
      const n = number(args[0]);
      if (state instanceof PythonRandom) return state.random();
      if (state instanceof TorchGenerator) return vector(Float64Array.from({ length: n ?? 1 }, () => state.rand()));
      return n === null ? state.random() : vector(Float64Array.from(state.randoms(n)));
    }
    case 'uniform': {
      if (!numpy) break;
      const [low, high] = [number(args[0] ?? named.low) ?? 0, number(args[1] ?? named.high) ?? 1];
      const n = number(args[2] ?? named.size);
      const scaled = (x: number): number => low + (high - low) * x;
      return n === null ? scaled(numpy.random()) : vector(Float64Array.from(numpy.randoms(n), scaled));
    }
    case 'randint':
    case 'integers': {
      if (!numpy) break;
      const [first, second] = [Number(args[0] ?? named.low), number(args[1] ?? named.high)];
      const [low, high] = second === null ? [0, first] : [first, second];
      const n = number(args[2] ?? named.size);
      const one = (): number => (numpy instanceof RandomState ? numpy.randint(low, high) : numpy.integers(low, high));
      return n === null ? one() : vector(Float64Array.from({ length: n }, one));
    }
    case 'sample': {
      if (!(state instanceof PythonRandom)) break;
      return takeFrom(args[0]!, state.sample(lengthOf(args[0]!), number(named.k) ?? Number(args[1])));
    }
    case 'choices': {
      if (!(state instanceof PythonRandom) || named.weights) break;
      return takeFrom(args[0]!, state.choices(lengthOf(args[0]!), number(named.k) ?? 1));
    }
    case 'randperm':
      if (!(state instanceof TorchGenerator)) break;
      return places(state.randperm(Number(args[0])));
    case 'random_split':
      if (!(state instanceof TorchGenerator)) break;
      return lists(randomSplit(state, indexes(args[0]!), Array.from(numbersOf(args[1]!))));
    case 'pandas.sample': {
      if (!(state instanceof RandomState)) break;
      if ((named.weights ?? null) !== null) throw new ReplayError('A weighted sample is not replayed.');
      const n = indexes(args[0]!);
      const size = number(named.n) ?? (number(named.frac) === null ? 1 : bankers(number(named.frac)! * n));
      return places(state.choice(n, size, Boolean(named.replace)));
    }
    case 'sklearn.shuffle': {
      const order = legacy.shuffle(Array.from(countUp(indexes(args[0]!))));
      return places(order.slice(0, number(named.n_samples) ?? order.length));
    }
    case 'sklearn.resample': {
      if ((named.stratify ?? null) !== null) throw new ReplayError('A stratified resampling is not replayed.');
      const n = indexes(args[0]!);
      const size = number(named.n_samples) ?? n;
      if (named.replace === 0) return places(legacy.shuffle(Array.from(countUp(n))).slice(0, size));
      return places(Array.from({ length: size }, () => legacy.randint(0, n)));
    }
    case 'imblearn.under': {
      // The larger classes, in sorted order, each cut to the size of the smallest.
      const { codes: own, count } = codes(args[1]);
      const places = Array.from({ length: count }, (): number[] => []);
      for (let row = 0; row < own.length; row++) places[own[row]!]!.push(row);
      const least = Math.min(...places.map(each => each.length));
      return vector(
        numbersColumn(
          Int32Array.from(
            places.flatMap(each =>
              each.length === least ? each : Array.from(legacy.choice(each.length, least, false), at => each[at]!),
            ),
          ),
          'int',
        ),
      );
    }
    case 'train_test_split': {
      const n = indexes(args[0]!);
      if (named.shuffle === 0) {
        const { train, test } = sk.splitSizes(n, sizes);
        const order = Array.from(countUp(train + test));
        return lists([order.slice(0, train), order.slice(train)]);
      }
      const split =
        named.stratify === undefined || named.stratify === null
          ? sk.shuffleSplit(legacy, n, sizes, 0.25)
          : sk.stratifiedShuffleSplit(legacy, codes(named.stratify), sizes, 0.25);
      return lists([split.train, split.test]);
    }
    case 'ShuffleSplit':
    case 'StratifiedShuffleSplit':
    case 'GroupShuffleSplit': {
      const count = number(named.n_splits) ?? (method === 'GroupShuffleSplit' ? 5 : 10);
      return splits(
        Array.from({ length: count }, () =>
          method === 'ShuffleSplit'
            ? sk.shuffleSplit(legacy, indexes(args[0]!), sizes)
            : method === 'StratifiedShuffleSplit'
              ? sk.stratifiedShuffleSplit(legacy, codes(args[1]), sizes)
              : sk.groupShuffleSplit(legacy, codes(named.groups ?? args[2]), sizes),
        ),
      );
    }
    case 'KFold':
      return splits(sk.kFold(named.shuffle ? legacy : null, indexes(args[0]!), folds));
    case 'StratifiedKFold':
      return splits(sk.stratifiedKFold(named.shuffle ? legacy : null, codes(args[1]), folds));
    case 'RepeatedKFold':
    case 'RepeatedStratifiedKFold':
      return splits(
        Array.from({ length: number(named.n_repeats) ?? 10 }, () =>
          method === 'RepeatedKFold'
            ? sk.kFold(legacy, indexes(args[0]!), folds)
            : sk.stratifiedKFold(legacy, codes(args[1]), folds),
        ).flat(),
      );
    case 'GroupKFold':
      return splits(sk.groupKFold(named.shuffle ? legacy : null, codes(named.groups ?? args[2]), folds));
    case 'StratifiedGroupKFold':
      return splits(
        sk.stratifiedGroupKFold(named.shuffle ? legacy : null, codes(args[1]), codes(named.groups ?? args[2]), folds),
      );
    case 'LeaveOneGroupOut':
      return splits(sk.leaveOneGroupOut(codes(named.groups ?? args[2])));
    case 'PredefinedSplit':
      return splits(sk.predefinedSplit(Array.from(numbersOf(args[0]!))));
    case 'TimeSeriesSplit':
      return splits(
        sk.timeSeriesSplit(
          indexes(args[0]!),
          folds,
          number(named.test_size),
          number(named.gap) ?? 0,
          number(named.max_train_size),
        ),
      );
  }
  throw new ReplayError(`The draw "${method}" is not replayed for this generator.`);
}
