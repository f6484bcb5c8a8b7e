import type * as tfjs from '@tensorflow/tfjs';
import { fail, type Tensor } from '../operator';
import { convolve, convolveTransposed, type Geometry, spread } from './convolution';
import { narrow, strided } from './shapes';

/** The third dimension (depth) of a convolution; `plane` is the geometry of the other two. */
export interface Volume {
  readonly stride: number;
  /** Zeros before and after. */
  readonly pad: readonly [number, number];
  readonly dilation: number;
  readonly outputPadding: number;
  readonly plane: Geometry;
}

/** `[N, C, D, H, W]` as planes `[N · D, C, H, W]`. */
function planes(tf: typeof tfjs, x: Tensor): Tensor {
  const [n = 1, c = 1, d = 1, h = 1, w = 1] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3, 4]), [n * d, c, h, w]);
}

/** Planes back to `[N, C, D, H, W]`. */
function volume(tf: typeof tfjs, x: Tensor, rows: number): Tensor {
  const [all = 1, c = 1, h = 1, w = 1] = x.shape;
  return tf.transpose(tf.reshape(x, [rows, all / Math.max(1, rows), c, h, w]), [0, 2, 1, 3, 4]);
}

const tap = (tf: typeof tfjs, weight: Tensor, index: number): Tensor =>
  tf.squeeze(narrow(tf, weight, 2, index, 1), [2]);

const plusBias = (tf: typeof tfjs, x: Tensor, bias: Tensor | null): Tensor =>
  bias ? tf.add(x, tf.reshape(bias, [1, -1, 1, 1, 1])) : x;

/** Convolution over `[N, C, D, H, W]` with weights `[out, in / groups, d, h, w]`: the sum of one 2-D convolution per tap in depth. */
export function convolve3d(tf: typeof tfjs, x: Tensor, weight: Tensor, bias: Tensor | null, depth: Volume): Tensor {
  const zeros: [number, number] = [0, 0];
  const padded = tf.pad(x, [zeros, zeros, [...depth.pad], zeros, zeros]);
  const taps = weight.shape[2] ?? 1;
  const size = padded.shape[2] ?? 1;
  const count = Math.floor((size - depth.dilation * (taps - 1) - 1) / depth.stride) + 1;
  if (count < 1) fail('A convolution over three dimensions is larger than its input.');
  let sum: Tensor | null = null;
  for (let index = 0; index < taps; index++) {
    const from = index * depth.dilation;
    const part = strided(tf, padded, 2, from, from + (count - 1) * depth.stride + 1, depth.stride);
    const out = convolve(tf, planes(tf, part), tap(tf, weight, index), null, depth.plane);
    sum = sum ? tf.add(sum, out) : out;
  }
  return plusBias(tf, volume(tf, sum ?? x, x.shape[0] ?? 1), bias);
}

/** Transposed convolution over `[N, C, D, H, W]` with weights `[in, out / groups, d, h, w]`. */
export function convolveTransposed3d(
  tf: typeof tfjs,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  depth: Volume,
  outputPadding: readonly [number, number],
): Tensor {
  const taps = weight.shape[2] ?? 1;
  const full = ((x.shape[2] ?? 1) - 1) * depth.stride + depth.dilation * (taps - 1) + 1;
  const flat = planes(tf, x);
  let sum: Tensor | null = null;
  for (let index = 0; index < taps; index++) {
    const out = convolveTransposed(tf, flat, tap(tf, weight, index), null, depth.plane, outputPadding);
    const apart = spread(tf, volume(tf, out, x.shape[0] ?? 1), 2, depth.stride);
    const before = index * depth.dilation;
    const after = full - before - (apart.shape[2] ?? 1) + depth.outputPadding;
    const zeros: [number, number] = [0, 0];
    const placed = tf.pad(apart, [zeros, zeros, [before, after], zeros, zeros]);
    sum = sum ? tf.add(sum, placed) : placed;
  }
  const [front] = depth.pad;
  const length = full - 2 * front + depth.outputPadding;
  if (length < 1) fail('A transposed convolution pads more than it has.');
  return plusBias(tf, narrow(tf, sum ?? x, 2, front, length), bias);
}
