import type * as tfjs from '@tensorflow/tfjs';
import { activate } from '../../keras/activations';
import { axis, type Call, define, fail, flag, number, self, type Tensor, tensor, text } from '../operator';

const named =
  (name: string) =>
  (call: Call): Tensor =>
    activate(call.tf, name, self(call), name);

/** A softmax over any dimension: that dimension is brought to the end and back. */
function along(call: Call, apply: (tf: typeof tfjs, x: Tensor) => Tensor): Tensor {
  const x = self(call);
  const at = axis(number(call, 'dim', x.rank === 0 || x.rank === 1 || x.rank === 3 ? 0 : 1), Math.max(1, x.rank));
  if (at === x.rank - 1) return apply(call.tf, x);
  const order = x.shape.map((_, index) => (index === at ? x.rank - 1 : index === x.rank - 1 ? at : index));
  return call.tf.transpose(apply(call.tf, call.tf.transpose(x, order)), order);
}

const clip = (call: Call, x: Tensor, low: number, high: number): Tensor => call.tf.clipByValue(x, low, high);

/** max(0, x) + min(0, alpha (exp(x / alpha) - 1)) and its relatives share this lower half. */
const lower = (tf: typeof tfjs, x: Tensor, scale: number, divisor: number): Tensor =>
  tf.mul(tf.expm1(tf.div(tf.minimum(x, 0), divisor)), scale);

function dropout(call: Call): Tensor {
  const x = self(call);
  const rate = number(call, 'p', 0.5);
  const training = flag(call, 'train', flag(call, 'training'));
  return training && rate > 0 ? call.tf.dropout(x, Math.min(rate, 1 - 1e-7), undefined, call.seed()) : x;
}

/** Dropout of whole channels: one draw per channel of `[N, C, …]`. */
function channelDropout(call: Call): Tensor {
  const { tf } = call;
  const x = self(call);
  const rate = number(call, 'p', 0.5);
  if (!flag(call, 'train', flag(call, 'training')) || rate <= 0) return x;
  const mask = tf.dropout(tf.ones(x.shape.map((size, index) => (index < 2 ? size : 1))), rate, undefined, call.seed());
  return tf.mul(x, mask);
}

export const activations = define({
  'relu(self)': named('relu'),
  'tanh(self)': named('tanh'),
  'sigmoid(self)': named('sigmoid'),
  'silu(self)': named('silu'),
  'selu(self)': named('selu'),
  'mish(self)': named('mish'),
  'relu6(self)': named('relu6'),
  'softsign(self)': named('softsign'),
  'hardswish(self)': call => call.tf.mul(self(call), call.tf.div(clip(call, call.tf.add(self(call), 3), 0, 6), 6)),
  'hardsigmoid(self)': call => call.tf.div(clip(call, call.tf.add(self(call), 3), 0, 6), 6),
  'hardtanh(self, min_val, max_val)': call =>
    clip(call, self(call), number(call, 'min_val', -1), number(call, 'max_val', 1)),
  'softplus(self, beta, threshold)': call => {
    const beta = number(call, 'beta', 1);
    const { tf } = call;
    return tf.div(activate(tf, 'softplus', tf.mul(self(call), beta), 'softplus'), beta);
  },
  'gelu(self, approximate)': call => {
    const { tf } = call;
    const x = self(call);
    if (text(call, 'approximate', 'none') === 'none') return activate(tf, 'gelu', x, 'gelu');
    const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
  },
  'elu(self, alpha, scale, input_scale)': call => {
    const x = self(call);
    const alpha = number(call, 'alpha', 1);
    return call.tf.mul(
      call.tf.add(call.tf.relu(x), lower(call.tf, x, alpha, 1 / number(call, 'input_scale', 1))),
      number(call, 'scale', 1),
    );
  },
  'celu(self, alpha)': call => {
    const alpha = number(call, 'alpha', 1);
    return call.tf.add(call.tf.relu(self(call)), lower(call.tf, self(call), alpha, alpha));
  },
  'leaky_relu(self, negative_slope)': call => {
    const slope = number(call, 'negative_slope', 0.01);
    return call.tf.add(call.tf.relu(self(call)), call.tf.mul(call.tf.minimum(self(call), 0), slope));
  },
  // In inference the slope is the middle of the range it is drawn from.
  'rrelu(self, lower, upper)': call => {
    const slope = (number(call, 'lower', 1 / 8) + number(call, 'upper', 1 / 3)) / 2;
    return call.tf.add(call.tf.relu(self(call)), call.tf.mul(call.tf.minimum(self(call), 0), slope));
  },
  'prelu(self, weight)': call => {
    const { tf } = call;
    const x = self(call);
    const weight = tensor(call, 'weight');
    const slope =
      weight.size === 1 ? weight.reshape([]) : weight.reshape([1, -1, ...new Array<number>(x.rank - 2).fill(1)]);
    return tf.add(tf.relu(x), tf.mul(tf.minimum(x, 0), slope));
  },
  'threshold(self, threshold, value)': call => {
    const { tf } = call;
    const x = self(call);
    return tf.where(tf.greater(x, number(call, 'threshold', 0)), x, tf.fill(x.shape, number(call, 'value', 0)));
  },
  'hardshrink(self, lambd)': call => {
    const x = self(call);
    return call.tf.mul(x, call.tf.greater(call.tf.abs(x), number(call, 'lambd', 0.5)).cast('float32'));
  },
  'softshrink(self, lambd)': call => {
    const x = self(call);
    return call.tf.mul(call.tf.sign(x), call.tf.relu(call.tf.sub(call.tf.abs(x), number(call, 'lambd', 0.5))));
  },
  'tanhshrink(self)': call => call.tf.sub(self(call), call.tf.tanh(self(call))),
  'log_sigmoid(self)': call => call.tf.neg(activate(call.tf, 'softplus', call.tf.neg(self(call)), 'softplus')),
  'logsigmoid(self)': call => call.tf.neg(activate(call.tf, 'softplus', call.tf.neg(self(call)), 'softplus')),
  'softmax(self, dim, dtype)': call => along(call, (tf, x) => tf.softmax(x)),
  '_softmax(self, dim, half_to_float)': call => along(call, (tf, x) => tf.softmax(x)),
  'softmin(self, dim)': call => along(call, (tf, x) => tf.softmax(tf.neg(x))),
  'log_softmax(self, dim, dtype)': call => along(call, (tf, x) => tf.logSoftmax(x)),
  '_log_softmax(self, dim, half_to_float)': call => along(call, (tf, x) => tf.logSoftmax(x)),
  'glu(self, dim)': call => {
    const x = self(call);
    const at = axis(number(call, 'dim', -1), x.rank);
    if ((x.shape[at] ?? 0) % 2 !== 0) fail('A glu splits a dimension of odd size.');
    const [a, b] = call.tf.split(x, 2, at);
    return call.tf.mul(a ?? x, call.tf.sigmoid(b ?? x));
  },
  'dropout(self, p, train)': dropout,
  'native_dropout(self, p, train)': call => [dropout(call), call.tf.onesLike(self(call))],
  'alpha_dropout(self, p, train)': self,
  'feature_dropout(self, p, train)': channelDropout,
  'feature_alpha_dropout(self, p, train)': self,
});
