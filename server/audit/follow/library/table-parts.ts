import { isOperation, list, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { itemsOf, known, literalIn, type Meaning, termOf, termsOf, textOf, unknown } from '../symbols';

type Data = Extract<Meaning, { kind: 'term' }>;

/** Options of a merge that change nothing of its rows, as long as they are left as they are. */
export function merged(
  left: Term | null,
  right: Term | null,
  named: ReadonlyMap<string, Meaning>,
  how?: Meaning,
  on?: Meaning,
): Meaning {
  const all = new Map(named);
  if (how) all.set('how', how);
  if (on) all.set('on', on);
  if (![...all.keys()].every(key => mergeOptions.has(key))) return unknown;
  if ([all.get('sort'), all.get('indicator')].some(each => each !== undefined && literalIn(each) !== false))
    return unknown;
  const options = termsOf(all, ['validate', 'sort', 'copy', 'indicator']);
  return left && right && options ? known(operation('merge', [left, right], options)) : unknown;
}

/** `DataFrame.join`: by the other's row labels. */
export function joinedTo(left: Term, { args, named }: CallSite): Meaning {
  const right = termOf(args[0] ?? named.get('other'));
  const allowed = new Set(['other', 'on', 'how', 'lsuffix', 'rsuffix', 'validate', 'sort']);
  const how = termOf(named.get('how') ?? args[2]) ?? literal('left');
  const on = named.get('on') ?? args[1];
  if (!right || ![...named.keys()].every(key => allowed.has(key)) || args.length > 3) return unknown;
  if (named.has('sort') && literalIn(named.get('sort')) !== false) return unknown;
  const key = on && literalIn(on) !== null ? termOf(on) : null;
  if (on && literalIn(on) !== null && !key) return unknown;
  const [front, back] = [termOf(named.get('lsuffix')), termOf(named.get('rsuffix'))];
  return known(
    operation('merge', [left, right], {
      how,
      right_index: literal(true),
      ...(key ? { left_on: key } : { left_index: literal(true) }),
      suffixes: list([front ?? literal(''), back ?? literal('')]),
    }),
  );
}

/** `pivot` and `pivot_table` of one column of values by one key each. */
export function pivoted(data: Term, method: string, { args, named }: CallSite): Meaning {
  const order = method === 'pivot' ? [] : ['values', 'index', 'columns', 'aggfunc'];
  const given = new Map([...order.flatMap((name, i) => (args[i] ? [[name, args[i]] as const] : [])), ...named]);
  if (method === 'pivot' && args.length > 0) return unknown;
  if (![...given.keys()].every(name => ['index', 'columns', 'values', 'aggfunc', 'observed'].includes(name)))
    return unknown;
  const one = (name: string): Term | null => {
    const value = given.get(name);
    const items = value && (itemsOf(value) ?? [value]);
    return items?.length === 1 && textOf(items[0]) !== null ? termOf(items[0])! : null;
  };
  // A list of one name makes columns of two levels.
  if (['columns', 'values'].some(name => textOf(given.get(name)) === null)) return unknown;
  const [row, column, values] = [one('index'), one('columns'), one('values')];
  const how = given.get('aggfunc');
  const statistic =
    method === 'pivot'
      ? null
      : how === undefined
        ? 'mean'
        : (textOf(how) ?? (how.kind === 'path' ? how.path.split('.').at(-1)! : null));
  if (!row || !column || !values || (method !== 'pivot' && !statisticsOfGroups.has(statistic ?? ''))) return unknown;
  return known(operation('pivot', [data, row, column, values, literal(statistic)]));
}

const statisticsOfGroups = new Set(['mean', 'sum', 'min', 'max', 'median', 'count', 'first', 'last']);

const mergeOptions = new Set(
  'how on left_on right_on left_index right_index suffixes validate sort copy indicator'.split(' '),
);

/** What a mapping or a pair of lists maps. */
export function mapping(of: Meaning | undefined): { keys: Term; values: Term } | null {
  if (of?.kind !== 'instance' || of.type !== 'dict') return null;
  const values = [...of.named.values()].map(termOf);
  if (!values.every(value => value !== null)) return null;
  const keys =
    of.items.length === of.named.size ? of.items.map(item => termOf(item)!) : [...of.named.keys()].map(literal);
  return { keys: list(keys), values: list(values) };
}

/** Names of types as `select_dtypes` takes them; null where one is not known. */
export function typesOf(value: Meaning): string[] | null {
  const one = (each: Meaning): string | null => (each.kind === 'path' ? each.path.split('.').at(-1)! : textOf(each));
  const items = value.kind === 'path' || textOf(value) !== null ? [value] : itemsOf(value);
  const texts = items?.map(one);
  return texts?.every(each => each !== null) ? texts : null;
}

/** `drop` of columns or rows. */
export function dropped(self: Data, { args, named }: CallSite, settle: (made: Meaning) => Meaning): Meaning {
  const data = self.term;
  const first = termOf(args[0]);
  const axis = literalIn(named.get('axis') ?? args[1]);
  const labels = first ?? termOf(named.get('labels'));
  const columns = termOf(named.get('columns')) ?? (axis === 1 || axis === 'columns' ? labels : null);
  const errors = termOf(named.get('errors'));
  if (columns && (axis === undefined || axis === 1 || axis === 'columns'))
    return settle({ ...self, term: operation('drop-columns', [data, columns], errors ? { errors } : {}) });
  const rows = termOf(named.get('index')) ?? labels;
  if (self.row && rows) return { ...self, term: operation('drop-columns', [data, rows]) };
  return rows && axis !== 1 && !named.has('level')
    ? settle(known(operation('drop-rows', [data, rows])))
    : args[0]?.kind === 'unknown'
      ? args[0]
      : unknown;
}

/** `assign`: new columns, one after the other. */
export function assigned(self: Data, { at, named }: CallSite): Meaning {
  let made: Term = self.term;
  for (const [name, value] of named) {
    const result = value.kind === 'function' ? at.apply(value, [known(made)]) : value;
    const cells = termOf(result);
    if (!cells) return result.kind === 'unknown' ? result : unknown;
    made = operation('set', [made, literal(name), cells]);
  }
  return known(made);
}

/**
 * `apply` and `map` of a function of the script, or of a type: to each cell or record; where the function asks for what only a whole column
 * has (its mean, a fitted encoder), to each column.
 */
export function applied(self: Data, { at, args, named }: CallSite): Meaning {
  const how = args[0] ?? named.get('func');
  if (how?.kind === 'path') {
    const type = /^(?:int|float|str|bool)$/.exec(how.path)?.[0];
    if (type) return { ...self, term: operation('cast', [self.term, literal(type)]) };
    if (how.path === 'len') return { ...self, term: operation('text-length', [self.term]) };
    const method = /^str\.(lower|upper|strip|title|capitalize)$/.exec(how.path)?.[1];
    if (method) return { ...self, term: operation('text', [self.term, literal(method)]) };
    if (how.path === 'pandas.to_numeric') return { ...self, term: operation('cast', [self.term, literal('float')]) };
    const function_ = /^(?:numpy|math)\.(\w+)$/.exec(how.path)?.[1];
    return function_ ? { ...self, term: operation('call', [literal(function_), self.term]) } : unknown;
  }
  if (how?.kind === 'bound') return at.apply(how, [known(self.term)]);
  if (how?.kind !== 'function') return how?.kind === 'unknown' ? how : unknown;
  const axis = literalIn(named.get('axis') ?? args[1]);
  const made = at.apply(how, [{ kind: 'term', term: self.term, row: true }]);
  if (made.kind === 'term') {
    if (made.row) return { ...self, term: made.term };
    if (literalOf(made.term) !== undefined) return { ...self, term: operation('constant', [self.term, made.term]) };
  }
  if (axis === 1 || axis === 'columns') return made.kind === 'unknown' ? made : unknown;
  const whole = at.apply(how, [known(self.term)]);
  return whole.kind === 'term' && isOperation(whole.term) && whole.term.op !== 'statistic' && !whole.row
    ? whole
    : made.kind === 'unknown'
      ? made
      : unknown;
}
