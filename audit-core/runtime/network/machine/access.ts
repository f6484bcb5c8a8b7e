import type * as tfjs from '@tensorflow/tfjs';
import type { Tensor } from '../../aten/operator';
import { narrow, strided } from '../../aten/operators/shapes';
import type { Expression } from '../language/syntax';
import { itemsOf } from '../layers/containers';
import {
  ellipsis,
  is,
  isList,
  listOf,
  type Scope,
  symbol,
  tensorValue,
  unknown,
  unknownOf,
  type Value,
} from '../values';
import { lineage, memberOf } from './classes';
import { evaluate } from './evaluate';
import type { Machine } from './machine';
import { changeInPlace, current, share } from './memory';
import { hasMethod } from './methods';
import { binary, iterate, keyOf, tensorOf } from './operations';
import { constants } from './symbols';

/** `object.name`. */
export function attributeOf(m: Machine, object: Value, name: string): Value {
  if (is(object, 'symbol'))
    return (
      constants.get(`${object.path}.${name}`) ?? m.lookup(`${object.path}.${name}`) ?? symbol(`${object.path}.${name}`)
    );
  if (is(object, 'module') || is(object, 'object')) {
    if (object.kind === 'object' && object.type === 'super') return superMember(object.attributes, name);
    const own = object.attributes.get(name);
    if (own !== undefined) return own;
    const member = object.class ? memberOf(object.class, name) : undefined;
    if (is(member, 'function')) {
      if (member.decoration === 'property') return m.invoke(member, [object], new Map());
      if (member.decoration === 'static') return member;
      return {
        kind: 'bound',
        self: member.decoration === 'class' ? (object.class ?? object) : object,
        function: member,
      };
    }
    if (member !== undefined) return member;
    const setting = is(object, 'module') ? object.settings.get(name) : undefined;
    if (setting !== undefined) return setting;
    if (name === 'training') return m.training;
    // The dictionary of submodules: it is looped over, indexed and written like the module.
    if (name === '_modules' && is(object, 'module')) return object;
    if (name === '__class__') return object.class ?? symbol(object.type);
    if (hasMethod(object, name)) return { kind: 'bound', self: object, function: name };
    return unknownOf(`The attribute "${name.slice(0, 60)}" of ${object.type.slice(0, 60)} is not known`);
  }
  if (is(object, 'class')) {
    const member = memberOf(object, name);
    if (is(member, 'function') && member.decoration === 'class')
      return { kind: 'bound', self: object, function: member };
    if (name === '__name__') return object.name;
    return member ?? unknown;
  }
  if (is(object, 'tensor') || is(object, 'parameter')) return tensorAttribute(m, object, name);
  if (isList(object)) {
    const at = object.names?.indexOf(name) ?? -1;
    if (at >= 0) return object.items[at] ?? null;
  }
  if (is(object, 'unknown')) return object;
  return hasMethod(object, name) ? { kind: 'bound', self: object, function: name } : unknown;
}

/** A member of what the class of the running method inherits from. */
function superMember(attributes: ReadonlyMap<string, Value>, name: string): Value {
  const self = attributes.get('self') ?? unknown;
  const owner = attributes.get('owner') ?? unknown;
  const from = is(self, 'module') || is(self, 'object') ? (self.class ?? owner) : owner;
  const line = lineage(from);
  const after = line.slice(line.indexOf(owner) + 1);
  for (const each of after) {
    const member = is(each, 'class') ? each.members.get(name) : undefined;
    if (is(member, 'function')) return { kind: 'bound', self, function: member };
    if (member !== undefined) return member;
  }
  return { kind: 'bound', self, function: `super:${name}` };
}

function tensorAttribute(m: Machine, object: Extract<Value, { kind: 'tensor' | 'parameter' }>, name: string): Value {
  if (is(object, 'parameter')) {
    if (name === 'shape') {
      const shape = object.value?.shape ?? object.shape;
      return shape
        ? listOf(
            shape.map(size => size ?? unknown),
            'tuple',
          )
        : unknown;
    }
    if (name === 'requires_grad') return object.trainable;
    if (name === 'data') return object;
  }
  switch (name) {
    case 'device':
    case 'dtype':
    case 'layout':
      return symbol(name === 'dtype' ? `torch.${dtypeName(m, object)}` : `torch.${name}`);
    case 'grad':
      return null;
    case 'is_cuda':
    case 'requires_grad':
    case 'is_nested':
    case 'is_sparse':
      return false;
    default:
      if (!['shape', 'ndim', 'T', 'mT', 'data', 'real'].includes(name))
        return { kind: 'bound', self: object, function: name };
  }
  const tensor = tensorOf(m, object);
  if (!tensor) return unknown;
  if (name === 'shape') return listOf([...tensor.shape], 'tuple');
  if (name === 'ndim') return tensor.rank;
  if (name === 'T' || name === 'mT') {
    const order = tensor.shape.map((_, index) => index);
    const turned = [...order.slice(0, -2), tensor.rank - 1, tensor.rank - 2];
    const out = tensorValue(m.tensors.transpose(tensor, name === 'T' ? undefined : turned));
    share(object, out, false);
    return out;
  }
  return object;
}

const dtypeName = (m: Machine, object: Value): string => {
  const dtype = m.tf ? (is(object, 'tensor') ? object.value.dtype : 'float32') : 'float32';
  return dtype === 'int32' ? 'int64' : dtype;
};

/** Binds a target; with an operator, what it holds is combined with the value first. */
export function assign(m: Machine, target: Expression, value: Value, scope: Scope, operator?: string): void {
  switch (target.kind) {
    case 'name': {
      const old = operator === undefined ? null : (scope.names.get(target.name) ?? outer(scope, target.name));
      scope.names.set(target.name, operator === undefined ? value : combined(m, operator, old, value));
      return;
    }
    case 'attribute': {
      const object = evaluate(m, target.object, scope);
      if (is(object, 'parameter') && target.name === 'requires_grad') object.trainable = value !== false;
      if (!is(object, 'module') && !is(object, 'object')) {
        if (is(object, 'class')) object.members.set(target.name, value);
        return;
      }
      const old = object.attributes.get(target.name) ?? null;
      const next = operator === undefined ? value : combined(m, operator, old, value);
      const setting = is(object, 'module') && object.settings.has(target.name) && !object.attributes.has(target.name);
      if (setting && !is(value, 'parameter')) object.settings.set(target.name, next);
      else object.attributes.set(target.name, next);
      return;
    }
    case 'index':
      assignItem(m, evaluate(m, target.object, scope), evaluate(m, target.index, scope), value, operator);
      return;
    case 'tuple':
    case 'list': {
      const items = iterate(m, value);
      const star = target.items.findIndex(item => item.kind === 'spread');
      for (const [index, each] of target.items.entries()) {
        if (each.kind === 'spread') {
          const rest = items?.slice(index, items.length - (target.items.length - 1 - index));
          assign(m, each.value, rest ? listOf(rest) : unknown, scope);
        } else {
          const at = star >= 0 && index > star && items ? items.length - (target.items.length - index) : index;
          assign(m, each, items ? (items[at] ?? null) : is(value, 'unknown') ? value : unknown, scope);
        }
      }
      return;
    }
    default:
  }
}

const outer = (scope: Scope, name: string): Value => {
  for (let at: Scope | null = scope; at; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return unknown;
};

/** `+=` on a list or tensor changes the thing itself; on numbers it makes a new one. */
function combined(m: Machine, operator: string, old: Value, value: Value): Value {
  if (isList(old) && old.kind === 'list' && operator === '+') {
    old.items.push(...(iterate(m, value) ?? [unknown]));
    return old;
  }
  const out = binary(m, operator, old, value);
  if (is(old, 'tensor') && is(out, 'tensor')) {
    changeInPlace(old, out.value);
    return old;
  }
  return out;
}

function assignItem(m: Machine, object: Value, index: Value, value: Value, operator?: string): void {
  const next = (old: Value): Value => (operator === undefined ? value : combined(m, operator, old, value));
  if (is(object, 'dict')) {
    const key = keyOf(index);
    if (key !== null) object.entries.set(key, next(object.entries.get(key) ?? null));
  } else if (isList(object) && typeof index === 'number') {
    const at = index < 0 ? index + object.items.length : index;
    object.items[at] = next(object.items[at] ?? null);
  } else if (is(object, 'module')) {
    const keys = [...object.attributes.keys()].filter(key => is(object.attributes.get(key), 'module'));
    const key = typeof index === 'number' ? keys.at(index) : typeof index === 'string' ? index : undefined;
    if (key !== undefined) object.attributes.set(key, value);
  } else if (is(object, 'tensor')) {
    const updated = next(operator === undefined ? null : indexOf(m, object, index));
    changeInPlace(object, withPart(m, current(m, object), index, updated));
  }
}

/** A tensor with the part that an index names replaced; positions are found by indexing an array of positions. */
function withPart(m: Machine, x: Tensor, index: Value, value: Value): Tensor {
  const tf = m.tensors;
  const positions = indexOf(m, tensorValue(tf.reshape(tf.range(0, x.size, 1, 'int32'), x.shape)), index);
  const places = is(positions, 'tensor') ? positions.value : m.fail('A part of a tensor that is replaced is not known');
  const given =
    tensorOf(m, value) ??
    (typeof value === 'number' ? tf.scalar(value) : m.fail('What a part of a tensor is replaced with is not known'));
  const spread = tf.broadcastTo(given, places.shape as [number]).dataSync();
  const data = x.dataSync().slice();
  for (const [at, place] of places.dataSync().entries()) data[place] = spread[at] ?? 0;
  return tf.tensor(data, x.shape, x.dtype);
}

/** `object[index]`. */
export function indexOf(m: Machine, object: Value, index: Value): Value {
  if (is(object, 'unknown')) return object;
  if (is(object, 'dict')) {
    const key = keyOf(index);
    return key === null
      ? unknown
      : (object.entries.get(key) ??
          (object.entries.has(key) ? null : unknownOf(`The key ${JSON.stringify(key).slice(0, 60)} is not known`)));
  }
  if (isList(object) || typeof object === 'string') {
    const items = typeof object === 'string' ? [...object] : object.items;
    if (typeof index === 'number') return items[index < 0 ? index + items.length : index] ?? null;
    if (!is(index, 'slice')) return unknown;
    const part = sliceOf(items, index);
    return typeof object === 'string' ? part.join('') : listOf(part, object.kind);
  }
  if (is(object, 'module')) {
    const items = object.layer?.name === 'ModuleDict' ? null : itemsOf(object);
    if (typeof index === 'string') return object.attributes.get(index) ?? unknown;
    if (!items) return unknown;
    if (typeof index === 'number')
      return (
        items[index < 0 ? index + items.length : index] ?? m.fail(`There is no layer ${index} in a ${object.type}`)
      );
    if (!is(index, 'slice')) return unknown;
    const attributes = new Map<string, Value>(sliceOf(items, index).map((item, at) => [String(at), item]));
    return { ...object, attributes };
  }
  const tensor = tensorOf(m, object);
  if (!tensor) return unknown;
  const indexes = is(index, 'tuple') ? index.items : [index];
  const out = tensorValue(indexTensor(m, tensor, indexes));
  // Slices show the memory of what they are taken from; lists and tensors of indexes copy.
  if (!indexes.some(each => is(each, 'tensor') || is(each, 'list'))) share(object, out, false);
  return out;
}

function sliceOf<T>(items: readonly T[], slice: Extract<Value, { kind: 'slice' }>): T[] {
  const bound = (value: Value): number | undefined => (typeof value === 'number' ? value : undefined);
  const step = bound(slice.step) ?? 1;
  if (step === -1) return [...items].reverse();
  return items.slice(bound(slice.from), bound(slice.to)).filter((_, index) => index % step === 0);
}

function indexTensor(m: Machine, x: Tensor, given: readonly Value[]): Tensor {
  const tf = m.tensors;
  const taken = given.filter(each => each !== null && each !== ellipsis).length;
  const dots = given.findIndex(each => is(each, 'symbol') && each.path === ellipsis.path);
  const whole: Value = { kind: 'slice', from: null, to: null, step: null };
  const indexes =
    dots < 0
      ? [...given]
      : [
          ...given.slice(0, dots),
          ...new Array<Value>(Math.max(0, x.rank - taken)).fill(whole),
          ...given.slice(dots + 1),
        ];
  const arrays = indexes.filter(each => is(each, 'tensor') || is(each, 'list'));
  if (arrays.length > 1) return gatherMany(m, x, indexes);
  let out = x;
  let at = 0;
  for (const index of indexes) {
    if (index === null) out = tf.expandDims(out, at++);
    else if (typeof index === 'number') {
      const size = out.shape[at] ?? 0;
      const place = index < 0 ? index + size : index;
      if (place < 0 || place >= size) m.fail(`The index ${index} does not exist in a dimension of ${size}`);
      out = tf.squeeze(narrow(tf, out, at, place, 1), [at]);
    } else if (is(index, 'slice')) {
      const bound = (value: Value): number | null => (value === null ? null : scalar(m, value));
      out = strided(tf, out, at, bound(index.from), bound(index.to), bound(index.step) ?? 1);
      at++;
    } else {
      const picked = asTensor(m, index);
      out = pick(tf, out, picked, at);
      at += picked.dtype === 'bool' ? 1 : picked.rank;
    }
  }
  return out;
}

function pick(tf: typeof tfjs, x: Tensor, index: Tensor, at: number): Tensor {
  if (index.dtype === 'bool') {
    const kept = [...index.reshape([-1]).dataSync().entries()].flatMap(([place, value]) => (value ? [place] : []));
    const flat = x.reshape([...x.shape.slice(0, at), index.size, ...x.shape.slice(at + index.rank)]);
    return tf.gather(flat, tf.tensor1d(kept, 'int32'), at);
  }
  const size = x.shape[at] ?? 1;
  const places = tf.mod(tf.add(index.cast('int32'), size), tf.scalar(size, 'int32')).cast('int32');
  return tf.gather(x, places as tfjs.Tensor1D, at);
}

/** `x[rows, columns]`: several arrays of indexes at the front walk together. */
function gatherMany(m: Machine, x: Tensor, indexes: readonly Value[]): Tensor {
  const tf = m.tensors;
  const lead = indexes.findIndex(each => !(is(each, 'tensor') || is(each, 'list') || typeof each === 'number'));
  const front = lead < 0 ? indexes : indexes.slice(0, lead);
  if (
    front.filter(each => is(each, 'tensor') || is(each, 'list')).length !==
    indexes.filter(each => is(each, 'tensor') || is(each, 'list')).length
  )
    m.fail('An index with several arrays is not run here');
  const columns = front.map(each => asTensor(m, each).cast('int32'));
  const shape = columns.reduce<number[]>(
    (best, each) => (each.size > best.reduce((a, b) => a * b, 1) ? [...each.shape] : best),
    [1],
  );
  const places = tf.stack(
    columns.map((each, index) =>
      tf
        .mod(
          tf.add(tf.broadcastTo(each, shape as [number]), x.shape[index] ?? 1),
          tf.scalar(x.shape[index] ?? 1, 'int32'),
        )
        .cast('int32'),
    ),
    -1,
  );
  const out = tf.gatherND(x, places as Tensor);
  const rest = lead < 0 ? [] : indexes.slice(lead);
  return rest.length === 0
    ? out
    : indexTensor(m, out, [...shape.map((): Value => ({ kind: 'slice', from: null, to: null, step: null })), ...rest]);
}

function asTensor(m: Machine, index: Value): Tensor {
  const tf = m.tensors;
  if (typeof index === 'number') return tf.tensor1d([index], 'int32');
  if (is(index, 'list'))
    return tf.tensor1d(
      index.items.map(each => scalar(m, each)),
      'int32',
    );
  return tensorOf(m, index) ?? m.fail('What a tensor is indexed by is not known');
}

function scalar(m: Machine, value: Value): number {
  if (typeof value === 'number') return value;
  const tensor = tensorOf(m, value);
  return tensor?.size === 1 ? (tensor.dataSync()[0] ?? 0) : m.fail('An end of a slice is not known');
}
