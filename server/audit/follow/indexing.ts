import { isOperation, literal, literalOf, operation, type Term } from '../../../audit-core/datasets/recipe';
import type { Expression } from '../../facts/syntax';
import { itemAt } from './batches';
import { isMask } from './calculate';
import type { Follower } from './follower';
import { hasNumberedColumns, isNumbers } from './numbered';
import { type Instance, known, literalIn, type Meaning, termOf, text, unknown } from './symbols';

type Index = Extract<Expression, { kind: 'index' }>;
type Data = Extract<Meaning, { kind: 'term' }>;

const isTexts = (term: Term): boolean => 'items' in term && term.items.length > 0 && term.items.every(isOneName);
/** One name of a column, or a text made of it. */
export const isOneName = (term: Term): boolean =>
  typeof literalOf(term) === 'string' ||
  (isOperation(term) &&
    (term.op === 'hole' ||
      (['text', 'text-replace', 'text-slice'].includes(term.op) && isOneName(term.args[0]!)) ||
      (term.op === 'binary' && literalOf(term.args[0]) === '+' && term.args.slice(1).every(isOneName)) ||
      (term.op === 'join-text' && term.args.slice(1).every(isOneName))));

/** Names of columns: a text, a list of texts, what lists a table's columns, and what is made of these. */
export const isNames = (term: Term): boolean =>
  typeof literalOf(term) === 'string' ||
  isTexts(term) ||
  (isOperation(term) &&
    (isOneName(term) ||
      ['names', 'pick-names'].includes(term.op) ||
      (term.op === 'index' && isOperation(term.args[0]!) && isOfColumns(term.args[0])) ||
      (term.op === 'binary' && term.args.slice(1).every(isNames)) ||
      (['mask', 'drop-rows', 'slice-rows', 'array', 'set-difference', 'each-item', 'part', 'item'].includes(term.op) &&
        isNames(term.args[0]!))));

/** One value a column: types, sums over the rows. */
const isOfColumns = (term: Term): boolean =>
  isOperation(term) &&
  (term.op === 'dtypes' ||
    term.op === 'statistic' ||
    (['mask', 'sort'].includes(term.op) && term.args[0] !== undefined && isOfColumns(term.args[0])));

/** `object[index]`, `.loc[…]`, `.iloc[…]`. */
export function indexed(at: Follower, e: Index, looping: boolean): Meaning {
  const accessor =
    e.object.kind === 'attribute' && ['iloc', 'loc', 'at', 'iat'].includes(e.object.name) ? e.object.name : null;
  const object = at.value(accessor && e.object.kind === 'attribute' ? e.object.object : e.object);
  if (object.kind === 'unknown') return object;
  if (object.kind === 'path') return builtin(at, object.path, e);
  if (object.kind === 'tuple') return ofTuple(at, object, e);
  if (object.kind === 'instance') return ofInstance(at, object, e);
  if (object.kind === 'output') return object;
  if (object.kind !== 'term') return unknown;
  if ('items' in object.term && !accessor) return ofList(at, object.term.items, object, e);
  if (e.index.kind === 'tuple') return severalAxes(at, object, e.index.items, accessor, looping);
  return oneAxis(at, object, e.index, accessor, looping);
}

/** `np.c_[a, b]`, `np.r_[a, b]`. */
function builtin(at: Follower, path: string, e: Index): Meaning {
  if (path !== 'numpy.c_' && path !== 'numpy.r_') return unknown;
  const parts = (e.index.kind === 'tuple' ? e.index.items : [e.index]).map(part => termOf(at.value(part)));
  if (!parts.every(part => part !== null)) return unknown;
  return known(operation(path === 'numpy.c_' ? 'join-columns' : 'join-rows', [{ op: 'list', items: parts }]));
}

const bound = (at: Follower, part: Expression | undefined): Meaning => (part ? at.value(part) : text(null));

function ofTuple(at: Follower, object: Extract<Meaning, { kind: 'tuple' }>, e: Index): Meaning {
  if (e.index.kind === 'slice') {
    const [from, to, step] = [e.index.from, e.index.to, e.index.step].map(part => literalIn(bound(at, part)));
    if ([from, to, step].includes(undefined) || (step !== null && step !== 1)) return unknown;
    return {
      kind: 'tuple',
      items: object.items.slice((from as number | null) ?? undefined, (to as number | null) ?? undefined),
    };
  }
  const i = literalIn(at.value(e.index));
  return typeof i === 'number' ? (object.items.at(i) ?? unknown) : unknown;
}

function ofList(at: Follower, items: readonly Term[], object: Data, e: Index): Meaning {
  if (e.index.kind === 'slice') {
    const [from, to, step] = [e.index.from, e.index.to, e.index.step].map(part => literalIn(bound(at, part)));
    if (![from, to, step].includes(undefined) && (step === null || step === 1))
      return known({
        op: 'list',
        items: items.slice((from as number | null) ?? undefined, (to as number | null) ?? undefined),
      });
  } else {
    const i = literalIn(at.value(e.index));
    if (typeof i === 'number') return items.at(i) ? known(items.at(i)!) : unknown;
  }
  return oneAxis(at, object, e.index, null, false);
}

function ofInstance(at: Follower, object: Instance, e: Index): Meaning {
  if (object.type === 'torch.utils.data.Subset' || /Dataset$/.test(object.type)) {
    const key = literalIn(at.value(e.index));
    const found = typeof key === 'string' ? object.named.get(key) : undefined;
    return (
      found ?? {
        kind: 'tuple',
        items: object.items.map(item => (item.kind === 'term' ? { ...item, row: true as const } : item)),
      }
    );
  }
  const own = object.definition?.attributes.get('__getitem__');
  if (own?.kind === 'function' && own.definition.kind === 'function')
    return at.enter(own.definition, own.scopes, [object, at.value(e.index)], new Map());
  const [cells, by] = object.items;
  if (object.type === 'str' && cells?.kind === 'term' && e.index.kind === 'slice') {
    const bounds = [e.index.from, e.index.to].map(part => termOf(bound(at, part)));
    return bounds.every(each => each !== null)
      ? { ...cells, term: operation('text-slice', [cells.term, ...bounds]) }
      : unknown;
  }
  const key = literalIn(at.value(e.index));
  if ((object.type === 'str-cells' || object.type === 'str') && cells?.kind === 'term' && typeof key === 'number') {
    const separator = termOf(by);
    if (object.type === 'str')
      return {
        ...cells,
        term: operation('text-slice', [cells.term, literal(key), literal(key === -1 ? null : key + 1)]),
      };
    return separator ? { ...cells, term: operation('text-split', [cells.term, separator, literal(key)]) } : unknown;
  }
  if (object.type === 'numpy-archive' && typeof key === 'string')
    return known(operation('numpy-array', [termOf(object.items[0])!, literal(key)]));
  if (object.type === 'torch-archive' && (typeof key === 'string' || typeof key === 'number'))
    return known(operation('torch-file', [termOf(object.items[0])!, literal(String(key))]));
  if (object.type === 'json-file' && typeof key === 'string')
    return known(operation('list-file', [termOf(object.items[0])!, literal(key)]));
  if (object.type === 'groupby') {
    object.named.set('column', at.value(e.index));
    return object;
  }
  if (key !== undefined && key !== null && object.named.has(String(key))) return object.named.get(String(key))!;
  const i = typeof key === 'number' ? object.items.at(key) : undefined;
  return i ?? unknown;
}

/** One index on a table, a series or an array. */
function oneAxis(at: Follower, object: Data, index: Expression, accessor: string | null, looping: boolean): Meaning {
  const { term } = object;
  const marks = { ...(object.row && { row: true as const }), ...(object.batch && { batch: true as const }) };
  if (index.kind === 'slice') {
    const bounds = [index.from, index.to, index.step].map(part => bound(at, part));
    if (bounds.some(each => each.kind === 'unknown' && each.loop)) return { kind: 'term', term, batch: true };
    const terms = bounds.map(termOf);
    if (!terms.every(each => each !== null)) return bounds.find(each => each.kind === 'unknown') ?? unknown;
    if (object.row) return { ...marks, kind: 'term', term: operation('column-slice', [term, ...terms]) };
    if (accessor === 'loc') {
      // Labels, both ends included; known only where they are whole.
      if (bounds.some(each => literalIn(each) !== null)) return unknown;
      return object;
    }
    return { ...marks, kind: 'term', term: operation('slice-rows', [term, ...terms]) };
  }
  if (index.kind === 'none' || (index.kind === 'attribute' && index.name === 'newaxis'))
    return { ...marks, kind: 'term', term: operation('expand-dims', [term, literal(0)]) };
  const key = at.value(index);
  if (key.kind === 'unknown') {
    if (key.loop && looping) return { kind: 'term', term, batch: true };
    return key;
  }
  if (key.kind === 'tuple') {
    const items = key.items.map(termOf);
    if (!items.every(item => item !== null)) return unknown;
    const wanted: Term = { op: 'list', items };
    if (!accessor && !object.row && isNumbers(wanted) && hasNumberedColumns(term))
      return known(operation('columns', [term, wanted]));
    return known(operation(isNames(wanted) && !accessor ? 'columns' : 'rows', [term, wanted]));
  }
  if (key.kind !== 'term') return unknown;
  if (isEach(key.term)) return { kind: 'term', term, row: true };
  // Rows of a batch of positions are a batch of rows.
  if (key.batch) return { kind: 'term', term, batch: true };
  const value = literalOf(key.term);
  if (object.row) {
    if (typeof value === 'number') return { ...marks, kind: 'term', term: operation('column-at', [term, key.term]) };
    if (key.row) return unknown;
    return { ...marks, kind: 'term', term: operation('columns', [term, key.term]) };
  }
  if (key.row) return { kind: 'term', term, row: true };
  if (isOperation(term) && term.op === 'dtypes' && isOneName(key.term))
    return known(operation('dtype', [operation('columns', [term.args[0]!, key.term])]));
  if (!accessor && isNames(key.term)) return { ...marks, kind: 'term', term: operation('columns', [term, key.term]) };
  if (!accessor && isNumbers(key.term) && hasNumberedColumns(term))
    return { ...marks, kind: 'term', term: operation('columns', [term, key.term]) };
  if (typeof value === 'number' && !accessor) return itemAt(object, value);
  if (typeof value === 'string')
    return accessor === 'loc'
      ? known(operation('columns', [operation('labels', [term, { op: 'list', items: [key.term] }]), key.term]))
      : unknown;
  if (isMask(key.term)) return known(operation('mask', [term, key.term]));
  if (accessor === 'loc') return known(operation('labels', [term, key.term]));
  if (isOperation(key.term) && key.term.op === 'index') return known(operation('labels', [term, key.term]));
  return known(operation('rows', [term, key.term]));
}

const isEach = (term: Term): boolean => isOperation(term) && term.op === 'each';

const isWhole = (part: Expression): boolean => part.kind === 'slice' && !part.from && !part.to && !part.step;

/** `X[rows, columns]` and slices of pictures. */
function severalAxes(
  at: Follower,
  object: Data,
  given: readonly Expression[],
  accessor: string | null,
  looping: boolean,
): Meaning {
  const [first, ...rest] = given;
  const parts = rest.filter(part => !(part.kind === 'opaque' || (part.kind === 'name' && part.name === 'Ellipsis')));
  if (!first || (first.kind === 'opaque' && !object.row))
    return first && parts.length > 0 && isNone(parts.at(-1)!) ? withAxis(object, -1) : unknown;
  if (object.row) return inRow(at, object, given);
  const rows = isWhole(first) ? object : oneAxis(at, object, first, accessor, looping);
  if (rows.kind !== 'term') return rows;
  let made: Data = rows;
  if (rows.row) return inRow(at, rows, rest);
  for (const [i, part] of rest.entries()) {
    if (isWhole(part)) continue;
    if (isNone(part)) {
      made = withAxis(made, i + 1) as Data;
      continue;
    }
    const next = i === 0 ? columnPart(at, made, part, accessor, given.length > 2) : laterAxis(at, made, part, i + 1);
    if (next.kind !== 'term') return next;
    made = next;
  }
  return made;
}

const isNone = (part: Expression): boolean =>
  part.kind === 'none' || (part.kind === 'attribute' && part.name === 'newaxis');
const withAxis = (object: Data, axis: number): Meaning => ({
  ...object,
  term: operation('expand-dims', [object.term, literal(axis)]),
});

function columnPart(at: Follower, object: Data, part: Expression, accessor: string | null, isBlock: boolean): Meaning {
  if (isBlock) return laterAxis(at, object, part, 1);
  const { term } = object;
  if (part.kind === 'slice') {
    const bounds = [part.from, part.to].map(each => bound(at, each));
    const terms = bounds.map(termOf);
    if (!terms.every(each => each !== null) || part.step) return unknown;
    if (accessor === 'loc') {
      if (terms.every(each => typeof literalOf(each) === 'string'))
        return { ...object, term: operation('column-labels', [term, ...terms]) };
      return unknown;
    }
    return { ...object, term: operation('column-slice', [term, ...terms]) };
  }
  const key = at.value(part);
  if (key.kind !== 'term') return key.kind === 'tuple' ? unknown : key;
  const value = literalOf(key.term);
  if (accessor === 'loc' && isNumbers(key.term) && hasNumberedColumns(term))
    return { ...object, term: operation('columns', [term, key.term]) };
  if (typeof value === 'number') return { ...object, term: operation('column-at', [term, key.term]) };
  if (isNames(key.term) && accessor !== 'iloc') return { ...object, term: operation('columns', [term, key.term]) };
  if (isMask(key.term)) return unknown;
  return { ...object, term: operation(accessor === 'loc' ? 'columns' : 'columns-at', [term, key.term]) };
}

function laterAxis(at: Follower, object: Data, part: Expression, axis: number): Meaning {
  const i = literalIn(part.kind === 'slice' ? unknown : at.value(part));
  return typeof i === 'number'
    ? { ...object, term: operation('pick-axis', [object.term, literal(axis), literal(i)]) }
    : unknown;
}

/** Within one record: its columns, or the axes of its array. */
function inRow(at: Follower, object: Data, parts: readonly Expression[]): Meaning {
  let made: Data = object;
  let axis = 1;
  for (const part of parts) {
    if (isWhole(part)) axis++;
    else if (isNone(part)) {
      made = { ...made, term: operation('expand-dims', [made.term, literal(axis)]) };
      axis++;
    } else if (part.kind === 'slice' && parts.length === 1) {
      const bounds = [part.from, part.to].map(each => termOf(bound(at, each)));
      if (!bounds.every(each => each !== null)) return unknown;
      made = { ...made, term: operation('column-slice', [made.term, ...bounds]) };
    } else if (part.kind === 'opaque') axis = -1;
    else {
      const key = at.value(part);
      const i = literalIn(key);
      if (typeof i === 'number' && parts.length > 1)
        made = { ...made, term: operation('pick-axis', [made.term, literal(axis), literal(i)]) };
      else if (typeof i === 'number') made = { ...made, term: operation('column-at', [made.term, literal(i)]) };
      else if (key.kind === 'term' && isNames(key.term))
        made = { ...made, term: operation('columns', [made.term, key.term]) };
      else return unknown;
    }
  }
  return made;
}
