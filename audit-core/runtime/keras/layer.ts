import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { activate } from './activations';
import { type Config, numberOf } from './graph';

export type Tensor = tfjs.Tensor;

/** A tensor with its mask `[N, T]`: 1 where a step counts; null where all do. */
export interface Held {
  readonly value: Tensor;
  readonly mask: Tensor | null;
}

/** An argument of a call: a tensor, a list, or a plain value. */
export type Given = Held | readonly Given[] | { readonly plain: unknown };

/** The tensors of an argument, in order. */
export const heldIn = (given: Given): Held[] =>
  'value' in given ? [given] : 'plain' in given ? [] : given.flatMap(heldIn);

/** What a layer's function works with; `weight` gives a tensor by name, or by number where the file numbers them. */
export interface LayerContext {
  readonly tf: typeof tfjs;
  readonly name: string;
  readonly config: Config;
  /** The arguments of the call as it was written. */
  readonly positional: readonly Given[];
  readonly named: ReadonlyMap<string, Given>;
  /** Masks of the inputs. */
  readonly masks: readonly (Tensor | null)[];
  readonly weight: (name: string, index: number, scope?: RegExp) => Tensor;
  readonly has: (name: string, index: number, scope?: RegExp) => boolean;
}

export type Layer = (context: LayerContext, inputs: readonly Tensor[]) => Tensor | readonly Tensor[];

export const one = (x: Tensor | undefined): Tensor => {
  if (!x) throw new RuntimeError('A layer has no input.');
  return x;
};
export const single = (out: Tensor | readonly Tensor[]): Tensor => ('dataId' in out ? out : one(out[0]));
export const numbers = (value: unknown, count: number, fallback: number): number[] => {
  const list = Array.isArray(value) ? value.map(Number) : [numberOf(value, fallback)];
  return Array.from({ length: count }, (_, index) => list[index] ?? list[0] ?? fallback);
};
export const pair = (value: unknown, fallback: number): [number, number] => {
  const [first = fallback, second = fallback] = numbers(value, 2, fallback);
  return [first, second];
};
export const padding = (config: Config): 'same' | 'valid' => (config.padding === 'same' ? 'same' : 'valid');
export const activated = (context: LayerContext, x: Tensor): Tensor =>
  activate(context.tf, context.config.activation, x, context.name);
export const biased = (context: LayerContext, x: Tensor, index = 1): Tensor =>
  context.config.use_bias === false ? x : context.tf.add(x, context.weight('bias', index));
export const channelsLast = (context: LayerContext): void => {
  if (context.config.data_format === 'channels_first')
    throw new RuntimeError(`The layer "${context.name}" keeps channels first, which is not run here.`);
};

/** Layers that hand the mask of their input on (`supports_masking` of Keras). */
const passing = new Set(
  `Dense EinsumDense Activation ReLU LeakyReLU PReLU ELU Softmax Dropout SpatialDropout1D AlphaDropout GaussianNoise GaussianDropout
  ActivityRegularization BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization Identity TimeDistributed
  InputLayer Rescaling Attention AdditiveAttention MultiHeadAttention GroupQueryAttention GroupedQueryAttention`.split(
    /\s+/,
  ),
);

/** The mask that a layer gives its first output. */
export function maskOf(context: LayerContext, kind: string, inputs: readonly Held[]): Tensor | null {
  const { tf, config } = context;
  const [given] = inputs;
  if (!given) return null;
  const first = { ...given, mask: context.masks[0] ?? given.mask };
  if (kind === 'Embedding') return config.mask_zero === true ? tf.cast(tf.notEqual(first.value, 0), 'float32') : null;
  if (kind === 'Masking')
    return tf.cast(tf.any(tf.notEqual(first.value, numberOf(config.mask_value, 0)), -1), 'float32');
  if (/^(?:LSTM|GRU|SimpleRNN|RNN)$/.test(kind)) return config.return_sequences === true ? first.mask : null;
  if (kind === 'Bidirectional') {
    const inner = config.layer as { readonly config?: Config } | undefined;
    return inner?.config?.return_sequences === true ? first.mask : null;
  }
  if (/^(?:Add|Subtract|Multiply|Average|Maximum|Minimum)$/.test(kind))
    return inputs.every(each => each.mask !== null)
      ? inputs.slice(1).reduce((mask, each) => tf.mul(mask, each.mask ?? 1), first.mask ?? tf.scalar(1))
      : null;
  if (kind === 'Concatenate' && inputs.some(each => each.mask !== null) && numberOf(config.axis, -1) !== -1)
    throw new RuntimeError(`The layer "${context.name}" joins sequences with masks, which is not run here.`);
  if (kind === 'Concatenate') {
    const masks = inputs.flatMap(each => each.mask ?? []);
    return masks.length > 0 ? masks.slice(1).reduce((a, b) => tf.mul(a, b), one(masks[0])) : null;
  }
  return passing.has(kind) ? first.mask : null;
}
