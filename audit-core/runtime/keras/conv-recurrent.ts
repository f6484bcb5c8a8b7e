import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { activate } from './activations';
import type { Config } from './graph';
import { channelsLast, type Layer, type LayerContext, numbers, one, padding, type Tensor } from './layer';

/** A convolution over the dimensions between rows and channels. */
function convolve(
  tf: typeof tfjs,
  x: Tensor,
  kernel: Tensor,
  how: { readonly strides: readonly number[]; readonly dilation: readonly number[]; readonly pad: 'same' | 'valid' },
): Tensor {
  const [a = 1, b = 1, c = 1] = how.strides;
  const [d = 1, e = 1, f = 1] = how.dilation;
  if (x.rank === 3)
    return tf.squeeze(
      tf.conv2d(
        tf.expandDims(x, 1) as tfjs.Tensor4D,
        tf.expandDims(kernel, 0) as tfjs.Tensor4D,
        [1, a],
        how.pad,
        'NHWC',
        [1, d],
      ),
      [1],
    );
  if (x.rank === 4) return tf.conv2d(x as tfjs.Tensor4D, kernel as tfjs.Tensor4D, [a, b], how.pad, 'NHWC', [d, e]);
  return tf.conv3d(x as tfjs.Tensor5D, kernel as tfjs.Tensor5D, [a, b, c], how.pad, 'NDHWC', [d, e, f]);
}

/**
 * A long short-term memory whose products are convolutions (Shi et al. 2015, arXiv:1506.04214; keras/src/layers/rnn/conv_lstm.py): the input is
 * convolved as configured, the state with stride 1 and "same" padding.
 */
const convLstm =
  (rank: number): Layer =>
  (context, [x]) => {
    channelsLast(context);
    const { tf, config, name } = context;
    if (context.masks[0]) throw new RuntimeError(`The layer "${name}" is given a mask, which is not run here.`);
    if (config.stateful === true)
      throw new RuntimeError(`The layer "${name}" keeps its state between batches, which is not run here.`);
    const input = one(x);
    const steps = tf.unstack(input, 1);
    if (config.go_backwards === true) steps.reverse();
    const kernel = context.weight('kernel', 0);
    const recurrent = context.weight('recurrent_kernel', 1);
    const bias = config.use_bias === false ? null : context.weight('bias', 2);
    const outer = {
      strides: numbers(config.strides, rank, 1),
      dilation: numbers(config.dilation_rate, rank, 1),
      pad: padding(config),
    };
    const inner = { strides: numbers(1, rank, 1), dilation: numbers(1, rank, 1), pad: 'same' as const };
    const act = (value: Tensor, key: 'activation' | 'recurrent_activation'): Tensor =>
      activate(tf, config[key] ?? (key === 'activation' ? 'tanh' : 'sigmoid'), value, name);
    let state: Tensor | null = null;
    let carry: Tensor | null = null;
    const outputs: Tensor[] = [];
    for (const step of steps) {
      let z = convolve(tf, step, kernel, outer);
      if (bias) z = tf.add(z, bias);
      if (state) z = tf.add(z, convolve(tf, state, recurrent, inner));
      const [i, f, c, o] = tf.split(z, 4, z.rank - 1) as [Tensor, Tensor, Tensor, Tensor];
      const fresh = tf.mul(act(i, 'recurrent_activation'), act(c, 'activation'));
      carry = carry ? tf.add(tf.mul(act(f, 'recurrent_activation'), carry), fresh) : fresh;
      state = tf.mul(act(o, 'recurrent_activation'), act(carry, 'activation'));
      outputs.push(state);
    }
    const out = config.return_sequences === true ? tf.stack(outputs, 1) : one(state ?? undefined);
    return config.return_state === true ? [out, one(state ?? undefined), one(carry ?? undefined)] : out;
  };

/** A wrapper whose inner layer holds the weights as they are used (the spectral norm is divided out in training alone). */
const wrapped =
  (layers: () => Readonly<Record<string, Layer>>): Layer =>
  (context, inputs) => {
    const inner = context.config.layer as { readonly class_name?: unknown; readonly config?: Config } | undefined;
    const kind = typeof inner?.class_name === 'string' ? inner.class_name : '';
    const layer = layers()[kind];
    if (!layer || !inner?.config)
      throw new RuntimeError(`The layer "${context.name}" holds a ${kind.slice(0, 40)}, which is not run here.`);
    const scope = /(?:^|\/)layer\//;
    const within = (name: string, index: number, given?: RegExp): RegExp | undefined =>
      given ?? (context.has(name, index, scope) ? scope : undefined);
    const part: LayerContext = {
      ...context,
      config: inner.config,
      weight: (name, index, given) => context.weight(name, index, within(name, index, given)),
      has: (name, index, given) => context.has(name, index, within(name, index, given)),
    };
    return layer(part, inputs);
  };

export const convRecurrent = (layers: () => Readonly<Record<string, Layer>>): Readonly<Record<string, Layer>> => ({
  ConvLSTM1D: convLstm(1),
  ConvLSTM2D: convLstm(2),
  ConvLSTM3D: convLstm(3),
  SpectralNormalization: wrapped(layers),
});
