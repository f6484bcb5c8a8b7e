import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { activate } from './activations';
import { type Config, isRecord, numberOf, textOf } from './graph';
import { runRecurrent } from './recurrent';

type Tensor = tfjs.Tensor;

/** What a layer's function works with; `weight` gives a tensor by name, or by number where the file numbers them. */
export interface LayerContext {
  readonly tf: typeof tfjs;
  readonly name: string;
  readonly config: Config;
  readonly weight: (name: string, index: number, scope?: RegExp) => Tensor;
  readonly has: (name: string, index: number, scope?: RegExp) => boolean;
}

export type Layer = (context: LayerContext, inputs: readonly Tensor[]) => Tensor;

const same: Layer = (_, [x]) => one(x);
const one = (x: Tensor | undefined): Tensor => {
  if (!x) throw new RuntimeError('A layer has no input.');
  return x;
};
const pair = (value: unknown, fallback: number): [number, number] => {
  const list = Array.isArray(value) ? value.map(Number) : [numberOf(value, fallback)];
  return [list[0] ?? fallback, list[1] ?? list[0] ?? fallback];
};
const padding = (config: Config): 'same' | 'valid' => (config.padding === 'same' ? 'same' : 'valid');
const activated = (context: LayerContext, x: Tensor): Tensor =>
  activate(context.tf, context.config.activation, x, context.name);
const biased = (context: LayerContext, x: Tensor, index = 1): Tensor =>
  context.config.use_bias === false ? x : context.tf.add(x, context.weight('bias', index));
const channelsLast = (context: LayerContext): void => {
  if (context.config.data_format === 'channels_first')
    throw new RuntimeError(`The layer "${context.name}" keeps channels first, which is not run here.`);
};

/** Combines inputs pairwise. */
const fold =
  (combine: (tf: typeof tfjs, a: Tensor, b: Tensor) => Tensor): Layer =>
  ({ tf }, inputs) =>
    inputs.slice(1).reduce((a, b) => combine(tf, a, b), one(inputs[0]));

const dense: Layer = (context, [x]) => {
  const { tf } = context;
  const kernel = context.weight('kernel', 0) as tfjs.Tensor2D;
  const input = one(x);
  const width = input.shape.at(-1) ?? 0;
  const flat = tf.matMul(tf.reshape(input, [-1, width]) as tfjs.Tensor2D, kernel);
  return activated(context, biased(context, tf.reshape(flat, [...input.shape.slice(0, -1), kernel.shape[1]])));
};

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

const batchNorm: Layer = (context, [x]) => {
  const { tf, config } = context;
  const input = one(x);
  const axis = Array.isArray(config.axis) ? Number(config.axis[0]) : numberOf(config.axis, -1);
  if (axis !== -1 && axis !== input.rank - 1)
    throw new RuntimeError(`The layer "${context.name}" normalises another axis than the last.`);
  const scale = config.scale !== false;
  const center = config.center !== false;
  let next = 0;
  const gamma = scale ? context.weight('gamma', next++) : null;
  const beta = center ? context.weight('beta', next++) : null;
  const mean = context.weight('moving_mean', next++);
  const variance = context.weight('moving_variance', next);
  let out = tf.mul(tf.sub(input, mean), tf.rsqrt(tf.add(variance, numberOf(config.epsilon, 1e-3))));
  if (gamma) out = tf.mul(out, gamma);
  return beta ? tf.add(out, beta) : out;
};

const layerNorm: Layer = (context, [x]) => {
  const { tf, config } = context;
  const input = one(x);
  const axes = (Array.isArray(config.axis) ? config.axis.map(Number) : [numberOf(config.axis, -1)]).map(axis =>
    axis < 0 ? axis + input.rank : axis,
  );
  const { mean, variance } = tf.moments(input, axes, true);
  let out = tf.mul(tf.sub(input, mean), tf.rsqrt(tf.add(variance, numberOf(config.epsilon, 1e-3))));
  let next = 0;
  if (config.scale !== false) out = tf.mul(out, context.weight('gamma', next++));
  return config.center !== false ? tf.add(out, context.weight('beta', next)) : out;
};

const normalization: Layer = (context, [x]) => {
  const { tf } = context;
  const deviation = tf.maximum(tf.sqrt(context.weight('variance', 1)), 1e-7);
  return tf.div(tf.sub(one(x), context.weight('mean', 0)), deviation);
};

const recurrent =
  (kind: string): Layer =>
  (context, [x]) => {
    const bias = context.config.use_bias === false ? null : context.weight('bias', 2);
    const cell = {
      kind,
      config: context.config,
      kernel: context.weight('kernel', 0),
      recurrent: context.weight('recurrent_kernel', 1),
      bias,
    };
    return runRecurrent(context.tf, cell, one(x), context.name, context.config.go_backwards === true);
  };

const bidirectional: Layer = (context, [x]) => {
  const { tf, config } = context;
  const inner = isRecord(config.layer) ? config.layer : {};
  const cellConfig = isRecord(inner.config) ? inner.config : {};
  const run = (scope: RegExp, backwards: boolean): Tensor => {
    const bias = cellConfig.use_bias === false ? null : context.weight('bias', 2, scope);
    const cell = {
      kind: textOf(inner.class_name),
      config: cellConfig,
      kernel: context.weight('kernel', 0, scope),
      recurrent: context.weight('recurrent_kernel', 1, scope),
      bias,
    };
    const out = runRecurrent(tf, cell, one(x), context.name, backwards);
    return backwards && cellConfig.return_sequences === true ? tf.reverse(out, 1) : out;
  };
  const forward = run(/forward/, false);
  const backward = run(/backward/, true);
  switch (config.merge_mode) {
    case 'sum':
      return tf.add(forward, backward);
    case 'mul':
      return tf.mul(forward, backward);
    case 'ave':
      return tf.mul(tf.add(forward, backward), 0.5);
    default:
      return tf.concat([forward, backward], -1);
  }
};

/** Multi-head attention over the second axis (Vaswani et al. 2017; keras/src/layers/attention/multi_head_attention.py). */
const attention: Layer = (context, [query, value = query, key = value]) => {
  const { tf, config } = context;
  const project = (x: Tensor, scope: RegExp): Tensor => {
    const kernel = context.weight('kernel', 0, scope);
    const [width = 0, heads = 0, size = 0] = kernel.shape;
    const flat = tf.matMul(
      tf.reshape(x, [-1, width]) as tfjs.Tensor2D,
      tf.reshape(kernel, [width, heads * size]) as tfjs.Tensor2D,
    );
    let out = tf.reshape(flat, [x.shape[0] ?? 0, x.shape[1] ?? 0, heads, size]);
    if (config.use_bias !== false) out = tf.add(out, context.weight('bias', 1, scope));
    return tf.transpose(out, [0, 2, 1, 3]);
  };
  const q = tf.div(project(one(query), /(?:^|\/)(?:query|query_dense)\//), Math.sqrt(numberOf(config.key_dim, 1)));
  const weights = tf.softmax(tf.matMul(q, project(one(key), /(?:^|\/)(?:key|key_dense)\//), false, true));
  const mixed = tf.transpose(tf.matMul(weights, project(one(value), /(?:^|\/)(?:value|value_dense)\//)), [0, 2, 1, 3]);
  const scope = /(?:^|\/)(?:attention_output|output_dense)\//;
  const kernel = context.weight('kernel', 0, scope);
  const [heads = 0, size = 0, width = 0] = kernel.shape;
  const flat = tf.matMul(
    tf.reshape(mixed, [-1, heads * size]) as tfjs.Tensor2D,
    tf.reshape(kernel, [heads * size, width]) as tfjs.Tensor2D,
  );
  const out = tf.reshape(flat, [mixed.shape[0] ?? 0, mixed.shape[1] ?? 0, width]);
  return config.use_bias === false ? out : tf.add(out, context.weight('bias', 1, scope));
};

const pool2d =
  (kind: 'max' | 'avg'): Layer =>
  (context, [x]) => {
    channelsLast(context);
    const { tf, config } = context;
    const size = pair(config.pool_size, 2);
    const strides = config.strides == null ? size : pair(config.strides, 2);
    const run = kind === 'max' ? tf.maxPool : tf.avgPool;
    return run(one(x) as tfjs.Tensor4D, size, strides, padding(config));
  };

const pool1d =
  (kind: 'max' | 'avg'): Layer =>
  (context, [x]) => {
    channelsLast(context);
    const { tf, config } = context;
    const input = one(x);
    const [size] = pair(config.pool_size, 2);
    const [stride] = config.strides == null ? [size] : pair(config.strides, 2);
    const run = kind === 'max' ? tf.maxPool : tf.avgPool;
    const wide = tf.reshape(input, [input.shape[0] ?? 0, 1, input.shape[1] ?? 0, input.shape[2] ?? 0]) as tfjs.Tensor4D;
    const out = run(wide, [1, size], [1, stride], padding(config));
    return tf.reshape(out, [out.shape[0], out.shape[2], out.shape[3]]);
  };

const globalPool =
  (kind: 'max' | 'mean', axes: number[]): Layer =>
  (context, [x]) => {
    channelsLast(context);
    const keep = context.config.keepdims === true;
    return kind === 'max' ? context.tf.max(one(x), axes, keep) : context.tf.mean(one(x), axes, keep);
  };

const zeroPadding: Layer = ({ tf, config }, [x]) => {
  const input = one(x);
  const given = Array.isArray(config.padding) ? config.padding : [config.padding];
  const sides = given.map(side =>
    Array.isArray(side) ? [Number(side[0]), Number(side[1])] : [Number(side), Number(side)],
  ) as [number, number][];
  const list =
    input.rank === 3 && Array.isArray(config.padding) && !Array.isArray(config.padding[0])
      ? [[Number(config.padding[0]), Number(config.padding[1])] as [number, number]]
      : sides;
  return tf.pad(input, [[0, 0], ...list.slice(0, input.rank - 2), [0, 0]]);
};

const reshape: Layer = ({ tf, config }, [x]) => {
  const shape = Array.isArray(config.target_shape) ? config.target_shape.map(Number) : [];
  return tf.reshape(one(x), [one(x).shape[0] ?? 0, ...shape]);
};

/** Keras' layers in inference (dropout, noise and augmentation do nothing there). */
export const layers: Readonly<Record<string, Layer>> = {
  Dense: dense,
  Conv1D: conv1d,
  Conv2D: conv2d,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  BatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
  Normalization: normalization,
  LSTM: recurrent('LSTM'),
  GRU: recurrent('GRU'),
  SimpleRNN: recurrent('SimpleRNN'),
  Bidirectional: bidirectional,
  MultiHeadAttention: attention,
  MaxPooling2D: pool2d('max'),
  AveragePooling2D: pool2d('avg'),
  MaxPooling1D: pool1d('max'),
  AveragePooling1D: pool1d('avg'),
  GlobalMaxPooling2D: globalPool('max', [1, 2]),
  GlobalAveragePooling2D: globalPool('mean', [1, 2]),
  GlobalMaxPooling1D: globalPool('max', [1]),
  GlobalAveragePooling1D: globalPool('mean', [1]),
  ZeroPadding2D: zeroPadding,
  ZeroPadding1D: zeroPadding,
  Reshape: reshape,
  Flatten: ({ tf }, [x]) => tf.reshape(one(x), [one(x).shape[0] ?? 0, -1]),
  Permute: ({ tf, config }, [x]) =>
    tf.transpose(one(x), [0, ...(Array.isArray(config.dims) ? config.dims.map(Number) : [])]),
  RepeatVector: ({ tf, config }, [x]) => tf.tile(tf.expandDims(one(x), 1), [1, numberOf(config.n, 1), 1]),
  Embedding: ({ tf, weight }, [x]) => tf.gather(weight('embeddings', 0), tf.cast(one(x), 'int32')),
  Activation: (context, [x]) => activated(context, one(x)),
  Softmax: ({ tf, config }, [x]) => tf.softmax(one(x), numberOf(config.axis, -1)),
  ELU: ({ tf, config }, [x]) => {
    const input = one(x);
    const alpha = numberOf(config.alpha, 1);
    return tf.where(tf.greater(input, 0), input, tf.mul(tf.sub(tf.exp(tf.minimum(input, 0)), 1), alpha));
  },
  LeakyReLU: ({ tf, config }, [x]) => tf.leakyRelu(one(x), numberOf(config.negative_slope ?? config.alpha, 0.3)),
  PReLU: ({ tf, weight }, [x]) => tf.prelu(one(x), weight('alpha', 0)),
  ReLU: ({ tf, config }, [x]) => {
    const slope = numberOf(config.negative_slope, 0);
    const out = slope === 0 ? tf.relu(one(x)) : tf.leakyRelu(one(x), slope);
    return typeof config.max_value === 'number' ? tf.minimum(out, config.max_value) : out;
  },
  Rescaling: ({ tf, config }, [x]) => tf.add(tf.mul(one(x), numberOf(config.scale, 1)), numberOf(config.offset, 0)),
  Add: fold((tf, a, b) => tf.add(a, b)),
  Subtract: fold((tf, a, b) => tf.sub(a, b)),
  Multiply: fold((tf, a, b) => tf.mul(a, b)),
  Maximum: fold((tf, a, b) => tf.maximum(a, b)),
  Minimum: fold((tf, a, b) => tf.minimum(a, b)),
  Average: (context, inputs) =>
    context.tf.div(
      inputs.slice(1).reduce((a, b) => context.tf.add(a, b), one(inputs[0])),
      inputs.length,
    ),
  Concatenate: ({ tf, config }, inputs) => tf.concat([...inputs], numberOf(config.axis, -1)),
  UpSampling2D: ({ tf, config }, [x]) => {
    const [h, w] = pair(config.size, 2);
    const input = one(x) as tfjs.Tensor4D;
    return tf.image.resizeNearestNeighbor(input, [input.shape[1] * h, input.shape[2] * w]);
  },
  Dropout: same,
  SpatialDropout1D: same,
  SpatialDropout2D: same,
  AlphaDropout: same,
  GaussianNoise: same,
  GaussianDropout: same,
  ActivityRegularization: same,
  InputLayer: same,
};
