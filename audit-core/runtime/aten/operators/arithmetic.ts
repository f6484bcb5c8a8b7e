import type * as tfjs from '@tensorflow/tfjs';
import {
  type AtenValue,
  type Call,
  define,
  fail,
  given,
  isTensor,
  number,
  optional,
  self,
  type Tensor,
  tensor,
  text,
} from '../operator';

type Combine = (tf: typeof tfjs, a: Tensor, b: Tensor) => Tensor;

/** Both sides as tensors of one type; PyTorch widens bool < int32 < float32 as TensorFlow.js wants it done by hand. */
function pair(call: Call, left = 'self', right = 'other'): [Tensor, Tensor] {
  const a = tensor(call, left);
  const b = tensor(call, right);
  if (a.dtype === b.dtype && a.dtype !== 'bool') return [a, b];
  const wide = a.dtype === 'float32' || b.dtype === 'float32' ? 'float32' : 'int32';
  return [a.cast(wide), b.cast(wide)];
}

/** Two numbers stay numbers: sizes are computed with these too. */
const numbers = (call: Call): [number, number] | null => {
  const a = call.get('self');
  const b = call.get('other');
  return typeof a === 'number' && typeof b === 'number' ? [a, b] : null;
};

const binary =
  (combine: Combine, plain: (a: number, b: number) => AtenValue) =>
  (call: Call): AtenValue => {
    const sizes = numbers(call);
    if (sizes) return plain(...sizes);
    const [a, b] = pair(call);
    const alpha = number(call, 'alpha', 1);
    return combine(call.tf, a, alpha === 1 ? b : call.tf.mul(b, alpha));
  };

const compare =
  (combine: Combine, plain: (a: number, b: number) => boolean) =>
  (call: Call): AtenValue => {
    const sizes = numbers(call);
    return sizes ? plain(...sizes) : combine(call.tf, ...pair(call));
  };

const unary =
  (apply: (tf: typeof tfjs, x: Tensor) => Tensor, plain?: (x: number) => number) =>
  (call: Call): AtenValue => {
    const value = call.get('self');
    return typeof value === 'number' && plain ? plain(value) : apply(call.tf, self(call));
  };

const truth = (call: Call, name: string): Tensor => tensor(call, name).cast('bool');

function divide(call: Call): AtenValue {
  const mode = text(call, 'rounding_mode', '');
  const sizes = numbers(call);
  if (sizes) {
    const quotient = sizes[0] / sizes[1];
    return mode === 'floor' ? Math.floor(quotient) : mode === 'trunc' ? Math.trunc(quotient) : quotient;
  }
  const [a, b] = pair(call);
  const out = call.tf.div(a.cast('float32'), b.cast('float32'));
  if (mode === 'floor') return call.tf.floor(out);
  return mode === 'trunc' ? call.tf.mul(call.tf.sign(out), call.tf.floor(call.tf.abs(out))) : out;
}

function clamp(call: Call): Tensor {
  const { tf } = call;
  let x = self(call);
  if (given(call, 'min')) x = tf.maximum(x, optional(call, 'min') ?? x);
  return given(call, 'max') ? tf.minimum(x, optional(call, 'max') ?? x) : x;
}

function where(call: Call): Tensor {
  const { tf } = call;
  if (!given(call, 'self')) fail('A where() with one argument is not run here.');
  const [a, b] = pair(call);
  // TensorFlow.js' where wants equal shapes; arithmetic on the mask broadcasts, and keeps an infinity out of the other side.
  const condition = truth(call, 'condition');
  const shape = tf.broadcastTo(tf.zeros([1]), broadcast(broadcast(a.shape, b.shape), condition.shape)).shape;
  const to = (x: Tensor): Tensor => tf.broadcastTo(x, shape as [number]);
  return tf.where(to(condition.cast('int32')).cast('bool'), to(a), to(b));
}

/** The shape that two tensors take together (numpy's broadcasting). */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a[a.length - rank + index] ?? 1;
    const right = b[b.length - rank + index] ?? 1;
    return left === 1 ? right : left;
  });
}

function maskedFill(call: Call): Tensor {
  const { tf } = call;
  const x = self(call);
  const mask = truth(call, 'mask');
  const shape = broadcast(x.shape, mask.shape);
  const value = tf.fill(shape, number(call, 'value', 0), x.dtype === 'int32' ? 'int32' : 'float32');
  return tf.where(
    tf.broadcastTo(mask.cast('int32'), shape as [number]).cast('bool'),
    value,
    tf.broadcastTo(x, shape as [number]),
  );
}

export const arithmetic = define({
  'add(self, other, alpha)': binary(
    (tf, a, b) => tf.add(a, b),
    (a, b) => a + b,
  ),
  'sub(self, other, alpha)': binary(
    (tf, a, b) => tf.sub(a, b),
    (a, b) => a - b,
  ),
  'subtract(self, other, alpha)': binary(
    (tf, a, b) => tf.sub(a, b),
    (a, b) => a - b,
  ),
  'rsub(self, other, alpha)': binary(
    (tf, a, b) => tf.sub(b, a),
    (a, b) => b - a,
  ),
  'mul(self, other)': binary(
    (tf, a, b) => tf.mul(a, b),
    (a, b) => a * b,
  ),
  'multiply(self, other)': binary(
    (tf, a, b) => tf.mul(a, b),
    (a, b) => a * b,
  ),
  'div(self, other, rounding_mode)': divide,
  'divide(self, other, rounding_mode)': divide,
  'true_divide(self, other)': divide,
  'floor_divide(self, other)': binary(
    (tf, a, b) => tf.floor(tf.div(a, b)),
    (a, b) => Math.floor(a / b),
  ),
  'remainder(self, other)': binary(
    (tf, a, b) => tf.mod(a, b),
    (a, b) => a - b * Math.floor(a / b),
  ),
  'pow(self, exponent)': call => {
    const a = call.get('self');
    const b = call.get('exponent');
    if (typeof a === 'number' && typeof b === 'number') return a ** b;
    return b === 2 ? call.tf.square(self(call)) : call.tf.pow(tensor(call, 'self'), tensor(call, 'exponent'));
  },
  'maximum(self, other)': binary((tf, a, b) => tf.maximum(a, b), Math.max),
  'minimum(self, other)': binary((tf, a, b) => tf.minimum(a, b), Math.min),
  'neg(self)': unary(
    (tf, x) => tf.neg(x),
    x => -x,
  ),
  'abs(self)': unary((tf, x) => tf.abs(x), Math.abs),
  'exp(self)': unary((tf, x) => tf.exp(x)),
  'expm1(self)': unary((tf, x) => tf.expm1(x)),
  'log(self)': unary((tf, x) => tf.log(x), Math.log),
  'log1p(self)': unary((tf, x) => tf.log1p(x)),
  'log2(self)': unary((tf, x) => tf.div(tf.log(x), Math.LN2)),
  'log10(self)': unary((tf, x) => tf.div(tf.log(x), Math.LN10)),
  'sqrt(self)': unary((tf, x) => tf.sqrt(x), Math.sqrt),
  'rsqrt(self)': unary((tf, x) => tf.rsqrt(x)),
  'square(self)': unary((tf, x) => tf.square(x)),
  'reciprocal(self)': unary((tf, x) => tf.reciprocal(x)),
  'sin(self)': unary((tf, x) => tf.sin(x)),
  'cos(self)': unary((tf, x) => tf.cos(x)),
  'tan(self)': unary((tf, x) => tf.tan(x)),
  'atan(self)': unary((tf, x) => tf.atan(x)),
  'sign(self)': unary((tf, x) => tf.sign(x)),
  'floor(self)': unary((tf, x) => tf.floor(x), Math.floor),
  'ceil(self)': unary((tf, x) => tf.ceil(x), Math.ceil),
  'round(self)': unary((tf, x) => tf.round(x), Math.round),
  'erf(self)': unary((tf, x) => tf.erf(x)),
  'nan_to_num(self, nan)': call =>
    call.tf.where(call.tf.isNaN(self(call)), call.tf.fill(self(call).shape, number(call, 'nan', 0)), self(call)),
  'clamp(self, min, max)': clamp,
  'clip(self, min, max)': clamp,
  'clamp_min(self, min)': clamp,
  'clamp_max(self, max)': clamp,
  'where(condition, self, other)': where,
  'masked_fill(self, mask, value)': maskedFill,
  'eq(self, other)': compare(
    (tf, a, b) => tf.equal(a, b),
    (a, b) => a === b,
  ),
  'ne(self, other)': compare(
    (tf, a, b) => tf.notEqual(a, b),
    (a, b) => a !== b,
  ),
  'lt(self, other)': compare(
    (tf, a, b) => tf.less(a, b),
    (a, b) => a < b,
  ),
  'le(self, other)': compare(
    (tf, a, b) => tf.lessEqual(a, b),
    (a, b) => a <= b,
  ),
  'gt(self, other)': compare(
    (tf, a, b) => tf.greater(a, b),
    (a, b) => a > b,
  ),
  'ge(self, other)': compare(
    (tf, a, b) => tf.greaterEqual(a, b),
    (a, b) => a >= b,
  ),
  'logical_not(self)': call => call.tf.logicalNot(truth(call, 'self')),
  'bitwise_not(self)': call => call.tf.logicalNot(truth(call, 'self')),
  'logical_and(self, other)': call => call.tf.logicalAnd(truth(call, 'self'), truth(call, 'other')),
  'logical_or(self, other)': call => call.tf.logicalOr(truth(call, 'self'), truth(call, 'other')),
  'isnan(self)': call => call.tf.isNaN(self(call)),
  'lerp(self, end, weight)': call => {
    const x = self(call);
    return call.tf.add(x, call.tf.mul(call.tf.sub(tensor(call, 'end'), x), tensor(call, 'weight')));
  },
  'addcmul(self, tensor1, tensor2, value)': call =>
    call.tf.add(
      self(call),
      call.tf.mul(call.tf.mul(tensor(call, 'tensor1'), tensor(call, 'tensor2')), number(call, 'value', 1)),
    ),
  'item(self)': call => (isTensor(call.get('self')) ? (self(call).dataSync()[0] ?? 0) : number(call, 'self', 0)),
});
