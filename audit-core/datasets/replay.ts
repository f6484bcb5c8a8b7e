import type { Drawable } from './draws';
import { ReplayError } from './errors';
import { SplitError } from './generators/sklearn';
import type { Grid } from './grid';
import { operations, type Step } from './operations';
import { takeFrom } from './operations/selections';
import { isOperation, literalOf, type Operation, type Term } from './recipe';
import { Wanted } from './sources';
import type { DataStore } from './store';
import { asGrid, isGrid, isScalar, rowsOf, type Value } from './values';

export { ReplayError } from './errors';
export { asGrid, asItems, isBlock, isGrid, rowsOf, type Value } from './values';

/** Operations that keep some of the rows of their first argument, or put them in another order. */
export const selections: ReadonlySet<string> = new Set([
  'rows',
  'slice-rows',
  'mask',
  'part',
  'drop-rows',
  'dropna',
  'drop-duplicates',
  'sort',
  'shuffled',
]);

/** Learnt from the rows at hand, or about them: never made anew over all rows. */
const settled: ReadonlySet<string> = new Set([
  'fit',
  'statistic',
  'length',
  'unique',
  'set-order',
  'index',
  'draw',
  'range',
  'item-of-split',
  'levels',
  'value-counts',
  'group-aggregate',
  'pivot',
  'dtype',
  'dtypes',
  'type-is',
  'in-list',
  'has-missing',
  'full-columns',
  'equal-edges',
  'quantile-edges',
]);

/** Steps that give the records of a file. */
const leaves: ReadonlySet<string> = new Set([
  'table',
  'numpy-file',
  'numpy-array',
  'torch-file',
  'folder-paths',
  'folder-classes',
]);

export interface ReplayOptions {
  /** The records that a step of the recipe is to keep, in place of those that the script keeps there (reference models). */
  readonly instead?: { readonly step: Operation; readonly keeps: (record: number) => boolean };
  /** Members as declared, for splits that cannot be replayed. */
  readonly declared?: (record: number) => boolean;
  /** `everywhere` looks at these records only; everything else is taken from `over`, which looks at all. */
  readonly only?: ReadonlySet<number>;
  readonly over?: Replay;
}

/** Evaluates terms over data files; every operation once. Interrupted by `Wanted` where data are to be read first (`DataStore.run`). */
export class Replay {
  private readonly values = new Map<Term, Value>();
  private readonly lifted = new Map<Term, Value>();
  private readonly states = new Map<Term, Drawable>();

  constructor(
    readonly store: DataStore,
    private readonly options: ReplayOptions = {},
  ) {}

  value(term: Term): Value {
    const known = this.values.get(term);
    if (known !== undefined) return known;
    const { instead, over } = this.options;
    const made = over
      ? over.value(term)
      : instead?.step === term
        ? this.keep(instead.step, instead.keeps)
        : this.compute(term, t => this.value(t), false);
    this.values.set(term, made);
    return made;
  }

  private keep(step: Operation, keeps: (record: number) => boolean): Value {
    const base = this.value(step.args[0]!);
    const rows = rowsOf(base);
    if (!rows) throw new ReplayError('The rows that the script splits cannot be followed back to rows of a data file.');
    return takeFrom(
      base,
      Array.from(rows.keys()).filter(at => keeps(rows[at]!)),
    );
  }

  grid(term: Term): Grid {
    return asGrid(this.value(term));
  }

  /** Records of the data files that a value's rows are; null where they cannot be told. */
  rows(term: Term): Int32Array | null {
    return rowsOf(this.value(term));
  }

  /** The same transformation for every row of the data files: selections are left out, what was fitted stays fitted on its own rows. */
  everywhere(term: Term): Value {
    const known = this.lifted.get(term);
    if (known !== undefined) return known;
    const made = this.lift(term);
    this.lifted.set(term, made);
    return made;
  }

  private lift(term: Term): Value {
    if (!isOperation(term)) return this.compute(term, t => this.everywhere(t), true);
    if (selections.has(term.op)) {
      const whole = this.value(term.args[0]!);
      // A selection of something that is no record (distinct people, row numbers) stays a selection.
      return rowsOf(whole) ? this.everywhere(term.args[0]!) : this.value(term);
    }
    if (term.op === 'draw') {
      const data = term.args[3];
      const moves = ['shuffle', 'permutation', 'sklearn.shuffle'].includes(String(literalOf(term.args[2])));
      return moves && data && isOperation(data) && rowsOf(this.value(term)) ? this.everywhere(data) : this.value(term);
    }
    if (settled.has(term.op)) return this.value(term);
    const { only } = this.options;
    if (only && leaves.has(term.op)) {
      const whole = this.value(term);
      const rows = rowsOf(whole);
      return rows
        ? takeFrom(
            whole,
            Array.from(rows.keys()).filter(at => only.has(rows[at]!)),
          )
        : whole;
    }
    if (term.op === 'merge' && !this.haveSameRecords(term.args[0]!, term.args[1]!))
      // A table that is looked up stays as the script filtered it.
      return this.compute(term, t => (t === term.args[1] ? this.value(t) : this.everywhere(t)), true);
    return this.compute(term, t => this.everywhere(t), true);
  }

  private haveSameRecords(left: Term, right: Term): boolean {
    const own = new Set(this.rows(left) ?? []);
    return (this.rows(right) ?? []).some(row => own.has(row));
  }

  private compute(term: Term, of: (term: Term) => Value, everywhere: boolean): Value {
    if ('value' in term) return typeof term.value === 'boolean' ? Number(term.value) : term.value;
    if ('items' in term) return { kind: 'list', items: term.items.map(of) };
    if (!isOperation(term)) throw new ReplayError('A step is not known.');
    const operate = operations.get(term.op);
    if (!operate) throw new ReplayError(`The step "${term.op}" is not known.`);
    try {
      return operate(this.step(term, of, everywhere));
    } catch (error) {
      if (error instanceof Wanted || error instanceof ReplayError) throw error;
      // What a library would refuse on this data (a split that does not fit, a seed out of range) is one sentence too.
      if (error instanceof RangeError || error instanceof SplitError) throw new ReplayError(error.message);
      throw error;
    }
  }

  private step(term: Operation, of: (term: Term) => Value, everywhere: boolean): Step {
    const value = (i: number): Value => {
      const given = term.args[i];
      if (!given) throw new ReplayError(`The step "${term.op}" lacks a part.`);
      return of(given);
    };
    return {
      term,
      store: this.store,
      everywhere,
      count: term.args.length,
      of,
      value,
      has: i => term.args[i] !== undefined,
      grid: i => asGrid(value(i)),
      text: i => {
        const found = value(i);
        if (!isScalar(found)) throw new ReplayError(`The step "${term.op}" wants a name.`);
        return String(found);
      },
      number: i => {
        const found = value(i);
        if (isGrid(found) && found.height === 1) return Number(found.columns[0]!.get().data[0]);
        if (!isScalar(found) || found === null) throw new ReplayError(`The step "${term.op}" wants a number.`);
        return Number(found);
      },
      named: name => {
        const given = term.named[name];
        return given === undefined ? undefined : of(given);
      },
      before: i => {
        const given = term.args[i]!;
        if (!isOperation(given)) return null;
        this.value(given);
        return this.states.get(given)!.clone();
      },
      member: this.options.declared ?? null,
      remember: state => {
        this.states.set(term, state);
      },
    };
  }
}
