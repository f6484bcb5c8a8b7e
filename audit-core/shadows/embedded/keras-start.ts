import { type Config, isRecord, type LayerNode, numberOf, textOf } from '../../runtime/keras/graph';
import type { LayerWeight } from '../../runtime/keras/weights';
import { ShadowError } from '../engine';
import type { Initial } from './trainable';

/** What a weight is to its layer (`kernel`, `gamma`, …), where its file numbers the weights instead of naming them. */
export function roleOf({ kind, config }: LayerNode, { path }: LayerWeight): string {
  const base = (path.split('/').at(-1) ?? '').replace(/:\d+$/, '');
  if (!/^\d+$/.test(base)) return base;
  const inner = isRecord(config.layer) ? textOf(config.layer.class_name) : kind;
  return rolesOf(inner, config)[Number(base)] ?? 'kernel';
}

function rolesOf(kind: string, config: Config): readonly string[] {
  const scaled = [...(config.scale === false ? [] : ['gamma']), ...(config.center === false ? [] : ['beta'])];
  if (kind === 'BatchNormalization') return [...scaled, 'moving_mean', 'moving_variance'];
  if (kind === 'LayerNormalization') return scaled;
  if (/^(?:LSTM|GRU|SimpleRNN)$/.test(kind)) return ['kernel', 'recurrent_kernel', 'bias'];
  if (kind === 'SeparableConv2D') return ['depthwise_kernel', 'pointwise_kernel', 'bias'];
  if (kind === 'Normalization') return ['mean', 'variance', 'count'];
  if (kind === 'Embedding') return ['embeddings'];
  if (kind === 'PReLU') return ['alpha'];
  return ['kernel', 'bias'];
}

/** Weights that gradients do not move: running statistics, and the state of a layer's random numbers. */
export const isStatistic = (role: string, { path }: LayerWeight): boolean =>
  /^moving_/.test(role) || /seed_generator/.test(path);

/** The word before `_initializer` and `_regularizer` in a layer's configuration. */
export const settingOf = (role: string): string => (role === 'kernel' ? role : role.replace(/_kernel$/, ''));

/** How Keras starts a weight (keras/src/initializers/random_initializers.py, and the defaults of the layers). */
export function kerasStart(layer: LayerNode, role: string, shape: readonly number[]): Initial {
  const inner = isRecord(layer.config.layer) ? layer.config.layer : null;
  const config = inner && isRecord(inner.config) ? inner.config : layer.config;
  const kind = inner ? textOf(inner.class_name) : layer.kind;
  const given = config[`${settingOf(role)}_initializer`];
  const named = isRecord(given) ? textOf(given.class_name) : textOf(given);
  const own = isRecord(given) && isRecord(given.config) ? given.config : {};
  if (role === 'bias' && kind === 'LSTM' && config.unit_forget_bias !== false) return forgetBias(shape);
  switch (plain(named || usual(role))) {
    case 'zeros':
      return { kind: 'constant', value: 0 };
    case 'ones':
      return { kind: 'constant', value: 1 };
    case 'constant':
      return { kind: 'constant', value: numberOf(own.value, 0) };
    case 'orthogonal':
      return { kind: 'orthogonal', gain: numberOf(own.gain, 1) };
    case 'randomuniform':
      return uniform(numberOf(own.minval, -0.05), numberOf(own.maxval, 0.05), layer.name);
    case 'randomnormal':
    case 'truncatednormal':
      return { kind: 'normal', mean: numberOf(own.mean, 0), deviation: numberOf(own.stddev, 0.05) };
    case 'glorotuniform':
      return byVariance('uniform', 1 / average(fans(role, shape)));
    case 'glorotnormal':
      return byVariance('normal', 1 / average(fans(role, shape)));
    case 'heuniform':
      return byVariance('uniform', 2 / fans(role, shape)[0]);
    case 'henormal':
      return byVariance('normal', 2 / fans(role, shape)[0]);
    case 'lecununiform':
      return byVariance('uniform', 1 / fans(role, shape)[0]);
    case 'lecunnormal':
      return byVariance('normal', 1 / fans(role, shape)[0]);
    default:
      throw new ShadowError(
        `The layer "${layer.name}" starts its ${role} by ${named}, which the embedded engine does not know; use --engine process.`,
      );
  }
}

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** Where the configuration says nothing. */
function usual(role: string): string {
  if (role === 'recurrent_kernel') return 'orthogonal';
  if (role === 'embeddings') return 'randomuniform';
  if (/gamma|variance/.test(role)) return 'ones';
  return /kernel/.test(role) ? 'glorotuniform' : 'zeros';
}

/** Numbers that go into one output and come out of one input (keras `compute_fans`). */
function fans(role: string, shape: readonly number[]): readonly [number, number] {
  if (shape.length < 2) return [shape[0] ?? 1, shape[0] ?? 1];
  const field = shape.slice(0, -2).reduce((product, each) => product * each, 1);
  // Keras 3 takes the last two dimensions of a depthwise kernel as those of any other.
  const [into, out] = shape.slice(-2) as [number, number];
  return role === 'embeddings' ? [into, out] : [into * field, out * field];
}

const average = ([into, out]: readonly [number, number]): number => (into + out) / 2;

const byVariance = (kind: 'uniform' | 'normal', variance: number): Initial =>
  kind === 'uniform' ? { kind, bound: Math.sqrt(3 * variance) } : { kind, mean: 0, deviation: Math.sqrt(variance) };

function uniform(low: number, high: number, layer: string): Initial {
  if (low !== -high)
    throw new ShadowError(
      `The layer "${layer}" starts a weight between ${low} and ${high}; the embedded engine knows ranges around 0; use --engine process.`,
    );
  return { kind: 'uniform', bound: high };
}

/** Gates in the order i, f, c, o: the forget gate starts open (Jozefowicz et al. 2015). */
function forgetBias([size = 0]: readonly number[]): Initial {
  const units = size / 4;
  return { kind: 'values', values: new Float32Array(size).fill(1, units, 2 * units) };
}
