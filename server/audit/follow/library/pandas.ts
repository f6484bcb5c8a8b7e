import { list, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import {
  instance,
  isTrue,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  termOf,
  termsOf,
  text,
  tuple,
  unknown,
} from '../symbols';
import { arrayLike } from './statistics';
import { merged } from './table-parts';

/** A date by its parts or its text, as the text that dates are compared with. */
export function dateText(parts: readonly Meaning[]): Meaning {
  const [first] = parts.map(literalIn);
  if (typeof first === 'string' && parts.length === 1) return text(first);
  const numbers = parts.map(literalIn);
  if (numbers.length < 3 || !numbers.every(each => typeof each === 'number')) return unknown;
  const [year, month, day, hour = 0, minute = 0, second = 0] = numbers.map(each => String(each).padStart(2, '0'));
  return text(`${year}-${month}-${day} ${hour || '00'}:${minute || '00'}:${second || '00'}`);
}

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
      const joined = axis === 1 || axis === 'columns' ? 'concat-columns' : 'join-rows';
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
      const given = [...named].filter(([key, value]) => !(key === 'prefix_sep' && literalIn(value) === '_'));
      const options = termsOf(new Map(given), ['data', 'dtype', 'sparse']);
      if (options && Object.keys(options).some(key => !['columns', 'drop_first', 'prefix', 'dummy_na'].includes(key)))
        return unknown;
      const data = first ?? termOf(named.get('data'));
      return data && options ? known(fitTransform('GetDummies', data, options)) : unknown;
    }
    case 'to_numeric':
      return first && args[0]?.kind === 'term'
        ? { ...args[0], term: operation('cast', [first, literal('float')]) }
        : unknown;
    case 'to_datetime':
      return first && [...named.keys()].every(key => ['errors', 'utc', 'format'].includes(key))
        ? known(operation('date', [first]))
        : unknown;
    case 'cut': {
      const edges = termOf(args[1] ?? named.get('bins'));
      const options = termsOf(named, ['bins', 'x']);
      if (!first || !edges || !options) return unknown;
      if (Object.keys(options).some(key => !['labels', 'right', 'include_lowest'].includes(key))) return unknown;
      const many = 'items' in edges || literalOf(edges) === undefined;
      const right = options.right ? { right: options.right } : {};
      const outer: Term = many ? edges : operation('equal-edges', [first, edges], right);
      return known(operation('cut', [first, outer], options));
    }
    case 'qcut': {
      const parts = termOf(args[1] ?? named.get('q'));
      const options = termsOf(named, ['q', 'x']);
      if (!first || !parts || !options || Object.keys(options).some(key => key !== 'labels' && key !== 'duplicates'))
        return unknown;
      const { labels, ...rest } = options;
      return known(
        operation('cut', [first, operation('quantile-edges', [first, parts], rest)], {
          include_lowest: literal(true),
          ...(labels && { labels }),
        }),
      );
    }
    case 'Timestamp':
      return dateText(args);
    case 'factorize':
      return first ? tuple([known(fitTransform('Factorize', first)), known(operation('unique', [first]))]) : unknown;
    case 'isna':
    case 'isnull':
    case 'notna':
    case 'notnull':
      return first && args[0]?.kind === 'term'
        ? { ...args[0], term: operation(short.startsWith('is') ? 'isna' : 'notna', [first]) }
        : unknown;
    case 'is_numeric_dtype':
    case 'is_string_dtype':
    case 'is_object_dtype':
    case 'is_bool_dtype':
    case 'is_float_dtype':
    case 'is_integer_dtype':
      return first ? known(operation('type-is', [first, literal(short.split('_')[1]!)])) : unknown;
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
      if (!first) return args[0]?.kind === 'unknown' ? args[0] : unknown;
      // An array has no row labels of its own.
      const data = arrayLike(first) ? operation('array', [first]) : first;
      const frame = operation('frame', columns ? [data, columns] : [data]);
      const index = termOf(named.get('index') ?? args[1]);
      if ((named.has('index') || args[1]) && !index) return unknown;
      return known(index && literalOf(index) !== null ? operation('with-index', [frame, index]) : frame);
    }
    default:
      return unknown;
  }
}
