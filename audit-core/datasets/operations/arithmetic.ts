import { asNumbers, type Cell, type Column, cellAt, constantColumn, Lazy, numbersColumn } from '../column';
import { parseDate } from '../dates';
import { ReplayError } from '../errors';
import { type Block, column, type Grid, stride } from '../grid';
import { asGrid, isBlock, isGrid, isList, isScalar, listOf, type Value } from '../values';
import { aligned } from './columns';
import type { Operations } from './index';

const numeric: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
  '**': (a, b) => a ** b,
  minimum: Math.min,
  maximum: Math.max,
};
const logical: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};
const bits: Readonly<Record<string, (a: number, b: number) => number>> = {
  '&': (a, b) => Number(a !== 0 && !Number.isNaN(a) && b !== 0 && !Number.isNaN(b)),
  '|': (a, b) => Number((a !== 0 && !Number.isNaN(a)) || (b !== 0 && !Number.isNaN(b))),
  '^': (a, b) => Number((a !== 0) !== (b !== 0)),
};

/** Functions of one number by numpy's names. */
export const functions: Readonly<Record<string, (x: number) => number>> = {
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  exp: Math.exp,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  square: x => x * x,
  abs: Math.abs,
  absolute: Math.abs,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  floor: Math.floor,
  ceil: Math.ceil,
  round: bankers,
  rint: bankers,
  trunc: Math.trunc,
  int: Math.trunc,
  float: x => x,
  nan_to_num: x => (Number.isNaN(x) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, x))),
};

/** Half to even, as Python and numpy round. */
export function bankers(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** Rounding to decimals as numpy does it: scaled, half to even, scaled back. */
const rounded = (x: number, decimals: number): number => bankers(x * 10 ** decimals) / 10 ** decimals;

function scalar(operator: string, a: Cell, b: Cell): Value {
  const compare = logical[operator];
  if (compare) {
    if (operator === '==' || operator === '!=') return Number((a === b) === (operator === '=='));
    if (typeof a === 'string' && typeof b === 'string')
      return Number(operator === '<' ? a < b : operator === '<=' ? a <= b : operator === '>' ? a > b : a >= b);
    return Number(a !== null && b !== null && compare(Number(a), Number(b)));
  }
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  const change = numeric[operator] ?? bits[operator];
  if (!change) throw new ReplayError(`The operator "${operator}" is not replayed.`);
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null)
    throw new ReplayError(`The operator "${operator}" meets text.`);
  return change(a, b);
}

/** Text beside dates is read as dates, as pandas does. */
function datesBeside(each: Column, other: Column): Column {
  if (!each.levels || other.type !== 'date') return each;
  const values = each.levels.map(parseDate);
  if (values.some(Number.isNaN))
    throw new ReplayError('A date is not in the form year-month-day; such dates are not replayed.');
  const data = Float64Array.from(each.data, code => (code < 0 ? Number.NaN : values[code]!));
  return { type: 'date', levels: null, data };
}

/** Two columns of equal length, or one of length 1. */
function pair(operator: string, left: Column, right: Column): Column {
  const [a, b] = [datesBeside(left, right), datesBeside(right, left)];
  const n = Math.max(a.data.length, b.data.length);
  const [sa, sb] = [a.data.length === 1 ? 0 : 1, b.data.length === 1 ? 0 : 1];
  if ((sa && a.data.length !== n) || (sb && b.data.length !== n))
    throw new ReplayError('Two arrays of other lengths meet.');
  const out = new Float64Array(n);
  const compare = logical[operator];
  if (a.levels || b.levels) {
    if (operator === '+') {
      const cells = Array.from(out, (_, i) => {
        const [x, y] = [cellAt(a, i * sa), cellAt(b, i * sb)];
        return x === null || y === null ? null : `${String(x)}${String(y)}`;
      });
      return column(asGrid(listOf(cells)), 0);
    }
    if (!compare) throw new ReplayError(`The operator "${operator}" meets text.`);
    for (let i = 0; i < n; i++) {
      const [x, y] = [cellAt(a, i * sa), cellAt(b, i * sb)];
      out[i] = x === null || y === null ? Number(operator === '!=') : (scalar(operator, x, y) as number);
    }
    return numbersColumn(out, 'bool');
  }
  const [x, y] = [a.data, b.data];
  if (compare) {
    for (let i = 0; i < n; i++) out[i] = Number(compare(x[i * sa]!, y[i * sb]!));
    return numbersColumn(out, 'bool');
  }
  const change = numeric[operator] ?? bits[operator];
  if (!change) throw new ReplayError(`The operator "${operator}" is not replayed.`);
  for (let i = 0; i < n; i++) out[i] = change(x[i * sa]!, y[i * sb]!);
  const whole = bits[operator] ? 'bool' : operator !== '/' && a.type === 'int' && b.type === 'int' ? 'int' : 'float';
  return numbersColumn(out, whole);
}

export function binary(operator: string, a: Value, b: Value): Value {
  if (isScalar(a) && isScalar(b)) return scalar(operator, a, b);
  if (isBlock(a) || isBlock(b)) return blocks(operator, a, b);
  if (operator === '+' && isList(a) && isList(b)) return listOf([...a.items, ...b.items]);
  if (operator === '*' && isList(a) && typeof b === 'number')
    return listOf(Array.from({ length: b }, () => a.items).flat());
  const shape = isGrid(a) && (!isGrid(b) || b.height === 1 || a.columns.length >= b.columns.length) ? a : asGrid(b);
  const other = shape === a ? b : a;
  const part = (from: Value, i: number): Column => {
    if (from === shape) return column(shape, i);
    if (isScalar(from)) return constantColumn(from, 1);
    const grid = asGrid(from);
    // A vector against a table: along the columns when it is as long as the table is wide (numpy), named ones by name (pandas).
    if (!shape.flat && grid.flat && grid.height === shape.columns.length && grid.height !== shape.height)
      return constantColumn(cellAt(column(grid, 0), i), 1);
    if (grid.columns.length === 1)
      return grid.height === 1 || grid.height === shape.height ? sameRows(shape, grid) : aligned(shape, grid);
    const same = grid.columns.length === shape.columns.length && grid.names.every((name, c) => name === shape.names[c]);
    const at = grid.height === 1 && grid.names.length > 0 && !same ? grid.names.indexOf(shape.names[i] ?? '') : i;
    return column(grid, at < 0 ? i : at);
  };
  return {
    ...shape,
    rows: shape.rows ?? (isGrid(other) && other.height === shape.height ? other.rows : null),
    columns: shape.columns.map((_, i) => new Lazy(() => pair(operator, part(a, i), part(b, i)))),
  };
}

const sameRows = (shape: Grid, grid: Grid): Column =>
  grid.height === 1 || !shape.rows || !grid.rows ? column(grid, 0) : aligned(shape, grid);

/** An array of several dimensions with a number, a vector along its last (or, for channels first, second) axis, or one of its own shape. */
function blocks(operator: string, a: Value, b: Value): Value {
  const shape = isBlock(a) ? a : (b as Block);
  const change = numeric[operator] ?? ((x: number, y: number) => Number(scalar(operator, x, y)));
  const width = stride(shape.shape);
  const at = (from: Value): ((data: ArrayLike<number> | null, i: number) => number) => {
    if (isBlock(from)) {
      const own = stride(from.shape);
      const total = from.shape[0]! * own;
      if (total === shape.shape[0]! * width) return (data, i) => data![i]!;
      if (own === width && from.shape[0] === 1) return (data, i) => data![i % width]!;
      throw new ReplayError('Two arrays of other shapes meet.');
    }
    if (isScalar(from)) {
      const number = Number(from);
      return () => number;
    }
    const values = asNumbers(column(asGrid(from), 0));
    if (values.length === shape.shape.at(-1)) return (_, i) => values[i % values.length]!;
    if (values.length === 1) return () => values[0]!;
    throw new ReplayError('Two arrays of other shapes meet.');
  };
  const [left, right] = [at(a), at(b)];
  return {
    ...shape,
    data: new Lazy(() => {
      const [x, y] = [isBlock(a) ? a.data.get() : null, isBlock(b) ? b.data.get() : null];
      const size = shape.shape[0]! * width;
      const out = (x ?? y) instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
      for (let i = 0; i < size; i++) out[i] = change(left(x, i), right(y, i));
      return out;
    }),
  };
}

/** A function of one number on everything inside. */
export function each(value: Value, change: (x: number) => number, type: Column['type'] = 'float'): Value {
  if (isBlock(value)) return { ...value, data: new Lazy(() => value.data.get().map(change)) };
  if (isScalar(value)) return change(Number(value));
  const grid = asGrid(value);
  return {
    ...grid,
    columns: grid.columns.map(
      lazy => new Lazy(() => numbersColumn(Float64Array.from(asNumbers(lazy.get()), change), type)),
    ),
  };
}

const minmax = (value: Value | undefined, otherwise: number): number =>
  value === undefined || value === null ? otherwise : Number(value);

/** Steps on numbers, one by one. */
export const arithmetic: Operations = {
  compare: step => binary(step.text(0), step.value(1), step.value(2)),
  binary: step => binary(step.text(0), step.value(1), step.value(2)),
  not: step => each(step.value(0), x => Number(!x || Number.isNaN(x)), 'bool'),
  negate: step => each(step.value(0), x => -x),
  call: step => {
    const name = step.text(0);
    if ((name === 'round' || name === 'around') && step.has(2)) {
      const decimals = step.number(2);
      return each(step.value(1), x => rounded(x, decimals));
    }
    const change = functions[name === 'around' ? 'round' : name];
    if (!change) throw new ReplayError(`The function "${name}" is not replayed.`);
    return each(step.value(1), change);
  },
  clip: step => {
    const [low, high] = [minmax(step.value(1), -Infinity), minmax(step.value(2), Infinity)];
    return each(step.value(0), x => (Number.isNaN(x) ? x : Math.min(high, Math.max(low, x))));
  },
  where: step => {
    const condition = column(step.grid(0), 0);
    const cells = (value: Value): ((row: number) => Cell) => {
      if (isScalar(value)) return () => value;
      const made = column(asGrid(value), 0);
      return row => cellAt(made, row);
    };
    const [yes, no] = [cells(step.value(1)), cells(step.value(2))];
    const grid = step.grid(0);
    const made = Array.from(condition.data, (flag, row) => (flag ? yes(row) : no(row)));
    return { ...grid, flat: true, names: [], columns: asGrid(listOf(made)).columns };
  },
  reduce: step => {
    // Across the columns of each row.
    const grid = step.grid(0);
    const name = step.text(1);
    const columns = grid.columns.map(lazy => asNumbers(lazy.get()));
    const out = new Float64Array(grid.height);
    for (let row = 0; row < grid.height; row++) {
      const values = columns.map(data => data[row]!).filter(x => !Number.isNaN(x));
      const sum = values.reduce((a, b) => a + b, 0);
      out[row] =
        name === 'sum'
          ? sum
          : name === 'mean'
            ? sum / values.length
            : name === 'max'
              ? Math.max(...values)
              : name === 'min'
                ? Math.min(...values)
                : name === 'any'
                  ? Number(values.some(Boolean))
                  : name === 'all'
                    ? Number(values.every(Boolean))
                    : Number.NaN;
    }
    if (!['sum', 'mean', 'max', 'min', 'any', 'all'].includes(name))
      throw new ReplayError(`The function "${name}" across columns is not replayed.`);
    return { ...grid, flat: true, names: [], columns: [Lazy.of(numbersColumn(out))] };
  },
  argmax: step => {
    const grid = step.grid(0);
    const columns = grid.columns.map(lazy => asNumbers(lazy.get()));
    const out = Float64Array.from({ length: grid.height }, (_, row) => {
      let best = 0;
      for (let c = 1; c < columns.length; c++) if (columns[c]![row]! > columns[best]![row]!) best = c;
      return best;
    });
    return { ...grid, flat: true, names: [], columns: [Lazy.of(numbersColumn(out, 'int'))] };
  },
};
