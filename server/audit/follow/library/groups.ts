import { isOperation, list, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import {
  type Instance,
  instance,
  isTrue,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  termOf,
  textOf,
  unknown,
} from '../symbols';

type Data = Extract<Meaning, { kind: 'term' }>;

/** Groups, and the text, date and category sides of a column; null for other instances. */
export function callGroups(self: Instance, method: string, site: CallSite): Meaning | null {
  const { args, named } = site;
  const data = self.items[0]?.kind === 'term' ? self.items[0] : null;
  const first = termOf(args[0]);
  const on = (op: string, ...more: Term[]): Meaning =>
    data ? { ...data, term: operation(op, [data.term, ...more]) } : unknown;
  switch (self.type) {
    case 'str':
      if (['lower', 'upper', 'strip', 'lstrip', 'rstrip', 'title', 'capitalize'].includes(method) && args.length === 0)
        return on('text', literal(method));
      if (
        ['startswith', 'endswith', 'contains', 'match'].includes(method) &&
        first &&
        [...named.keys()].every(key => ['na', 'regex', 'case'].includes(key)) &&
        literalIn(named.get('case')) !== false
      )
        return on(
          'text-test',
          literal(method === 'contains' && literalIn(named.get('regex')) === false ? 'includes' : method),
          first,
        );
      if (method === 'replace' && first && termOf(args[1]) && [...named.keys()].every(key => key === 'regex'))
        return on(
          'text-replace',
          first,
          termOf(args[1])!,
          ...(named.has('regex') ? [termOf(named.get('regex')) ?? literal(null)] : []),
        );
      if (method === 'len') return on('text-length');
      if (method === 'slice') return on('text-slice', first ?? literal(null), termOf(args[1]) ?? literal(null));
      if (method === 'split' && first && [...named.keys()].every(key => key === 'expand')) {
        if (isTrue(named.get('expand'))) return on('text-parts', first);
        return instance('str-parts', new Map(), [self.items[0]!, args[0]!]);
      }
      if (method === 'extract' && first && [...named.keys()].every(key => key === 'expand'))
        return on('text-extract', first, literal(literalIn(named.get('expand')) !== false));
      if (method === 'get' && first)
        return on('text-slice', first, literal(Number(literalOf(first)) === -1 ? null : Number(literalOf(first)) + 1));
      if (method === 'zfill' && first) return on('text-fill', first);
      if (method === 'get_dummies') return unknown;
      return unknown;
    case 'str-parts':
    case 'dt':
    case 'cat':
      return unknown;
    case 'groupby':
      return data ? grouped(self, data, method, site) : unknown;
    default:
      return null;
  }
}

function grouped(self: Instance, data: Data, method: string, site: CallSite): Meaning {
  const { args, named } = site;
  const keys = termOf(self.named.get('keys'))!;
  const column = termOf(self.named.get('column'));
  const asColumns = literal(literalIn(self.named.get('as_index')) === false ? 1 : 0);
  const chosen: readonly Term[] | null = column ? ('items' in column ? column.items : [column]) : null;
  const aggregate = (parts: readonly Term[]): Meaning =>
    known(operation('group-aggregate', [data.term, keys, list(parts), asColumns]));
  const one = (name: string): Meaning =>
    chosen ? flatIf(column!, aggregate(chosen.map(each => list([each, each, literal(name)])))) : unknown;
  if (
    ['mean', 'sum', 'min', 'max', 'std', 'median', 'count', 'nunique', 'first', 'last', 'var'].includes(method) &&
    args.length === 0
  )
    return one(method);
  if (method === 'size') return flatIf(keys, aggregate([list([literal('size'), literal(''), literal('size')])]));
  if (method === 'cumcount' || method === 'ngroup')
    return known(operation('group-transform', [data.term, keys, firstOf(keys), literal(method)]));
  if (method === 'transform') {
    const how = args[0];
    if (!how || !column || 'items' in column) return unknown;
    const name =
      textOf(how) ??
      (how.kind === 'path' ? (/(?:^|\.)(mean|median|sum|min|max|std|len)$/.exec(how.path)?.[1] ?? null) : null);
    const of = (each: string): Term => operation('group-transform', [data.term, keys, column, literal(each)]);
    if (name !== null) return known(of(name === 'len' ? 'size' : name));
    if (how.kind !== 'function') return unknown;
    // A function of the group's cells: its statistics are those of the group, everything else is cell by cell.
    const cells = operation('hole', []);
    const made = site.at.apply(how, [known(cells)]);
    const term =
      made.kind === 'term' ? inGroups(made.term, cells, operation('columns', [data.term, column]), of) : null;
    return term ? known(term) : unknown;
  }
  if (method === 'agg' || method === 'aggregate') {
    const how = textOf(args[0]);
    if (how !== null) return one(how);
    if (args[0]?.kind === 'instance' && args[0].type === 'dict') {
      const parts = [...args[0].named].map(([name, value]) => [name, textOf(value)] as const);
      return parts.every(([, each]) => each !== null)
        ? aggregate(parts.map(([name, each]) => list([literal(name), literal(name), literal(each)])))
        : unknown;
    }
    const several = args[0] && itemsOf(args[0])?.map(textOf);
    if (several && column && !('items' in column) && several.every(each => each !== null))
      return aggregate(several.map(each => list([literal(each), column, literal(each)])));
    const parts = [...named].map(([name, value]) => [name, itemsOf(value)?.map(textOf)] as const);
    if (parts.length > 0 && parts.every(([, pair]) => pair?.length === 2 && pair.every(each => each !== null)))
      return aggregate(parts.map(([name, pair]) => list([literal(name), literal(pair![0]!), literal(pair![1]!)])));
    return unknown;
  }
  return unknown;
}

/** The keys of groups as columns again: of a table of them, or of a series, which may be given a name. */
export function resetGroups(data: Term, name: Term | null): Meaning | null {
  if (!isOperation(data)) return null;
  const isSeries = data.op === 'column-at' && literalOf(data.args[1]) === -1;
  const of = isSeries ? data.args[0]! : data;
  if (!isOperation(of) || of.op !== 'group-aggregate') return null;
  const [table, keys, parts] = of.args as [Term, Term, Term];
  const last = 'items' in parts ? parts.items.at(-1) : undefined;
  if (!name || !last || !('items' in last) || !('items' in parts))
    return name ? null : known(operation(of.op, [table, keys, parts, literal(1)]));
  const named = list([...parts.items.slice(0, -1), list([name, ...last.items.slice(1)])]);
  return known(operation(of.op, [table, keys, named, literal(1)]));
}

const firstOf = (keys: Term): Term => ('items' in keys ? (keys.items[0] ?? literal('')) : literal(''));

/** One column of groups is a series. */
const flatIf = (column: Term, made: Meaning): Meaning =>
  !('items' in column) && made.kind === 'term'
    ? { ...made, term: operation('column-at', [made.term, literal(-1)]) }
    : made;

const cellwise = new Set([
  'fillna',
  'binary',
  'negate',
  'call',
  'clip',
  'isna',
  'notna',
  'compare',
  'cast',
  'where',
  'map',
]);

/** A function of one group's cells as one of the column: null where a step of it looks at the group in another way. */
function inGroups(term: Term, cells: Term, column: Term, of: (statistic: string) => Term): Term | null {
  if (term === cells) return column;
  if (!isOperation(term)) return 'items' in term && term.items.includes(cells) ? null : term;
  const statistic = term.op === 'item' && isOperation(term.args[0]!) ? term.args[0] : term;
  if (statistic.op === 'statistic' && statistic.args[0] === cells && statistic.args.length === 2)
    return of(String(literalOf(statistic.args[1])));
  if (!cellwise.has(term.op)) return null;
  const args = term.args.map(each => inGroups(each, cells, column, of));
  return args.every(each => each !== null) ? operation(term.op, args, term.named) : null;
}
