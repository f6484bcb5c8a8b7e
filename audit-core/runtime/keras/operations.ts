import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { activate } from './activations';
import { isRecord, numberOf, textOf } from './graph';
import { type Given, heldIn, type Layer, type LayerContext, one, type Tensor } from './layer';

/** The n-th argument of an operation: a tensor, or a number as one. */
function operand(context: LayerContext, index: number, name = ''): Tensor {
  const given = context.positional[index] ?? context.named.get(name);
  if (given && 'value' in given) return given.value;
  if (given && 'plain' in given && typeof given.plain === 'number') return context.tf.scalar(given.plain);
  if (given && 'plain' in given && typeof given.plain === 'boolean') return context.tf.scalar(Number(given.plain));
  throw new RuntimeError(`The operation "${context.name}" lacks an argument that is known here.`);
}

/** A setting: from the call, or from what the operation was made with. */
function setting(context: LayerContext, name: string, index: number): unknown {
  const given = context.named.get(name) ?? context.positional[index];
  const told = given === undefined ? undefined : plainOf(given);
  return told ?? context.config[name];
}

function plainOf(given: Given): unknown {
  if ('plain' in given) return given.plain;
  return 'value' in given ? undefined : given.map(plainOf);
}

const numbersOf = (value: unknown): number[] | undefined =>
  typeof value === 'number'
    ? [value]
    : Array.isArray(value) && value.every(each => typeof each === 'number')
      ? value.map(Number)
      : undefined;

const binary =
  (run: (tf: typeof tfjs, a: Tensor, b: Tensor) => Tensor): Layer =>
  context =>
    run(context.tf, operand(context, 0, 'x1'), operand(context, 1, 'x2'));
const unary =
  (run: (tf: typeof tfjs, x: Tensor) => Tensor): Layer =>
  context =>
    run(context.tf, operand(context, 0, 'x'));
const reduction =
  (run: (tf: typeof tfjs, x: Tensor, axis: number[] | undefined, keep: boolean) => Tensor): Layer =>
  context =>
    run(
      context.tf,
      operand(context, 0, 'x'),
      numbersOf(setting(context, 'axis', 1)),
      setting(context, 'keepdims', 2) === true,
    );
const activation =
  (name: string): Layer =>
  context =>
    activate(context.tf, name, operand(context, 0, 'x'), context.name);

/** `x[:, 1:3]` with slices, numbers and None as the configuration writes them. */
const item: Layer = context => {
  const { tf } = context;
  let x = operand(context, 0, 'x');
  const written = plainOf(context.positional[1] ?? context.named.get('key') ?? { plain: null });
  let at = 0;
  for (const part of Array.isArray(written) ? written : [written]) {
    const size = x.shape[at] ?? 0;
    if (part === null) {
      x = tf.expandDims(x, at++);
    } else if (typeof part === 'number') {
      const begin = x.shape.map((_, axis) => (axis === at ? (part < 0 ? part + size : part) : 0));
      x = tf.squeeze(
        tf.slice(
          x,
          begin,
          x.shape.map((each, axis) => (axis === at ? 1 : each)),
        ),
        [at],
      );
    } else if (isRecord(part) && textOf(part.class_name) === '__slice__' && isRecord(part.config)) {
      const { start, stop, step } = part.config;
      const place = (value: unknown, fallback: number): number =>
        typeof value !== 'number' ? fallback : Math.min(size, Math.max(0, value < 0 ? value + size : value));
      const by = numberOf(step, 1);
      if (by < 1) throw new RuntimeError(`The operation "${context.name}" steps backwards, which is not run here.`);
      const indexes: number[] = [];
      for (let index = place(start, 0); index < place(stop, size); index += by) indexes.push(index);
      if (indexes.length !== size) x = tf.gather(x, tf.tensor1d(indexes, 'int32'), at);
      at++;
    } else throw new RuntimeError(`The operation "${context.name}" takes parts in a way that is not run here.`);
  }
  return x;
};

/** Operations of keras.ops in a functional model, by the name of their class (keras/src/ops). */
export const operations: Readonly<Record<string, Layer>> = {
  Add: binary((tf, a, b) => tf.add(a, b)),
  Subtract: binary((tf, a, b) => tf.sub(a, b)),
  Multiply: binary((tf, a, b) => tf.mul(a, b)),
  Divide: binary((tf, a, b) => tf.div(a, b)),
  TrueDivide: binary((tf, a, b) => tf.div(a, b)),
  Power: binary((tf, a, b) => tf.pow(a, b)),
  Maximum: binary((tf, a, b) => tf.maximum(a, b)),
  Minimum: binary((tf, a, b) => tf.minimum(a, b)),
  Matmul: binary((tf, a, b) => tf.matMul(a, b)),
  Equal: binary((tf, a, b) => tf.equal(a, b)),
  NotEqual: binary((tf, a, b) => tf.notEqual(a, b)),
  Greater: binary((tf, a, b) => tf.greater(a, b)),
  GreaterEqual: binary((tf, a, b) => tf.greaterEqual(a, b)),
  Less: binary((tf, a, b) => tf.less(a, b)),
  LessEqual: binary((tf, a, b) => tf.lessEqual(a, b)),
  LogicalAnd: binary((tf, a, b) => tf.logicalAnd(tf.cast(a, 'bool'), tf.cast(b, 'bool'))),
  LogicalOr: binary((tf, a, b) => tf.logicalOr(tf.cast(a, 'bool'), tf.cast(b, 'bool'))),
  LogicalNot: unary((tf, x) => tf.logicalNot(tf.cast(x, 'bool'))),
  Any: reduction((tf, x, axis, keep) => tf.any(tf.cast(x, 'bool'), axis, keep)),
  All: reduction((tf, x, axis, keep) => tf.all(tf.cast(x, 'bool'), axis, keep)),
  Where: context =>
    context.tf.where(
      context.tf.cast(operand(context, 0, 'condition'), 'bool'),
      operand(context, 1, 'x1'),
      operand(context, 2, 'x2'),
    ),
  Cast: context => {
    const type = textOf(setting(context, 'dtype', 1));
    const x = operand(context, 0, 'x');
    return context.tf.cast(x, type === 'bool' ? 'bool' : /int/.test(type) ? 'int32' : 'float32');
  },
  Negative: unary((tf, x) => tf.neg(x)),
  Absolute: unary((tf, x) => tf.abs(x)),
  Abs: unary((tf, x) => tf.abs(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Log1p: unary((tf, x) => tf.log1p(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Rsqrt: unary((tf, x) => tf.rsqrt(x)),
  Square: unary((tf, x) => tf.square(x)),
  Sin: unary((tf, x) => tf.sin(x)),
  Cos: unary((tf, x) => tf.cos(x)),
  Sign: unary((tf, x) => tf.sign(x)),
  Tanh: activation('tanh'),
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  Sigmoid: activation('sigmoid'),
  Silu: activation('silu'),
  Softplus: activation('softplus'),
  Elu: activation('elu'),
  Selu: activation('selu'),
  Gelu: context =>
    activate(
      context.tf,
      setting(context, 'approximate', 1) === false ? 'gelu' : 'gelu_tanh',
      operand(context, 0, 'x'),
      context.name,
    ),
  Softmax: context => {
    const x = operand(context, 0, 'x');
    const axis = numberOf(setting(context, 'axis', 1), -1);
    if (axis !== -1 && axis !== x.rank - 1)
      throw new RuntimeError(
        `The operation "${context.name}" is a softmax over another than the last dimension, which is not run here.`,
      );
    return context.tf.softmax(x);
  },
  Sum: reduction((tf, x, axis, keep) => tf.sum(x, axis, keep)),
  Mean: reduction((tf, x, axis, keep) => tf.mean(x, axis, keep)),
  Max: reduction((tf, x, axis, keep) => tf.max(x, axis, keep)),
  Min: reduction((tf, x, axis, keep) => tf.min(x, axis, keep)),
  Var: reduction((tf, x, axis, keep) => tf.moments(x, axis, keep).variance),
  Transpose: context => context.tf.transpose(operand(context, 0, 'x'), numbersOf(setting(context, 'axes', 1))),
  Reshape: context => {
    const shape = setting(context, 'newshape', 1);
    const sizes = Array.isArray(shape) ? shape.map(each => (typeof each === 'number' ? each : -1)) : [];
    return context.tf.reshape(operand(context, 0, 'x'), sizes);
  },
  ExpandDims: context => context.tf.expandDims(operand(context, 0, 'x'), numberOf(setting(context, 'axis', 1), 0)),
  Squeeze: context => context.tf.squeeze(operand(context, 0, 'x'), numbersOf(setting(context, 'axis', 1))),
  Clip: context =>
    context.tf.clipByValue(
      operand(context, 0, 'x'),
      numberOf(setting(context, 'x_min', 1), Number.NEGATIVE_INFINITY),
      numberOf(setting(context, 'x_max', 2), Number.POSITIVE_INFINITY),
    ),
  Concatenate: context => {
    const list = heldIn(context.positional[0] ?? context.named.get('xs') ?? []).map(each => each.value);
    return list.length > 0 ? context.tf.concat(list, numberOf(setting(context, 'axis', 1), 0)) : one(undefined);
  },
  Stack: context => {
    const list = heldIn(context.positional[0] ?? context.named.get('x') ?? []).map(each => each.value);
    const axis = numberOf(setting(context, 'axis', 1), 0);
    return context.tf.stack(list, axis < 0 ? axis + one(list[0]).rank + 1 : axis);
  },
  GetItem: item,
};
