import { type Drawable, draw, seeded } from './draws';
import { SplitError } from './generators/sklearn';
import { type Cell, type Grid, height, take, vector } from './grid';
import { isOperation, type Operation, type Term } from './recipe';
import { columnStatistic, quantile } from './statistics';

export interface Fitted {
  readonly kind: 'fitted';
  readonly what: string;
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
}
export type Value = number | string | null | Grid | Fitted | ListValue;

/** A step that cannot be replayed on this data; the message names the step, never a value. */
export class ReplayError extends Error {}

/**
 * Rows of the data file that the script's split is to keep: those of a reference model, or those declared; preprocessing is fitted on
 * them. `step` null: the split is one that no seed lets us replay (`undrawn`).
 */
export interface KeptRows {
  readonly step: Operation | null;
  /** By row of the data file: 1 is kept. */
  readonly members: Uint8Array;
}

function keep(base: Grid, { members }: KeptRows): Grid {
  if (!base.rows)
    throw new ReplayError('The rows that the script splits cannot be followed back to rows of a data file.');
  return take(
    base,
    Array.from(base.rows.keys()).filter(at => members[base.rows![at]!] === 1),
  );
}

/** Operations that keep some of the rows of their first argument. */
export const selections = new Set(['rows', 'mask', 'part', 'drop-rows', 'dropna', 'sample', 'shuffled']);

/** Evaluates terms over tables that were read before; every operation once. */
export class Replay {
  private readonly values = new Map<Term, Value>();
  private readonly lifted = new Map<Term, Value>();
  private readonly states = new Map<Term, Drawable>();

  /** `instead`: the rows that a step of the recipe is to keep, in place of those that the script keeps there. */
  constructor(
    private readonly tables: ReadonlyMap<string, Grid>,
    private readonly instead: KeptRows | null = null,
  ) {}

  value(term: Term): Value {
    const known = this.values.get(term);
    if (known !== undefined) return known;
    const made = this.guarded(term);
    this.values.set(term, made);
    return made;
  }

  /** What a library would refuse on this data (a split that does not fit, a seed out of range) is one sentence too. */
  private guarded(term: Term): Value {
    try {
      const { instead } = this;
      if (instead?.step && term === instead.step) return keep(this.grid(instead.step.args[0]!), instead);
      return this.compute(term, t => this.value(t));
    } catch (error) {
      if (error instanceof RangeError || error instanceof SplitError) throw new ReplayError(error.message);
      throw error;
    }
  }

  grid(term: Term): Grid {
    return asGrid(this.value(term));
  }

  /** The same transformation for every row of the data file: selections are left out, what was fitted stays fitted on its own rows. */
  everywhere(term: Term): Value {
    const known = this.lifted.get(term);
    if (known !== undefined) return known;
    let made: Value;
    if (!isOperation(term)) made = this.value(term);
    else if (selections.has(term.op)) made = this.everywhere(term.args[0]!);
    else if (['fit', 'statistic', 'length', 'unique', 'index', 'draw'].includes(term.op)) made = this.value(term);
    else made = this.compute(term, t => this.everywhere(t));
    this.lifted.set(term, made);
    return made;
  }

  private compute(term: Term, of: (term: Term) => Value): Value {
    if ('value' in term) return typeof term.value === 'boolean' ? Number(term.value) : term.value;
    if ('items' in term) return { kind: 'list', items: term.items.map(of) };
    if (!isOperation(term)) throw new ReplayError('A step is not known.');
    return this.operate(term, of);
  }

  private operate(term: Operation, of: (term: Term) => Value): Value {
    const { op, args } = term;
    const value = (i: number): Value => of(args[i]!);
    const grid = (i: number): Grid => asGrid(value(i));
    const text = (i: number): string => String(value(i));
    switch (op) {
      case 'table': {
        const found = this.tables.get(text(0));
        if (!found) throw new ReplayError(`The data file "${text(0)}" was not read.`);
        return found;
      }
      case 'columns':
        return columns(grid(0), value(1));
      case 'drop-columns': {
        const gone = new Set(asItems(value(1)).map(String));
        const from = grid(0);
        return columns(from, { kind: 'list', items: from.names.filter(name => !gone.has(name)) });
      }
      case 'set': {
        const base = grid(0);
        const added = value(2);
        const column = isGrid(added) ? added.columns[0]! : base.index.map(() => added as Cell);
        if (column.length !== height(base)) throw new ReplayError('A column has another length than its table.');
        const at = base.names.indexOf(text(1));
        if (at < 0) return { ...base, names: [...base.names, text(1)], columns: [...base.columns, column] };
        return { ...base, columns: base.columns.map((old, i) => (i === at ? column : old)) };
      }
      case 'array': {
        const from = grid(0);
        return { ...from, index: from.index.map((_, i) => i) };
      }
      case 'index':
        return vector(grid(0).index, grid(0).rows);
      case 'length':
        return isGrid(value(0)) ? height(grid(0)) : asItems(value(0)).length;
      case 'width':
        return grid(0).columns.length;
      case 'range':
        return vector(
          Array.from({ length: Math.max(0, Number(value(1)) - Number(value(0))) }, (_, i) => i + Number(value(0))),
        );
      case 'item':
        return pick(value(0), Number(value(1)));
      case 'rows':
        return take(grid(0), numbersOf(value(1)));
      case 'slice': {
        const [from, to, step] = [value(1), value(2), value(3)];
        return take(
          grid(0),
          sliced(height(grid(0)), from as number | null, to as number | null, step as number | null),
        );
      }
      case 'part': {
        // A part of a split: positions of the second argument within the first.
        return take(grid(0), numbersOf(value(1)));
      }
      case 'undrawn': {
        // Positions of the declared members (side 0) or of the others (side 1) in a split that no seed lets us replay.
        const { rows } = grid(0);
        const members = this.instead?.members;
        if (!rows || !members)
          throw new ReplayError('The split cannot be replayed: who was trained on must be declared ("members").');
        const inside = value(1) === 0 ? 1 : 0;
        return vector(Array.from(rows.keys()).filter(place => members[rows[place]!] === inside));
      }
      case 'mask': {
        const mask = asGrid(value(1)).columns[0]!;
        return take(
          grid(0),
          mask.flatMap((cell, i) => (cell ? [i] : [])),
        );
      }
      case 'drop-rows': {
        const gone = new Set(asGrid(value(1)).columns[0]!);
        return take(
          grid(0),
          grid(0).index.flatMap((label, i) => (gone.has(label) ? [] : [i])),
        );
      }
      case 'dropna': {
        const from = grid(0);
        return take(
          from,
          from.index.flatMap((_, i) => (from.columns.some(column => column[i] === null) ? [] : [i])),
        );
      }
      case 'reset-index': {
        const from = grid(0);
        return { ...from, index: from.index.map((_, i) => i) };
      }
      case 'unique':
        return vector([...new Set(grid(0).columns[0])]);
      case 'isin': {
        const wanted = new Set(isGrid(value(1)) ? asGrid(value(1)).columns[0] : (asItems(value(1)) as Cell[]));
        return map(grid(0), cell => Number(wanted.has(cell)));
      }
      case 'isna':
        return map(grid(0), cell => Number(cell === null));
      case 'notna':
        return map(grid(0), cell => Number(cell !== null));
      case 'map': {
        const keys = asItems(value(1)) as Cell[];
        const to = asItems(value(2)) as Cell[];
        return map(grid(0), cell => (keys.includes(cell) ? to[keys.indexOf(cell)]! : null));
      }
      case 'cast':
        return cast(value(0), text(1));
      case 'fillna': {
        const from = grid(0);
        const fill = value(1);
        const by = (i: number): Cell =>
          isGrid(fill)
            ? fill.names.length
              ? (fill.columns[fill.names.indexOf(from.names[i]!)]?.[0] ?? null)
              : fill.columns[0]![0]!
            : (fill as Cell);
        return {
          ...from,
          columns: from.columns.map((column, i) => column.map(cell => (cell === null ? by(i) : cell))),
        };
      }
      case 'statistic':
        return columnStatistic(grid(0), text(1));
      case 'fit':
        return fitted(text(0), grid(1));
      case 'transform': {
        const transformer = value(0) as Fitted;
        const data = grid(1);
        return {
          ...data,
          columns: data.columns.map((column, i) =>
            transformer.what === 'impute'
              ? column.map(cell => cell ?? transformer.shift[i]!)
              : column.map(cell =>
                  cell === null ? null : (Number(cell) - transformer.shift[i]!) / transformer.scale[i]!,
                ),
          ),
        };
      }
      case 'compare':
      case 'binary':
        return broadcast(value(1), value(2), binary(text(0)));
      case 'not':
        return broadcast(value(0), 0, a => Number(!a));
      case 'negate':
        return broadcast(value(0), 0, a => -Number(a));
      case 'call':
        return (
          { int: Math.trunc, floor: Math.floor, ceil: Math.ceil, round: bankers, abs: Math.abs }[text(0)] ?? Math.trunc
        )(Number(value(1)));
      case 'generator':
        return null;
      case 'draw': {
        // [generator, draw before it or null, method, arguments…]: the state is taken from the draw before.
        const before = args[1]!;
        let state: Drawable;
        if (isOperation(before)) {
          this.value(before);
          state = this.states.get(before)!.clone();
        } else {
          const maker = args[0] as Operation;
          state = seeded(String(this.value(maker.args[0]!)), this.value(maker.args[1]!) as number | string);
        }
        const drawn = draw(
          state,
          text(2),
          args.slice(3).map(of),
          Object.fromEntries(Object.entries(term.named).map(([k, t]) => [k, of(t)])),
        );
        this.states.set(term, state);
        return drawn;
      }
      default:
        throw new ReplayError(`The step "${op}" is not known.`);
    }
  }
}

export const isGrid = (value: Value): value is Grid =>
  typeof value === 'object' && value !== null && value.kind === 'grid';

export function asGrid(value: Value): Grid {
  if (isGrid(value)) return value;
  if (typeof value === 'object' && value !== null && value.kind === 'list')
    return vector(value.items.map(item => (isGrid(item) ? item.columns[0]![0]! : (item as Cell))));
  throw new ReplayError('A table or array was expected.');
}

export function asItems(value: Value): readonly Value[] {
  if (isGrid(value)) return value.columns[0]!;
  if (typeof value === 'object' && value !== null && value.kind === 'list') return value.items;
  return [value];
}

export const numbersOf = (value: Value): number[] => asItems(value).map(Number);

function columns(from: Grid, wanted: Value): Grid {
  const flat = typeof wanted === 'string';
  const names = flat ? [wanted] : asItems(wanted).map(String);
  const found = names.map(name => {
    const at = from.names.indexOf(name);
    if (at < 0) throw new ReplayError(`The data has no column "${name}".`);
    return from.columns[at]!;
  });
  return { ...from, flat, names, columns: found };
}

function pick(value: Value, i: number): Value {
  const items = asItems(value);
  const found = items[i < 0 ? i + items.length : i];
  if (found === undefined) throw new ReplayError('An item of a list is not there.');
  return found;
}

function sliced(n: number, from: number | null, to: number | null, step: number | null): number[] {
  const by = step ?? 1;
  if (by !== 1) throw new ReplayError('A slice with a step is not replayed.');
  const bound = (x: number | null, otherwise: number): number =>
    x === null ? otherwise : Math.max(0, Math.min(n, x < 0 ? x + n : x));
  const start = bound(from, 0);
  return Array.from({ length: Math.max(0, bound(to, n) - start) }, (_, i) => start + i);
}

const map = (grid: Grid, change: (cell: Cell) => Cell): Grid => ({
  ...grid,
  columns: grid.columns.map(column => column.map(change)),
});

function cast(value: Value, type: string): Value {
  if (!isGrid(value)) return value;
  if (/int|bool/.test(type)) return map(value, cell => (cell === null ? null : Math.trunc(Number(cell))));
  if (/float32|float$|single/.test(type) && type !== 'float')
    return map(value, cell => (cell === null ? null : Math.fround(Number(cell))));
  if (/float|double/.test(type)) return map(value, cell => (cell === null ? null : Number(cell)));
  return value;
}

function binary(operator: string): (a: Cell, b: Cell) => Cell {
  switch (operator) {
    case '==':
      return (a, b) => Number(a !== null && a === b);
    case '!=':
      return (a, b) => Number(a === null || a !== b);
    case '<':
      return (a, b) => Number(a !== null && b !== null && a < b);
    case '<=':
      return (a, b) => Number(a !== null && b !== null && a <= b);
    case '>':
      return (a, b) => Number(a !== null && b !== null && a > b);
    case '>=':
      return (a, b) => Number(a !== null && b !== null && a >= b);
    case '&':
      return (a, b) => Number(Boolean(a) && Boolean(b));
    case '|':
      return (a, b) => Number(Boolean(a) || Boolean(b));
    case '+':
      return (a, b) => (a === null || b === null ? null : Number(a) + Number(b));
    case '-':
      return (a, b) => (a === null || b === null ? null : Number(a) - Number(b));
    case '*':
      return (a, b) => (a === null || b === null ? null : Number(a) * Number(b));
    case '/':
      return (a, b) => (a === null || b === null ? null : Number(a) / Number(b));
    case '//':
      return (a, b) => (a === null || b === null ? null : Math.floor(Number(a) / Number(b)));
    case '%':
      return (a, b) => (a === null || b === null ? null : Number(a) - Number(b) * Math.floor(Number(a) / Number(b)));
    case '**':
      return (a, b) => (a === null || b === null ? null : Number(a) ** Number(b));
    default:
      throw new ReplayError(`The operator "${operator}" is not replayed.`);
  }
}

function broadcast(a: Value, b: Value, change: (a: Cell, b: Cell) => Cell): Value {
  if (!isGrid(a) && !isGrid(b)) return change(a as Cell, b as Cell);
  const shape = isGrid(a) ? a : (b as Grid);
  const cell = (from: Value, column: number, row: number): Cell => {
    if (!isGrid(from)) return from as Cell;
    const of = from.columns[from.columns.length === 1 ? 0 : column]!;
    // One row against many: a statistic by column.
    return of[of.length === 1 ? 0 : row]!;
  };
  if (isGrid(a) && isGrid(b) && height(a) !== height(b) && height(b) !== 1)
    throw new ReplayError('Two arrays of other lengths meet.');
  return {
    ...shape,
    columns: shape.columns.map((_, c) => shape.index.map((_label, r) => change(cell(a, c, r), cell(b, c, r)))),
  };
}

export function bankers(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

function fitted(what: string, data: Grid): Fitted {
  const cells = data.columns.map(column => column.filter(cell => cell !== null).map(Number));
  const of = (name: string): number[] => cells.map(column => quantile(column, name));
  if (what === 'StandardScaler')
    return { kind: 'fitted', what, shift: of('mean'), scale: of('population-std').map(s => s || 1) };
  if (what === 'MinMaxScaler') {
    const low = of('min');
    return { kind: 'fitted', what, shift: low, scale: of('max').map((high, i) => high - low[i]! || 1) };
  }
  return { kind: 'fitted', what: 'impute', shift: of(what), scale: [] };
}
