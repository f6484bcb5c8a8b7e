import { is, isList, listOf, type Place, symbol, truth, unknown, type Value } from '../values';
import { indexOf } from './access';
import type { Machine, Named } from './machine';
import { aten, binary, compare, contains, iterate } from './operations';

type Native = (m: Machine, positional: readonly Value[], named: Named, place: Place) => Value;

const operator =
  (sign: string): Native =>
  (m, [left = null, right = null]) =>
    compareOrCombine(m, sign, left, right);

const compareOrCombine = (m: Machine, sign: string, left: Value, right: Value): Value =>
  /^(?:==|!=|<=?|>=?|is|is not|in)$/.test(sign) ? compare(m, sign, left, right) : binary(m, sign, left, right);

const first: Native = (_, positional) => positional[0] ?? null;
const nothing: Native = () => null;

/** Where all arguments are plain, Python's operators; tensors go to their operator. */
const plain =
  (sign: string, name: string): Native =>
  (m, positional, named) => {
    const tensors = positional.some(each => is(each, 'tensor') || is(each, 'parameter'));
    return tensors
      ? aten(m, name, positional, named)
      : compareOrCombine(m, sign, positional[0] ?? null, positional[1] ?? null);
  };

/** `any` and `all` of a list of flags or numbers; of tensors, the operators. */
const over =
  (name: 'any' | 'all'): Native =>
  (m, positional, named) => {
    const [list = null] = positional;
    if (!isList(list)) return aten(m, name, positional, named);
    const values = list.items.map(truth);
    return name === 'any' ? values.includes(true) : !values.includes(false);
  };

/** What TorchScript writes as calls and Python as syntax or built-in functions. */
const functions: ReadonlyMap<string, Native> = new Map<string, Native>([
  [
    'torch.__not__',
    (_, [value = null]) => {
      const known = truth(value);
      return known === null ? unknown : !known;
    },
  ],
  ['torch.__is__', operator('is')],
  ['torch.__isnot__', operator('is not')],
  ['torch.__contains__', (m, [container = null, item = null]) => contains(m, container, item) ?? unknown],
  [
    'torch.__getitem__',
    (_, [list, index]) =>
      isList(list) && typeof index === 'number'
        ? (list.items.at(index) ?? null)
        : is(list, 'dict') && typeof index === 'string'
          ? (list.entries.get(index) ?? null)
          : unknown,
  ],
  ['torch.__and__', plain('&', 'logical_and')],
  ['torch.__or__', plain('|', 'logical_or')],
  ['torch.add', plain('+', 'add')],
  ['torch.sub', plain('-', 'sub')],
  ['torch.mul', plain('*', 'mul')],
  ['torch.div', plain('/', 'div')],
  ['torch.floordiv', operator('//')],
  ['torch.floor_divide', plain('//', 'floor_divide')],
  ['torch.remainder', plain('%', 'remainder')],
  ['torch.eq', plain('==', 'eq')],
  ['torch.ne', plain('!=', 'ne')],
  ['torch.lt', plain('<', 'lt')],
  ['torch.le', plain('<=', 'le')],
  ['torch.gt', plain('>', 'gt')],
  ['torch.ge', plain('>=', 'ge')],
  [
    'torch.neg',
    (m, positional) => (typeof positional[0] === 'number' ? -positional[0] : aten(m, 'neg', positional, new Map())),
  ],
  [
    'torch.len',
    (m, [value = null]) => (is(value, 'tensor') ? (value.value.shape[0] ?? 0) : (iterate(m, value)?.length ?? unknown)),
  ],
  ['torch.list', (m, [value = null]) => listOf(iterate(m, value) ?? [])],
  [
    'torch.append',
    (_, [list, item = null]) => {
      if (isList(list)) list.items.push(item);
      return list ?? null;
    },
  ],
  ['torch.keys', (m, [value = null]) => listOf(iterate(m, value) ?? [])],
  ['torch.any', over('any')],
  ['torch.all', over('all')],
  ['torch.format', () => ''],
  ['torch.str', () => ''],
  ['torch.warn', nothing],
  ['torch.Int', first],
  ['torch.Float', first],
  ['torch.IntImplicit', first],
  ['torch.device', () => symbol('torch.device')],
  ['torch.backends', nothing],
  ['torch.is_grad_enabled', () => false],
  ['torch.is_autocast_enabled', () => false],
  ['torch.is_inference_mode_enabled', () => false],
  ['torch.get_autocast_gpu_dtype', nothing],
  ['torch.range', (m, positional, named, place) => m.call(symbol('builtins.range'), positional, named, place)],
  [
    'torch.__range_length',
    (_, [low = 0, high = 0, step = 1]) =>
      typeof low === 'number' && typeof high === 'number' && typeof step === 'number' && step !== 0
        ? Math.max(0, Math.ceil((high - low) / step))
        : unknown,
  ],
  [
    'torch.__derive_index',
    (_, [index = 0, start = 0, step = 1]) =>
      typeof index === 'number' && typeof start === 'number' && typeof step === 'number'
        ? start + index * step
        : unknown,
  ],
  ['ops.prim.NumToTensor', first],
  ['ops.prim.data', first],
  ['ops.prim.dtype', () => 6],
  ['ops.prim.device', () => symbol('torch.device')],
  ['ops.prim.is_cuda', () => false],
  ['ops.prim.is_nested', () => false],
  ['ops.prim.requires_grad', () => false],
  ['ops.prim.layout', () => symbol('torch.layout')],
  ['ops.prim.max', (m, positional, named, place) => m.call(symbol('builtins.max'), positional, named, place)],
  ['ops.prim.min', (m, positional, named, place) => m.call(symbol('builtins.min'), positional, named, place)],
  ['ops.prim.unchecked_unwrap_optional', first],
  ['ops.prim.isinstance', () => true],
  ['ops.prim.RaiseException', m => m.fail('The network refuses this input with an error of its own')],
  [
    'torch.to',
    (m, [self = null, ...rest], named, place) =>
      m.call(
        { kind: 'bound', self, function: 'to' },
        [...rest].filter(each => typeof each !== 'boolean'),
        named,
        place,
      ),
  ],
  ['torch.type_as', first],
  [
    'torch.slice',
    (m, [self = null, dim = 0, start = 0, end = null, step = 1]) => {
      if (!isList(self))
        return aten(
          m,
          'slice',
          [self, dim, start, typeof end === 'number' && end >= 2 ** 62 ? null : end, step],
          new Map(),
        );
      const at = (value: Value): number | undefined => (typeof value === 'number' ? value : undefined);
      // Of a list there is no dimension: `slice(list, start, end)`.
      return listOf(self.items.slice(at(dim), at(start) === 0 && end === null ? undefined : at(start)));
    },
  ],
  ['torch.select', (m, positional, named) => aten(m, 'select', positional, named)],
  [
    'torch.index',
    (m, [self = null, indexes = null]) => {
      const index = isList(indexes)
        ? listOf(
            indexes.items.map(each => each ?? slice),
            'tuple',
          )
        : unknown;
      return is(index, 'tuple') ? indexOf(m, self, index) : unknown;
    },
  ],
]);

const slice: Value = { kind: 'slice', from: null, to: null, step: null };

/** A function of TorchScript's code by its name there; null for others. */
export const scriptFunction = (path: string): Native | null => functions.get(path) ?? null;
