import type * as tfjs from '@tensorflow/tfjs';
import { Heap } from './native/heap';
import { adamFactors, type StepAt, type Update, updateRule } from './optimizers';
import type { Clip, TrainingRecipe } from './recipe';
import type { TrainableWeight } from './trainable';

/** The weights of one model under training. */
export interface Weights {
  /** In the order of the network's list; the tensors may change from step to step. */
  readonly tensors: tfjs.Tensor[];
  /** Places in the list that are trained by gradients. */
  readonly trained: readonly number[];
  /** Replaces a weight that is not trained by gradients; takes the tensor over. */
  replace(place: number, value: tfjs.Tensor): void;
  /** One step of the optimizer; `gradients` in the order of `trained`. */
  step(gradients: readonly tfjs.Tensor[], at: StepAt): void;
  /** Σ λ·w² over the weights that have a penalty. */
  penalty(): number;
  /** The weights as they are, to go back to. */
  copy(): readonly Float32Array[];
  restore(values: readonly Float32Array[]): void;
  /** True where a weight is no number any more. */
  diverged(): boolean;
  dispose(): void;
}

/** Weights that start at the given values: in place in the memory of WebAssembly where it can be reached, else by copies. */
export function startWeights(
  tf: typeof tfjs,
  weights: readonly TrainableWeight[],
  values: readonly Float32Array[],
  { optimizer, library, clip }: Pick<TrainingRecipe, 'optimizer' | 'library' | 'clip'>,
): Weights {
  const tensors = weights.map((weight, i) => tf.keep(tf.tensor(values[i]!.slice(), [...weight.shape])));
  const trained = weights.flatMap((weight, i) => (weight.trained ? [i] : []));
  const heap = Heap.of(tf);
  const state: tfjs.Tensor[] = [];
  const sizes = values.map(each => each.length);
  // λ·Σw² in the loss is 2λ·w in the gradient, as L2 decay is; AdamW's own decay is decoupled and stays beside it.
  const penalties = trained.map(i => 2 * (weights[i]!.penalty ?? 0));
  const rules = trained.map((i, at) =>
    heap && optimizer.name.startsWith('adam') && !optimizer.amsgrad
      ? null
      : updateRule(optimizer, sizes[i]!, penalties[at]!, library),
  );
  const moments = trained.map((i, place) => {
    if (rules[place]) return null;
    const both = [tf.keep(tf.zeros([sizes[i]!])), tf.keep(tf.zeros([sizes[i]!]))] as const;
    state.push(...both);
    return both;
  });
  const numbers = (tensor: tfjs.Tensor): Float32Array =>
    heap ? heap.view(heap.at(tensor), tensor.size) : (tensor.dataSync() as Float32Array);
  const replace = (place: number, value: tfjs.Tensor): void => {
    tensors[place]!.dispose();
    tensors[place] = tf.keep(value);
  };
  /** By the rule in plain code; in place where the numbers are. Gradients may share their numbers: they are not changed in place. */
  const byRule = (rule: Update, place: number, slope: Float32Array, at: StepAt): void => {
    const own = numbers(tensors[place]!);
    rule(own, slope, at);
    if (!heap) replace(place, tf.tensor(own, tensors[place]!.shape));
  };
  return {
    tensors,
    trained,
    replace,
    step: (gradients, at) => {
      const factors = clip ? clipFactors(gradients.map(numbers), clip) : null;
      for (const [order, place] of trained.entries()) {
        const [rule, pair] = [rules[order], moments[order]];
        const factor = factors?.[order] ?? 1;
        const bounded = clip?.by === 'value' ? bound(numbers(gradients[order]!), clip.limit) : null;
        if (rule) {
          const plain = bounded ?? numbers(gradients[order]!);
          byRule(rule, place, factor === 1 ? plain : plain.map(each => each * factor), at);
        } else if (heap && pair) {
          const gradient = bounded ? tf.tensor(bounded) : gradients[order]!;
          heap.run('adam')(
            ...[tensors[place]!, gradient, ...pair].map(each => heap.at(each)),
            sizes[place]!,
            ...adamFactors(optimizer, at, penalties[order]!, library),
            factor,
          );
        }
      }
    },
    penalty: () =>
      weights.reduce((sum, { penalty }, i) => {
        if (!penalty) return sum;
        return sum + penalty * numbers(tensors[i]!).reduce((total, each) => total + each * each, 0);
      }, 0),
    copy: () => tensors.map(each => (each.size > 0 ? numbers(each).slice() : new Float32Array(0))),
    restore: kept => {
      for (const [place, own] of kept.entries()) replace(place, tf.tensor(own, [...weights[place]!.shape]));
    },
    diverged: () => tensors.some(tensor => tensor.size > 0 && Number.isNaN(numbers(tensor)[0]!)),
    dispose: () => tf.dispose([...tensors, ...state]),
  };
}

/**
 * The factor of each weight's gradient. PyTorch (`clip_grad_norm_`) and Keras (`global_clipnorm`) by the norm of all, Keras (`clipnorm`) by that of
 * each.
 */
function clipFactors(gradients: readonly Float32Array[], { by, limit }: Clip): number[] | null {
  if (by === 'value') return null;
  const squares = gradients.map(gradient => gradient.reduce((sum, each) => sum + each * each, 0));
  const factor = (square: number): number => Math.min(1, limit / (Math.sqrt(square) + 1e-6));
  if (by === 'norm-each') return squares.map(factor);
  const whole = factor(squares.reduce((sum, each) => sum + each, 0));
  return squares.map(() => whole);
}

const bound = (values: Float32Array, limit: number): Float32Array =>
  values.map(each => Math.max(-limit, Math.min(limit, each)));
