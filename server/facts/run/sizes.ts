import { trainingRows } from '../../models/data-set-sizes';
import type { CallModel, RowsModel } from '../../models/schema';
import type { Expression, Span } from '../syntax';
import type { ConstantValue, Resolved } from '../values';
import type { Arguments, LibraryCall } from './arguments';
import { findInClass } from './classes-of';
import { combine } from './constants';
import { EventMachine } from './library-events';
import { copyOf, type FunctionRef, UNKNOWN, Value } from './value';

const unknown: readonly Resolved[] = [];
/** Calls of arrays that keep a row a row, whatever else they change. */
const keepsRows =
  /^(?:numpy|torch|tensorflow|keras\.utils)\.(?:\w+\.)*(?:array|asarray|ascontiguousarray|expand_dims|from_numpy|tensor|as_tensor|to_categorical|normalize|convert_to_tensor|cast|one_hot|squeeze|unsqueeze|copy)$/;
const keepsOwnRows =
  /\.(?:astype|copy|to_numpy|view|reshape|float|long|to|numpy|values|squeeze|unsqueeze|clip|round|fillna|sample|with_format|set_format|shuffle|map|rename_column|remove_columns|select_columns)$/;
/** Splits that follow scikit-learn's rule. */
const HELD_OUT = 0.25;

/** How many rows data has, followed through calls: for δ = 1/n, q = B/n and steps that scripts compute themselves. */
export abstract class SizeMachine extends EventMachine {
  abstract invoke(fn: FunctionRef, self: Value | null, args: Arguments, span: Span): Value;
  abstract evaluate(e: Expression): Value;

  /** Notes on the result of a call how many rows it has. */
  protected size(model: CallModel | null, call: LibraryCall, result: Value): void {
    if (result === UNKNOWN) return;
    const { api } = call;
    if (model?.rows) this.modelled(model.rows, call, result);
    else if (api === 'torch.utils.data.random_split') this.lengths(call, result);
    else if (!result.counts && result.types.length > 0 && keepsOwnRows.test(api) && call.receiver)
      this.note(result, this.rowsOf(call.receiver.value, call.span));
    else if (!result.counts && keepsRows.test(api)) {
      const first = call.arguments.positional[0]?.value;
      if (first) this.note(result, this.rowsOf(first, call.span));
    }
  }

  private modelled(model: RowsModel, call: LibraryCall, result: Value): void {
    let rows: readonly Resolved[] = unknown;
    const find = (ref: string | undefined): Value | null => (ref ? (this.one(ref, call, null)?.value ?? null) : null);
    const of = find(model.of);
    if (of) rows = this.rowsOf(of, call.span);
    const number = find(model.number);
    if (rows.length === 0 && number) rows = firstOf(number);
    if (rows.length === 0 && !number && model.otherwise !== undefined && !call.arguments.open)
      rows = [this.resolved(model.otherwise, `${call.api.split('.').at(-1)} default`)];
    const indexes = find(model.lengthOf);
    if (rows.length === 0 && indexes) rows = this.lengthOf(indexes, call.span);
    if (rows.length === 0 && model.known) rows = this.published(model.known, call);
    const file = find(model.file)?.constants[0]?.value;
    if (rows.length === 0 && typeof file === 'string') {
      const counted = this.asked(this.project.rows, file);
      if (counted !== null) rows = [this.resolved(counted, `rows of ${file}`, 'data-file')];
    }
    const batch = find(model.batch)?.constants ?? result.counts?.batch ?? unknown;
    const held = rows.length > 0 ? rows : model.of || model.batch ? (result.counts?.rows ?? unknown) : unknown;
    result.counts = { rows: held, batch: batch.filter(one => typeof one.value === 'number') };
    // `(x, y), (x_test, y_test) = load_data()`: only the first pair is what anybody trains on.
    // A copy each: a part may be a value that others hold too, or the one that stands for everything unknown.
    result.items =
      result.items?.map((part, at) => {
        if (at > 0 && part.types.includes('builtins.tuple')) return part;
        const item = copyOf(part);
        item.counts = result.counts;
        if (item.types.includes('builtins.tuple')) item.items = [copyOf(item), copyOf(item)];
        return item;
      }) ?? null;
  }

  /** Rows of the training part of a published data set. */
  private published(known: string, call: LibraryCall): readonly Resolved[] {
    const off = [call.named.get('train'), call.named.get('split')].some(given => {
      const value = given?.value.constants[0]?.value;
      return value === false || (typeof value === 'string' && !/^train(?:ing)?$/i.test(value));
    });
    if (off) return unknown;
    const value = known === 'api' ? null : this.one(known, call, null)?.value.constants[0]?.value;
    const variant = call.named.get('name') ?? call.named.get('split');
    const names =
      known === 'api'
        ? call.api.split('.').reverse().slice(0, 2)
        : typeof value === 'string'
          ? [`${value}/${String(variant?.value.constants[0]?.value ?? '')}`, value]
          : [];
    for (const name of names) {
      const rows = trainingRows(name);
      if (rows !== null)
        return [this.resolved(rows, `training rows of ${name.split(/[./\\]/).at(-1) || name}`, 'data-set-size')];
    }
    return unknown;
  }

  /** The parts of a split, which the split itself makes. */
  protected sizeParts(call: LibraryCall, result: Value): void {
    if (call.api === 'sklearn.model_selection.train_test_split') this.heldOut(call, result);
  }

  private heldOut(call: LibraryCall, result: Value): void {
    const inputs = call.arguments.positional;
    const share = (name: string): readonly Resolved[] | null =>
      call.named.get(name)?.value.constants.filter(one => one.value !== null) ?? null;
    const [test, train] = [share('test_size'), share('train_size')];
    result.items?.forEach((item, at) => {
      const input = inputs[Math.floor(at / 2)];
      const rows = input ? this.rowsOf(input.value, call.span) : unknown;
      const side = at % 2 === 0 ? 'train' : 'test';
      const sizes = test?.length ? test : train?.length ? train : [this.resolved(HELD_OUT, 'test_size default')];
      const given = test?.length || !train?.length ? 'test' : 'train';
      this.note(
        item,
        combine([rows, sizes], ([n, s]) => {
          if (typeof n !== 'number' || typeof s !== 'number') return undefined;
          const part = s >= 1 ? s : given === 'test' ? Math.ceil(n * s) : Math.floor(n * s);
          return side === given ? part : n - part;
        }),
      );
    });
  }

  /** `random_split(data, [a, b])`: the parts by their lengths or shares. */
  private lengths(call: LibraryCall, result: Value): void {
    const whole = call.named.get('dataset')?.value;
    const asked = call.named.get('lengths')?.value;
    if (!whole || !asked) return;
    const rows = this.rowsOf(whole, call.span);
    const parts = asked.items ?? [];
    if (parts.length === 0) return;
    result.items = parts.map(part => {
      const item = copyOf(result);
      item.items = null;
      item.objects = [this.newObject()];
      const shares = part.constants.some(one => typeof one.value === 'number' && one.value > 0 && one.value < 1);
      item.counts = {
        rows: shares
          ? combine([rows, part.constants], ([n, s]) => (typeof n === 'number' ? Math.floor(n * Number(s)) : undefined))
          : part.constants.filter(one => typeof one.value === 'number'),
        batch: unknown,
      };
      return item;
    });
  }

  /** Rows of a value: noted ones, those of a known list, or what the project's own `__len__` returns. */
  rowsOf(value: Value, span: Span): readonly Resolved[] {
    if (value.counts && value.counts.rows.length > 0) return value.counts.rows;
    if (value.items && value.types.includes('builtins.tuple') && value.items[0]?.counts)
      return value.items[0].counts.rows;
    for (const cls of value.classes) {
      const own = findInClass(cls, '__len__');
      if (own?.ref?.kind !== 'function') continue;
      return this.invoke(own.ref, value, { positional: [], keywords: new Map(), open: false, span }, span).constants;
    }
    const inner = value.fields?.get('dataset');
    return inner && inner !== value ? this.rowsOf(inner, span) : unknown;
  }

  /** What `len(value)` is: batches of a loader, rows of anything else. */
  lengthOf(value: Value, span: Span): readonly Resolved[] {
    const count = value.fields?.get('#count');
    if (count) return count.constants;
    if (value.items) return [this.resolved(value.items.length, 'length')];
    const only = value.constants.length === 1 ? value.constants[0]!.value : null;
    if (Array.isArray(only)) return [this.resolved(only.length, 'length')];
    const rows = this.rowsOf(value, span);
    if (!this.hasRole(value, 'loader')) return rows;
    const drop = value.fields?.get('drop_last')?.constants[0]?.value === true;
    return combine([rows, value.counts?.batch ?? unknown], ([n, b]) =>
      typeof n === 'number' && typeof b === 'number' && b > 0
        ? drop
          ? Math.floor(n / b)
          : Math.ceil(n / b)
        : undefined,
    );
  }

  /** The shape of data whose rows are known: its first number. */
  protected shapeOf(rows: readonly Resolved[]): Value {
    const shape = new Value();
    shape.items = [this.counted(rows), new Value(), new Value(), new Value()];
    return shape;
  }

  protected counted(rows: readonly Resolved[]): Value {
    const value = new Value();
    value.constants = rows;
    return value;
  }

  /** Rows of a part: `x[:1000]`, `splits["train"]`. */
  protected partCounts(object: Value, key: ConstantValue | undefined, index: Expression): Value['counts'] {
    if (!object.counts) return null;
    if (typeof key === 'string') return /^train/i.test(key) ? object.counts : null;
    if (index.kind !== 'slice') return index.kind === 'tuple' ? object.counts : null;
    if (index.step) return null;
    const bound = (part: Expression | null | undefined): readonly Resolved[] | null =>
      part ? this.evaluate(part).constants : null;
    const [from, to] = [bound(index.from), bound(index.to)];
    const zero = [this.resolved(0, '')];
    const { rows, batch } = object.counts;
    return {
      rows: combine([from ?? zero, to ?? rows, rows.length > 0 ? rows : (to ?? rows)], ([a, b, n]) => {
        if (typeof a !== 'number' || typeof b !== 'number' || typeof n !== 'number') return undefined;
        const at = (place: number): number => Math.min(n, place < 0 ? Math.max(0, n + place) : place);
        return Math.max(0, at(b) - at(a));
      }),
      batch,
    };
  }

  private note(value: Value, rows: readonly Resolved[]): void {
    if (rows.length > 0 && value !== UNKNOWN) value.counts = { rows, batch: value.counts?.batch ?? unknown };
  }

  private resolved(
    value: number,
    note: string,
    kind: 'computed' | 'data-set-size' | 'data-file' = 'computed',
  ): Resolved {
    return { value, origins: [{ kind, note }], overridable: false };
  }
}

/** A number, or the first of a shape. */
function firstOf(value: Value): readonly Resolved[] {
  const part = value.items?.[0]?.constants ?? value.constants;
  return part.flatMap(one =>
    typeof one.value === 'number'
      ? [one]
      : Array.isArray(one.value) && typeof one.value[0] === 'number'
        ? [{ ...one, value: one.value[0] as number }]
        : [],
  );
}
