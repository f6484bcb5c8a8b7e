import { isOperation, list, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { instance, isTrue, known, literalIn, type Meaning, termOf, termsOf, text, textOf, unknown } from '../symbols';
import { callArray } from './arrays';
import { drawFrom } from './generators';
import { resetGroups } from './groups';
import { parseQuery } from './query';
import { statistic, statistics } from './statistics';
import { applied, assigned, dropped, joinedTo, mapping, merged, pivoted, typesOf } from './table-parts';

type Data = Extract<Meaning, { kind: 'term' }>;

/** Methods of tables, series, rows and arrays; null where the method is not known. */
export function callTable(self: Data, method: string, site: CallSite): Meaning | null {
  const { at, args, named, place } = site;
  const data = self.term;
  const first = termOf(args[0]);
  const of = (op: string, ...more: Term[]): Meaning => known(operation(op, [data, ...more]));
  /** The new table, in place of the old one where the call says so. */
  const settle = (made: Meaning): Meaning => {
    if (!isTrue(named.get('inplace'))) return made;
    at.store(place, made);
    return text(null);
  };
  const options = new Map([...named].filter(([key]) => key !== 'inplace'));
  if (statistics.has(method)) return statistic(self, method, site);
  const allowed = understood[method];
  if (allowed && [...named.keys()].some(key => !allowed.includes(key))) return unknown;
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
      const method = textOf(named.get('method') ?? args[1]);
      if (method === 'ffill' || method === 'pad') return settle(of('fill-along', literal('forward')));
      if (method === 'bfill' || method === 'backfill') return settle(of('fill-along', literal('backward')));
      return value && method === null && literalIn(value && known(value)) !== null
        ? settle(of('fillna', value))
        : unknown;
    }
    case 'ffill':
    case 'bfill':
      return settle(of('fill-along', literal(method === 'ffill' ? 'forward' : 'backward')));
    case 'dropna': {
      const axis = literalIn(named.get('axis') ?? args[0]);
      const subset = termOf(named.get('subset'));
      if (named.has('subset') && !subset) return unknown;
      if (axis === 1 || axis === 'columns') {
        const least = termOf(named.get('thresh'));
        const all = textOf(named.get('how')) === 'all';
        return subset || (named.has('thresh') && !least)
          ? unknown
          : settle(of('columns', operation('full-columns', [data, least ?? literal(all ? 1 : null)])));
      }
      if (named.has('thresh')) return unknown;
      const how = termOf(named.get('how'));
      const kept = operation('dropna', [data], {
        ...(subset && { subset: oneOrMore(subset) }),
        ...(how && { how }),
      });
      return settle(known(isTrue(named.get('ignore_index')) ? operation('reset-index', [kept]) : kept));
    }
    case 'drop_duplicates': {
      const more = termsOf(options, ['ignore_index']);
      const subset = first ?? more?.subset;
      if (!more) return unknown;
      const made = operation('drop-duplicates', [data], {
        ...more,
        ...(subset && { subset: oneOrMore(subset) }),
      });
      return settle(known(isTrue(named.get('ignore_index')) ? operation('reset-index', [made]) : made));
    }
    case 'reset_index':
      if (![...named.keys()].every(key => ['drop', 'inplace', 'name'].includes(key)) || args.length > 0) return unknown;
      if (isTrue(named.get('drop'))) return settle(of('reset-index'));
      return (
        resetGroups(data, termOf(named.get('name'))) ?? (named.has('name') ? unknown : settle(of('index-to-column')))
      );
    case 'join':
      return joinedTo(data, site);
    case 'pivot':
    case 'pivot_table':
      return pivoted(data, method, site);
    case 'set_index':
      return first && typeof literalOf(first) === 'string' ? settle(of('set-index', first)) : unknown;
    case 'rename': {
      const map = mapping(named.get('columns') ?? (literalIn(named.get('axis')) === 1 ? args[0] : undefined));
      return map ? settle(of('rename', map.keys, map.values)) : unknown;
    }
    case 'head':
      return of('head', first ?? termOf(named.get('n')) ?? literal(5));
    case 'tail':
      return of('slice-rows', operation('negate', [first ?? termOf(named.get('n')) ?? literal(5)]));
    case 'take':
      return first ? of('rows', first) : unknown;
    case 'drop':
      return dropped(self, site, settle);
    case 'pop': {
      if (!first || !place) return unknown;
      at.store(place, of('drop-columns', first));
      return of('columns', first);
    }
    case 'insert': {
      const where = termOf(args[0] ?? named.get('loc'));
      const name = termOf(args[1] ?? named.get('column'));
      const value = termOf(args[2] ?? named.get('value'));
      if (!where || !name || !value || !place) return unknown;
      at.store(place, of('insert', where, name, value));
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
      const made = operation('sort', [data, ...(by ? [oneOrMore(by)] : [])], more);
      return settle(known(isTrue(named.get('ignore_index')) ? operation('reset-index', [made]) : made));
    }
    case 'sort_index':
      return settle(of('sort-index'));
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
      if (!by || literalIn(named.get('sort')) === false) return unknown;
      const flags = [...named].filter(([key]) => key === 'as_index');
      const keys = 'items' in by || literalOf(by) === undefined ? by : list([by]);
      return instance('groupby', new Map([...flags, ['keys', known(keys)] as const]), [self]);
    }
    case 'map':
    case 'replace': {
      if (self.row) return callArray(self, method, site);
      if (named.has('regex') && isTrue(named.get('regex'))) return unknown;
      const from = args[0] ?? named.get(method === 'map' ? 'arg' : 'to_replace');
      const map = mapping(from);
      if (map)
        return settle(
          known(operation('map', [data, map.keys, map.values], method === 'replace' ? { keep: literal(true) } : {})),
        );
      if (method === 'replace') {
        const [many, to] = [termOf(from), termOf(args[1] ?? named.get('value'))];
        if (!many || !to) return unknown;
        const values = 'items' in to ? to : list('items' in many ? many.items.map(() => to) : [to]);
        return settle(known(operation('map', [data, oneOrMore(many), values], { keep: literal(true) })));
      }
      const series = termOf(from);
      if (series && isOperation(series)) return of('map-by', series);
      return applied(self, site);
    }
    case 'apply':
    case 'applymap':
      return applied(self, site);
    case 'value_counts':
      return named.size === 0 && args.length === 0 ? of('value-counts') : unknown;
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

const oneOrMore = (term: Term): Term => ('items' in term || literalOf(term) === undefined ? term : list([term]));

const words = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

/** Keywords that are taken into account; a call with another one is not followed. */
const understood: Readonly<Record<string, readonly string[]>> = {
  isna: [],
  isnull: [],
  notna: [],
  notnull: [],
  unique: [],
  isin: words('values'),
  fillna: words('value inplace method downcast'),
  ffill: words('inplace'),
  bfill: words('inplace'),
  dropna: words('axis subset how thresh inplace ignore_index'),
  drop_duplicates: words('subset keep inplace ignore_index'),
  reset_index: words('drop inplace name'),
  set_index: words('inplace'),
  rename: words('columns inplace axis errors copy'),
  head: words('n'),
  tail: words('n'),
  drop: words('labels axis columns index errors inplace'),
  insert: words('loc column value allow_duplicates'),
  filter: words('items'),
  sample: words('n frac replace random_state ignore_index'),
  sort_values: words('by ascending inplace ignore_index kind'),
  sort_index: words('inplace'),
  select_dtypes: words('include exclude'),
  query: words('inplace'),
  groupby: words('by as_index sort observed group_keys'),
  map: words('arg na_action'),
  replace: words('to_replace value regex inplace'),
  apply: words('func axis'),
  applymap: words('func'),
  to_frame: words('name'),
};
