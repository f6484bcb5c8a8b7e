import { is, isList, listOf, type Place, symbol, unknown, type Value } from '../values';
import { attributeOf } from './access';
import { memberOf, typesOf } from './classes';
import type { Machine, Named } from './machine';
import { deepCopy } from './methods';
import { aten, iterate, tensorOf } from './operations';

/** A function of a library that is followed here. */
export type Native = (m: Machine, positional: readonly Value[], named: Named, place: Place) => Value;

export const first = (positional: readonly Value[]): Value => positional[0] ?? null;
const numeric =
  (apply: (...values: number[]) => number): Native =>
  (_, positional) => {
    const values = positional.map(each => (typeof each === 'boolean' ? Number(each) : each));
    return values.every((each): each is number => typeof each === 'number')
      ? apply(...values)
      : (positional.find(each => is(each, 'unknown')) ?? unknown);
  };
export const same: Native = (_, positional) => first(positional);

function extreme(kind: 'max' | 'min'): Native {
  return (m, positional, named) => {
    const items = positional.length === 1 ? iterate(m, first(positional)) : [...positional];
    if (is(first(positional), 'tensor') && positional.length === 1) return aten(m, kind, positional, named);
    return items?.every((each): each is number => typeof each === 'number') && items.length > 0
      ? Math[kind](...items)
      : unknown;
  };
}

function attribute(m: Machine, positional: readonly Value[]): Value {
  const [object = null, name, fallback] = positional;
  if (typeof name !== 'string') return unknown;
  const found = attributeOf(m, object, name);
  return is(found, 'unknown') && fallback !== undefined ? fallback : found;
}

function isInstance(positional: readonly Value[]): Value {
  const [value = null, type = null] = positional;
  const wanted = isList(type) ? type.items : [type];
  const types = typesOf(value);
  if (is(value, 'unknown')) return unknown;
  const plain: Record<string, boolean> = {
    'builtins.int': typeof value === 'number' && Number.isInteger(value),
    'builtins.float': typeof value === 'number',
    'builtins.str': typeof value === 'string',
    'builtins.bool': typeof value === 'boolean',
    'builtins.list': is(value, 'list'),
    'builtins.tuple': is(value, 'tuple'),
    'builtins.dict': is(value, 'dict'),
  };
  return wanted.some(each => {
    if (is(each, 'class')) return types.includes(each.name);
    if (!is(each, 'symbol')) return false;
    const name = each.path.split('.').at(-1) ?? '';
    return (
      plain[each.path] === true ||
      types.some(type => type === each.path || (type.startsWith('torch.nn.') && type.split('.').at(-1) === name))
    );
  });
}

function nowhere(): Place {
  return { file: { name: '', lines: [0], body: [] }, span: { start: 0, end: 0 } };
}

function whole(m: Machine, value: Value): Value {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return Number.isFinite(Number(value)) ? Math.trunc(Number(value)) : unknown;
  const tensor = is(value, 'tensor') ? tensorOf(m, value) : null;
  return tensor?.size === 1 ? Math.trunc(tensor.dataSync()[0] ?? 0) : is(value, 'unknown') ? value : unknown;
}

function real(m: Machine, value: Value): Value {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return Number(value.replace(/^(-?)inf$/, '$1Infinity'));
  const tensor = is(value, 'tensor') ? tensorOf(m, value) : null;
  return tensor?.size === 1 ? (tensor.dataSync()[0] ?? 0) : unknown;
}

function listed(m: Machine, value: Value, kind: 'list' | 'tuple' | 'set'): Value {
  const items = iterate(m, value);
  if (!items) return is(value, 'unknown') ? value : unknown;
  return listOf(kind === 'set' ? items.filter((each, index) => items.indexOf(each) === index) : items, kind);
}

function dictionary(m: Machine, positional: readonly Value[], named: Named): Value {
  const entries = new Map<string | number, Value>();
  const given = first(positional);
  if (is(given, 'dict')) for (const [key, value] of given.entries) entries.set(key, value);
  else
    for (const item of (positional.length > 0 ? iterate(m, given) : null) ?? [])
      if (isList(item) && (typeof item.items[0] === 'string' || typeof item.items[0] === 'number'))
        entries.set(item.items[0], item.items[1] ?? null);
  for (const [key, value] of named) entries.set(key, value);
  return { kind: 'dict', entries };
}

function product(m: Machine, value: Value): Value {
  const items = iterate(m, value);
  return items?.every((each): each is number => typeof each === 'number')
    ? items.reduce((total, each) => total * each, 1)
    : unknown;
}

/** Python's built-in functions and those of its libraries that networks' code calls. */
export const pythonFunctions: ReadonlyMap<string, Native> = new Map<string, Native>([
  [
    'builtins.len',
    (m, positional) => {
      const value = first(positional);
      const tensor = is(value, 'tensor') ? value.value : null;
      return tensor ? (tensor.shape[0] ?? 0) : (iterate(m, value)?.length ?? unknown);
    },
  ],
  [
    'builtins.range',
    (_, positional) => {
      if (!positional.every((each): each is number => typeof each === 'number'))
        return positional.find(each => is(each, 'unknown')) ?? unknown;
      const [start, end, step] =
        positional.length === 1
          ? [0, positional[0] ?? 0, 1]
          : [positional[0] ?? 0, positional[1] ?? 0, positional[2] ?? 1];
      const count = Math.max(0, Math.ceil((end - start) / step));
      return count > 100_000 ? unknown : listOf(Array.from({ length: count }, (__, index) => start + index * step));
    },
  ],
  ['builtins.int', (m, positional) => whole(m, first(positional))],
  ['builtins.float', (m, positional) => real(m, first(positional))],
  [
    'builtins.bool',
    (m, positional) => {
      const value = whole(m, first(positional));
      return typeof value === 'number' ? value !== 0 : value;
    },
  ],
  ['builtins.str', (_, positional) => (typeof first(positional) === 'object' ? unknown : String(first(positional)))],
  [
    'builtins.abs',
    (m, positional) =>
      is(first(positional), 'tensor')
        ? aten(m, 'abs', positional, new Map())
        : numeric(Math.abs)(m, positional, new Map(), nowhere()),
  ],
  ['builtins.max', extreme('max')],
  ['builtins.min', extreme('min')],
  ['builtins.round', numeric((value, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits)],
  [
    'builtins.divmod',
    (_, [a, b]) =>
      typeof a === 'number' && typeof b === 'number'
        ? listOf([Math.floor(a / b), a - b * Math.floor(a / b)], 'tuple')
        : unknown,
  ],
  [
    'builtins.sum',
    (m, positional) => {
      const items = iterate(m, first(positional));
      if (!items) return unknown;
      return items.reduce<Value>(
        (total, each) =>
          typeof total === 'number' && typeof each === 'number'
            ? total + each
            : aten(m, 'add', [total, each], new Map()),
        positional[1] ?? 0,
      );
    },
  ],
  [
    'builtins.all',
    (m, positional) => {
      const items = iterate(m, first(positional));
      return items ? items.every(each => each === true) : unknown;
    },
  ],
  [
    'builtins.any',
    (m, positional) => {
      const items = iterate(m, first(positional));
      return items ? items.some(each => each === true) : unknown;
    },
  ],
  ['builtins.list', (m, positional) => (positional.length === 0 ? listOf([]) : listed(m, first(positional), 'list'))],
  [
    'builtins.tuple',
    (m, positional) => (positional.length === 0 ? listOf([], 'tuple') : listed(m, first(positional), 'tuple')),
  ],
  [
    'builtins.set',
    (m, positional) => (positional.length === 0 ? listOf([], 'set') : listed(m, first(positional), 'set')),
  ],
  ['builtins.dict', dictionary],
  [
    'builtins.enumerate',
    (m, positional, named) => {
      const items = iterate(m, first(positional));
      const from = positional[1] ?? named.get('start') ?? 0;
      return items ? listOf(items.map((each, index) => listOf([index + Number(from), each], 'tuple'))) : unknown;
    },
  ],
  [
    'builtins.zip',
    (m, positional) => {
      const lists = positional.map(each => iterate(m, each));
      if (lists.some(each => each === null)) return unknown;
      const length = Math.min(...lists.map(each => each?.length ?? 0));
      return listOf(
        Array.from({ length: positional.length > 0 ? length : 0 }, (_, index) =>
          listOf(
            lists.map(each => each?.[index] ?? null),
            'tuple',
          ),
        ),
      );
    },
  ],
  [
    'builtins.reversed',
    (m, positional) => {
      const items = iterate(m, first(positional));
      return items ? listOf(items.reverse()) : unknown;
    },
  ],
  [
    'builtins.sorted',
    (m, positional) => {
      const items = iterate(m, first(positional));
      return items?.every(each => typeof each === 'number' || typeof each === 'string')
        ? listOf([...items].sort((a, b) => (a! < b! ? -1 : 1)))
        : unknown;
    },
  ],
  [
    'builtins.map',
    (m, [fn = null, over = null], _, place) => {
      const items = iterate(m, over);
      return items ? listOf(items.map(each => m.call(fn, [each], new Map(), place))) : unknown;
    },
  ],
  ['builtins.filter', (_, positional) => positional[1] ?? unknown],
  ['builtins.iter', same],
  ['builtins.next', (m, positional) => iterate(m, first(positional))?.[0] ?? unknown],
  ['builtins.getattr', (m, positional) => attribute(m, positional)],
  [
    'builtins.setattr',
    (_, [object, name, value]) => {
      if ((is(object, 'module') || is(object, 'object')) && typeof name === 'string')
        object.attributes.set(name, value ?? null);
      return null;
    },
  ],
  [
    'builtins.hasattr',
    (_, [object, name]) =>
      (is(object, 'module') || is(object, 'object')) && typeof name === 'string'
        ? object.attributes.has(name) ||
          (object.class !== null && memberOf(object.class, name) !== undefined) ||
          (is(object, 'module') && object.settings.has(name))
        : unknown,
  ],
  ['builtins.isinstance', (_, positional) => isInstance(positional)],
  [
    'builtins.type',
    (_, [value]) =>
      is(value, 'module')
        ? (value.class ?? symbol(value.type))
        : is(value, 'object')
          ? (value.class ?? unknown)
          : unknown,
  ],
  ['builtins.print', () => null],
  [
    'builtins.slice',
    (_, positional) => ({
      kind: 'slice',
      from: positional.length > 1 ? first(positional) : null,
      to: positional.length > 1 ? (positional[1] ?? null) : first(positional),
      step: positional[2] ?? null,
    }),
  ],
  ...(['sqrt', 'floor', 'ceil', 'log', 'log2', 'log10', 'exp', 'sin', 'cos', 'trunc'] as const).flatMap(name => [
    [`math.${name}`, numeric(Math[name])] as const,
    [`numpy.${name}`, numeric(Math[name])] as const,
  ]),
  ['math.pow', numeric((a, b = 1) => a ** b)],
  ['math.prod', (m, positional) => product(m, first(positional))],
  ['numpy.prod', (m, positional) => product(m, first(positional))],
  ['copy.deepcopy', (_, positional) => deepCopy(first(positional))],
  ['copy.copy', (_, positional) => deepCopy(first(positional))],
  ['collections.OrderedDict', dictionary],
  ['typing.OrderedDict', dictionary],
  [
    'functools.partial',
    (m, [fn = null, ...bound], fixed, place) => ({
      kind: 'native',
      call: (positional, named) => m.call(fn, [...bound, ...positional], new Map([...fixed, ...named]), place),
    }),
  ],
  ['itertools.chain', (m, positional) => listOf(positional.flatMap(each => iterate(m, each) ?? [unknown]))],
  [
    'types.SimpleNamespace',
    (_, __, named) => ({ kind: 'object', class: null, type: 'types.SimpleNamespace', attributes: new Map(named) }),
  ],
  [
    'argparse.Namespace',
    (_, __, named) => ({ kind: 'object', class: null, type: 'argparse.Namespace', attributes: new Map(named) }),
  ],
  [
    'argparse.ArgumentParser',
    () => ({ kind: 'object', class: null, type: 'argparse.ArgumentParser', attributes: new Map() }),
  ],
  ['pathlib.Path', (_, positional) => (typeof first(positional) === 'string' ? first(positional) : unknown)],
  [
    'os.path.join',
    (_, positional) => (typeof positional.at(-1) === 'string' ? (positional.at(-1) ?? unknown) : unknown),
  ],
]);
