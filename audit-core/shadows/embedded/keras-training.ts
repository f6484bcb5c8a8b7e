import type * as tfjs from '@tensorflow/tfjs';
import { isRecord, type LayerNode, numberOf, textOf } from '../../runtime/keras/graph';
import type { Layer, LayerContext } from '../../runtime/keras/layer';
import { layers } from '../../runtime/keras/layers';
import { gaussian, type Pass } from './trainable';

/** New value of a weight of the layer, by its role. */
export type Move = (role: string, value: tfjs.Tensor) => void;

/** What a layer does in training where that is not what it does when asked; null: the same. */
export function trainingLayer({ kind, config }: LayerNode, { random }: Pass, move: Move): Layer | null {
  const rate = numberOf(config.rate, 0);
  switch (kind) {
    case 'Dropout':
      return dropped(rate, random, shape => shape);
    case 'SpatialDropout1D':
    case 'SpatialDropout2D':
      return dropped(rate, random, shape =>
        shape.map((size, axis) => (axis > 0 && axis < shape.length - 1 ? 1 : size)),
      );
    case 'GaussianNoise':
      return ({ tf }, [x]) =>
        tf.add(
          x!,
          drawn(tf, x!.shape, () => numberOf(config.stddev, 0) * gaussian(random)),
        );
    case 'GaussianDropout': {
      const deviation = Math.sqrt(rate / (1 - rate));
      return ({ tf }, [x]) =>
        tf.mul(
          x!,
          drawn(tf, x!.shape, () => 1 + deviation * gaussian(random)),
        );
    }
    case 'BatchNormalization':
      return (context, [x]) => batchNormalized(context, x!, move);
    default:
      return null;
  }
}

/** Why a layer cannot be trained here as Keras trains it; null: it can. */
export function untrainable({ kind, name, config }: LayerNode): string | null {
  const inner = isRecord(config.layer) && isRecord(config.layer.config) ? config.layer.config : config;
  if (/^(?:LSTM|GRU|SimpleRNN|Bidirectional)$/.test(kind) && (inner.dropout || inner.recurrent_dropout))
    return `The layer "${name}" drops inside its recurrence`;
  if (/Attention$/.test(kind) && config.dropout) return `The layer "${name}" drops attention`;
  if (
    /^(?:AlphaDropout|SpatialDropout3D|ActivityRegularization|Normalization|Random\w+|TimeDistributed|RNN)$/.test(kind)
  )
    return `The layer "${name}" is ${kind}`;
  return config.trainable === false && kind !== 'InputLayer' ? `The layer "${name}" is frozen` : null;
}

/** Numbers of a tensor's shape from a stream. */
function drawn(tf: typeof tfjs, shape: readonly number[], draw: () => number): tfjs.Tensor {
  const size = shape.reduce((product, each) => product * each, 1);
  return tf.tensor(Float32Array.from({ length: size }, draw), [...shape]);
}

const dropped =
  (rate: number, random: () => number, mask: (shape: number[]) => number[]): Layer =>
  ({ tf }, [x]) =>
    rate > 0
      ? tf.mul(
          x!,
          drawn(tf, mask(x!.shape), () => (random() < rate ? 0 : 1 / (1 - rate))),
        )
      : x!;

/** By the batch's own mean and variance, which move the running ones (keras BatchNormalization: momentum 0.99, biased variance). */
function batchNormalized(context: LayerContext, x: tfjs.Tensor, move: Move): tfjs.Tensor {
  const { tf, config } = context;
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const mean = tf.mean(x, axes, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes, true);
  const keep = numberOf(config.momentum, 0.99);
  let next = 0;
  const gamma = config.scale === false ? null : context.weight('gamma', next++);
  const beta = config.center === false ? null : context.weight('beta', next++);
  for (const [role, fresh] of [
    ['moving_mean', mean],
    ['moving_variance', variance],
  ] as const)
    move(role, tf.add(tf.mul(context.weight(role, next++), keep), tf.mul(tf.reshape(fresh, [-1]), 1 - keep)));
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, numberOf(config.epsilon, 1e-3))));
  const scaled = gamma ? tf.mul(normal, gamma) : normal;
  return beta ? tf.add(scaled, beta) : scaled;
}

/** The closing activation of a layer: `softmax`, `sigmoid`, `linear`, …; null for layers that have none. */
export function closingOf({ kind, config, operation }: LayerNode): string | null {
  if (operation && kind !== 'Softmax') return null;
  if (kind === 'Softmax') return 'softmax';
  if (config.activation === undefined || config.activation === null) return kind === 'Activation' ? null : 'linear';
  const { activation } = config;
  return isRecord(activation) ? textOf(activation.class_name || activation.config) : textOf(activation);
}

/** The layer without its closing activation: losses and attacks want the numbers before it. */
export const withoutClosing = ({ kind, config }: LayerNode): Layer =>
  kind === 'Softmax' || kind === 'Activation'
    ? (_, [x]) => x!
    : (context, inputs) => layers[kind]!({ ...context, config: { ...config, activation: 'linear' } }, inputs);
