import { list, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { isOneName } from '../indexing';
import {
  instance,
  isNone,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  numberIn,
  termOf,
  textOf,
  unknown,
} from '../symbols';

type Data = Extract<Meaning, { kind: 'term' }>;

/** Methods that give the same data back: copies, moves between devices, views of the same numbers. */
const same = new Set([
  'copy',
  'clone',
  'numpy',
  'cpu',
  'cuda',
  'contiguous',
  'detach',
  'to',
  'tolist',
  'requires_grad_',
  'pin_memory',
  'compute',
  'type_as',
  'eval',
  'item',
  'persist',
  'collect',
  'to_list',
  'rename_axis',
]);
const casts: Readonly<Record<string, string>> = {
  float: 'float32',
  double: 'float64',
  long: 'int64',
  int: 'int64',
  bool: 'bool',
  byte: 'int64',
  half: 'float16',
};
const functions = new Set([
  'log',
  'log1p',
  'log2',
  'log10',
  'exp',
  'expm1',
  'sqrt',
  'square',
  'abs',
  'sign',
  'floor',
  'ceil',
  'round',
  'tanh',
]);

/** A type as pandas, numpy and torch name it. */
export function typeName(symbol: Meaning | undefined): string {
  if (symbol?.kind === 'path') return symbol.path.split('.').at(-1)!.replace(/_$/, '');
  return textOf(symbol) ?? '';
}

/** Methods of arrays and tensors, beside those of tables; null where the method is not known. */
export function callArray(self: Data, method: string, { args, named }: CallSite): Meaning | null {
  const data = self.term;
  const [a, b] = args;
  const first = termOf(a);
  const of = (op: string, ...more: Term[]): Meaning => known(operation(op, [data, ...more]));
  // The first axis of one record is the second of all.
  const shift = self.row ? 1 : 0;
  const axes = (given: readonly Meaning[]): Term[] | null => {
    const flat = given.length === 1 ? (itemsOf(given[0]!) ?? given) : given;
    const terms = flat.map(termOf);
    return terms.every(term => term !== null) ? terms : null;
  };
  if (same.has(method)) {
    // `frame.eval("a + b")` is no network's mode.
    if (method === 'eval' && args.length > 0) return unknown;
    const type = method === 'to' && a && /^(?:torch|numpy)\./.test(a.kind === 'path' ? a.path : '') ? typeName(a) : '';
    return /^(?:float|int|long|bool|double)/.test(type) ? of('cast', literal(type)) : self;
  }
  if (casts[method] && args.length === 0) return of('cast', literal(casts[method]));
  if (functions.has(method)) return known(operation('call', [literal(method), data, ...(first ? [first] : [])]));
  // Python's own methods of text: of a record's cell, or of the name of a column.
  if (self.row || isOneName(data)) {
    if (['lower', 'upper', 'strip', 'lstrip', 'rstrip', 'title', 'capitalize'].includes(method) && args.length === 0)
      return of('text', literal(method));
    if (method === 'replace' && first && termOf(b)) return of('text-replace', first, termOf(b)!, literal(false));
    if (['startswith', 'endswith'].includes(method) && first) return of('text-test', literal(method), first);
  }
  switch (method) {
    case 'to_numpy':
    case 'to_dense':
    case 'toarray':
    case 'todense':
      return of('array');
    case 'astype':
    case 'type': {
      const types = a?.kind === 'instance' && a.type === 'dict' ? [...a.named] : null;
      if (types)
        return known(
          types.reduce<Term>(
            (table, [name, type]) =>
              operation('set', [
                table,
                literal(name),
                operation('cast', [operation('columns', [table, literal(name)]), literal(typeName(type))]),
              ]),
            data,
          ),
        );
      return of('cast', literal(typeName(a ?? named.get('dtype'))));
    }
    case 'clip':
    case 'clamp': {
      const low = a ?? named.get('lower') ?? named.get('min');
      const high = b ?? named.get('upper') ?? named.get('max');
      const [l, h] = [isNone(low) ? literal(null) : termOf(low), isNone(high) ? literal(null) : termOf(high)];
      return l && h ? of('clip', l, h) : unknown;
    }
    case 'reshape':
    case 'view': {
      const shape = axes(args);
      if (!shape) return args.find(each => each.kind === 'unknown') ?? unknown;
      return of('reshape', list(self.row ? [operation('length', [data]), ...shape] : shape));
    }
    case 'flatten':
    case 'ravel': {
      const from = numberIn(a ?? named.get('start_dim'));
      return self.row || from === 1 ? of('flatten', literal(1)) : of('flatten');
    }
    case 'unsqueeze':
    case 'expand_dims': {
      const axis = numberIn(a ?? named.get('dim') ?? named.get('axis'));
      return axis === null ? unknown : of('expand-dims', literal(axis < 0 ? axis : axis + shift));
    }
    case 'squeeze': {
      const axis = numberIn(a ?? named.get('dim') ?? named.get('axis'));
      return axis === null ? of('squeeze') : of('squeeze', literal(axis < 0 ? axis : axis + shift));
    }
    case 'permute':
    case 'transpose': {
      const order = axes(args);
      if (!order) return unknown;
      const numbers = order.map(term => Number(literalOf(term)));
      if (method === 'transpose' && numbers.length === 2 && !('items' in (first ?? literal(0))))
        return of('swap-axes', literal(numbers[0]! + shift), literal(numbers[1]! + shift));
      return of('transpose', list(self.row ? [literal(0), ...numbers.map(each => literal(each + 1))] : order));
    }
    case 'swapaxes':
      return first && termOf(b) ? of('swap-axes', first, termOf(b)!) : unknown;
    case 'argmax':
      return of('argmax');
    case 'nonzero':
      return { kind: 'tuple', items: [of('nonzero')] };
    case 'argsort':
      return of('argsort');
    case 'repeat': {
      const times = args.map(numberIn);
      const at = times.findIndex(each => each !== 1);
      if (self.row && at >= 0 && times.every(each => each !== null))
        return of('repeat', literal(times[at]!), literal(at + 1));
      return unknown;
    }
    case 'dot':
    case 'matmul':
      return unknown;
    case 'size': {
      const axis = numberIn(a);
      return axis === null ? unknown : axis + shift === 0 ? of('length') : of('shape-at', literal(axis + shift));
    }
    case 'get_fdata':
    case 'convert':
      return self;
    case 'any':
    case 'all': {
      const axis = literalIn(named.get('axis') ?? a);
      return axis === 1 ? of('reduce', literal(method)) : of('statistic', literal(method));
    }
    case 'notnull':
      return of('notna');
    case 'numel':
      return unknown;
    case 'keys':
      return of('names');
    case '__len__':
      return of('length');
    case 'train_test_split':
      // Hugging Face: not replayed here.
      return unknown;
    case 'iter':
      return instance('iter', new Map(), [self]);
    default:
      return null;
  }
}
