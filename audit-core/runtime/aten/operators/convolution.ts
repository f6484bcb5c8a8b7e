import type * as tfjs from '@tensorflow/tfjs';
import { both, type Call, define, fail, flag, integers, number, optional, type Tensor, tensor } from '../operator';

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

/** Filters with `dilation - 1` zeros between their taps. */
function spreadOut(tf: typeof tfjs, weight: Tensor, dilation: readonly [number, number]): Tensor {
  let out = weight;
  for (const [index, step] of dilation.entries()) {
    if (step === 1) continue;
    const at = 2 + index;
    const size = out.shape[at] ?? 1;
    const wide = tf.expandDims(out, at + 1);
    const zeros = wide.shape.map((_, each) => [0, each === at + 1 ? step - 1 : 0] as [number, number]);
    const padded = tf.pad(wide, zeros);
    const joined = padded.reshape(out.shape.map((each, axis) => (axis === at ? each * step : each)));
    out = tf.slice(
      joined,
      joined.shape.map(() => 0),
      joined.shape.map((each, axis) => (axis === at ? (size - 1) * step + 1 : each)),
    );
  }
  return out;
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

/** Padding by number, or `same` (the output has the input's size where the stride is 1) and `valid`. */
function padding(
  call: Call,
  flat: boolean,
  kernel: readonly number[],
  dilation: readonly [number, number],
): Geometry['pad'] {
  const value = call.get('padding');
  if (value === 'valid')
    return [
      [0, 0],
      [0, 0],
    ];
  if (value === 'same') {
    const side = (index: number): [number, number] => {
      const total = (dilation[index] ?? 1) * ((kernel[index] ?? 1) - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    };
    return [side(0), side(1)];
  }
  const list = integers(call, 'padding', [0]);
  const [a, b] = flat ? [0, list[0] ?? 0] : [list[0] ?? 0, list[1] ?? list[0] ?? 0];
  return [
    [a, a],
    [b, b],
  ];
}

/** A call over one (`flat`) or two spatial dimensions. */
function run(call: Call, flat: boolean, transposed: boolean): Tensor {
  const { tf } = call;
  const widen = (x: Tensor): Tensor => (flat ? tf.expandDims(x, 2) : x);
  const given = tensor(call, 'input');
  const rank = flat ? 3 : 4;
  if (given.rank !== rank && given.rank !== rank - 1)
    fail(`A convolution wants ${rank} dimensions and is given [${given.shape.join(', ')}].`);
  const single = given.rank === rank - 1;
  const x = widen(single ? tf.expandDims(given, 0) : given);
  const weight = widen(tensor(call, 'weight'));
  const two = (name: string, fallback: number): [number, number] => {
    const list = integers(call, name, [fallback]);
    return flat ? [fallback, list[0] ?? fallback] : both(list);
  };
  const dilation = two('dilation', 1);
  const geometry: Geometry = {
    stride: two('stride', 1),
    dilation,
    groups: number(call, 'groups', 1),
    pad: padding(call, flat, weight.shape.slice(2), dilation),
  };
  const bias = optional(call, 'bias');
  const out = transposed
    ? convolveTransposed(tf, x, weight, bias, geometry, two('output_padding', 0))
    : convolve(tf, x, weight, bias, geometry);
  const narrow = flat ? tf.squeeze(out, [2]) : out;
  return single ? tf.squeeze(narrow, [0]) : narrow;
}

const general = (call: Call): Tensor => {
  const rank = tensor(call, 'weight').rank;
  if (rank !== 3 && rank !== 4) fail('A convolution over three dimensions is not run here.');
  return run(call, rank === 3, flag(call, 'transposed'));
};

export const convolutions = define({
  'conv1d(input, weight, bias, stride, padding, dilation, groups)': call => run(call, true, false),
  'conv2d(input, weight, bias, stride, padding, dilation, groups)': call => run(call, false, false),
  'conv_transpose1d(input, weight, bias, stride, padding, output_padding, groups, dilation)': call =>
    run(call, true, true),
  'conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation)': call =>
    run(call, false, true),
  '_convolution_mode(input, weight, bias, stride, padding, dilation, groups)': general,
  'convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)': general,
  '_convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)': general,
});
