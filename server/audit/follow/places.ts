import { isOperation, literal, literalOf, operation, type Term } from '../../../audit-core/datasets/recipe';
import type { Expression } from '../../facts/syntax';
import { itemAt } from './batches';
import { isMask } from './calculate';
import type { Follower } from './follower';
import { isNames } from './indexing';
import { hasNumberedColumns, isNumbers } from './numbered';
import { type Instance, known, literalIn, type Meaning, termOf, text, unknown } from './symbols';

type Index = Extract<Expression, { kind: 'index' }>;

/** `target = value`. */
export function assign(at: Follower, target: Expression, value: Meaning): void {
  switch (target.kind) {
    case 'name':
      at.bind(target.name, value);
      return;
    case 'tuple':
    case 'list':
      target.items.forEach((item, i) => {
        if (item.kind !== 'spread') assign(at, item, itemAt(value, i));
      });
      return;
    case 'attribute': {
      const object = at.value(target.object);
      if (object.kind === 'instance') object.named.set(target.name, value);
      else if (object.kind === 'term') store(at, target.object, withAttribute(object.term, target.name, value));
      return;
    }
    case 'index':
      assignItem(at, target, value);
      return;
    default:
  }
}

/** A new value for what an expression names: a variable, an attribute, a column or a part of it. */
export function store(at: Follower, place: Expression, value: Meaning): void {
  if (place.kind === 'index') {
    assign(at, place, value);
    return;
  }
  if (place.kind !== 'name' && place.kind !== 'attribute') return;
  const old = at.value(place);
  if (place.kind === 'name') at.rebind(place.name, value);
  else assign(at, place, value);
  // Other names of the same table mean the changed one too.
  if (old.kind === 'term' && isOperation(old.term) && !old.row && !old.batch) at.replace(old, value);
}

function withAttribute(data: Term, name: string, value: Meaning): Meaning {
  const cells = termOf(value);
  if (!cells) return value.kind === 'unknown' ? value : unknown;
  if (name === 'columns') return known(operation('rename-all', [data, cells]));
  if (name === 'index')
    return isOperation(cells) && cells.op === 'range' ? known(operation('reset-index', [data])) : unknown;
  if (['values', 'iloc', 'loc', 'T', 'shape', 'data', 'flat'].includes(name)) return unknown;
  return known(operation('set', [data, literal(name), cells]));
}

/** `object[index] = value`. Whatever is not followed of it is lost, and what holds it with it. */
function assignItem(at: Follower, target: Index, value: Meaning): void {
  const { object, index } = target;
  const accessor =
    object.kind === 'attribute' && ['loc', 'iloc', 'at', 'iat', 'values'].includes(object.name) ? object.name : null;
  const holder = accessor && object.kind === 'attribute' ? object.object : object;
  const base = at.value(holder);
  if (base.kind === 'instance') intoInstance(at, holder, base, at.value(index), value);
  if (base.kind !== 'term') return;
  const cells = termOf(value);
  const whole = base.row || base.batch ? null : base.term;
  const made =
    whole && accessor && cells
      ? byAccessor(at, whole, index, accessor, cells)
      : whole && !accessor
        ? byKey(at, whole, holder, index, value)
        : null;
  if (made) store(at, made.holder ?? holder, known(made.table));
  else store(at, holder, at.lose(target, 'assignment to a part'));
}

interface Changed {
  readonly table: Term;
  /** What holds the table, where it is not what the index stands on. */
  readonly holder?: Expression;
}

function intoInstance(at: Follower, holder: Expression, into: Instance, index: Meaning, value: Meaning): void {
  const key = literalIn(index);
  if (key !== undefined && key !== null) {
    if (into.type === 'dict' && !into.named.has(String(key))) into.items = [...into.items, text(key)];
    into.named.set(String(key), value);
    // A key that only the data tell: what the mapping holds is not known any more.
  } else if (into.type === 'dict') store(at, holder, unknown);
}

/** `.loc[rows, names]`, `.iloc[:, from:to]`. */
function byAccessor(at: Follower, base: Term, index: Expression, accessor: string, cells: Term): Changed | null {
  if (index.kind !== 'tuple' || index.items.length !== 2) return null;
  const [rows, part] = index.items as readonly [Expression, Expression];
  const all = rows.kind === 'slice' && !rows.from && !rows.to && !rows.step;
  if (accessor === 'iloc') {
    if (!all || part.kind !== 'slice' || part.step) return null;
    const bounds = [part.from, part.to].map(each => (each ? termOf(at.value(each)) : literal(null)));
    if (!bounds.every(each => each !== null)) return null;
    const names = operation('slice-rows', [operation('names', [base]), ...bounds]);
    return { table: operation('set', [base, names, cells]) };
  }
  const name = termOf(at.value(part));
  if (accessor !== 'loc' || !name || !isNames(name)) return null;
  if (all) return { table: operation('set', [base, name, cells]) };
  const mask = rows.kind === 'slice' ? null : termOf(at.value(rows));
  return mask && isMask(mask) && !('items' in name)
    ? { table: operation('set-where', [base, mask, name, cells]) }
    : null;
}

/** `frame[name]`, `frame[name][condition]`, `labels[condition]`. */
function byKey(at: Follower, base: Term, holder: Expression, index: Expression, value: Meaning): Changed | null {
  const key = termOf(at.value(index));
  const cells = termOf(value);
  if (!key) return null;
  if (isNames(key) || (isNumbers(key) && hasNumberedColumns(base))) {
    // A column that is not followed is lost by itself; the rest of the table is not.
    const words = value.kind === 'unknown' && value.why ? value.why.call : 'an expression';
    return { table: operation('set', [base, key, cells ?? operation('lost', [literal(words)])]) };
  }
  if (!cells || !isMask(key)) return null;
  return columnWhere(at, holder, key, cells) ?? { table: operation('replace-where', [base, key, cells]) };
}

function columnWhere(at: Follower, holder: Expression, mask: Term, cells: Term): Changed | null {
  if (holder.kind !== 'index' && holder.kind !== 'attribute') return null;
  const name = holder.kind === 'index' ? termOf(at.value(holder.index)) : literal(holder.name);
  if (!name || typeof literalOf(name) !== 'string') return null;
  const table = at.value(holder.object);
  return table.kind === 'term' && !table.row
    ? { holder: holder.object, table: operation('set-where', [table.term, mask, name, cells]) }
    : null;
}

/** `del target`. */
export function remove(at: Follower, target: Expression): void {
  if (target.kind !== 'index') return;
  const data = at.value(target.object);
  const name = termOf(at.value(target.index));
  if (data.kind === 'term')
    store(at, target.object, name ? known(operation('drop-columns', [data.term, name])) : unknown);
}
