import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { isRecord, textOf } from './graph';

type Tensor = tfjs.Tensor;

/** `hard_sigmoid` of Keras 1 and 2 and of TensorFlow.js: 0.2 x + 0.5 within 0 and 1 (keras 2.15, activations.py); Keras 3 divides by 6. */
export const keras2HardSigmoid = 'hard_sigmoid (Keras 2)';

/** Keras' activation functions by name (keras/src/activations/activations.py). */
export function activate(tf: typeof tfjs, given: unknown, x: Tensor, layer: string): Tensor {
  const name = isRecord(given)
    ? textOf(isRecord(given.config) ? (given.config.name ?? given.config) : given.class_name) ||
      textOf(given.class_name)
    : textOf(given) || 'linear';
  switch (name) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.clipByValue(x, 0, 6);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'tanh':
      return tf.tanh(x);
    case 'softmax':
      return tf.softmax(x);
    case 'log_softmax':
      return tf.logSoftmax(x);
    case 'elu':
      return tf.elu(x);
    case 'selu':
      return tf.selu(x);
    case 'softplus':
      return tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
    case 'squareplus':
      return tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5);
    case 'sparse_plus':
      return tf.where(
        tf.lessEqual(x, -1),
        tf.zerosLike(x),
        tf.where(tf.less(x, 1), tf.square(tf.mul(tf.add(x, 1), 0.5)), x),
      );
    case 'softsign':
      return tf.div(x, tf.add(tf.abs(x), 1));
    case 'exponential':
      return tf.exp(x);
    case 'silu':
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
    case 'mish':
      return tf.mul(x, tf.tanh(activate(tf, 'softplus', x, layer)));
    case 'gelu':
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1));
    case 'gelu_tanh': {
      // 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))): Hendrycks and Gimpel 2016, arXiv:1606.08415.
      const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
    }
    case 'hard_silu':
    case 'hard_swish':
      return tf.mul(x, activate(tf, 'hard_sigmoid', x, layer));
    case 'hard_tanh':
      return tf.clipByValue(x, -1, 1);
    case 'tanh_shrink':
      return tf.sub(x, tf.tanh(x));
    case 'celu':
      return tf.elu(x);
    case 'log_sigmoid':
      return tf.neg(activate(tf, 'softplus', tf.neg(x), layer));
    case 'glu': {
      const [value, gate] = tf.split(x, 2, -1);
      return value && gate ? tf.mul(value, tf.sigmoid(gate)) : x;
    }
    case keras2HardSigmoid:
      return tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1);
    case 'hard_sigmoid':
      return tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1);
    case 'leaky_relu':
      return tf.leakyRelu(x, 0.2);
    default:
      throw new RuntimeError(
        `The layer "${layer}" uses the activation "${name.slice(0, 40)}", which is not known here.`,
      );
  }
}
