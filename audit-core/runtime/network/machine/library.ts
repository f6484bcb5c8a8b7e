import { inPlace } from '../../aten';
import { operators } from '../../aten/operators';
import { familyOf } from '../families';
import { layerOf } from '../layers';
import { is, isList, listOf, type ModuleValue, type Place, symbol, unknown, unknownOf, type Value } from '../values';
import { buildLayer, construct, typesOf } from './classes';
import { newParameter } from './layers';
import type { Machine, Named } from './machine';
import { deepCopy } from './methods';
import { aten, iterate, tensorOf } from './operations';
import { scriptFunction } from './script';

type Native = (m: Machine, positional: readonly Value[], named: Named, place: Place) => Value;

/** Calls something of a library by its qualified name; what is not known gives an unknown value. */
export function callLibrary(m: Machine, path: string, positional: readonly Value[], named: Named, place: Place): Value {
  const layer = layerOf(path);
  if (layer) {
    const module: ModuleValue = {
      kind: 'module',
      class: null,
      layer,
      type: path,
      attributes: new Map(),
      settings: new Map(),
      made: place,
    };
    construct(m, module, () => buildLayer(m, module, layer, positional, named));
    return module;
  }
  const native = natives.get(path) ?? scriptFunction(path);
  if (native) return native(m, positional, named, place);
  const family = familyOf(path);
  if (family) return family(m, positional, named, place);
  const [, operator] =
    /^(?:torch(?:\.nn\.functional|\.linalg|\.special|\.ops\.aten|\.Tensor)?|ops\.aten)\.(\w+)$/.exec(path) ?? [];
  if (operator !== undefined) return tensorFunction(m, operator, path, positional, named);
  if (/^torch\.nn\.\w*[A-Z]\w*$/.test(path)) {
    // A layer that is not known here stands in its place, and says so where it is called.
    return {
      kind: 'module',
      class: null,
      layer: null,
      type: path,
      attributes: new Map(),
      settings: new Map(),
      made: place,
    };
  }
  const wrapped = [...positional, ...named.values()].find(each => is(each, 'module'));
  // Wrappers of libraries that are not known here (`fabric.setup(model)`): the network may well be what they give back.
  if (wrapped && /(?:^|\.)(?:setup|prepare|wrap|fix|compile|convert|get_peft_model)$/.test(path)) return wrapped;
  return unknownOf(`${path.slice(0, 80)} is not run here (${m.placeOf(place.file, place.span)})`);
}

/** Functions of torch.nn.functional that are spelled otherwise than their operator, or that PyTorch composes. */
function tensorFunction(m: Machine, operator: string, path: string, positional: readonly Value[], named: Named): Value {
  const functional = path.startsWith('torch.nn.functional.');
  if (functional && /dropout/.test(operator)) {
    const rate = positional[1] ?? named.get('p') ?? 0.5;
    // F.dropout trains by default: `F.dropout(x)` drops even in evaluation, and no score is then one number.
    const told = positional[2] ?? named.get('training') ?? true;
    if (told === true && !m.training && rate !== 0)
      m.fail('The network drops values at random in evaluation too (F.dropout without training=self.training)');
    return aten(
      m,
      operator === 'dropout' ? 'dropout' : 'feature_dropout',
      [positional[0] ?? named.get('input') ?? null, rate, told],
      new Map(),
    );
  }
  if (functional && operator === 'embedding')
    return aten(
      m,
      'embedding',
      [positional[1] ?? named.get('weight') ?? null, positional[0] ?? named.get('input') ?? null],
      new Map(),
    );
  if (functional && /^(?:batch_norm|instance_norm)$/.test(operator)) {
    const names = ['input', 'running_mean', 'running_var', 'weight', 'bias', 'training', 'momentum', 'eps'];
    const given = new Map(named);
    for (const [index, value] of positional.entries()) given.set(names[index] ?? '', value);
    if (operator === 'instance_norm') given.set('use_input_stats', given.get('training') ?? true);
    return aten(m, operator, [], given);
  }
  if (functional && /^(?:max|avg)_pool[12]d$/.test(operator) && named.get('stride') === null)
    return aten(m, operator, positional, new Map([...named].filter(([key]) => key !== 'stride')));
  if (functional && /^adaptive_max_pool[12]d$/.test(operator)) {
    const out = aten(m, operator, positional, named);
    return is(out, 'tuple') ? (out.items[0] ?? null) : out;
  }
  if (operator === 'upsample') return aten(m, 'interpolate', positional, named);
  if (inPlace(operator) && operators[operator.slice(0, -1)]) {
    const [self = null] = positional;
    const out = aten(m, operator.slice(0, -1), positional, named);
    if (is(self, 'tensor') && is(out, 'tensor')) self.value = out.value;
    return out;
  }
  if (!operators[operator]) {
    if (m.phase === 'forward') m.fail(`The operation ${path.slice(0, 80)} is not run here`);
    return unknownOf(`The operation ${path.slice(0, 80)} is not run here`);
  }
  return aten(m, operator, positional, named);
}

const first = (positional: readonly Value[]): Value => positional[0] ?? null;
const numeric =
  (apply: (...values: number[]) => number): Native =>
  (_, positional) => {
    const values = positional.map(each => (typeof each === 'boolean' ? Number(each) : each));
    return values.every((each): each is number => typeof each === 'number')
      ? apply(...values)
      : (positional.find(each => is(each, 'unknown')) ?? unknown);
  };
const same: Native = (_, positional) => first(positional);

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
  if (is(object, 'module') || is(object, 'object')) {
    const found = object.attributes.get(name);
    if (found !== undefined) return found;
  }
  if (is(object, 'symbol')) return m.lookup(`${object.path}.${name}`) ?? symbol(`${object.path}.${name}`);
  return fallback ?? unknown;
}

function isInstance(m: Machine, positional: readonly Value[]): Value {
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
  void m;
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

/** What is saved: the network behind a state dict, a dictionary with one in it, or the network itself. */
function moduleIn(value: Value, depth = 0): ModuleValue | null {
  if (depth > 4) return null;
  if (is(value, 'module')) return value;
  if (is(value, 'object')) return moduleIn(value.attributes.get('module') ?? null, depth + 1);
  if (is(value, 'dict')) {
    for (const each of value.entries.values()) {
      const found = moduleIn(each, depth + 1);
      if (found) return found;
    }
  }
  return null;
}

const save: Native = (m, positional, named) => {
  const module = moduleIn(positional[0] ?? named.get('obj') ?? named.get('tensors') ?? null);
  const path = positional[1] ?? named.get('f') ?? named.get('filename') ?? null;
  if (module) m.saved.push({ path: typeof path === 'string' ? path : null, module });
  return null;
};

const natives: ReadonlyMap<string, Native> = new Map<string, Native>([
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
        ? object.attributes.has(name)
        : unknown,
  ],
  ['builtins.isinstance', isInstance],
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
  ['torch.Size', same],
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
  ['torch.cuda.is_available', () => false],
  ['torch.backends.mps.is_available', () => false],
  ['torch.is_tensor', (_, positional) => is(first(positional), 'tensor')],
  ['torch.jit.is_scripting', () => false],
  ['torch.jit.is_tracing', () => false],
  ['torch.jit.script', same],
  ['torch.compile', same],
  [
    'torch.utils.checkpoint.checkpoint',
    (m, [fn = null, ...rest], named, place) =>
      m.call(fn, rest, new Map([...named].filter(([key]) => key !== 'use_reentrant')), place),
  ],
  ['torch.nn.utils.weight_norm', same],
  ['torch.nn.utils.spectral_norm', same],
  ['torch.nn.utils.parametrizations.weight_norm', same],
  ['torch.nn.utils.parametrizations.spectral_norm', same],
  ['torch.nn.utils.parametrizations.orthogonal', same],
  ['torch.nn.Parameter', parameter],
  ['torch.nn.parameter.Parameter', parameter],
  [
    'torch.nn.Buffer',
    (m, positional) => {
      const tensor = tensorOf(m, first(positional));
      return newParameter({ shape: tensor?.shape ?? null, trainable: false, fixed: tensor, optional: tensor === null });
    },
  ],
  ['torch.nn.SyncBatchNorm.convert_sync_batchnorm', same],
  ['torch.save', save],
  ['safetensors.torch.save_file', save],
  ['safetensors.torch.save_model', save],
  ['opacus.validators.ModuleValidator.fix', same],
]);

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

/** `nn.Parameter(tensor)`: its shape, and its start where the tensor is computed. */
function parameter(m: Machine, positional: readonly Value[], named: Named): Value {
  const given = positional[0] ?? named.get('data') ?? null;
  const tensor = is(given, 'tensor') ? given.value : null;
  if (is(given, 'parameter')) return given;
  const trainable = (positional[1] ?? named.get('requires_grad') ?? true) !== false;
  if (!tensor) return newParameter({ trainable });
  const values = Float32Array.from(tensor.dataSync());
  void m;
  return newParameter({ shape: tensor.shape, trainable, initial: () => ({ kind: 'values', values }) });
}
