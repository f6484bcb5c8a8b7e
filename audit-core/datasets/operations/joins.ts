import { type Cell, type Column, cellAt, cellsOf, columnOf, Lazy, takeColumn } from '../column';
import { ReplayError } from '../errors';
import { column, type Grid, gridOf, positions, vector } from '../grid';
import { mode, present, statisticOf } from '../statistics';
import { asCells, asGrid, isList, listOf, type Value } from '../values';
import { placeOf } from './columns';
import type { Operations, Step } from './index';

/** One text or number for the key of each row; its label where no columns are named. */
function keysOf(grid: Grid, names: readonly string[] | null): Cell[] {
  if (names === null) return cellsOf(grid.index);
  const columns = names.map(name => column(grid, placeOf(grid, name)));
  if (columns.length === 1) return cellsOf(columns[0]!);
  return Array.from({ length: grid.height }, (_, row) => JSON.stringify(columns.map(each => cellAt(each, row))));
}

function merge(step: Step): Grid {
  const [left, right] = [step.grid(0), step.grid(1)];
  const list = (name: string): string[] | null => {
    const given = step.named(name);
    return given === undefined || given === null ? null : asCells(given).map(String);
  };
  const [byLeft, byRight] = [step.named('left_index') === 1, step.named('right_index') === 1];
  if (byLeft && !byRight) throw new ReplayError('A merge by the row labels of the left table alone is not replayed.');
  const isNamed = byRight || list('left_on') !== null;
  const on = list('on') ?? (isNamed ? null : left.names.filter(name => right.names.includes(name)));
  const leftKeys = byLeft ? null : (on ?? list('left_on') ?? []);
  const rightKeys = byRight ? null : (on ?? list('right_on') ?? []);
  if (right.names.length !== right.columns.length)
    throw new ReplayError('A table is merged with a series that has no name.');
  const how = String(step.named('how') ?? 'inner');
  if (how !== 'inner' && how !== 'left') throw new ReplayError(`A merge of the kind "${how}" is not replayed.`);
  const places = new Map<Cell, number[]>();
  keysOf(right, rightKeys).forEach((key, i) => {
    const known = places.get(key);
    if (known) known.push(i);
    else places.set(key, [i]);
  });
  const from: number[] = [];
  const to: number[] = [];
  // Over all rows, those without a partner stay, with missing values.
  const keep = how === 'left' || step.everywhere;
  keysOf(left, leftKeys).forEach((key, i) => {
    const found = places.get(key);
    if (found)
      for (const j of found) {
        from.push(i);
        to.push(j);
      }
    else if (keep) {
      from.push(i);
      to.push(-1);
    }
  });
  const suffixes = list('suffixes') ?? ['_x', '_y'];
  const drop = new Set(byRight ? [] : (on ?? []));
  const shared = new Set(left.names.filter(name => right.names.includes(name) && !drop.has(name)));
  const rightColumns = right.names.flatMap((name, i) => (drop.has(name) ? [] : [i]));
  return gridOf(
    [
      ...left.names.map(name => (shared.has(name) ? name + suffixes[0] : name)),
      ...rightColumns.map(i => (shared.has(right.names[i]!) ? right.names[i] + suffixes[1]! : right.names[i]!)),
    ],
    [
      ...left.columns.map(each => new Lazy(() => takeColumn(each.get(), from))),
      ...rightColumns.map(i => new Lazy(() => takeColumn(column(right, i), to))),
    ],
    {
      height: from.length,
      // By labels, those of the left table stay.
      index: byRight ? takeColumn(left.index, from) : positions(from.length),
      rows: left.rows && Int32Array.from(from, i => left.rows![i]!),
    },
  );
}

interface Groups {
  /** Group of each row, −1 where a key is missing; groups in sorted order of their key. */
  readonly of: Int32Array;
  readonly rows: readonly number[][];
  readonly keys: readonly (readonly Cell[])[];
}

function groups(grid: Grid, by: Value): Groups {
  const keys =
    isList(by) || typeof by === 'string'
      ? asCells(by).map(name => column(grid, placeOf(grid, String(name))))
      : [column(asGrid(by), 0)];
  const places = new Map<string, { cells: Cell[]; rows: number[] }>();
  for (let row = 0; row < grid.height; row++) {
    const cells = keys.map(key => cellAt(key, row));
    if (cells.includes(null)) continue;
    const text = JSON.stringify(cells);
    const known = places.get(text);
    if (known) known.rows.push(row);
    else places.set(text, { cells, rows: [row] });
  }
  const sorted = [...places.values()].sort((a, b) => {
    for (const [i, x] of a.cells.entries()) {
      const y = b.cells[i]!;
      if (x === y) continue;
      return typeof x === 'number' && typeof y === 'number' ? x - y : String(x) < String(y) ? -1 : 1;
    }
    return 0;
  });
  const of = new Int32Array(grid.height).fill(-1);
  sorted.forEach(({ rows }, group) => {
    for (const row of rows) of[row] = group;
  });
  return { of, rows: sorted.map(each => each.rows), keys: sorted.map(each => each.cells) };
}

function aggregate(each: Column, rows: readonly number[], name: string): Cell {
  if (name === 'size') return rows.length;
  const part = takeColumn(each, rows);
  if (name === 'first' || name === 'last') {
    const cells = cellsOf(part).filter(cell => cell !== null);
    return (name === 'first' ? cells[0] : cells.at(-1)) ?? null;
  }
  if (name === 'nunique') return new Set(cellsOf(part).filter(cell => cell !== null)).size;
  if (name === 'count') return cellsOf(part).filter(cell => cell !== null).length;
  if (name === 'mode') return mode(part);
  if (part.levels) {
    if (name !== 'min' && name !== 'max') return null;
    const texts = cellsOf(part)
      .filter(cell => cell !== null)
      .map(String)
      .sort();
    return (name === 'min' ? texts[0] : texts.at(-1)) ?? null;
  }
  const value = statisticOf(present(part), name);
  return Number.isNaN(value) ? null : value;
}

/** Steps over several tables, and over groups of rows. */
export const joins: Operations = {
  merge,
  'group-transform': step => {
    // [table, keys, column, statistic]: the statistic of its group for every row.
    const grid = step.grid(0);
    const { of, rows } = groups(grid, step.value(1));
    const each = column(grid, placeOf(grid, step.text(2)));
    const name = step.text(3);
    if (name === 'cumcount' || name === 'ngroup') {
      const seen = new Map<number, number>();
      return {
        ...vector(
          Float64Array.from(of, group => {
            if (name === 'ngroup') return group;
            const count = seen.get(group) ?? 0;
            seen.set(group, count + 1);
            return count;
          }),
        ),
        index: grid.index,
        rows: grid.rows,
      };
    }
    const made = rows.map(members => aggregate(each, members, name));
    return {
      ...vector(Array.from(of, group => (group < 0 ? null : made[group]!))),
      index: grid.index,
      rows: grid.rows,
    };
  },
  'group-aggregate': step => {
    // [table, keys, list of [new name, column, statistic], keys as columns?]: one row a group.
    const grid = step.grid(0);
    const by = step.value(1);
    const { rows, keys } = groups(grid, by);
    const wanted = step.value(2);
    const asColumns = step.number(3) === 1;
    const names = isList(by) || typeof by === 'string' ? asCells(by).map(String) : [];
    const parts = (isList(wanted) ? wanted.items : []).map(
      item => asCells(item).map(String) as [string, string, string],
    );
    const keyColumns = names.map((_, i) => columnOf(keys.map(cells => cells[i]!)));
    const columns = parts.map(
      ([, from, name]) =>
        new Lazy(() =>
          columnOf(
            rows.map(members =>
              aggregate(name === 'size' ? column(grid, 0) : column(grid, placeOf(grid, from)), members, name),
            ),
          ),
        ),
    );
    // A group that is one record's stays that record; others stand for their first one.
    const records = grid.rows && Int32Array.from(rows, members => grid.rows![members[0]!]!);
    const whole = rows.every(members => members.length === 1) ? records : null;
    const isLabelled = !asColumns && keyColumns.length === 1;
    return {
      ...gridOf(
        [...(asColumns ? names : []), ...parts.map(([name]) => name)],
        [...(asColumns ? keyColumns : []), ...columns],
        { height: rows.length, index: isLabelled ? keyColumns[0]! : positions(rows.length), rows: whole },
      ),
      indexName: isLabelled ? names[0]! : null,
    };
  },
  pivot: step => {
    // [table, row key, column key, values, statistic or null]: one row a row key, one column a column key, both sorted.
    const grid = step.grid(0);
    const [row, name] = [step.text(1), step.text(2)];
    const values = column(grid, placeOf(grid, step.text(3)));
    const statistic = step.value(4);
    const { keys, rows } = groups(grid, listOf([row, name]));
    const names = groups(grid, listOf([name])).keys.map(([cell]) => String(cell));
    const labels = groups(grid, listOf([row])).keys.map(([cell]) => cell!);
    const at = { row: new Map(labels.map((cell, i) => [cell, i])), column: new Map(names.map((text, i) => [text, i])) };
    const cells = names.map(() => new Array<Cell>(labels.length).fill(null));
    rows.forEach((members, group) => {
      if (statistic === null && members.length > 1)
        throw new ReplayError('A table is pivoted in which a pair of keys comes more than once.');
      const [key, text] = keys[group]!;
      const cell = statistic === null ? cellAt(values, members[0]!) : aggregate(values, members, String(statistic));
      cells[at.column.get(String(text))!]![at.row.get(key!)!] = cell;
    });
    // `pivot_table` leaves out what has no value at all.
    const kept = names.flatMap((_, i) => (statistic === null || cells[i]!.some(cell => cell !== null) ? [i] : []));
    if (statistic !== null && labels.some((_, i) => cells.every(each => each[i] === null)))
      throw new ReplayError('A table is pivoted in which a row has no value.');
    return {
      ...gridOf(
        kept.map(i => names[i]!),
        kept.map(i => columnOf(cells[i]!)),
        { height: labels.length, index: columnOf(labels) },
      ),
      indexName: row,
    };
  },
  'map-by': step => {
    // A series looked up in another by its labels.
    const table = step.grid(1);
    const places = new Map(cellsOf(table.index).map((label, i) => [label, i] as const));
    const from = step.grid(0);
    const made = takeColumn(
      column(table, 0),
      cellsOf(column(from, 0)).map(cell => places.get(cell) ?? -1),
    );
    return { ...from, columns: [Lazy.of(made)] };
  },
  'value-counts': step => {
    const counts = new Map<Cell, number>();
    for (const cell of cellsOf(column(step.grid(0), 0)))
      if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1]);
    return vector(
      sorted.map(([, count]) => count),
      null,
      columnOf(sorted.map(([cell]) => cell)),
    );
  },
};
