import type * as tfjs from '@tensorflow/tfjs';
import { axis, type Call, define, fail, flag, integers, number, optional, type Tensor, tensor } from '../operator';
import { narrow } from './shapes';

/** A value per channel, laid along dimension 1 of `[N, C, …]`. */
const along = (tf: typeof tfjs, value: Tensor, rank: number): Tensor =>
  tf.reshape(value, [1, -1, ...new Array<number>(Math.max(0, rank - 2)).fill(1)]);

function affine(call: Call, x: Tensor, shape: (value: Tensor) => Tensor): Tensor {
  const weight = optional(call, 'weight');
  const bias = optional(call, 'bias');
  const scaled = weight ? call.tf.mul(x, shape(weight)) : x;
  return bias ? call.tf.add(scaled, shape(bias)) : scaled;
}

const standard = (tf: typeof tfjs, x: Tensor, axes: number[], eps: number): Tensor => {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)));
};

/** Statistics of the batch in training (or where none were kept), of the running averages otherwise. */
function batchNorm(call: Call): Tensor {
  const { tf } = call;
  const x = tensor(call, 'input');
  const mean = optional(call, 'running_mean');
  const variance = optional(call, 'running_var');
  const eps = number(call, 'eps', 1e-5);
  const shape = (value: Tensor): Tensor => along(tf, value, x.rank);
  if (flag(call, 'training') || !mean || !variance) {
    const axes = x.shape.map((_, index) => index).filter(index => index !== 1);
    return affine(call, standard(tf, x, axes, eps), shape);
  }
  return affine(call, tf.mul(tf.sub(x, shape(mean)), tf.rsqrt(tf.add(shape(variance), eps))), shape);
}

function layerNorm(call: Call): Tensor {
  const x = tensor(call, 'input');
  const count = integers(call, 'normalized_shape', [1]).length;
  const axes = Array.from({ length: count }, (_, index) => x.rank - count + index);
  return affine(call, standard(call.tf, x, axes, number(call, 'eps', 1e-5)), value => value);
}

function groupNorm(call: Call): Tensor {
  const { tf } = call;
  const x = tensor(call, 'input');
  const groups = number(call, 'num_groups', 1);
  const [rows = 1, channels = 1] = x.shape;
  if (channels % groups !== 0) fail(`A GroupNorm splits ${channels} channels into ${groups} groups.`);
  const parts = tf.reshape(x, [rows, groups, -1]);
  const normal = tf.reshape(standard(tf, parts, [2], number(call, 'eps', 1e-5)), x.shape);
  return affine(call, normal, value => along(tf, value, x.rank));
}

function instanceNorm(call: Call): Tensor {
  const { tf } = call;
  const x = tensor(call, 'input');
  const mean = optional(call, 'running_mean');
  const variance = optional(call, 'running_var');
  const eps = number(call, 'eps', 1e-5);
  const shape = (value: Tensor): Tensor => along(tf, value, x.rank);
  const normal =
    !flag(call, 'use_input_stats', true) && mean && variance
      ? tf.mul(tf.sub(x, shape(mean)), tf.rsqrt(tf.add(shape(variance), eps)))
      : standard(tf, x, x.shape.map((_, index) => index).slice(2), eps);
  return affine(call, normal, shape);
}

/** x / (k + α · mean of x² over neighbouring channels)^β; the mean counts the channels that are missing at the ends. */
function localResponse(call: Call): Tensor {
  const { tf } = call;
  const x = tensor(call, 'input');
  const size = number(call, 'size', 1);
  const before = Math.floor(size / 2);
  const padded = tf.pad(
    tf.square(x),
    x.shape.map((_, index) => (index === 1 ? [before, size - 1 - before] : [0, 0]) as [number, number]),
  );
  const channels = x.shape[1] ?? 1;
  let sum: Tensor = tf.zerosLike(x);
  for (let index = 0; index < size; index++) sum = tf.add(sum, narrow(tf, padded, 1, index, channels));
  const base = tf.add(tf.mul(sum, number(call, 'alpha', 1e-4) / size), number(call, 'k', 1));
  return tf.div(x, tf.pow(base, number(call, 'beta', 0.75)));
}

export const normalisation = define({
  'local_response_norm(input, size, alpha, beta, k)': localResponse,
  'batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)': batchNorm,
  '_native_batch_norm_legit_no_training(input, weight, bias, running_mean, running_var, momentum, eps)': call => [
    batchNorm(call),
    call.tf.scalar(0),
    call.tf.scalar(0),
  ],
  'layer_norm(input, normalized_shape, weight, bias, eps)': layerNorm,
  'native_layer_norm(input, normalized_shape, weight, bias, eps)': call => [
    layerNorm(call),
    call.tf.scalar(0),
    call.tf.scalar(0),
  ],
  'group_norm(input, num_groups, weight, bias, eps)': groupNorm,
  'instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps)': instanceNorm,
  'rms_norm(input, normalized_shape, weight, eps)': call => {
    const { tf } = call;
    const x = tensor(call, 'input');
    const count = integers(call, 'normalized_shape', [1]).length;
    const axes = Array.from({ length: count }, (_, index) => x.rank - count + index);
    // torch's default is the smallest step of float32.
    const eps = number(call, 'eps', 1.1920929e-7);
    return affine(call, tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), axes, true), eps))), value => value);
  },
  'normalize(input, p, dim, eps)': call => {
    const { tf } = call;
    const x = tensor(call, 'input');
    const at = axis(number(call, 'dim', 1), x.rank);
    const norm = tf.norm(x, number(call, 'p', 2), at, true);
    return tf.div(x, tf.maximum(norm, number(call, 'eps', 1e-12)));
  },
});
