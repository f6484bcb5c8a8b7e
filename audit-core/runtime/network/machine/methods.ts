import { operators } from '../../aten/operators';
import { copyOf } from '../layers/attention';
import { pairsOf, submodules } from '../layers/containers';
import {
  is,
  isList,
  listOf,
  type ModuleValue,
  type ParameterValue,
  type Place,
  symbol,
  tensorValue,
  unknown,
  unknownOf,
  type Value,
} from '../values';
import { attributeOf } from './access';
import { baseLayer, buildLayer, initialise } from './classes';
import { newParameter } from './layers';
import type { Machine, Named } from './machine';
import { changeInPlace, current, share } from './memory';
import { aten, castOf, contains, iterate, keyOf, tensorOf } from './operations';

/** Methods of modules that give the module itself. */
const itself = new Set(
  'to cuda cpu eval train float double half bfloat16 requires_grad_ share_memory type compile to_empty'.split(' '),
);
const modules = new Set(
  `apply parameters named_parameters children modules named_children named_modules buffers named_buffers state_dict load_state_dict
  add_module register_module register_buffer register_parameter append extend insert items keys values get_submodule zero_grad
  register_forward_hook register_forward_pre_hook register_full_backward_hook forward save_hyperparameters log log_dict __init__
  __setattr__ __getattr__ __getattribute__ __call__ configure_sharded_model post_init init_weights generate_square_subsequent_mask`.split(
    /\s+/,
  ),
);
const dicts = new Set('get items keys values pop update setdefault copy'.split(' '));
const lists = new Set('append extend insert pop index count reverse copy sort add'.split(' '));
const strings = new Set('format lower upper strip split startswith endswith replace join'.split(' '));
/** What an argument parser and the settings it gives are asked. */
const parsers = new Set(
  'add_argument add_argument_group add_mutually_exclusive_group parse_args parse_known_args set_defaults'.split(' '),
);

export function hasMethod(value: Value, name: string): boolean {
  if (is(value, 'module')) return itself.has(name) || modules.has(name);
  if (is(value, 'dict')) return dicts.has(name);
  if (isList(value)) return lists.has(name);
  if (typeof value === 'string') return strings.has(name);
  if (is(value, 'object')) return parsers.has(name) && value.type === 'argparse.ArgumentParser';
  return false;
}

export function callMethod(
  m: Machine,
  self: Value,
  name: string,
  positional: readonly Value[],
  named: Named,
  place: Place,
): Value {
  if (name.startsWith('super:')) return superMethod(m, self, name.slice(6), positional, named, place);
  if (is(self, 'module')) return moduleMethod(m, self, name, positional, named, place);
  if (is(self, 'tensor') || is(self, 'parameter')) return tensorMethod(m, self, name, positional, named);
  if (is(self, 'dict')) return dictMethod(self, name, positional, named);
  if (isList(self)) return listMethod(m, self, name, positional);
  if (typeof self === 'string') return stringMethod(self, name, positional);
  if (is(self, 'object')) return parserMethod(self, name, positional, named);
  return unknown;
}

/** What is called on `super()` and defined by a library: the constructor and forward of a layer, and what every module has. */
function superMethod(
  m: Machine,
  self: Value,
  name: string,
  positional: readonly Value[],
  named: Named,
  place: Place,
): Value {
  if (!is(self, 'module')) return null;
  const layer = self.class ? baseLayer(self.class) : null;
  if (name === '__init__') {
    if (layer && layer.name !== 'Module') buildLayer(m, self, layer, positional, named);
    return null;
  }
  if (name === 'forward') {
    const inner = self.layer ?? layer;
    if (!inner) return unknown;
    return m.forward({ ...self, class: null, layer: inner }, positional, named, place);
  }
  return hasMethod(self, name) ? moduleMethod(m, self, name, positional, named, place) : unknown;
}

function parametersOf(module: ModuleValue): ParameterValue[] {
  return [...module.attributes.values()].flatMap(value =>
    is(value, 'parameter') ? [value] : is(value, 'module') ? parametersOf(value) : [],
  );
}

const descendants = (module: ModuleValue): ModuleValue[] => [module, ...submodules(module).flatMap(descendants)];

function moduleMethod(
  m: Machine,
  self: ModuleValue,
  name: string,
  positional: readonly Value[],
  named: Named,
  place: Place,
): Value {
  if (itself.has(name)) {
    if (name === 'requires_grad_') for (const each of parametersOf(self)) each.trainable = positional[0] !== false;
    return self;
  }
  const [first, second] = positional;
  switch (name) {
    case '__init__':
      if (self.class) initialise(m, self, self.class, positional, named);
      return null;
    case 'forward':
      return m.forward(self, positional, named, place);
    case 'apply':
      for (const each of descendants(self)) m.call(first ?? null, [each], new Map(), place);
      return self;
    case 'parameters':
    case 'buffers':
      return listOf(parametersOf(self).filter(each => each.trainable === (name === 'parameters')));
    case 'children':
      return listOf(submodules(self));
    case 'modules':
      return listOf(descendants(self));
    case 'named_children':
    case 'items':
      return listOf(pairsOf(self).filter(each => isList(each) && is(each.items[1], 'module')));
    case 'keys':
      return listOf([...self.attributes.keys()]);
    case 'values':
      return listOf(submodules(self));
    case 'state_dict':
      return { kind: 'object', class: null, type: 'state_dict', attributes: new Map([['module', self]]) };
    case 'add_module':
    case 'register_module':
    case 'register_parameter':
      if (typeof first === 'string') self.attributes.set(first, second ?? null);
      return null;
    case '__setattr__':
      if (typeof first === 'string') self.attributes.set(first, second ?? null);
      return null;
    case '__getattr__':
    case '__getattribute__':
      return typeof first === 'string' ? attributeOf(m, self, first) : unknown;
    case '__call__':
      return m.call(self, positional, named, place);
    case 'register_buffer':
      if (typeof first === 'string')
        self.attributes.set(
          first,
          bufferOf(m, second ?? named.get('tensor') ?? null, positional[2] ?? named.get('persistent') ?? true),
        );
      return null;
    case 'generate_square_subsequent_mask':
      return m.call(symbol(`torch.nn.Transformer.${name}`), positional, named, place);
    case 'append':
      self.attributes.set(String(submodules(self).length), first ?? null);
      return self;
    case 'extend':
      for (const value of iterate(m, first ?? null) ?? []) self.attributes.set(String(submodules(self).length), value);
      return self;
    case 'insert': {
      const list: Value[] = submodules(self);
      list.splice(typeof first === 'number' ? first : 0, 0, second ?? null);
      for (const [index, value] of list.entries()) self.attributes.set(String(index), value);
      return null;
    }
    case 'get_submodule': {
      if (typeof first !== 'string') return unknown;
      let at: Value = self;
      for (const part of first.split('.')) at = is(at, 'module') ? (at.attributes.get(part) ?? unknown) : unknown;
      return at;
    }
    case 'save_hyperparameters': {
      // Lightning keeps what the constructor was called with; the names of its call are those of the scope, which it cannot see here.
      if (!self.attributes.has('hparams')) self.attributes.set('hparams', unknown);
      return null;
    }
    default:
      return unknown;
  }
}

/** A buffer whose values are computed in the constructor, or told by the checkpoint. */
function bufferOf(m: Machine, value: Value, persistent: Value): Value {
  if (value === null) return null;
  const tensor = is(value, 'tensor') ? value.value : null;
  return newParameter({
    shape: tensor?.shape ?? null,
    trainable: false,
    saved: persistent !== false,
    fixed: tensor && m.tf ? tensor : null,
    optional: tensor === null,
  });
}

const casts: Readonly<Record<string, 'float32' | 'int32' | 'bool'>> = {
  float: 'float32',
  double: 'float32',
  half: 'float32',
  bfloat16: 'float32',
  long: 'int32',
  int: 'int32',
  short: 'int32',
  bool: 'bool',
};
const unchanged = new Set('cpu cuda requires_grad_ contiguous clone detach numpy retain_grad pin_memory'.split(' '));
/** Those that give another tensor: a copy, or a view. */
const copies = new Set(['clone']);
const views = new Set(['contiguous', 'detach', 'numpy']);

function tensorMethod(
  m: Machine,
  self: Extract<Value, { kind: 'tensor' | 'parameter' }>,
  name: string,
  positional: readonly Value[],
  named: Named,
): Value {
  if (is(self, 'parameter') && !self.value) {
    if ((name === 'size' || name === 'dim' || name === 'numel') && self.shape) {
      const [at] = positional;
      if (name === 'dim') return self.shape.length;
      if (name === 'size' && typeof at === 'number') return self.shape.at(at) ?? unknown;
      if (name === 'size')
        return listOf(
          self.shape.map(each => each ?? unknown),
          'tuple',
        );
    }
    // In-place filling of weights is a start of training that the checkpoint replaces.
    return name.endsWith('_') || unchanged.has(name) ? self : unknown;
  }
  if (unchanged.has(name)) {
    if (!is(self, 'tensor') || !(copies.has(name) || views.has(name))) return self;
    const out = tensorValue(current(m, self));
    if (views.has(name)) share(self, out, false);
    return out;
  }
  const cast = casts[name];
  const tensor = tensorOf(m, self);
  if (!tensor) return unknown;
  if (cast) return tensorValue(tensor.cast(cast));
  if (name === 'to' || name === 'type' || name === 'type_as') {
    const kinds = [...positional, ...named.values()].map(each =>
      is(each, 'tensor') ? each.value.dtype : castOf(each),
    );
    const kind = kinds.find(each => each === 'float32' || each === 'int32' || each === 'bool');
    return kind ? tensorValue(tensor.cast(kind)) : self;
  }
  if (name === 'item' || name === 'tolist') {
    if (name === 'item') return tensor.dataSync()[0] ?? 0;
    return nested(tensor.shape, [...tensor.dataSync()]);
  }
  if (name === '__getitem__') return unknown;
  const inPlace = name.endsWith('_') && !name.startsWith('__') && !operators[name];
  const operator = inPlace ? name.slice(0, -1) : name;
  if (inPlace && (operator === 'copy' || operator === 'fill' || operator === 'zero')) {
    const value = operator === 'zero' ? 0 : positional[0];
    const source = typeof value === 'number' ? m.tensors.fill(tensor.shape, value) : tensorOf(m, value);
    if (source && is(self, 'tensor')) changeInPlace(self, m.tensors.broadcastTo(source, tensor.shape as [number]));
    return self;
  }
  if (!operators[operator]) return m.fail(`The operation ${name.slice(0, 60)} of a tensor is not run here`);
  const out = aten(m, operator, [self, ...positional], named);
  if (!inPlace) return out;
  if (is(self, 'tensor') && is(out, 'tensor')) changeInPlace(self, out.value);
  return self;
}

function nested(shape: readonly number[], values: readonly number[]): Value {
  if (shape.length === 0) return values[0] ?? 0;
  const [size = 0, ...rest] = shape;
  const width = rest.reduce((product, each) => product * each, 1);
  return listOf(
    Array.from({ length: size }, (_, index) => nested(rest, values.slice(index * width, (index + 1) * width))),
  );
}

function dictMethod(
  self: Extract<Value, { kind: 'dict' }>,
  name: string,
  positional: readonly Value[],
  named: Named,
): Value {
  const [first = null, second = null] = positional;
  const key = keyOf(first);
  switch (name) {
    case 'get':
      return key === null ? unknown : (self.entries.get(key) ?? second);
    case 'pop': {
      if (key === null) return unknown;
      const value = self.entries.get(key) ?? second;
      self.entries.delete(key);
      return value;
    }
    case 'setdefault':
      if (key === null) return unknown;
      if (!self.entries.has(key)) self.entries.set(key, second);
      return self.entries.get(key) ?? null;
    case 'items':
      return listOf([...self.entries].map(([each, value]) => listOf([each, value], 'tuple')));
    case 'keys':
      return listOf([...self.entries.keys()]);
    case 'values':
      return listOf([...self.entries.values()]);
    case 'update':
      if (is(first, 'dict')) for (const [each, value] of first.entries) self.entries.set(each, value);
      for (const [each, value] of named) self.entries.set(each, value);
      return null;
    default:
      return { kind: 'dict', entries: new Map(self.entries) };
  }
}

function listMethod(
  m: Machine,
  self: Extract<Value, { kind: 'list' | 'tuple' | 'set' }>,
  name: string,
  positional: readonly Value[],
): Value {
  const [first = null, second = null] = positional;
  switch (name) {
    case 'append':
    case 'add':
      self.items.push(first);
      return null;
    case 'extend':
      self.items.push(...(iterate(m, first) ?? [unknown]));
      return null;
    case 'insert':
      self.items.splice(typeof first === 'number' ? first : 0, 0, second);
      return null;
    case 'pop':
      return self.items.splice(typeof first === 'number' ? first : -1, 1)[0] ?? null;
    case 'index': {
      const at = self.items.indexOf(first);
      return at < 0 ? unknown : at;
    }
    case 'count':
      return self.items.filter(each => each === first).length;
    case 'reverse':
      self.items.reverse();
      return null;
    case 'sort':
      return null;
    default:
      return contains(m, self, first) === null ? unknown : listOf([...self.items], self.kind);
  }
}

function stringMethod(self: string, name: string, positional: readonly Value[]): Value {
  const [first, second] = positional;
  switch (name) {
    case 'lower':
      return self.toLowerCase();
    case 'upper':
      return self.toUpperCase();
    case 'strip':
      return self.trim();
    case 'startswith':
      return typeof first === 'string' ? self.startsWith(first) : unknown;
    case 'endswith':
      return typeof first === 'string' ? self.endsWith(first) : unknown;
    case 'replace':
      return typeof first === 'string' && typeof second === 'string' ? self.replaceAll(first, second) : unknown;
    case 'split':
      return listOf(typeof first === 'string' ? self.split(first) : self.trim().split(/\s+/));
    case 'join':
      return isList(first) && first.items.every(each => typeof each === 'string') ? first.items.join(self) : unknown;
    case 'format': {
      let at = 0;
      let open = false;
      const out = self.replace(/\{(\d*)[^}]*\}/g, (_, index: string) => {
        const value = positional[index === '' ? at++ : Number(index)];
        if (typeof value !== 'string' && typeof value !== 'number') open = true;
        return String(value);
      });
      return open ? unknown : out;
    }
    default:
      return unknown;
  }
}

/** argparse: the settings are the defaults that a script gives its options. */
function parserMethod(
  self: Extract<Value, { kind: 'object' }>,
  name: string,
  positional: readonly Value[],
  named: Named,
): Value {
  if (name === 'add_argument') {
    const names = positional.filter((each): each is string => typeof each === 'string');
    const long = names.find(each => each.startsWith('--')) ?? names[0] ?? '';
    const destination = named.get('dest');
    const key = typeof destination === 'string' ? destination : long.replace(/^-+/, '').replaceAll('-', '_');
    const action = named.get('action');
    const fallback = action === 'store_true' ? false : action === 'store_false' ? true : null;
    const needed = !long.startsWith('-') || named.get('required') === true;
    const given = named.get('default');
    const type = named.get('type');
    const number =
      typeof given === 'string' && is(type, 'symbol') && /\.(?:int|float)$/.test(type.path) ? Number(given) : given;
    self.attributes.set(key, number ?? (needed ? unknownOf(`The argument ${long} has no default`) : fallback));
    return unknown;
  }
  if (name === 'set_defaults') for (const [key, value] of named) self.attributes.set(key, value);
  const settings: Value = { kind: 'object', class: null, type: 'argparse.Namespace', attributes: self.attributes };
  if (name === 'parse_args') return settings;
  if (name === 'parse_known_args') return listOf([settings, listOf([])], 'tuple');
  return self;
}

/** `copy.deepcopy` of a network or list of networks. */
export function deepCopy(value: Value): Value {
  if (is(value, 'module')) return copyOf(value);
  if (isList(value)) return listOf(value.items.map(deepCopy), value.kind);
  return is(value, 'parameter') ? { ...value } : value;
}
