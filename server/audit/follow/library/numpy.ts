import { isOperation, list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { instance, itemsOf, known, literalIn, type Meaning, numberIn, termOf, text, tuple, unknown } from '../symbols';
import { callArray, typeName } from './arrays';
import { callTable } from './table';

const elementwise = new Set([
  'log',
  'log1p',
  'log2',
  'log10',
  'exp',
  'expm1',
  'sqrt',
  'square',
  'abs',
  'absolute',
  'sign',
  'floor',
  'ceil',
  'round',
  'around',
  'rint',
  'trunc',
  'sin',
  'cos',
  'tanh',
  'nan_to_num',
]);
const statistics: Readonly<Record<string, string>> = {
  mean: 'mean',
  nanmean: 'mean',
  median: 'median',
  nanmedian: 'median',
  std: 'std',
  nanstd: 'std',
  var: 'var',
  min: 'min',
  amin: 'min',
  nanmin: 'min',
  max: 'max',
  amax: 'max',
  nanmax: 'max',
  sum: 'sum',
  nansum: 'sum',
};
const methods = new Set([
  'reshape',
  'squeeze',
  'expand_dims',
  'transpose',
  'argmax',
  'argsort',
  'clip',
  'ravel',
  'swapaxes',
  'unique',
]);

/** Functions of numpy, and torch's and TensorFlow's of the same names; null for others. */
export function callNumpy(path: string, site: CallSite): Meaning | null {
  const found = /^(?:numpy|torch|tensorflow|tf|jax\.numpy)\.(?:math\.)?(\w+)$/.exec(path);
  if (!found) return null;
  const { args, named } = site;
  const short = found[1]!;
  const isTorch = path.startsWith('torch.');
  const [a, b] = args;
  const first = termOf(a);
  const keep = (term: Term): Meaning => (a?.kind === 'term' ? { ...a, term } : known(term));
  switch (short) {
    case 'array':
    case 'asarray':
    case 'ascontiguousarray':
    case 'tensor':
    case 'from_numpy':
    case 'as_tensor':
    case 'FloatTensor':
    case 'LongTensor':
    case 'Tensor':
    case 'constant':
    case 'convert_to_tensor': {
      if (!first) return a?.kind === 'unknown' ? a : unknown;
      const type = typeName(named.get('dtype') ?? (b?.kind === 'path' ? b : undefined));
      const array = operation('array', [first]);
      const wanted = short === 'FloatTensor' ? 'float32' : short === 'LongTensor' ? 'int64' : type;
      return keep(
        /^(?:float|int|long|bool|double|uint)/.test(wanted) ? operation('cast', [array, literal(wanted)]) : array,
      );
    }
    case 'cast':
      return first ? keep(operation('cast', [first, literal(typeName(b ?? named.get('dtype')))])) : unknown;
    case 'arange': {
      const terms = args.map(termOf);
      if (!terms.every(term => term !== null) || terms.length === 0) return unknown;
      return known(operation('array', [operation('range', terms.length === 1 ? [literal(0), terms[0]!] : terms)]));
    }
    case 'zeros':
    case 'ones':
    case 'full': {
      const shape = first && 'items' in first ? (first.items.length === 1 ? first.items[0]! : null) : first;
      const value = short === 'full' ? termOf(b) : literal(short === 'ones' ? 1 : 0);
      return shape && value ? known(operation('filled', [shape, value])) : unknown;
    }
    case 'zeros_like':
    case 'ones_like':
      return first
        ? known(operation('filled', [operation('length', [first]), literal(short === 'ones_like' ? 1 : 0)]))
        : unknown;
    case 'concatenate':
    case 'vstack':
    case 'hstack':
    case 'column_stack':
    case 'append':
    case 'concat':
    case 'cat':
    case 'stack': {
      const given = short === 'append' ? args.slice(0, 2) : a && itemsOf(a);
      if (!given) return stacked(a);
      const parts = given.map(termOf);
      if (!parts.every(part => part !== null)) return given.find(each => each.kind === 'unknown') ?? unknown;
      const axis = literalIn(named.get('axis') ?? named.get('dim') ?? (short === 'append' ? args[2] : b)) ?? 0;
      if (given.some(each => each.kind === 'term' && each.row))
        return axis === 0 || axis === -1
          ? { kind: 'term', term: operation('join-columns', [list(parts)]), row: true }
          : unknown;
      const sideways =
        short === 'column_stack' ||
        (short === 'hstack' && !parts.every(isVector)) ||
        (short !== 'vstack' && short !== 'hstack' && (axis === 1 || axis === -1));
      if (short === 'stack' && !sideways) return unknown;
      const joined = operation(
        sideways ? 'join-columns' : 'join-rows',
        [list(parts)],
        sideways ? {} : { ignore_index: literal(true) },
      );
      return known(operation('array', [joined]));
    }
    case 'where': {
      if (!first) return a?.kind === 'unknown' ? a : unknown;
      if (args.length === 1) return tuple([known(operation('nonzero', [first]))]);
      const [yes, no] = [termOf(b), termOf(args[2])];
      return yes && no ? keep(operation('where', [first, yes, no])) : unknown;
    }
    case 'dtype':
      return a ?? unknown;
    case 'flatnonzero':
      return first ? known(operation('nonzero', [first])) : unknown;
    case 'isin':
    case 'in1d':
      return first && termOf(b) ? known(operation('isin', [first, termOf(b)!])) : unknown;
    case 'isnan':
      return first ? keep(operation('isna', [first])) : unknown;
    case 'isfinite':
      return first ? keep(operation('notna', [first])) : unknown;
    case 'logical_not':
    case 'invert':
      return first ? keep(operation('not', [first])) : unknown;
    case 'logical_and':
    case 'logical_or':
      return first && termOf(b)
        ? known(operation('binary', [literal(short === 'logical_and' ? '&' : '|'), first, termOf(b)!]))
        : unknown;
    case 'minimum':
    case 'maximum':
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'power':
      return first && termOf(b)
        ? keep(
            operation('binary', [
              literal(
                {
                  minimum: 'minimum',
                  maximum: 'maximum',
                  add: '+',
                  subtract: '-',
                  multiply: '*',
                  divide: '/',
                  power: '**',
                }[short],
              ),
              first,
              termOf(b)!,
            ]),
          )
        : unknown;
    case 'unique':
      return first && named.size === 0 ? known(operation('unique-sorted', [first])) : unknown;
    case 'setdiff1d':
      return first && termOf(b) ? known(operation('set-difference', [first, termOf(b)!])) : unknown;
    case 'sort':
      return first ? known(operation('sort', [first])) : unknown;
    case 'digitize':
      return first && termOf(b) ? keep(operation('digitize', [first, termOf(b)!])) : unknown;
    case 'eye': {
      return instance('identity', new Map(), args);
    }
    case 'split':
    case 'array_split': {
      const n = numberIn(b);
      if (!first || n === null || short === 'split') return splitAt(first, b);
      return unknown;
    }
    case 'shape':
      return first ? tuple([known(operation('length', [first]))]) : unknown;
    case 'percentile':
    case 'quantile':
    case 'nanpercentile': {
      const share = numberIn(b ?? named.get('q'));
      const axis = literalIn(named.get('axis') ?? args[2]);
      if (!first || share === null) return unknown;
      return known(
        operation('statistic', [
          axis === 0 ? first : operation('flatten', [first]),
          literal('quantile'),
          literal(short === 'quantile' ? share : share / 100),
        ]),
      );
    }
    case 'float32':
    case 'float64':
    case 'int64':
    case 'int32':
      return first ? keep(operation('cast', [first, literal(short)])) : unknown;
    case 'one_hot':
      return first ? known(operation('one-hot', [first, ...(termOf(b) ? [termOf(b)!] : [])])) : unknown;
    default:
  }
  if (elementwise.has(short)) {
    const decimals = numberIn(b ?? named.get('decimals'));
    return first
      ? keep(operation('call', [literal(short), first, ...(decimals === null ? [] : [literal(decimals)])]))
      : a?.kind === 'unknown'
        ? a
        : unknown;
  }
  const name = statistics[short];
  if (name && a?.kind === 'term') {
    const made = callTable({ ...a, term: operation('array', [a.term]) }, name, { ...site, args: args.slice(1) });
    return isTorch && (name === 'std' || name === 'var') ? unknown : made;
  }
  if (methods.has(short) && a?.kind === 'term') return callArray(a, short, { ...site, args: args.slice(1) }) ?? unknown;
  if (short === 'no_grad' || short === 'device' || short === 'inference_mode' || short === 'set_grad_enabled')
    return text(null);
  return null;
}

/** An iterable of arrays made one by one from records: all of them. */
function stacked(of: Meaning | undefined): Meaning {
  return of?.kind === 'term' ? known(of.term) : (of ?? unknown);
}

const isVector = (term: Term): boolean =>
  isOperation(term) &&
  (term.op === 'nonzero' ||
    term.op === 'range' ||
    (term.op === 'columns' && 'value' in (term.args[1] ?? {})) ||
    term.op === 'draw' ||
    (['rows', 'slice-rows', 'array'].includes(term.op) && isVector(term.args[0]!)));

/** `np.split(x, [a, b])`: parts between places. */
function splitAt(of: Term | null, at: Meaning | undefined): Meaning {
  const places = at && itemsOf(at)?.map(termOf);
  if (!of || !places?.every(place => place !== null)) return unknown;
  const bounds = [literal(null), ...places, literal(null)];
  return tuple(bounds.slice(1).map((to, i) => known(operation('slice-rows', [of, bounds[i]!, to]))));
}
