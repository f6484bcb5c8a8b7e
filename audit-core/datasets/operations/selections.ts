import { type Cell, cellAt, cellsOf, columnOf, isMissing, Lazy } from '../column';
import { ReplayError } from '../errors';
import { column, countUp, type Grid, positions, take, takeBlock, vector } from '../grid';
import {
  asCells,
  asGrid,
  closed,
  isBlock,
  isGrid,
  isList,
  lengthOf,
  listOf,
  numbersOf,
  rowsOf,
  type Value,
} from '../values';
import type { Operations, Step } from './index';

/** Rows at positions of a table, an array, or a list. */
export function takeFrom(given: Value, places: ArrayLike<number>): Value {
  const from = closed(given);
  if (isBlock(from)) return takeBlock(from, places);
  if (isList(from)) {
    const { items } = from;
    return listOf(
      Array.from(places, place => {
        const found = items[place < 0 ? place + items.length : place];
        if (found === undefined) throw new ReplayError('An item of a list is not there.');
        return found;
      }),
    );
  }
  return take(asGrid(from), places);
}

function sliced(n: number, step: Step, at: number): Float64Array {
  const bound = (i: number): number | null => {
    const value = step.has(i) ? step.value(i) : null;
    if (value === null) return null;
    return isGrid(value) ? Number(asCells(value)[0]) : Number(value);
  };
  const by = bound(at + 2) ?? 1;
  if (!Number.isInteger(by) || by === 0) throw new ReplayError('A slice has no whole step.');
  const clip = (x: number | null, otherwise: number, low: number, high: number): number =>
    x === null ? otherwise : Math.max(low, Math.min(high, x < 0 ? x + n : x));
  const [from, to] =
    by > 0
      ? [clip(bound(at), 0, 0, n), clip(bound(at + 1), n, 0, n)]
      : [clip(bound(at), n - 1, -1, n - 1), clip(bound(at + 1), -1, -1, n - 1)];
  const count = Math.max(0, Math.ceil((to - from) / by));
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = from + i * by;
  return out;
}

/** Positions where a truth vector holds. */
export function trueAt(mask: Value): number[] {
  const { data, levels } = column(asGrid(mask), 0);
  if (levels) throw new ReplayError('A condition is text.');
  const out: number[] = [];
  for (let i = 0; i < data.length; i++) if (data[i] && !Number.isNaN(data[i])) out.push(i);
  return out;
}

function byLabels(from: Grid, wanted: readonly Cell[]): number[] {
  const places = new Map<Cell, number[]>();
  for (let i = 0; i < from.height; i++) {
    const label = cellAt(from.index, i);
    const known = places.get(label);
    if (known) known.push(i);
    else places.set(label, [i]);
  }
  return wanted.flatMap(label => {
    const found = places.get(label);
    if (!found) throw new ReplayError('A row label is not in the table.');
    return found;
  });
}

/** Whole rows as one text, for telling repeated ones. */
const rowText = (columns: readonly { at: (row: number) => Cell }[], row: number): string =>
  JSON.stringify(columns.map(each => each.at(row)));

/** Steps that keep some rows or put them in another order. */
export const selectionSteps: Operations = {
  rows: step => takeFrom(step.value(0), numbersOf(step.value(1))),
  part: step => takeFrom(step.value(0), numbersOf(step.value(1))),
  'first-share': step => {
    // Keras' `validation_split` of a picture generator: the first share of all, or of each class, is held out.
    const value = step.value(0);
    const share = step.number(1);
    const held = step.text(2) === 'validation';
    const classes = step.number(3) === 1 ? asCells(value) : null;
    const groups = new Map<Cell, number[]>();
    for (let row = 0; row < lengthOf(value); row++) {
      const key = classes ? classes[row]! : null;
      const known = groups.get(key);
      if (known) known.push(row);
      else groups.set(key, [row]);
    }
    const places = [...groups.values()].flatMap(rows => {
      const n = Math.trunc(share * rows.length);
      return held ? rows.slice(0, n) : rows.slice(n);
    });
    return vector(Float64Array.from(places.sort((a, b) => a - b)));
  },
  'by-chance': step => {
    if (step.has(1))
      step.store.note(
        `The script changes its training records by chance (${step.text(1)}); they are audited as they are without that.`,
      );
    return step.value(0);
  },
  oversampled: step => {
    const from = step.value(0);
    if (!isGrid(from) && !isBlock(from)) throw new ReplayError('Something that is no table is oversampled.');
    step.store.note('Records that the script makes up beside the true ones (oversampling) are left out.');
    return { ...from, open: true };
  },
  'slice-rows': step => takeFrom(step.value(0), sliced(lengthOf(step.value(0)), step, 1)),
  slice: step => takeFrom(step.value(0), sliced(lengthOf(step.value(0)), step, 1)),
  labels: step => take(step.grid(0), byLabels(step.grid(0), asCells(step.value(1)))),
  undrawn: step => {
    // Positions of the declared members (side 0) or of the others (side 1) in a split that no seed lets us replay.
    const rows = rowsOf(step.value(0));
    const { member } = step;
    if (!rows || !member)
      throw new ReplayError('The split cannot be replayed: who was trained on must be declared ("members").');
    const inside = step.number(1) === 0;
    return vector(Float64Array.from(Array.from(rows.keys()).filter(place => member(rows[place]!) === inside)));
  },
  mask: step => {
    const from = step.value(0);
    const mask = step.value(1);
    if (lengthOf(from) !== lengthOf(mask)) throw new ReplayError('A condition has another length than its table.');
    return takeFrom(from, trueAt(mask));
  },
  'drop-rows': step => {
    const from = step.grid(0);
    const gone = new Set(asCells(step.value(1)));
    return take(
      from,
      cellsOf(from.index).flatMap((label, i) => (gone.has(label) ? [] : [i])),
    );
  },
  dropna: step => {
    const from = step.grid(0);
    const subset = step.named('subset');
    const places =
      subset === undefined || subset === null
        ? from.columns.map((_, i) => i)
        : asCells(subset).map(name => {
            const at = from.names.indexOf(String(name));
            if (at < 0) throw new ReplayError('The data has no {}.', String(name));
            return at;
          });
    const all = step.named('how') === 'all';
    const columns = places.map(i => column(from, i));
    const keep: number[] = [];
    for (let row = 0; row < from.height; row++) {
      const gone = all ? columns.every(c => isMissing(c, row)) : columns.some(c => isMissing(c, row));
      if (!gone) keep.push(row);
    }
    return take(from, keep);
  },
  'drop-duplicates': step => {
    const from = step.grid(0);
    const subset = step.named('subset');
    const names = subset === undefined || subset === null ? null : new Set(asCells(subset).map(String));
    const columns = from.columns
      .filter((_, i) => names === null || names.has(from.names[i] ?? ''))
      .map(each => {
        const made = each.get();
        return { at: (row: number) => cellAt(made, row) };
      });
    const keep = step.named('keep') ?? 'first';
    const places = new Map<string, number[]>();
    for (let row = 0; row < from.height; row++) {
      const text = rowText(columns, row);
      const known = places.get(text);
      if (known) known.push(row);
      else places.set(text, [row]);
    }
    const kept = [...places.values()].flatMap(rows =>
      keep === 'first' ? [rows[0]!] : keep === 'last' ? [rows.at(-1)!] : rows.length === 1 ? rows : [],
    );
    return take(
      from,
      kept.sort((a, b) => a - b),
    );
  },
  sort: step => {
    const from = step.grid(0);
    const by = step.has(1) ? asCells(step.value(1)).map(String) : [];
    const ascending = step.named('ascending') ?? 1;
    const downs = asCells(ascending).map(each => each === 0);
    const keys =
      by.length > 0
        ? by.map(name => {
            const at = from.names.indexOf(name);
            if (at < 0) throw new ReplayError('The data has no {}.', name);
            return column(from, at);
          })
        : [column(from, 0)];
    const compare = (a: Cell, b: Cell): number => {
      if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
      return typeof a === 'number' && typeof b === 'number'
        ? a - b
        : String(a) < String(b)
          ? -1
          : String(a) > String(b)
            ? 1
            : 0;
    };
    const order = Array.from(countUp(from.height));
    order.sort((a, b) => {
      for (const [i, key] of keys.entries()) {
        const [x, y] = [cellAt(key, a), cellAt(key, b)];
        const order = compare(x, y);
        if (order !== 0) return x === null || y === null ? order : (downs[i] ?? downs[0]) ? -order : order;
      }
      return a - b;
    });
    if (keys.length === 1 && step.named('kind') === undefined && hasTies(keys[0]!, order))
      throw new ReplayError('The table is sorted by a column with equal values; their order depends on the library.');
    return take(from, order);
  },
  argsort: step => {
    const { data } = column(step.grid(0), 0);
    const order = Array.from(countUp(data.length)).sort((a, b) => data[a]! - data[b]! || a - b);
    return vector(Float64Array.from(order));
  },
  nonzero: step => vector(Float64Array.from(trueAt(step.value(0)))),
  item: step => {
    const from = step.value(0);
    const i = step.number(1);
    if (isGrid(from) && !from.flat) return takeFrom(from, [i]);
    if (isBlock(from)) return takeFrom(from, [i]);
    const items = isList(from) ? from.items : asCells(from);
    const found = items[i < 0 ? i + items.length : i];
    if (found === undefined) throw new ReplayError('An item of a list is not there.');
    return found;
  },
  'reset-index': step => {
    const from = step.grid(0);
    return { ...from, index: positions(from.height) };
  },
  'index-to-column': step => {
    const from = step.grid(0);
    const name = from.indexName ?? 'index';
    return {
      ...from,
      flat: false,
      index: positions(from.height),
      indexName: null,
      names: [name, ...from.names],
      columns: [Lazy.of(from.index), ...from.columns],
    };
  },
  'set-index': step => {
    const from = step.grid(0);
    const name = step.text(1);
    const at = from.names.indexOf(name);
    if (at < 0) throw new ReplayError('The data has no {}.', name);
    const keep = from.names.flatMap((_, i) => (i === at ? [] : [i]));
    return {
      ...from,
      index: column(from, at),
      indexName: name,
      names: keep.map(i => from.names[i]!),
      columns: keep.map(i => from.columns[i]!),
    };
  },
  'set-difference': step => {
    const gone = new Set(asCells(step.value(1)));
    const kept = [...new Set(asCells(step.value(0)))].filter(cell => !gone.has(cell));
    return vector(
      columnOf(
        kept.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1)),
      ),
    );
  },
  head: step => takeFrom(step.value(0), countUp(Math.min(step.number(1), lengthOf(step.value(0))))),
};

function hasTies(key: { readonly data: ArrayLike<number> }, order: readonly number[]): boolean {
  for (let i = 1; i < order.length; i++) if (key.data[order[i]!] === key.data[order[i - 1]!]) return true;
  return false;
}
