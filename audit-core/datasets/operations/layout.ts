import { type Cell, type Column, cellAt, cellsOf, columnOf, isMissing, Lazy, takeColumn } from '../column';
import { ReplayError } from '../errors';
import { beside, column, type Grid, mapColumns, take, vector } from '../grid';
import { asCells, asGrid, isBlock, isGrid, isList, isScalar, type Value } from '../values';
import { aligned } from './columns';
import type { Operations } from './index';

const order = (a: Cell, b: Cell): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;

/** Tables side by side as pandas puts them: by their row labels. */
function byLabels(grids: readonly Grid[]): Grid {
  const [first] = grids;
  if (!first) throw new ReplayError('There is nothing to put together.');
  const labels = cellsOf(first.index);
  const put = grids.map(grid => {
    const own = cellsOf(grid.index);
    if (own.length === labels.length && own.every((label, i) => label === labels[i])) return grid;
    const places = new Map(own.map((label, i) => [label, i] as const));
    const at = labels.map(label => places.get(label) ?? -1);
    if (own.length !== labels.length || places.size !== own.length || at.includes(-1))
      throw new ReplayError('Tables are put side by side whose row labels differ.');
    return take(grid, at);
  });
  return beside(put.map(grid => (grid.flat && grid.names.length === 0 ? { ...grid, names: ['0'] } : grid)));
}

/** The last cell before (or after) that is not missing. */
function filledAlong(each: Column, backward: boolean): Column {
  const n = each.data.length;
  const places = new Int32Array(n);
  let last = -1;
  for (let i = 0; i < n; i++) {
    const row = backward ? n - 1 - i : i;
    if (!isMissing(each, row)) last = row;
    places[row] = last;
  }
  return takeColumn(each, places);
}

/** Cells replaced where a condition on the same array holds. */
function replaced(base: Grid, mask: Grid, cells: Value): Grid {
  if (mask.height !== base.height || (mask.columns.length !== 1 && mask.columns.length !== base.columns.length))
    throw new ReplayError('A condition has another shape than its array.');
  if (!isScalar(cells)) throw new ReplayError('Cells are replaced by a condition with other than one value.');
  return mapColumns(base, (each, i) => {
    const flags = column(mask, mask.columns.length === 1 ? 0 : i).data;
    const made = columnOf(cellsOf(each).map((cell, row) => (flags[row] === 1 ? cells : cell)));
    return made.levels || each.levels ? made : { ...made, type: each.type === 'bool' ? made.type : each.type };
  });
}

/** Steps on how a table is laid out: its row labels, its columns' places, cells by their neighbours. */
export const layout: Operations = {
  'concat-columns': step => {
    const given = step.value(0);
    return byLabels((isList(given) ? given.items : [given]).map(asGrid));
  },
  'with-index': step => {
    const from = step.grid(0);
    const index = step.value(1);
    if (!isGrid(index) || index.height !== from.height)
      throw new ReplayError('A table is given row labels of another number.');
    return { ...from, index: column(index, 0), rows: from.rows ?? index.rows };
  },
  'sort-index': step => {
    const from = step.grid(0);
    const places = Array.from(from.index.data.keys());
    const labels = cellsOf(from.index);
    return take(
      from,
      places.sort((a, b) => order(labels[a]!, labels[b]!) || a - b),
    );
  },
  insert: step => {
    // [table, place, name, cells]
    const base = step.grid(0);
    const at = step.number(1);
    const cells = step.value(3);
    const made = isScalar(cells) ? columnOf(Array.from({ length: base.height }, () => cells)) : null;
    const put = made ?? aligned(base, asGrid(cells));
    return {
      ...base,
      names: base.names.toSpliced(at, 0, step.text(2)),
      columns: base.columns.toSpliced(at, 0, Lazy.of(put)),
    };
  },
  'full-columns': step => {
    // Names of the columns with so many cells that are there; null: all of them.
    const from = step.grid(0);
    const least = step.value(1) === null ? from.height : step.number(1);
    const items = from.names.filter((_, i) => {
      const each = column(from, i);
      let there = 0;
      for (let row = 0; row < from.height; row++) if (!isMissing(each, row)) there++;
      return there >= least;
    });
    return { kind: 'list', items };
  },
  'fill-along': step => mapColumns(step.grid(0), each => filledAlong(each, step.text(1) === 'backward')),
  'replace-where': step => {
    const [base, mask] = [step.value(0), step.value(1)];
    if (isBlock(base) || isBlock(mask)) throw new ReplayError('Cells of a block are replaced by a condition.');
    return replaced(asGrid(base), asGrid(mask), step.value(2));
  },
  /** One row's cell of a series by its label. */
  'at-label': step => {
    const from = step.grid(0);
    const at = cellsOf(from.index).indexOf(asCells(step.value(1))[0]!);
    if (at < 0) throw new ReplayError('A row label is not in the table.');
    return from.flat ? cellAt(column(from, 0), at) : vector(from.columns.map(each => cellAt(each.get(), at)));
  },
};
