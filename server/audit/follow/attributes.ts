import { isOperation, list, literal, operation, type Term } from '../../../audit-core/datasets/recipe';
import type { Follower } from './follower';
import { type Instance, instance, known, type Meaning, termOf, tuple, unknown } from './symbols';

/** `object.name` of data, of an instance, of a module. */
export function attributeOf(at: Follower, object: Meaning, name: string): Meaning {
  switch (object.kind) {
    case 'path':
      return { kind: 'path', path: `${object.path}.${name}` };
    case 'module':
      return object.scope.get(name) ?? unknown;
    case 'class':
      return object.attributes.get(name) ?? unknown;
    case 'output':
      return object;
    case 'unknown':
      return object;
    case 'instance': {
      const own = object.named.get(name);
      if (own) return own;
      const part = partOf(object, name);
      if (part) return part;
      const method = object.definition?.attributes.get(name);
      if (method?.kind === 'function' && method.definition.kind === 'function') {
        if (method.definition.decorators.some(each => each.kind === 'name' && each.name === 'property'))
          return at.enter(method.definition, method.scopes, [object], new Map());
        return { kind: 'method', self: object, definition: method.definition, scopes: method.scopes };
      }
      return /^sklearn\./.test(object.type) && /^(?:fit_transform|transform)$/.test(name)
        ? { kind: 'bound', self: object, name }
        : unknown;
    }
    case 'term':
      return ofData(object, name);
    default:
      return unknown;
  }
}

/** Parts of dates, codes of categories, cells after a split. */
function partOf(object: Instance, name: string): Meaning | null {
  const data = object.items[0]?.kind === 'term' ? object.items[0] : null;
  if (!data) return null;
  const on = (term: Term): Meaning => ({ ...data, term });
  if (object.type === 'dt')
    return name === 'days'
      ? on(operation('days', [data.term]))
      : on(operation('date-part', [data.term, literal(name)]));
  if (object.type === 'cat' && name === 'codes') {
    const categories = object.named.get('categories');
    const listed = categories && termOf(categories);
    const spec = listed
      ? operation('transformer', [literal('OrdinalEncoder')], {
          categories: list([listed]),
          unknown_value: literal(-1),
        })
      : operation('transformer', [literal('Codes')]);
    return on(operation('transform', [operation('fit', [spec, data.term]), data.term]));
  }
  if (object.type === 'str-parts' && name === 'str') return instance('str-cells', new Map(), object.items);
  return null;
}

function ofData(object: Extract<Meaning, { kind: 'term' }>, name: string): Meaning {
  const { term } = object;
  // `frame[c].dtype.name`
  if (isOperation(term) && term.op === 'dtype') return name === 'name' ? object : unknown;
  const same = (op: string, ...more: Parameters<typeof operation>[1]): Meaning => ({
    ...object,
    term: operation(op, [term, ...more]),
  });
  switch (name) {
    case 'values':
      return same('array');
    case 'index':
      return known(operation('index', [term]));
    case 'columns':
      return known(operation('names', [term]));
    case 'shape':
      return object.row
        ? tuple([1, 2, 3, 4].map(axis => known(operation('shape-at', [term, literal(axis)]))))
        : tuple([
            known(operation('length', [term])),
            ...[1, 2, 3].map(axis => known(operation('shape-at', [term, literal(axis)]))),
          ]);
    case 'dtype':
      return object.row ? unknown : known(operation('dtype', [term]));
    case 'dtypes':
      return known(operation('dtypes', [term]));
    case 'str':
    case 'dt':
    case 'cat':
      return instance(name, new Map(), [object]);
    case 'iloc':
    case 'loc':
    case 'T':
    case 'size':
    case 'device':
    case 'name':
    case 'ndim':
    case 'plot':
      return unknown;
    case 'pixel_array':
      return object;
    case 'empty':
      return known(operation('compare', [literal('=='), operation('length', [term]), literal(0)]));
    default:
      return isOperation(term) && termOf(object) ? same('columns', literal(name)) : unknown;
  }
}
