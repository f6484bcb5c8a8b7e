import {
  asNumbers,
  type Cell,
  type Column,
  cellAt,
  cellsOf,
  constantColumn,
  isMissing,
  isObject,
  Lazy,
  mapCells,
  takeColumn,
} from '../column';
import { ReplayError } from '../errors';
import { setOrder } from '../generators/python-set';
import { column, type Grid, mapColumns, vector } from '../grid';
import { isOperation, literalOf } from '../recipe';
import { columnStatistic } from '../statistics';
import { asCells, asGrid, asItems, closed, isBlock, isGrid, isList, isScalar, lengthOf, type Value } from '../values';
import { asCategory } from './bins';
import type { Operations } from './index';

export function placeOf(grid: Grid, name: string): number {
  const at = grid.names.indexOf(name);
  if (at < 0) throw new ReplayError('The data has no {}.', name);
  return at;
}

export function pickColumns(from: Grid, wanted: Value): Grid {
  const flat = isScalar(wanted);
  const names = flat ? [String(wanted)] : asCells(wanted).map(String);
  const places = names.map(name => placeOf(from, name));
  return { ...from, flat, names, columns: places.map(at => from.columns[at]!) };
}

/** A column laid along the rows of another table, by its labels where the rows are not the same. */
export function aligned(base: Grid, added: Grid): Column {
  const values = column(added, 0);
  // One number of the data, not a row of them.
  if (added.height === 1 && !added.rows && base.height !== 1) return constantColumn(cellAt(values, 0), base.height);
  const same =
    base.rows && added.rows
      ? base.height === added.height && base.rows.every((row, i) => row === added.rows![i])
      : base.height === added.height;
  if (same) return values;
  if (!base.rows || !added.rows) throw new ReplayError('A column has another length than its table.');
  const places = new Map<Cell, number>();
  cellsOf(added.index).forEach((label, i) => {
    if (places.has(label)) throw new ReplayError('A column is laid along rows by labels that repeat.');
    places.set(label, i);
  });
  return takeColumn(
    values,
    cellsOf(base.index).map(label => places.get(label) ?? -1),
  );
}

export const withColumn = (base: Grid, name: string, added: Column): Grid => withLazyColumn(base, name, Lazy.of(added));

function withLazyColumn(base: Grid, name: string, made: Lazy<Column>): Grid {
  const at = base.names.indexOf(name);
  if (at < 0) return { ...base, names: [...base.names, name], columns: [...base.columns, made] };
  return { ...base, columns: base.columns.map((old, i) => (i === at ? made : old)) };
}

const isNumeric = (each: Column): boolean => !each.category && (each.type === 'int' || each.type === 'float');

/** Steps on the columns of a table. */
export const columnSteps: Operations = {
  columns: step => pickColumns(step.grid(0), step.value(1)),
  'column-at': step => {
    const from = step.grid(0);
    const i = step.number(1);
    const at = i < 0 ? i + from.columns.length : i;
    if (!from.columns[at]) throw new ReplayError('A table has fewer columns than a step wants.');
    return { ...from, flat: true, names: from.names.slice(at, at + 1), columns: [from.columns[at]!] };
  },
  'column-slice': step => {
    const from = step.grid(0);
    const bound = (i: number): number | undefined => {
      const value = step.has(i) ? step.value(i) : null;
      return value === null ? undefined : Number(value);
    };
    return {
      ...from,
      flat: false,
      names: from.names.slice(bound(1), bound(2)),
      columns: from.columns.slice(bound(1), bound(2)),
    };
  },
  'columns-at': step => {
    const from = step.grid(0);
    const places = asCells(step.value(1)).map(Number);
    return {
      ...from,
      flat: false,
      names: from.names.length ? places.map(at => from.names.at(at)!) : [],
      columns: places.map(at => {
        const found = from.columns.at(at);
        if (!found) throw new ReplayError('A table has fewer columns than a step wants.');
        return found;
      }),
    };
  },
  'column-labels': step => {
    const from = step.grid(0);
    const [first, last] = [step.text(1), step.text(2)].map(name => placeOf(from, name)) as [number, number];
    return {
      ...from,
      flat: false,
      names: from.names.slice(first, last + 1),
      columns: from.columns.slice(first, last + 1),
    };
  },
  names: step => ({ kind: 'list', items: step.grid(0).names }),
  'drop-columns': step => {
    const gone = new Set(asCells(step.value(1)).map(String));
    const from = step.grid(0);
    if (step.named('errors') !== 'ignore') for (const name of gone) placeOf(from, name);
    return pickColumns(from, { kind: 'list', items: from.names.filter(name => !gone.has(name)) });
  },
  'select-types': step => {
    const from = step.grid(0);
    const fits = (kind: string, each: Column): boolean =>
      /^(?:number|numeric)/.test(kind)
        ? isNumeric(each)
        : kind === 'category'
          ? each.category === true
          : /^(?:object|str|string|O)/.test(kind)
            ? isObject(each) && !each.category
            : /bool/.test(kind)
              ? each.type === 'bool' && !isObject(each)
              : /float/.test(kind)
                ? each.type === 'float'
                : /int/.test(kind)
                  ? each.type === 'int'
                  : /date/.test(kind) && each.type === 'date';
    const kinds = (name: string): string[] => {
      const given = step.named(name);
      return given === undefined || given === null ? [] : asCells(given).map(String);
    };
    const [include, exclude] = [kinds('include'), kinds('exclude')];
    const names = from.names.filter((_, i) => {
      const each = column(from, i);
      return (
        (include.length === 0 || include.some(kind => fits(kind, each))) && !exclude.some(kind => fits(kind, each))
      );
    });
    return pickColumns(from, { kind: 'list', items: names });
  },
  set: step => {
    const base = step.grid(0);
    const names = asCells(step.value(1)).map(String);
    const given = step.term.args[2]!;
    if (isOperation(given) && given.op === 'lost') {
      // A column that was not followed matters only where it is used.
      const call = String(literalOf(given.args[0]));
      const broken = new Lazy<Column>(() => {
        throw new ReplayError(`The {} is made by ${call}, which is not followed.`, names[0] ?? null);
      });
      return names.reduce((grid, name) => withLazyColumn(grid, name, broken), base);
    }
    const added = step.value(2);
    if (isScalar(added))
      return names.reduce((grid, name) => withColumn(grid, name, constantColumn(added, base.height)), base);
    const grid = asGrid(added);
    if (names.length === 1) return withColumn(base, names[0]!, aligned(base, grid));
    if (grid.columns.length !== names.length) throw new ReplayError('Columns are set with another number of columns.');
    return names.reduce(
      (made, name, i) => withColumn(made, name, aligned(base, { ...grid, columns: [grid.columns[i]!] })),
      base,
    );
  },
  'set-where': step => {
    // Cells of one column replaced where a condition holds.
    const base = step.grid(0);
    const mask = aligned(base, step.grid(1));
    const name = step.text(2);
    const old = base.names.includes(name) ? column(base, placeOf(base, name)) : constantColumn(null, base.height);
    const given = step.value(3);
    const other = isScalar(given) ? null : aligned(base, asGrid(given));
    const value = (row: number): Cell => (other ? cellAt(other, row) : (given as Cell));
    const cells = cellsOf(old).map((cell, row) => (mask.data[row] ? value(row) : cell));
    return withColumn(base, name, column(vector(cells), 0));
  },
  rename: step => {
    const from = step.grid(0);
    const keys = asCells(step.value(1)).map(String);
    const to = asCells(step.value(2)).map(String);
    return { ...from, names: from.names.map(name => (keys.includes(name) ? to[keys.indexOf(name)]! : name)) };
  },
  'rename-all': step => {
    const from = step.grid(0);
    const names = asCells(step.value(1)).map(String);
    if (names.length !== from.columns.length) throw new ReplayError('A table is given another number of column names.');
    return { ...from, names };
  },
  frame: step => {
    const from = step.grid(0);
    const names = step.has(1)
      ? asCells(step.value(1)).map(String)
      : from.names.length
        ? from.names
        : from.columns.map((_, i) => String(i));
    if (names.length !== from.columns.length) throw new ReplayError('A table is given another number of column names.');
    return { ...from, flat: false, names };
  },
  array: step => {
    const from = step.value(0);
    if (isBlock(from) || isScalar(from)) return from;
    if (isList(from) && from.items.length > 0 && from.items.every(item => isGrid(item) || isBlock(item))) return from;
    const grid = asGrid(from);
    return { ...grid, index: vector(Float64Array.from({ length: grid.height }, (_, i) => i)).columns[0]!.get() };
  },
  index: step => vector(step.grid(0).index, step.grid(0).rows),
  length: step => lengthOf(step.value(0)),
  width: step => {
    const from = step.value(0);
    return isBlock(from) ? from.shape[1]! : asGrid(from).columns.length;
  },
  'shape-at': step => {
    const from = step.value(0);
    const at = step.number(1);
    const shape = isBlock(from)
      ? from.shape
      : asGrid(from).flat
        ? [lengthOf(from)]
        : [lengthOf(from), asGrid(from).columns.length];
    const found = shape.at(at);
    if (found === undefined) throw new ReplayError('An array has fewer dimensions than a step wants.');
    return found;
  },
  unique: step => vector([...new Set(asCells(step.value(0)))]),
  'set-order': step => {
    const cells = asCells(step.value(0));
    if (cells.some(cell => typeof cell === 'string'))
      throw new ReplayError('A set of texts has another order in every run of Python (sort it in the script).');
    return vector(setOrder(cells.map(Number)));
  },
  'unique-sorted': step =>
    vector(
      [...new Set(asCells(step.value(0)))].sort((a, b) =>
        typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
      ),
    ),
  isin: step => {
    const wanted = new Set(asItems(step.value(1)) as Cell[]);
    return mapColumns(step.grid(0), each => ({ ...mapCells(each, cell => Number(wanted.has(cell))), type: 'bool' }));
  },
  isna: step => mapColumns(step.grid(0), each => flags(each, row => isMissing(each, row))),
  notna: step => mapColumns(step.grid(0), each => flags(each, row => !isMissing(each, row))),
  map: step => {
    const keys = asCells(step.value(1));
    const to = asCells(step.value(2));
    const table = new Map(keys.map((key, i) => [key, to[i]!]));
    const keep = step.named('keep') === 1;
    return mapColumns(step.grid(0), each =>
      mapCells(each, cell => (table.has(cell) ? table.get(cell)! : keep ? cell : null)),
    );
  },
  cast: step => {
    const from = step.value(0);
    if (isBlock(from) || isScalar(from)) return from;
    const type = step.text(1);
    return mapColumns(asGrid(from), each => cast(each, type));
  },
  fillna: step => {
    const from = step.grid(0);
    const fill = step.value(1);
    const by = (i: number): Cell => {
      if (isScalar(fill)) return fill;
      const grid = asGrid(fill);
      if (grid.names.length === 0) return cellAt(column(grid, 0), 0);
      const at = grid.names.indexOf(from.names[i] ?? '');
      return at < 0 ? null : cellAt(column(grid, at), 0);
    };
    const along = isGrid(fill) && fill.height === from.height && fill.height > 1 ? fill : null;
    return mapColumns(from, (each, i) => {
      if (along) {
        const other = column(along, 0);
        return column(vector(cellsOf(each).map((cell, row) => cell ?? cellAt(other, row))), 0);
      }
      const filler = by(i);
      if (filler === null) return each;
      if (!each.levels && typeof filler === 'number') {
        const data = Float64Array.from(each.data, x => (Number.isNaN(x) ? filler : x));
        return { type: each.type, levels: null, data };
      }
      return mapCells(each, cell => cell ?? filler);
    });
  },
  'fillna-by': step => {
    // Filled from a mapping of column names.
    const from = step.grid(0);
    const names = asCells(step.value(1)).map(String);
    const fill = asCells(step.value(2));
    return mapColumns(from, (each, i) => {
      const at = names.indexOf(from.names[i] ?? '');
      return at < 0 ? each : mapCells(each, cell => cell ?? fill[at]!);
    });
  },
  statistic: step => columnStatistic(closed(step.grid(0)), step.text(1), step.has(2) ? step.number(2) : null),
};

const flags = (each: Column, test: (row: number) => boolean): Column => ({
  type: 'bool',
  data: Float64Array.from({ length: each.data.length }, (_, row) => Number(test(row))),
  levels: null,
});

function cast(each: Column, type: string): Column {
  if (/^(?:object|O)$/.test(type)) return each;
  if (type === 'category') return asCategory(each);
  if (/^(?:str|string|unicode)/.test(type))
    return mapCells(each, cell => (cell === null ? 'nan' : each.levels ? cell : textOf(cell, each)));
  const numbers = asNumbers(each);
  if (/bool/.test(type)) return { type: 'bool', levels: null, data: Float64Array.from(numbers, x => Number(x !== 0)) };
  if (/int|long/.test(type)) return { type: 'int', levels: null, data: Float64Array.from(numbers, Math.trunc) };
  if (/float16|half/.test(type)) throw new ReplayError('Half precision is not replayed.');
  if (/float32|single/.test(type))
    return { type: 'float', levels: null, data: Float64Array.from(numbers, Math.fround) };
  if (/float|double/.test(type)) return { type: 'float', levels: null, data: numbers };
  throw new ReplayError(`The type "${type}" is not replayed.`);
}

/** A number as Python writes it. */
export const textOf = (cell: Cell, each: Column): string =>
  each.type === 'float' && Number.isInteger(cell)
    ? `${String(cell)}.0`
    : each.type === 'bool'
      ? cell
        ? 'True'
        : 'False'
      : String(cell);
