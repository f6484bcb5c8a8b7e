import type * as tfjs from '@tensorflow/tfjs';
import { convolveTransposed3d } from '../aten/operators/convolution3d';
import { RuntimeError } from '../error';
import { numberOf } from './graph';
import {
  activated,
  biased,
  channelsLast,
  type Layer,
  type LayerContext,
  numbers,
  one,
  padding,
  pair,
  single,
  type Tensor,
} from './layer';

const conv1d: Layer = (context, [x]) => {
  channelsLast(context);
  const { tf, config } = context;
  const kernel = context.weight('kernel', 0) as tfjs.Tensor3D;
  const [dilation] = pair(config.dilation_rate, 1);
  const [stride] = pair(config.strides, 1);
  let input = one(x) as tfjs.Tensor3D;
  if (config.padding === 'causal')
    input = tf.pad(input, [
      [0, 0],
      [dilation * ((kernel.shape[0] ?? 1) - 1), 0],
      [0, 0],
    ]);
  const wide = tf.reshape(input, [input.shape[0], 1, input.shape[1], input.shape[2]]) as tfjs.Tensor4D;
  const [size, inChannels, filters] = kernel.shape;
  const out = tf.conv2d(
    wide,
    tf.reshape(kernel, [1, size, inChannels, filters]) as tfjs.Tensor4D,
    [1, stride],
    padding(config),
    'NHWC',
    [1, dilation],
  );
  return activated(context, biased(context, tf.reshape(out, [out.shape[0], out.shape[2], out.shape[3]])));
};

const conv2d: Layer = (context, [x]) => {
  channelsLast(context);
  const { tf, config } = context;
  const kernel = context.weight('kernel', 0) as tfjs.Tensor4D;
  const groups = numberOf(config.groups, 1);
  const run = (input: Tensor, filter: Tensor): Tensor =>
    tf.conv2d(
      input as tfjs.Tensor4D,
      filter as tfjs.Tensor4D,
      pair(config.strides, 1),
      padding(config),
      'NHWC',
      pair(config.dilation_rate, 1),
    );
  if (groups === 1) return activated(context, biased(context, run(one(x), kernel)));
  const inputs = tf.split(one(x), groups, 3);
  const filters = tf.split(kernel, groups, 3);
  return activated(
    context,
    biased(
      context,
      tf.concat(
        inputs.map((input, index) => run(input, one(filters[index]))),
        3,
      ),
    ),
  );
};

const depthwise: Layer = (context, [x]) => {
  channelsLast(context);
  const { tf, config } = context;
  const kernel = (
    context.has('depthwise_kernel', 0) ? context.weight('depthwise_kernel', 0) : context.weight('kernel', 0)
  ) as tfjs.Tensor4D;
  return activated(
    context,
    biased(
      context,
      tf.depthwiseConv2d(
        one(x) as tfjs.Tensor4D,
        kernel,
        pair(config.strides, 1),
        padding(config),
        'NHWC',
        pair(config.dilation_rate, 1),
      ),
    ),
  );
};

const separable: Layer = (context, [x]) => {
  channelsLast(context);
  const { tf, config } = context;
  const out = tf.separableConv2d(
    one(x) as tfjs.Tensor4D,
    context.weight('depthwise_kernel', 0) as tfjs.Tensor4D,
    context.weight('pointwise_kernel', 1) as tfjs.Tensor4D,
    pair(config.strides, 1),
    padding(config),
    pair(config.dilation_rate, 1),
  );
  return activated(context, biased(context, out, 2));
};

const conv3d: Layer = (context, [x]) => {
  channelsLast(context);
  const { tf, config } = context;
  if (numberOf(config.groups, 1) !== 1)
    throw new RuntimeError(`The layer "${context.name}" has groups, which are not run here.`);
  const [a = 1, b = 1, c = 1] = numbers(config.strides, 3, 1);
  const [d = 1, e = 1, f = 1] = numbers(config.dilation_rate, 3, 1);
  const out = tf.conv3d(
    one(x) as tfjs.Tensor5D,
    context.weight('kernel', 0) as tfjs.Tensor5D,
    [a, b, c],
    padding(config),
    'NDHWC',
    [d, e, f],
  );
  return activated(context, biased(context, out));
};

/** Output sizes of a transposed convolution (keras/src/ops/operation_utils.py). */
function grown(context: LayerContext, sizes: readonly number[], kernel: readonly number[]): number[] {
  const { config } = context;
  if (config.output_padding != null || numbers(config.dilation_rate, sizes.length, 1).some(each => each !== 1))
    throw new RuntimeError(`The layer "${context.name}" is spread or padded in a way that is not run here.`);
  const strides = numbers(config.strides, sizes.length, 1);
  return sizes.map((size, index) => {
    const stride = strides[index] ?? 1;
    return padding(config) === 'same' ? size * stride : size * stride + Math.max((kernel[index] ?? 1) - stride, 0);
  });
}

const transposed2d: Layer = (context, [x]) => {
  channelsLast(context);
  const { tf, config } = context;
  const input = one(x) as tfjs.Tensor4D;
  const kernel = context.weight('kernel', 0) as tfjs.Tensor4D;
  const [h = 1, w = 1] = grown(context, input.shape.slice(1, 3), kernel.shape);
  const out = tf.conv2dTranspose(
    input,
    kernel,
    [input.shape[0], h, w, kernel.shape[2]],
    pair(config.strides, 1),
    padding(config),
  );
  return activated(context, biased(context, out));
};

const transposed3d: Layer = (context, [x]) => {
  channelsLast(context);
  const { tf, config } = context;
  const input = one(x) as tfjs.Tensor5D;
  const kernel = context.weight('kernel', 0) as tfjs.Tensor5D;
  const [a = 1, b = 1, c = 1] = numbers(config.strides, 3, 1);
  const [d = 1, h = 1, w = 1] = grown(context, input.shape.slice(1, 4), kernel.shape);
  // The backend's own kernel gives wrong numbers here: planes of 2-D convolutions do not.
  const whole = convolveTransposed3d(
    tf,
    tf.transpose(input, [0, 4, 1, 2, 3]),
    tf.transpose(kernel, [4, 3, 0, 1, 2]),
    null,
    {
      stride: a,
      dilation: 1,
      outputPadding: 0,
      pad: [0, 0],
      plane: {
        stride: [b, c],
        dilation: [1, 1],
        groups: 1,
        pad: [
          [0, 0],
          [0, 0],
        ],
      },
    },
    [0, 0],
  );
  const full = tf.transpose(whole, [0, 2, 3, 4, 1]);
  // What is more than the output is cut at both ends, what is less is added behind.
  const sizes = [d, h, w];
  const begin = full.shape.map((size, axis) =>
    axis === 0 || axis === 4 ? 0 : Math.max(0, Math.floor((size - (sizes[axis - 1] ?? 0)) / 2)),
  );
  const kept = full.shape.map((size, axis) => (axis === 0 || axis === 4 ? size : Math.min(size, sizes[axis - 1] ?? 0)));
  const cut = tf.slice(full, begin, kept);
  const out = tf.pad(
    cut,
    cut.shape.map(
      (size, axis) => [0, axis === 0 || axis === 4 ? 0 : (sizes[axis - 1] ?? 0) - size] as [number, number],
    ),
  );
  return activated(context, biased(context, out));
};

/** A layer over one dimension as the same over images of height 1: its kernels get a first dimension. */
const flat =
  (inner: Layer): Layer =>
  (context, [x]) => {
    const { tf, config } = context;
    const raise = (value: unknown, low: number): number[] => [low, numbers(value, 1, 1)[0] ?? 1];
    let input = one(x);
    const [dilation = 1] = numbers(config.dilation_rate, 1, 1);
    const causal = config.padding === 'causal';
    const wide: LayerContext = {
      ...context,
      config: {
        ...config,
        strides: raise(config.strides, 1),
        dilation_rate: raise(config.dilation_rate, 1),
        kernel_size: raise(config.kernel_size, 1),
        ...(causal ? { padding: 'valid' } : {}),
      },
      weight: (name, index, scope) => {
        const found = context.weight(name, index, scope);
        return /kernel/.test(name) ? tf.expandDims(found, 0) : found;
      },
    };
    if (causal)
      input = tf.pad(input, [
        [0, 0],
        [dilation * ((numbers(config.kernel_size, 1, 1)[0] ?? 1) - 1), 0],
        [0, 0],
      ]);
    return tf.squeeze(single(inner(wide, [tf.expandDims(input, 1)])), [1]);
  };

export const convolutions: Readonly<Record<string, Layer>> = {
  Conv1D: (context, inputs) => (numberOf(context.config.groups, 1) === 1 ? conv1d : flat(conv2d))(context, inputs),
  Conv2D: conv2d,
  Conv3D: conv3d,
  Conv1DTranspose: flat(transposed2d),
  Conv2DTranspose: transposed2d,
  Conv3DTranspose: transposed3d,
  DepthwiseConv1D: flat(depthwise),
  DepthwiseConv2D: depthwise,
  SeparableConv1D: flat(separable),
  SeparableConv2D: separable,
};
