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
  numberIn,
  termOf,
  termsOf,
  text,
  textOf,
  tuple,
  unknown,
} from '../symbols';
import { callArray } from './arrays';
import { drawFrom } from './generators';
import { parseQuery } from './query';

type Data = Extract<Meaning, { kind: 'term' }>;

const fitTransform = (type: string, data: Term, options: Record<string, Term> = {}): Term =>
  operation('transform', [operation('fit', [operation('transformer', [literal(type)], options), data]), data]);

/** Functions of pandas; null for others. */
export function callPandas(path: string, { args, named }: CallSite): Meaning | null {
  const found = /^(?:pandas|pd)\.(?:api\.types\.)?(\w+)(?:\.(\w+))?$/.exec(path);
  if (!found) return null;
  const short = found[2] ? `${found[1]}.${found[2]}` : found[1]!;
  const first = termOf(args[0]);
  switch (short) {
    case 'concat': {
      const parts = itemsOf(args[0] ?? named.get('objs') ?? unknown)?.map(termOf);
      if (!parts?.every(part => part !== null)) return args[0]?.kind === 'unknown' ? args[0] : unknown;
      const axis = literalIn(named.get('axis') ?? args[1]);
      const joined = axis === 1 || axis === 'columns' ? 'join-columns' : 'join-rows';
      return known(
        operation(joined, [list(parts)], isTrue(named.get('ignore_index')) ? { ignore_index: literal(true) } : {}),
      );
    }
    case 'merge':
      return merged(
        first,
        termOf(args[1]),
        new Map([...named].filter(([key]) => key !== 'left' && key !== 'right')),
        args[2],
        args[3],
      );
    case 'get_dummies': {
      const options = termsOf(named, ['data', 'dtype', 'sparse']);
      const data = first ?? termOf(named.get('data'));
      return data && options ? known(fitTransform('GetDummies', data, options)) : unknown;
    }
    case 'to_numeric':
      return first ? known(operation('cast', [first, literal('float')])) : unknown;
    case 'to_datetime':
      return first && [...named.keys()].every(key => ['errors', 'utc', 'format'].includes(key))
        ? known(operation('date', [first]))
        : unknown;
    case 'cut': {
      const edges = termOf(args[1] ?? named.get('bins'));
      const options = termsOf(named, ['bins', 'x']);
      return first && edges && 'items' in edges && options ? known(operation('cut', [first, edges], options)) : unknown;
    }
    case 'factorize':
      return first ? tuple([known(fitTransform('Factorize', first)), known(operation('unique', [first]))]) : unknown;
    case 'isna':
    case 'isnull':
      return first ? known(operation('isna', [first])) : unknown;
    case 'notna':
    case 'notnull':
      return first ? known(operation('notna', [first])) : unknown;
    case 'unique':
      return first ? known(operation('unique', [first])) : unknown;
    case 'Series':
      return first && [...named.keys()].every(key => key === 'name' || key === 'index') ? known(first) : unknown;
    case 'Categorical': {
      return first ? instance('cat', new Map(named), [known(first)]) : unknown;
    }
    case 'DataFrame': {
      const columns = termOf(named.get('columns') ?? args[2]);
      if (args[0]?.kind === 'instance' && args[0].type === 'dict') {
        const parts = [...args[0].named].map(([name, value]) => ({ name, term: termOf(value) }));
        if (!parts.every(part => part.term !== null) || parts.length === 0) return unknown;
        const data = parts.map(part => operation('frame', [part.term!, list([literal(part.name)])]));
        return known(operation('join-columns', [list(data)]));
      }
      if (!first) return unknown;
      return known(columns ? operation('frame', [first, columns]) : operation('frame', [first]));
    }
    default:
      return unknown;
  }
}

function merged(
  left: Term | null,
  right: Term | null,
  named: ReadonlyMap<string, Meaning>,
  how?: Meaning,
  on?: Meaning,
): Meaning {
  const all = new Map(named);
  if (how) all.set('how', how);
  if (on) all.set('on', on);
  const options = termsOf(all, ['validate', 'sort', 'copy', 'indicator']);
  return left && right && options ? known(operation('merge', [left, right], options)) : unknown;
}

/** What a mapping or a pair of lists maps. */
function mapping(of: Meaning | undefined): { keys: Term; values: Term } | null {
  if (of?.kind !== 'instance' || of.type !== 'dict') return null;
  const values = [...of.named.values()].map(termOf);
  if (!values.every(value => value !== null)) return null;
  const keys =
    of.items.length === of.named.size ? of.items.map(item => termOf(item)!) : [...of.named.keys()].map(literal);
  return { keys: list(keys), values: list(values) };
}

const statistics = new Set([
  'median',
  'mean',
  'std',
  'var',
  'min',
  'max',
  'sum',
  'count',
  'nunique',
  'mode',
  'quantile',
]);

/** Methods of tables, series, rows and arrays; null where the method is not known. */
export function callTable(self: Data, method: string, site: CallSite): Meaning | null {
  const { at, args, named, variable } = site;
  const data = self.term;
  const first = termOf(args[0]);
  const of = (op: string, ...more: Term[]): Meaning => known(operation(op, [data, ...more]));
  /** The new table, in place of the old one where the call says so. */
  const settle = (made: Meaning): Meaning => {
    if (!isTrue(named.get('inplace'))) return made;
    if (variable !== null) at.rebind(variable, made);
    return text(null);
  };
  const options = new Map([...named].filter(([key]) => key !== 'inplace'));
  if (statistics.has(method)) return statistic(self, method, site);
  switch (method) {
    case 'isna':
    case 'isnull':
      return of('isna');
    case 'notna':
    case 'notnull':
      return of('notna');
    case 'isin':
      return first ? of('isin', first) : args[0]?.kind === 'unknown' ? args[0] : unknown;
    case 'between':
      return first && termOf(args[1])
        ? known(
            operation('binary', [
              literal('&'),
              operation('compare', [literal('>='), data, first]),
              operation('compare', [literal('<='), data, termOf(args[1])!]),
            ]),
          )
        : unknown;
    case 'unique':
      return of('unique');
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return first
        ? known(
            operation('compare', [
              literal({ eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' }[method]),
              data,
              first,
            ]),
          )
        : unknown;
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'truediv':
    case 'pow':
      return first
        ? known(
            operation('binary', [
              literal({ add: '+', sub: '-', mul: '*', div: '/', truediv: '/', pow: '**' }[method]),
              data,
              first,
            ]),
          )
        : unknown;
    case 'fillna': {
      const map = mapping(args[0] ?? named.get('value'));
      if (map) return settle(of('fillna-by', map.keys, map.values));
      const value = first ?? termOf(named.get('value'));
      return value && !named.has('method') ? settle(of('fillna', value)) : unknown;
    }
    case 'dropna': {
      const axis = literalIn(named.get('axis'));
      const subset = termOf(named.get('subset'));
      if (axis === 1 || axis === 'columns' || named.has('thresh')) return unknown;
      if (named.has('subset') && !subset) return unknown;
      const how = termOf(named.get('how'));
      return settle(
        known(
          operation('dropna', [data], {
            ...(subset && { subset: 'items' in subset ? subset : list([subset]) }),
            ...(how && { how }),
          }),
        ),
      );
    }
    case 'drop_duplicates': {
      const more = termsOf(options, ['ignore_index']);
      const subset = first ?? more?.subset;
      if (!more) return unknown;
      const made = operation('drop-duplicates', [data], {
        ...more,
        ...(subset && { subset: 'items' in subset ? subset : list([subset]) }),
      });
      return settle(known(isTrue(named.get('ignore_index')) ? operation('reset-index', [made]) : made));
    }
    case 'reset_index':
      if (isTrue(named.get('drop'))) return settle(of('reset-index'));
      return isOperation(data) && data.op === 'group-aggregate'
        ? known({ ...data, args: [...data.args.slice(0, 3), literal(1)] })
        : settle(of('index-to-column'));
    case 'set_index':
      return first && typeof literalOf(first) === 'string' ? settle(of('set-index', first)) : unknown;
    case 'rename': {
      const map = mapping(named.get('columns') ?? (literalIn(named.get('axis')) === 1 ? args[0] : undefined));
      return map ? settle(of('rename', map.keys, map.values)) : unknown;
    }
    case 'head':
      return of('head', first ?? literal(5));
    case 'tail':
      return first ? of('slice-rows', operation('negate', [first])) : of('slice-rows', literal(-5));
    case 'take':
      return first ? of('rows', first) : unknown;
    case 'drop':
      return dropped(self, site, settle);
    case 'pop': {
      if (!first) return unknown;
      if (variable !== null) at.rebind(variable, of('drop-columns', first));
      return of('columns', first);
    }
    case 'insert': {
      const [, name, value] = args.map(termOf);
      if (!name || !value || variable === null) return unknown;
      at.rebind(variable, of('set', name, value));
      return text(null);
    }
    case 'assign':
      return assigned(self, site);
    case 'filter': {
      const items = termOf(named.get('items'));
      return items ? of('columns', items) : unknown;
    }
    case 'get':
      return first ? of('columns', first) : unknown;
    case 'sample': {
      const positional = args[0] ? new Map([...named, ['n', args[0]] as const]) : named;
      const plain = new Map([...positional].filter(([key]) => key !== 'ignore_index'));
      const drawn = drawFrom(at, named.get('random_state'), 'pandas.sample', [data], plain);
      if (!drawn) {
        at.globals.numpy.state = null;
        return unknown;
      }
      const made = operation('part', [data, drawn]);
      return known(isTrue(named.get('ignore_index')) ? operation('reset-index', [made]) : made);
    }
    case 'sort_values': {
      const by = first ?? termOf(named.get('by'));
      const more = termsOf(options, ['by', 'ignore_index']);
      if (!more) return unknown;
      const made = operation('sort', [data, ...(by ? ['items' in by ? by : list([by])] : [])], more);
      return settle(known(isTrue(named.get('ignore_index')) ? operation('reset-index', [made]) : made));
    }
    case 'sort_index':
      return unknown;
    case 'select_dtypes': {
      const given = new Map([...named, ...(args[0] ? [['include', args[0]] as const] : [])]);
      const texts = new Map([...given].map(([key, value]) => [key, typesOf(value)] as const));
      if ([...texts.values()].includes(null)) return unknown;
      return known(
        operation(
          'select-types',
          [data],
          Object.fromEntries([...texts].map(([key, value]) => [key, list(value!.map(literal))])),
        ),
      );
    }
    case 'query': {
      const words = textOf(args[0]);
      const mask =
        words === null
          ? null
          : parseQuery(words, data, name => termOf(at.value({ kind: 'name', name, start: 0, end: 0 })));
      return mask ? settle(of('mask', mask)) : unknown;
    }
    case 'merge':
      return merged(data, first, named, args[1], args[2]);
    case 'groupby': {
      const by = first ?? termOf(named.get('by'));
      const flags = new Map([...named].filter(([key]) => key === 'as_index'));
      return by
        ? instance(
            'groupby',
            new Map([
              ...flags,
              ['keys', known('items' in by || literalOf(by) === undefined ? by : list([by]))] as const,
            ]),
            [self],
          )
        : unknown;
    }
    case 'map':
    case 'replace': {
      if (self.row) return callArray(self, method, site);
      const map = mapping(args[0]);
      if (map)
        return settle(
          known(operation('map', [data, map.keys, map.values], method === 'replace' ? { keep: literal(true) } : {})),
        );
      if (method === 'replace' && first && termOf(args[1])) {
        const many = 'items' in first ? first : list([first]);
        const to = termOf(args[1])!;
        const values = 'items' in to ? to : list('items' in many ? many.items.map(() => to) : [to]);
        return settle(known(operation('map', [data, many, values], { keep: literal(true) })));
      }
      if (method === 'map' && first && isOperation(first)) return of('map-by', first);
      return applied(self, site);
    }
    case 'apply':
    case 'applymap':
      return applied(self, site);
    case 'value_counts':
      return of('value-counts');
    case 'iterrows':
      return instance('iterrows', new Map(), [self]);
    case 'itertuples':
      return instance('itertuples', new Map(), [self]);
    case 'items':
      return unknown;
    case 'groups':
      return unknown;
    case 'to_frame':
      return of('frame');
    case 'join': {
      const other = termOf(args[0]);
      return other && named.size === 0 ? known(operation('join-columns', [list([data, other])])) : unknown;
    }
    case 'to_pandas':
      return self;
    case 'infer_objects':
    case 'convert_dtypes':
      return self;
    case 'with_format':
    case 'set_format':
      return self;
    case 'info':
    case 'describe':
    case 'hist':
    case 'to_csv':
    case 'to_parquet':
    case 'to_excel':
    case 'to_pickle':
      return text(null);
    default:
      return callArray(self, method, site);
  }
}

function typesOf(value: Meaning): string[] | null {
  const one = (each: Meaning): string | null => (each.kind === 'path' ? each.path.split('.').at(-1)! : textOf(each));
  const items = value.kind === 'path' || textOf(value) !== null ? [value] : itemsOf(value);
  const texts = items?.map(one);
  return texts?.every(each => each !== null) ? texts : null;
}

function statistic(self: Data, method: string, { args, named }: CallSite): Meaning {
  const { term } = self;
  const axis = literalIn(named.get('axis') ?? named.get('dim') ?? (method === 'quantile' ? undefined : args[0]));
  if (self.row) return unknown;
  if ((axis === 1 || axis === 'columns') && method !== 'quantile')
    return known(operation('reduce', [term, literal(method)]));
  const extra = [...named.keys()].filter(
    key => !['axis', 'dim', 'skipna', 'numeric_only', 'q', 'ddof', 'keepdims', 'keepdim', 'dropna'].includes(key),
  );
  if (extra.length > 0) return unknown;
  // numpy divides by n, pandas by n − 1.
  const isArray = arrayLike(term);
  const ddof = numberIn(named.get('ddof'));
  const population = ddof === null ? isArray : ddof === 0;
  const name = (method === 'std' || method === 'var') && population ? `population-${method}` : method;
  const share = method === 'quantile' ? termOf(args[0] ?? named.get('q') ?? text(0.5)) : null;
  const whole = isArray && axis === undefined;
  return known(
    operation('statistic', [whole ? operation('flatten', [term]) : term, literal(name), ...(share ? [share] : [])]),
  );
}

/** Values of numpy rather than of pandas, by what made them. */
export function arrayLike(term: Term): boolean {
  if (!isOperation(term)) return 'items' in term;
  if (
    [
      'array',
      'numpy-file',
      'numpy-array',
      'torch-file',
      'records',
      'reshape',
      'one-hot',
      'join-columns-array',
    ].includes(term.op)
  )
    return true;
  if (term.op === 'transform') {
    // Encoders of pandas give frames and series; scikit-learn's give arrays.
    const fit = term.args[0];
    const spec = fit && isOperation(fit) && fit.op === 'fit' ? fit.args[0] : undefined;
    const type = spec && isOperation(spec) ? literalOf(spec.args[0]) : undefined;
    return type !== 'GetDummies' && type !== 'Codes';
  }
  if (
    ['part', 'rows', 'mask', 'slice-rows', 'cast', 'binary', 'column-at', 'column-slice', 'negate', 'call'].includes(
      term.op,
    )
  ) {
    const from = term.op === 'binary' || term.op === 'call' ? term.args[1] : term.args[0];
    return from !== undefined && arrayLike(from);
  }
  return false;
}

function dropped(self: Data, { args, named }: CallSite, settle: (made: Meaning) => Meaning): Meaning {
  const data = self.term;
  const first = termOf(args[0]);
  const axis = literalIn(named.get('axis') ?? args[1]);
  const columns =
    termOf(named.get('columns')) ?? termOf(named.get('labels')) ?? (axis === 1 || axis === 'columns' ? first : null);
  const errors = termOf(named.get('errors'));
  if (columns && (axis === undefined || axis === 1 || axis === 'columns'))
    return settle({ ...self, term: operation('drop-columns', [data, columns], errors ? { errors } : {}) });
  const rows = termOf(named.get('index')) ?? first;
  if (self.row && rows) return { ...self, term: operation('drop-columns', [data, rows]) };
  return rows && axis !== 1 && !named.has('level')
    ? settle(known(operation('drop-rows', [data, rows])))
    : args[0]?.kind === 'unknown'
      ? args[0]
      : unknown;
}

function assigned(self: Data, { at, named }: CallSite): Meaning {
  let made: Term = self.term;
  for (const [name, value] of named) {
    const result =
      value.kind === 'function'
        ? at.callValue(value, { at, args: [known(made)], named: new Map(), first: null, variable: null })
        : value;
    const cells = termOf(result);
    if (!cells) return result.kind === 'unknown' ? result : unknown;
    made = operation('set', [made, literal(name), cells]);
  }
  return known(made);
}

/** `apply` and `map` of a function of the script, or of a type, to each cell or row. */
function applied(self: Data, { at, args }: CallSite): Meaning {
  const [how] = args;
  if (how?.kind === 'path') {
    const type = /^(?:int|float|str|bool)$/.exec(how.path)?.[0];
    if (type) return { ...self, term: operation('cast', [self.term, literal(type)]) };
    const function_ = /^numpy\.(\w+)$/.exec(how.path)?.[1];
    return function_ ? { ...self, term: operation('call', [literal(function_), self.term]) } : unknown;
  }
  if (how?.kind !== 'function') return unknown;
  const row: Data = { kind: 'term', term: self.term, row: true };
  const made = at.callValue(how, { at, args: [row], named: new Map(), first: null, variable: null });

  return made.kind === 'term' && (made.row || literalOf(made.term) === undefined)
    ? { ...self, term: made.term }
    : made.kind === 'unknown'
      ? made
      : unknown;
}

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
        ['startswith', 'endswith', 'contains'].includes(method) &&
        first &&
        [...named.keys()].every(key => ['na', 'regex', 'case'].includes(key)) &&
        literalIn(named.get('case')) !== false
      )
        return on('text-test', literal(method), first);
      if (method === 'replace' && first && termOf(args[1]) && !isTrue(named.get('regex')))
        return on('text-replace', first, termOf(args[1])!);
      if (method === 'len') return on('text-length');
      if (method === 'slice') return on('text-slice', first ?? literal(null), termOf(args[1]) ?? literal(null));
      if (method === 'split' && first) return instance('str-parts', new Map(), [self.items[0]!, args[0]!]);
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

function grouped(self: Instance, data: Data, method: string, { args, named }: CallSite): Meaning {
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
    const how = textOf(args[0]);
    return how !== null && column && !('items' in column)
      ? known(operation('group-transform', [data.term, keys, column, literal(how)]))
      : unknown;
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
    const parts = [...named].map(([name, value]) => [name, itemsOf(value)?.map(textOf)] as const);
    if (parts.length > 0 && parts.every(([, pair]) => pair?.length === 2 && pair.every(each => each !== null)))
      return aggregate(parts.map(([name, pair]) => list([literal(name), literal(pair![0]!), literal(pair![1]!)])));
    return unknown;
  }
  return unknown;
}

const firstOf = (keys: Term): Term => ('items' in keys ? (keys.items[0] ?? literal('')) : literal(''));

/** One column of groups is a series. */
const flatIf = (column: Term, made: Meaning): Meaning =>
  !('items' in column) && made.kind === 'term'
    ? { ...made, term: operation('column-at', [made.term, literal(-1)]) }
    : made;
