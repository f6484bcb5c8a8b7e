import { type Column, isMissing, isObject } from '../column';
import { ReplayError } from '../errors';
import { column, vector } from '../grid';
import { asCells, asGrid, isBlock, isGrid, isList, isScalar, type Value } from '../values';
import type { Operations } from './index';

/** The type of a column by numpy's and pandas' name; text is `object`, as before pandas 3. */
function typeOf(each: Column): string {
  if (each.category) return 'category';
  if (isObject(each)) return 'object';
  if (each.type === 'date') return 'datetime64[ns]';
  if (each.type === 'bool') return 'bool';
  if (each.type === 'int' && !each.data.some(Number.isNaN)) return 'int64';
  return 'float64';
}

const kinds: Readonly<Record<string, RegExp>> = {
  numeric: /^(?:int64|float64|bool)$/,
  string: /^object$/,
  object: /^object$/,
  bool: /^bool$/,
  float: /^float64$/,
  integer: /^int64$/,
};

const single = (value: Value): string => {
  if (isBlock(value)) return 'float64';
  const grid = asGrid(value);
  const types = new Set(grid.columns.map(each => typeOf(each.get())));
  const [only] = types;
  if (types.size !== 1 || only === undefined) throw new ReplayError('A step asks for the type of several columns.');
  return only;
};

/** Steps that ask what data are, rather than change them. */
export const types: Operations = {
  dtype: step => single(step.value(0)),
  /** One type a column, by its name. */
  dtypes: step => {
    const grid = step.grid(0);
    const names = vector([...grid.names]);
    return vector(
      grid.columns.map(each => typeOf(each.get())),
      null,
      column(names, 0),
    );
  },
  'type-is': step => {
    const kind = step.text(1);
    const pattern = kinds[kind];
    if (!pattern) throw new ReplayError(`The type "${kind}" is not replayed.`);
    return Number(pattern.test(single(step.value(0))));
  },
  /** `x in items` for one value. */
  'in-list': step => {
    const one = step.value(0);
    if (!isScalar(one)) throw new ReplayError('A whole column is looked up in a list.');
    const all = step.value(1);
    if (isGrid(all) && !all.flat) return Number(all.names.includes(String(one)));
    return Number((isList(all) || isGrid(all) ? asCells(all) : [all]).includes(one));
  },
  /** Whether any cell is missing, of one column or of all. */
  'has-missing': step => {
    const grid = step.grid(0);
    return Number(
      grid.columns.some(each => Array.from(each.get().data.keys()).some(row => isMissing(each.get(), row))),
    );
  },
};
