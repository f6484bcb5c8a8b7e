import type * as tfjs from '@tensorflow/tfjs';
import { channelsLast, type Layer, numbers, one, padding, pair, single } from './layer';

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

const pool3d =
  (kind: 'max' | 'avg'): Layer =>
  (context, [x]) => {
    channelsLast(context);
    const { tf, config } = context;
    const [a = 2, b = 2, c = 2] = numbers(config.pool_size, 3, 2);
    const [d = a, e = b, f = c] = config.strides == null ? [a, b, c] : numbers(config.strides, 3, 2);
    const run = kind === 'max' ? tf.maxPool3d : tf.avgPool3d;
    return run(one(x) as tfjs.Tensor5D, [a, b, c], [d, e, f], padding(config));
  };

/** The mean over the steps that count. */
const meanOfSteps: Layer = (context, [x]) => {
  const { tf, config, masks } = context;
  const mask = masks[0];
  if (!mask || config.data_format === 'channels_first') return single(globalPool('mean', [1])(context, [one(x)]));
  const weights = tf.expandDims(mask, -1);
  const keep = config.keepdims === true;
  return tf.div(tf.sum(tf.mul(one(x), weights), 1, keep), tf.sum(weights, 1, keep));
};

const globalPool =
  (kind: 'max' | 'mean', axes: number[]): Layer =>
  (context, [x]) => {
    channelsLast(context);
    const keep = context.config.keepdims === true;
    return kind === 'max' ? context.tf.max(one(x), axes, keep) : context.tf.mean(one(x), axes, keep);
  };

export const pools: Readonly<Record<string, Layer>> = {
  MaxPooling1D: pool1d('max'),
  MaxPooling2D: pool2d('max'),
  MaxPooling3D: pool3d('max'),
  AveragePooling1D: pool1d('avg'),
  AveragePooling2D: pool2d('avg'),
  AveragePooling3D: pool3d('avg'),
  GlobalMaxPooling1D: globalPool('max', [1]),
  GlobalMaxPooling2D: globalPool('max', [1, 2]),
  GlobalMaxPooling3D: globalPool('max', [1, 2, 3]),
  GlobalAveragePooling1D: meanOfSteps,
  GlobalAveragePooling2D: globalPool('mean', [1, 2]),
  GlobalAveragePooling3D: globalPool('mean', [1, 2, 3]),
};
