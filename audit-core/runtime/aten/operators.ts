import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { activate } from '../keras/activations';

type Tensor = tfjs.Tensor;
/** An argument of an ATen call: a tensor, numbers, a flag, a text. */
export type Argument = Tensor | number | boolean | string | null | readonly number[] | readonly Tensor[];

/** The arguments of one call by their name in the schema (aten/src/ATen/native/native_functions.yaml). */
export interface Call {
  readonly tf: typeof tfjs;
  readonly get: (name: string) => Argument | undefined;
}

type Operator = (call: Call) => Tensor;

const tensor = (call: Call, name: string): Tensor => optional(call, name) ?? fail(`An operator has no ${name}.`);
const optional = (call: Call, name: string): Tensor | null => {
  const value = call.get(name);
  return typeof value === 'object' && value !== null && 'dataId' in value ? value : null;
};
const self = (call: Call): Tensor => optional(call, 'self') ?? tensor(call, 'input');
const number = (call: Call, name: string, fallback: number): number => {
  const value = call.get(name);
  return typeof value === 'number' ? value : fallback;
};
const integers = (call: Call, name: string, fallback: readonly number[]): readonly number[] => {
  const value = call.get(name);
  if (typeof value === 'number') return [value];
  return Array.isArray(value) && value.every(each => typeof each === 'number') && value.length > 0 ? value : fallback;
};
const both = (list: readonly number[]): [number, number] => [list[0] ?? 1, list[1] ?? list[0] ?? 1];
const axis = (index: number, rank: number): number => (index < 0 ? index + rank : index);

/** Convolution over `[N, C, H, W]`; the kernels of TensorFlow.js want channels last. */
function conv2d(
  call: Call,
  x: Tensor,
  weight: Tensor,
  stride: [number, number],
  pad: [number, number],
  dilation: [number, number],
): Tensor {
  const { tf } = call;
  const groups = number(call, 'groups', 1);
  const image = tf.pad(tf.transpose(x, [0, 2, 3, 1]), [
    [0, 0],
    [pad[0], pad[0]],
    [pad[1], pad[1]],
    [0, 0],
  ]);
  const filter = tf.transpose(weight, [2, 3, 1, 0]);
  const inputs = groups === 1 ? [image] : tf.split(image, groups, 3);
  const filters = groups === 1 ? [filter] : tf.split(filter, groups, 3);
  const parts = inputs.map(
    (input, index) =>
      tf.conv2d(
        input as tfjs.Tensor4D,
        (filters[index] ?? filter) as tfjs.Tensor4D,
        stride,
        'valid',
        'NHWC',
        dilation,
      ) as Tensor,
  );
  const out = parts.length === 1 ? (parts[0] ?? image) : tf.concat(parts, 3);
  const bias = optional(call, 'bias');
  return tf.transpose(bias ? tf.add(out, bias) : out, [0, 3, 1, 2]);
}

const widen = (tf: typeof tfjs, x: Tensor): Tensor => tf.expandDims(x, 2);

function pool(call: Call, x: Tensor, kind: 'max' | 'avg'): Tensor {
  const { tf } = call;
  const flat = x.rank === 3;
  const size = integers(call, 'kernel_size', [1]);
  const stride = integers(call, 'stride', size);
  const pad = integers(call, 'padding', [0]);
  if (
    call.get('ceil_mode') === true ||
    (kind === 'avg' && pad.some(each => each > 0)) ||
    integers(call, 'dilation', [1]).some(each => each !== 1)
  )
    fail('A pooling layer uses options that are not run here.');
  const [h, w] = flat ? [1, size[0] ?? 1] : both(size);
  const steps: [number, number] = flat ? [1, stride[0] ?? 1] : both(stride);
  const [top, side] = flat ? [0, pad[0] ?? 0] : both(pad.length > 0 ? pad : [0]);
  let image = tf.transpose(flat ? widen(tf, x) : x, [0, 2, 3, 1]);
  if (top > 0 || side > 0)
    image = tf.pad(
      image,
      [
        [0, 0],
        [top, top],
        [side, side],
        [0, 0],
      ],
      -3.4e38,
    );
  const run = kind === 'max' ? tf.maxPool : tf.avgPool;
  const out = tf.transpose(run(image as tfjs.Tensor4D, [h, w], steps, 'valid'), [0, 3, 1, 2]);
  return flat ? tf.squeeze(out, [2]) : out;
}

const unary =
  (name: string): Operator =>
  call =>
    activate(call.tf, name, self(call), name);

const binary =
  (combine: (tf: typeof tfjs, a: Tensor, b: Tensor) => Tensor): Operator =>
  call => {
    const other = call.get('other');
    const scaled = typeof other === 'number' ? call.tf.scalar(other) : tensor(call, 'other');
    const alpha = number(call, 'alpha', 1);
    return combine(call.tf, self(call), alpha === 1 ? scaled : call.tf.mul(scaled, alpha));
  };

const reduce =
  (kind: 'mean' | 'max' | 'sum'): Operator =>
  call => {
    const x = self(call);
    const dims = integers(call, 'dim', []).map(each => axis(each, x.rank));
    return call.tf[kind](x, dims.length > 0 ? dims : undefined, call.get('keepdim') === true);
  };

const reshape =
  (name: string): Operator =>
  call =>
    call.tf.reshape(self(call), [...integers(call, name, [])]);

/** ATen operators in inference, by name without their overload. */
export const operators: Readonly<Record<string, Operator>> = {
  linear: call => {
    const { tf } = call;
    const x = tensor(call, 'input');
    const weight = tensor(call, 'weight');
    const flat = tf.matMul(
      tf.reshape(x, [-1, x.shape.at(-1) ?? 1]) as tfjs.Tensor2D,
      weight as tfjs.Tensor2D,
      false,
      true,
    );
    const out = tf.reshape(flat, [...x.shape.slice(0, -1), weight.shape[0] ?? 1]);
    const bias = optional(call, 'bias');
    return bias ? tf.add(out, bias) : out;
  },
  conv2d: call =>
    conv2d(
      call,
      tensor(call, 'input'),
      tensor(call, 'weight'),
      both(integers(call, 'stride', [1])),
      both(integers(call, 'padding', [0])),
      both(integers(call, 'dilation', [1])),
    ),
  conv1d: call => {
    const [stride = 1] = integers(call, 'stride', [1]);
    const [pad = 0] = integers(call, 'padding', [0]);
    const [dilation = 1] = integers(call, 'dilation', [1]);
    return call.tf.squeeze(
      conv2d(
        call,
        widen(call.tf, tensor(call, 'input')),
        widen(call.tf, tensor(call, 'weight')),
        [1, stride],
        [0, pad],
        [1, dilation],
      ),
      [2],
    );
  },
  batch_norm: call => {
    const { tf } = call;
    const x = tensor(call, 'input');
    const along = (value: Tensor): Tensor =>
      tf.reshape(value, [1, -1, ...new Array<number>(Math.max(0, x.rank - 2)).fill(1)]);
    let out = tf.mul(
      tf.sub(x, along(tensor(call, 'running_mean'))),
      tf.rsqrt(tf.add(along(tensor(call, 'running_var')), number(call, 'eps', 1e-5))),
    );
    const weight = optional(call, 'weight');
    const bias = optional(call, 'bias');
    if (weight) out = tf.mul(out, along(weight));
    return bias ? tf.add(out, along(bias)) : out;
  },
  layer_norm: call => {
    const { tf } = call;
    const x = tensor(call, 'input');
    const count = integers(call, 'normalized_shape', [1]).length;
    const axes = Array.from({ length: count }, (_, index) => x.rank - count + index);
    const { mean, variance } = tf.moments(x, axes, true);
    let out = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, number(call, 'eps', 1e-5))));
    const weight = optional(call, 'weight');
    const bias = optional(call, 'bias');
    if (weight) out = tf.mul(out, weight);
    return bias ? tf.add(out, bias) : out;
  },
  relu: unary('relu'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  silu: unary('silu'),
  selu: unary('selu'),
  softplus: unary('softplus'),
  mish: unary('mish'),
  relu6: unary('relu6'),
  gelu: call =>
    call.get('approximate') === 'tanh'
      ? fail('The tanh form of gelu is not run here.')
      : activate(call.tf, 'gelu', self(call), 'gelu'),
  elu: call =>
    number(call, 'alpha', 1) === 1 ? call.tf.elu(self(call)) : fail('An elu with another alpha is not run here.'),
  leaky_relu: call => call.tf.leakyRelu(self(call), number(call, 'negative_slope', 0.01)),
  softmax: call => {
    const x = self(call);
    if (axis(number(call, 'dim', -1), x.rank) !== x.rank - 1)
      fail('A softmax over another axis than the last is not run here.');
    return call.tf.softmax(x);
  },
  dropout: self,
  contiguous: self,
  clone: self,
  detach: self,
  alias: self,
  max_pool2d: call => pool(call, self(call), 'max'),
  max_pool1d: call => pool(call, self(call), 'max'),
  avg_pool2d: call => pool(call, self(call), 'avg'),
  avg_pool1d: call => pool(call, self(call), 'avg'),
  adaptive_avg_pool2d: call =>
    integers(call, 'output_size', []).every(size => size === 1)
      ? call.tf.mean(self(call), [2, 3], true)
      : fail('An adaptive pooling to more than one cell is not run here.'),
  adaptive_avg_pool1d: call =>
    integers(call, 'output_size', []).every(size => size === 1)
      ? call.tf.mean(self(call), [2], true)
      : fail('An adaptive pooling to more than one cell is not run here.'),
  flatten: call => {
    const x = self(call);
    const from = axis(number(call, 'start_dim', 0), x.rank);
    const to = axis(number(call, 'end_dim', -1), x.rank);
    return call.tf.reshape(x, [
      ...x.shape.slice(0, from),
      x.shape.slice(from, to + 1).reduce((a, b) => a * b, 1),
      ...x.shape.slice(to + 1),
    ]);
  },
  view: reshape('size'),
  reshape: reshape('shape'),
  permute: call => call.tf.transpose(self(call), [...integers(call, 'dims', [])]),
  unsqueeze: call => call.tf.expandDims(self(call), axis(number(call, 'dim', 0), self(call).rank + 1)),
  squeeze: call =>
    call.tf.squeeze(
      self(call),
      integers(call, 'dim', []).map(each => axis(each, self(call).rank)),
    ),
  mean: reduce('mean'),
  sum: reduce('sum'),
  amax: reduce('max'),
  add: binary((tf, a, b) => tf.add(a, b)),
  sub: binary((tf, a, b) => tf.sub(a, b)),
  mul: binary((tf, a, b) => tf.mul(a, b)),
  div: binary((tf, a, b) => tf.div(a, b)),
  cat: call => {
    const list = call.get('tensors');
    return Array.isArray(list) && list.length > 0
      ? call.tf.concat(list as Tensor[], number(call, 'dim', 0))
      : fail('A concatenation has no parts.');
  },
};

function fail(message: string): never {
  throw new RuntimeError(message);
}
