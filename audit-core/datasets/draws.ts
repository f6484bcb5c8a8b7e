import { NumpyGenerator } from './generators/numpy-generator';
import { RandomState } from './generators/numpy-legacy';
import { PythonRandom } from './generators/python-random';
import * as sk from './generators/sklearn';
import { randomSplit, TorchGenerator } from './generators/torch';
import { type Cell, type Grid, height, take, vector } from './grid';
import { asGrid, asItems, bankers, isGrid, type ListValue, numbersOf, ReplayError, type Value } from './replay';

export type Drawable = RandomState | NumpyGenerator | PythonRandom | TorchGenerator;

export function seeded(family: string, seed: number | string): Drawable {
  if (family === 'python') return PythonRandom.seeded(seed);
  if (family === 'numpy') return RandomState.seeded(Number(seed));
  if (family === 'generator') return NumpyGenerator.seeded(Number(seed));
  return TorchGenerator.seeded(Number(seed));
}

const lists = (items: readonly (readonly number[])[]): ListValue => ({
  kind: 'list',
  items: items.map(item => vector(item)),
});
const splits = (found: readonly sk.Split[]): ListValue => ({
  kind: 'list',
  items: found.map(split => lists([split.train, split.test])),
});
const number = (value: Value | undefined): number | null => (typeof value === 'number' ? value : null);
const codes = (value: Value | undefined): sk.Codes => {
  if (value === undefined || value === null)
    throw new ReplayError('A split needs labels or groups that were not followed.');
  return sk.uniqueCodes(asGrid(value).columns[0]!);
};

/** One call of a generator: moves its state on. */
export function draw(
  state: Drawable,
  method: string,
  args: readonly Value[],
  named: Readonly<Record<string, Value>>,
): Value {
  const sizes = { testSize: number(named.test_size), trainSize: number(named.train_size) };
  const rows = (value: Value): number =>
    typeof value === 'number' ? value : isGrid(value) ? height(value) : asItems(value).length;
  const folds = number(named.n_splits) ?? 5;
  const legacy = state as RandomState;
  switch (method) {
    case 'permutation': {
      if (!(state instanceof RandomState || state instanceof NumpyGenerator)) break;
      const of = args[0]!;
      const order = state.permutation(rows(of));
      return typeof of === 'number' ? vector(order) : take(asGrid(of), order);
    }
    case 'shuffle': {
      const of = asGrid(args[0]!);
      const order = Array.from({ length: height(of) }, (_, i) => i);
      if (state instanceof NumpyGenerator && named.list) state.shuffleList(order);
      else if (!(state instanceof TorchGenerator)) state.shuffle(order);
      else break;
      return take(of, order);
    }
    case 'choice': {
      if (!(state instanceof RandomState || state instanceof NumpyGenerator)) break;
      const of = args[0]!;
      const chosen = state.choice(
        rows(of),
        number(named.size) ?? number(args[1]) ?? 1,
        (named.replace ?? args[2] ?? 1) !== 0,
      );
      return typeof of === 'number' ? vector(chosen) : take(asGrid(of), chosen);
    }
    case 'random':
      if (state instanceof TorchGenerator) return vector(Array.from({ length: Number(args[0]) }, () => state.rand()));
      if (state instanceof PythonRandom) return state.random();
      return vector(state.randoms(Number(args[0])));
    case 'sample': {
      if (!(state instanceof PythonRandom)) break;
      return take(asGrid(args[0]!), state.sample(rows(args[0]!), number(named.k) ?? Number(args[1])));
    }
    case 'randperm':
      if (!(state instanceof TorchGenerator)) break;
      return vector(state.randperm(Number(args[0])));
    case 'random_split':
      if (!(state instanceof TorchGenerator)) break;
      return lists(randomSplit(state, rows(args[0]!), numbersOf(args[1]!)));
    case 'pandas.sample': {
      if (!(state instanceof RandomState)) break;
      const n = rows(args[0]!);
      const size = number(named.n) ?? (number(named.frac) === null ? 1 : bankers(number(named.frac)! * n));
      return vector(state.choice(n, size, Boolean(named.replace)));
    }
    case 'train_test_split': {
      const n = rows(args[0]!);
      if (named.shuffle === 0) {
        const { train, test } = sk.splitSizes(n, sizes);
        const order = Array.from({ length: train + test }, (_, i) => i);
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
            ? sk.shuffleSplit(legacy, rows(args[0]!), sizes)
            : method === 'StratifiedShuffleSplit'
              ? sk.stratifiedShuffleSplit(legacy, codes(args[1]), sizes)
              : sk.groupShuffleSplit(legacy, codes(named.groups ?? args[2]), sizes),
        ),
      );
    }
    case 'KFold':
      return splits(sk.kFold(named.shuffle ? legacy : null, rows(args[0]!), folds));
    case 'StratifiedKFold':
      return splits(sk.stratifiedKFold(named.shuffle ? legacy : null, codes(args[1]), folds));
    case 'GroupKFold':
      return splits(sk.groupKFold(named.shuffle ? legacy : null, codes(named.groups ?? args[2]), folds));
    case 'StratifiedGroupKFold':
      return splits(
        sk.stratifiedGroupKFold(named.shuffle ? legacy : null, codes(args[1]), codes(named.groups ?? args[2]), folds),
      );
  }
  throw new ReplayError(`The draw "${method}" is not replayed for this generator.`);
}

export type { Cell, Grid };
