import type * as tfjs from '@tensorflow/tfjs';
import { fail, type Tensor } from '../operator';

/** How a convolution over two spatial dimensions is laid out. */
export interface Geometry {
  readonly stride: readonly [number, number];
  /** Zeros before and after each dimension. */
  readonly pad: readonly [readonly [number, number], readonly [number, number]];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

/** Convolution over `[N, C, H, W]` with weights `[out, in / groups, h, w]`; the kernels of TensorFlow.js want channels last. */
export function convolve(tf: typeof tfjs, x: Tensor, weight: Tensor, bias: Tensor | null, geometry: Geometry): Tensor {
  const { groups, pad } = geometry;
  const channels = x.shape[1] ?? 0;
  if (channels !== (weight.shape[1] ?? 0) * groups)
    fail(`A convolution wants ${(weight.shape[1] ?? 0) * groups} channels and is given ${channels}.`);
  const image = tf.pad(tf.transpose(x, [0, 2, 3, 1]), [[0, 0], [...pad[0]], [...pad[1]], [0, 0]]) as tfjs.Tensor4D;
  // Kernels take a stride or a dilation; with both, the zeros of the dilation are written out.
  const spread = geometry.stride.some(each => each > 1) && geometry.dilation.some(each => each > 1);
  const filters = spread ? spreadOut(tf, weight, geometry.dilation) : weight;
  const dilation: [number, number] = spread ? [1, 1] : [...geometry.dilation];
  const stride: [number, number] = [...geometry.stride];
  const out =
    groups > 1 && groups === channels
      ? depthwise(tf, image, filters, stride, dilation)
      : grouped(tf, image, filters, stride, dilation, groups);
  return tf.transpose(bias ? tf.add(out, bias) : out, [0, 3, 1, 2]);
}

/** One filter per channel: output channel `c · multiplier + m` in both libraries. */
function depthwise(
  tf: typeof tfjs,
  image: tfjs.Tensor4D,
  weight: Tensor,
  stride: [number, number],
  dilation: [number, number],
): Tensor {
  const [out = 1, , h = 1, w = 1] = weight.shape;
  const channels = image.shape[3];
  const filter = tf.transpose(tf.reshape(weight, [channels, out / channels, h, w]), [2, 3, 0, 1]) as tfjs.Tensor4D;
  return tf.depthwiseConv2d(image, filter, stride, 'valid', 'NHWC', dilation);
}

function grouped(
  tf: typeof tfjs,
  image: tfjs.Tensor4D,
  weight: Tensor,
  stride: [number, number],
  dilation: [number, number],
  groups: number,
): Tensor {
  const filter = tf.transpose(weight, [2, 3, 1, 0]) as tfjs.Tensor4D;
  const run = (x: tfjs.Tensor4D, f: tfjs.Tensor4D): Tensor => tf.conv2d(x, f, stride, 'valid', 'NHWC', dilation);
  if (groups === 1) return run(image, filter);
  const filters = tf.split(filter, groups, 3);
  return tf.concat(
    tf
      .split(image, groups, 3)
      .map((part, index) => run(part as tfjs.Tensor4D, (filters[index] ?? filter) as tfjs.Tensor4D)),
    3,
  );
}

/** One dimension with `step - 1` zeros between its cells. */
export function spread(tf: typeof tfjs, x: Tensor, at: number, step: number): Tensor {
  if (step === 1) return x;
  const size = x.shape[at] ?? 1;
  const wide = tf.expandDims(x, at + 1);
  const padded = tf.pad(
    wide,
    wide.shape.map((_, axis) => [0, axis === at + 1 ? step - 1 : 0] as [number, number]),
  );
  const joined = padded.reshape(x.shape.map((each, axis) => (axis === at ? each * step : each)));
  return tf.slice(
    joined,
    joined.shape.map(() => 0),
    joined.shape.map((each, axis) => (axis === at ? (size - 1) * step + 1 : each)),
  );
}

/** Filters with `dilation - 1` zeros between their taps. */
function spreadOut(tf: typeof tfjs, weight: Tensor, dilation: readonly [number, number]): Tensor {
  return spread(tf, spread(tf, weight, 2, dilation[0]), 3, dilation[1]);
}

/** Transposed convolution with weights `[in, out / groups, h, w]`. */
export function convolveTransposed(
  tf: typeof tfjs,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  geometry: Geometry,
  outputPadding: readonly [number, number],
): Tensor {
  const filters = geometry.dilation.some(each => each > 1) ? spreadOut(tf, weight, geometry.dilation) : weight;
  const [, , h = 1, w = 1] = filters.shape;
  const [rows = 1, , height = 1, width = 1] = x.shape;
  const [sh, sw] = geometry.stride;
  const full: [number, number] = [(height - 1) * sh + h, (width - 1) * sw + w];
  const parts = geometry.groups === 1 ? [x] : tf.split(x, geometry.groups, 1);
  const kernels = geometry.groups === 1 ? [filters] : tf.split(filters, geometry.groups, 0);
  const outs = parts.map((part, index) => {
    const kernel = tf.transpose(kernels[index] ?? filters, [2, 3, 1, 0]) as tfjs.Tensor4D;
    const image = tf.transpose(part, [0, 2, 3, 1]) as tfjs.Tensor4D;
    return tf.conv2dTranspose(image, kernel, [rows, full[0], full[1], kernel.shape[2]], [sh, sw], 'valid');
  });
  let out: Tensor = outs.length === 1 ? (outs[0] ?? x) : tf.concat(outs, 3);
  // What the padding cuts off, and what the output padding adds after it.
  out = tf.pad(out, [
    [0, 0],
    [0, outputPadding[0]],
    [0, outputPadding[1]],
    [0, 0],
  ]);
  const [[top], [left]] = geometry.pad;
  const size = [full[0] - 2 * top + outputPadding[0], full[1] - 2 * left + outputPadding[1]];
  if (size.some(each => each < 1)) fail('A transposed convolution pads more than it has.');
  out = tf.slice(out, [0, top, left, 0], [rows, size[0] ?? 1, size[1] ?? 1, out.shape[3] ?? 1]);
  return tf.transpose(bias ? tf.add(out, bias) : out, [0, 3, 1, 2]);
}
