import {
  asNumbers,
  type Cell,
  type Column,
  cellAt,
  cellsOf,
  constantColumn,
  isObject,
  Lazy,
  mapCells,
  mapNumbers,
  numbersColumn,
} from '../column';
import { ReplayError } from '../errors';
import { beside, column, type Grid, mapColumns } from '../grid';
import { isOperation, literalOf, type Operation, operation, type Term } from '../recipe';
import { mode, present, statisticOf } from '../statistics';
import { asCells, asGrid, cellOf, closed, type Fitted, isBlock, isFitted, isList, type Value } from '../values';
import { functions } from './arithmetic';
import { pickColumns, textOf } from './columns';
import { bestColumns, polynomial } from './features';
import type { Operations } from './index';
import { learnt } from './learnt';
import { fitted, type Options } from './learnt/matrix';

type Of = (term: Term) => Value;

/** `x → (x − shift) / scale`, column by column. */
function affine(
  data: Grid,
  of: (each: Column) => { shift: number; scale: number; then?: (x: number) => number },
): Fitted {
  const made = data.columns.map(lazy => new Lazy(() => of(lazy.get())));
  return fitted(grid =>
    mapColumns(grid, (each, i) => {
      const known = made[i];
      if (!known) throw new ReplayError('A scaler meets another number of columns than it was fitted on.');
      const { shift, scale, then } = known.get();
      return mapNumbers(each, then ? x => then((x - shift) / scale) : x => (x - shift) / scale);
    }),
  );
}

/** scikit-learn's `_handle_zeros_in_scale`: columns that do not vary keep their scale. */
const orOne = (scale: number): number => (scale < 10 * Number.EPSILON ? 1 : scale);

function standard(each: Column, options: Options): { shift: number; scale: number } {
  const values = present({ ...each, data: asNumbers(each), levels: null });
  const mean = statisticOf(values, 'mean');
  const variance = statisticOf(values, 'population-var');
  const n = values.length;
  // `_is_constant_feature`: no more variance than rounding makes.
  const bound = n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2;
  const scale = variance <= bound ? 1 : Math.sqrt(variance);
  return { shift: options.flag('with_mean', true) ? mean : 0, scale: options.flag('with_std', true) ? scale : 1 };
}

/** Distinct cells in sorted order, missing last (numpy's `unique` with scikit-learn's treatment of missing values). */
export function categoriesOf(each: Column, withMissing: boolean): Cell[] {
  const seen = new Set(cellsOf(each));
  const cells = [...seen].filter(cell => cell !== null);
  cells.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1));
  return withMissing && seen.has(null) ? [...cells, null] : cells;
}

/** The levels of a category in their own order, else the distinct cells in sorted order. */
const levelsOf = (each: Column, withMissing = false): Cell[] =>
  each.category && each.levels
    ? [...each.levels, ...(withMissing && each.data.includes(-1) ? [null] : [])]
    : categoriesOf(each, withMissing);

const dummy = (each: Column, cell: Cell): Column => {
  const data = new Float64Array(each.data.length);
  if (each.levels) {
    const code = cell === null ? -1 : each.levels.indexOf(String(cell));
    if (code >= 0 || cell === null) for (let i = 0; i < data.length; i++) data[i] = Number(each.data[i] === code);
  } else
    for (let i = 0; i < data.length; i++)
      data[i] = Number(cell === null ? Number.isNaN(each.data[i]!) : each.data[i] === cell);
  return numbersColumn(data, 'bool');
};

function oneHot(data: Grid, options: Options, of: (i: number, each: Column) => Cell[]): Fitted {
  const drop = options.get('drop');
  const categories = data.columns.map(
    (_, i) =>
      new Lazy(() => {
        const all = of(i, column(data, i));
        return drop === 'first' || (drop === 'if_binary' && all.length === 2) ? all.slice(1) : all;
      }),
  );
  return fitted(grid => ({
    ...grid,
    flat: false,
    names: grid.names.length
      ? categories.flatMap((lazy, i) =>
          lazy.get().map(cell => `${grid.names[i]}_${textOf(cell ?? 'nan', column(grid, i))}`),
        )
      : [],
    columns: categories.flatMap((lazy, i) => lazy.get().map(cell => new Lazy(() => dummy(column(grid, i), cell)))),
  }));
}

const isEncoded = (each: Column): boolean => isObject(each) || each.category === true;

function dummies(data: Grid, options: Options): Fitted {
  const wanted = options.get('columns');
  const names = wanted === undefined || wanted === null ? null : asCells(wanted).map(String);
  const encoded = data.names.map((name, i) => (names ? names.includes(name) : data.flat || isEncoded(column(data, i))));
  const isSeries = data.flat;
  const skip = options.flag('drop_first', false) ? 1 : 0;
  const prefix = options.get('prefix');
  const prefixes = prefix === undefined || prefix === null ? null : asCells(prefix).map(String);
  const made = data.columns.map(
    (_, i) =>
      new Lazy(() =>
        (encoded[i] ?? isSeries) ? levelsOf(column(data, i), options.flag('dummy_na', false)).slice(skip) : [],
      ),
  );
  // The columns that are asked for come in the order in which they are asked for.
  const order = names
    ? names.map(name => data.names.indexOf(name))
    : data.columns.flatMap((_, i) => ((encoded[i] ?? isSeries) ? [i] : []));
  if (order.includes(-1)) throw new ReplayError('A column that is to be encoded is not there.');
  return fitted(grid => {
    const kept = grid.columns.flatMap((lazy, i) =>
      (encoded[i] ?? isSeries) ? [] : [{ name: grid.names[i] ?? '', lazy }],
    );
    const added = order.flatMap((i, nth) => {
      const lazy = grid.columns[i]!;
      const name = grid.names[i] ?? '';
      const front = prefixes ? (prefixes[prefixes.length === 1 ? 0 : nth] ?? name) : isSeries ? null : name;
      return made[i]!.get().map(cell => {
        const text = textOf(cell ?? 'nan', column(data, i));
        return { name: front === null ? text : `${front}_${text}`, lazy: new Lazy(() => dummy(lazy.get(), cell)) };
      });
    });
    const all = [...kept, ...added];
    return { ...grid, flat: false, names: all.map(each => each.name), columns: all.map(each => each.lazy) };
  });
}

function codes(data: Grid, of: (each: Column, i: number) => Cell[], unknown: number | null): Fitted {
  const tables = data.columns.map(
    (_, i) => new Lazy(() => new Map(of(column(data, i), i).map((cell, place) => [cell, place] as const))),
  );
  return fitted(grid =>
    mapColumns(grid, (each, i) => {
      const table = tables[i]?.get();
      if (!table) throw new ReplayError('An encoder meets another number of columns than it was fitted on.');
      return {
        ...mapCells(each, cell => table.get(cell) ?? (cell === null && unknown === null ? null : unknown)),
        type: 'int',
      };
    }),
  );
}

function impute(data: Grid, options: Options): Fitted {
  const strategy = String(options.get('strategy') ?? 'mean');
  const fill = data.columns.map(
    lazy =>
      new Lazy((): Cell => {
        const each = lazy.get();
        if (strategy === 'constant') return cellOf(options.get('fill_value') ?? (each.levels ? 'missing_value' : 0));
        if (strategy === 'most_frequent') return mode(each);
        if (strategy !== 'mean' && strategy !== 'median')
          throw new ReplayError(`The imputation by "${strategy}" is not replayed.`);
        return statisticOf(present({ ...each, data: asNumbers(each), levels: null }), strategy);
      }),
  );
  const flagged = options.flag('add_indicator', false)
    ? data.columns.flatMap((lazy, i) => (cellsOf(lazy.get()).includes(null) ? [i] : []))
    : [];
  return fitted(grid => {
    const filled = mapColumns(grid, (each, i) => {
      const cell = fill[i]?.get() ?? null;
      if (!each.levels && typeof cell === 'number')
        return { ...each, data: Float64Array.from(each.data, x => (Number.isNaN(x) ? cell : x)) };
      return mapCells(each, old => old ?? cell);
    });
    if (flagged.length === 0) return filled;
    const flags: Grid = {
      ...grid,
      flat: false,
      names: [],
      columns: flagged.map(i => new Lazy(() => mapNumbers(column(grid, i), x => Number(Number.isNaN(x))))),
    };
    return beside([{ ...filled, names: [] }, flags]);
  });
}

/** Fits one transformer. Definitions as in scikit-learn 1.x and pandas. */
function fitOn(named: Term, given: Value, of: Of, target: () => Value = () => null): Fitted {
  const spec = typeof literalOf(named) === 'string' ? operation('transformer', [named]) : named;
  if (!isOperation(spec) || spec.op !== 'transformer') throw new ReplayError('A transformer was not followed.');
  const type = String(literalOf(spec.args[0]));
  const options: Options = {
    get: name => (spec.named[name] ? of(spec.named[name]) : undefined),
    flag: (name, otherwise) => (spec.named[name] ? Boolean(of(spec.named[name])) : otherwise),
  };
  const data = asGrid(given);
  const numbers = (each: Column): Float64Array => present({ ...each, data: asNumbers(each), levels: null });
  switch (type) {
    case 'StandardScaler':
      return affine(data, each => standard(each, options));
    case 'MinMaxScaler': {
      const range = options.get('feature_range');
      const [low, high] = range === undefined ? [0, 1] : (asCells(range).map(Number) as [number, number]);
      const clip = options.flag('clip', false);
      return affine(data, each => {
        const min = statisticOf(numbers(each), 'min');
        const scale = orOne(statisticOf(numbers(each), 'max') - min);
        return {
          shift: min,
          scale,
          then: x => {
            const y = x * (high - low) + low;
            return clip ? Math.min(high, Math.max(low, y)) : y;
          },
        };
      });
    }
    case 'MaxAbsScaler':
      return affine(data, each => ({ shift: 0, scale: orOne(statisticOf(numbers(each).map(Math.abs), 'max')) }));
    case 'RobustScaler': {
      const range = options.get('quantile_range');
      const [low, high] = range === undefined ? [25, 75] : (asCells(range).map(Number) as [number, number]);
      return affine(data, each => {
        const values = numbers(each);
        const width = statisticOf(values, 'quantile', high / 100) - statisticOf(values, 'quantile', low / 100);
        return {
          shift: options.flag('with_centering', true) ? statisticOf(values, 'median') : 0,
          scale: options.flag('with_scaling', true) ? orOne(width) : 1,
        };
      });
    }
    case 'Normalizer': {
      const norm = String(options.get('norm') ?? 'l2');
      return fitted(grid => {
        const all = grid.columns.map(lazy => asNumbers(lazy.get()));
        const length = Float64Array.from({ length: grid.height }, (_, row) => {
          const values = all.map(each => Math.abs(each[row]!));
          return norm === 'l1'
            ? values.reduce((a, b) => a + b, 0)
            : norm === 'max'
              ? Math.max(...values)
              : Math.sqrt(values.reduce((a, b) => a + b * b, 0));
        });
        return mapColumns(grid, each =>
          numbersColumn(Float64Array.from(asNumbers(each), (x, row) => x / (length[row]! || 1))),
        );
      });
    }
    case 'SimpleImputer':
      return impute(data, options);
    case 'OneHotEncoder':
      return oneHot(data, options, (i, each) => {
        const listed = options.get('categories');
        return isList(listed) ? asCells(listed.items[i] ?? null) : categoriesOf(each, true);
      });
    case 'LabelBinarizer': {
      const all = categoriesOf(column(data, 0), false);
      return fitted(grid => ({
        ...grid,
        flat: false,
        names: [],
        columns: (all.length === 2 ? all.slice(1) : all).map(cell => new Lazy(() => dummy(column(grid, 0), cell))),
      }));
    }
    case 'GetDummies':
      return dummies(data, options);
    case 'LabelEncoder':
      return codes(data, each => categoriesOf(each, true), null);
    case 'OrdinalEncoder': {
      const listed = options.get('categories');
      const unknown = options.get('unknown_value');
      return codes(
        data,
        (each, i) => (isList(listed) ? asCells(listed.items[i] ?? null) : categoriesOf(each, false)),
        typeof unknown === 'number' ? unknown : null,
      );
    }
    case 'Factorize':
      return codes(data, each => [...new Set(cellsOf(each))].filter(cell => cell !== null), -1);
    case 'Codes':
      return codes(data, each => levelsOf(each), -1);
    case 'FunctionTransformer': {
      const name = options.get('func');
      const change = name === undefined ? (x: number): number => x : functions[String(name)];
      if (!change) throw new ReplayError(`The function "${String(name)}" is not replayed.`);
      return fitted(grid => mapColumns(grid, each => (name === undefined ? each : mapNumbers(each, change))));
    }
    case 'VarianceThreshold': {
      const threshold = Number(options.get('threshold') ?? 0);
      const keep = data.columns.map(lazy => statisticOf(numbers(lazy.get()), 'population-var') > threshold);
      return fitted(grid => ({
        ...grid,
        names: grid.names.filter((_, i) => keep[i]),
        columns: grid.columns.filter((_, i) => keep[i]),
      }));
    }
    case 'Binarizer': {
      const threshold = Number(options.get('threshold') ?? 0);
      return fitted(grid => mapColumns(grid, each => mapNumbers(each, x => Number(x > threshold))));
    }
    case 'PolynomialFeatures':
      return polynomial(data, {
        degree: options.get('degree') ?? 2,
        interaction: options.flag('interaction_only', false),
        bias: options.flag('include_bias', true),
      });
    case 'SelectKBest':
      return bestColumns(data, target(), String(options.get('score_func') ?? 'f_classif'), options.get('k') ?? 10);
    case 'Pipeline':
      return chain(spec.args.slice(1), data, of, target);
    case 'ColumnTransformer':
      return byColumns(spec, data, of);
    case 'FeatureUnion': {
      const parts = spec.args.slice(1).map(part => fitOn(part, data, of, target));
      return fitted(grid => beside(parts.map(part => ({ ...part.apply(grid), names: [] }))));
    }
    default: {
      const learn = learnt[type];
      if (!learn) throw new ReplayError(`The transformer ${type} is not replayed.`);
      return learn(data, options);
    }
  }
}

function chain(specs: readonly Term[], data: Grid, of: Of, target: () => Value): Fitted {
  const steps: Fitted[] = [];
  let grid = data;
  for (const spec of specs) {
    const made = fitOn(spec, grid, of, target);
    grid = made.apply(grid);
    steps.push(made);
  }
  return fitted(given => steps.reduce((data, each) => each.apply(data), given));
}

function byColumns(spec: Operation, data: Grid, of: Of): Fitted {
  const taken = new Set<number>();
  const placesOf = (wanted: Value): { places: number[]; flat: boolean } => {
    const cells = asCells(wanted);
    const places = cells.map(cell =>
      typeof cell === 'number' ? (cell < 0 ? cell + data.columns.length : cell) : data.names.indexOf(cell ?? ''),
    );
    if (places.some(at => at < 0 || at >= data.columns.length))
      throw new ReplayError('A column transformer names a column that the data do not have.');
    return { places, flat: typeof wanted === 'string' };
  };
  const pick = (grid: Grid, places: readonly number[], flat: boolean): Grid => ({
    ...grid,
    flat,
    names: grid.names.length ? places.map(at => grid.names[at]!) : [],
    columns: places.map(at => grid.columns[at]!),
  });
  const steps = spec.args.slice(1).map(part => {
    if (!('items' in part)) throw new ReplayError('A column transformer was not followed.');
    const { places, flat } = placesOf(of(part.items[0]!));
    for (const at of places) taken.add(at);
    const how = part.items[1]!;
    const word = literalOf(how);
    const made =
      word === 'drop' ? null : word === 'passthrough' ? fitted(grid => grid) : fitOn(how, pick(data, places, flat), of);
    return { places, flat, made };
  });
  const rest = spec.named.remainder;
  const left = data.columns.flatMap((_, i) => (taken.has(i) ? [] : [i]));
  const remainder =
    rest && literalOf(rest) !== 'drop'
      ? literalOf(rest) === 'passthrough'
        ? fitted(grid => grid)
        : fitOn(rest, pick(data, left, false), of)
      : null;
  return fitted(grid =>
    beside([
      ...steps.flatMap(({ places, flat, made }) =>
        made && places.length > 0 ? [made.apply(pick(grid, places, flat))] : [],
      ),
      ...(remainder && left.length > 0 ? [remainder.apply(pick(grid, left, false))] : []),
    ]),
  );
}

/** Whether a transformer is of a class, or has one of it inside. */
function holds(spec: Term, type: string): boolean {
  if ('items' in spec) return spec.items.some(item => holds(item, type));
  return isOperation(spec) ? spec.args.some(part => holds(part, type)) : literalOf(spec) === type;
}

/** Steps that learn from rows, and apply what was learnt. */
export const encoders: Operations = {
  fit: step => {
    if (holds(step.term.args[0]!, 'PCA'))
      step.store.note('The signs of the components of PCA are those of scikit-learn 1.5 and later.');
    return fitOn(step.term.args[0]!, closed(step.value(1)), step.of, () => (step.has(2) ? step.value(2) : null));
  },
  transform: step => {
    const made = step.value(0);
    if (!isFitted(made)) throw new ReplayError('A transformer was not fitted.');
    const data = step.value(1);
    if (isBlock(data)) throw new ReplayError('A scaler is applied to an array of more than two dimensions.');
    return made.apply(asGrid(data));
  },
  levels: step => {
    const grid = step.grid(0);
    return { kind: 'list', items: categoriesOf(column(grid, 0), false) };
  },
  constant: step => ({
    ...step.grid(0),
    flat: true,
    names: [],
    columns: [Lazy.of(constantColumn(cellOf(step.value(1)), step.grid(0).height))],
  }),
  pick: step => pickColumns(step.grid(0), step.value(1)),
  'cell-at': step => cellAt(column(step.grid(0), 0), step.number(1)),
};
