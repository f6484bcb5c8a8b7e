import { RuntimeError } from '../error';
import { numberOf } from './graph';
import { type Layer, one, type Tensor } from './layer';

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

/** By the mean and variance of the data that it was adapted to, or those that the configuration gives. */
const normalization: Layer = (context, [x]) => {
  const { tf, config } = context;
  const told = (name: string, index: number): Tensor =>
    Array.isArray(config[name]) || typeof config[name] === 'number'
      ? tf.tensor(config[name] as number | number[])
      : context.weight(name, index);
  const deviation = tf.maximum(tf.sqrt(told('variance', 1)), 1e-7);
  const mean = told('mean', 0);
  return config.invert === true ? tf.add(tf.mul(one(x), deviation), mean) : tf.div(tf.sub(one(x), mean), deviation);
};

/** Groups of channels, each with its own mean and variance (Wu and He 2018). */
const groupNorm: Layer = (context, [x]) => {
  const { tf, config } = context;
  const input = one(x);
  const channels = input.shape.at(-1) ?? 1;
  const axis = numberOf(config.axis, -1);
  if (axis !== -1 && axis !== input.rank - 1)
    throw new RuntimeError(`The layer "${context.name}" normalises another than the last axis, which is not run here.`);
  const given = numberOf(config.groups, 32);
  const groups = given === -1 ? channels : given;
  const parts = tf.reshape(input, [input.shape[0] ?? 0, -1, groups, channels / groups]);
  const { mean, variance } = tf.moments(parts, [1, 3], true);
  const normal = tf.mul(tf.sub(parts, mean), tf.rsqrt(tf.add(variance, numberOf(config.epsilon, 1e-3))));
  let out = tf.reshape(normal, input.shape);
  let next = 0;
  if (config.scale !== false) out = tf.mul(out, context.weight('gamma', next++));
  return config.center !== false ? tf.add(out, context.weight('beta', next)) : out;
};

export const normalisations: Readonly<Record<string, Layer>> = {
  BatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
  Normalization: normalization,
  GroupNormalization: groupNorm,
  UnitNormalization: ({ tf, config }, [x]) => {
    const axes = (Array.isArray(config.axis) ? config.axis.map(Number) : [numberOf(config.axis, -1)]).map(axis =>
      axis < 0 ? axis + one(x).rank : axis,
    );
    const size = tf.sqrt(tf.maximum(tf.sum(tf.square(one(x)), axes, true), 1e-12));
    return tf.div(one(x), size);
  },
  RMSNormalization: ({ tf, config, weight }, [x]) => {
    const size = tf.rsqrt(tf.add(tf.mean(tf.square(one(x)), -1, true), numberOf(config.epsilon, 1e-6)));
    return tf.mul(tf.mul(one(x), size), weight('scale', 0));
  },
  LayerScale: ({ tf, weight, has }, [x]) => tf.mul(one(x), weight(has('gamma', 0) ? 'gamma' : 'variable', 0)),
};
