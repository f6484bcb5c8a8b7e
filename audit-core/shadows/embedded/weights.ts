import type * as tfjs from '@tensorflow/tfjs';
import { Heap } from './native/heap';
import { adamFactors, type Update, updateRule } from './optimizers';
import type { OptimizerRecipe } from './recipe';
import type { TrainableWeight } from './trainable';

/** The weights of one model under training. */
export interface Weights {
  /** In the order of the network's list; the tensors may change from step to step. */
  readonly tensors: tfjs.Tensor[];
  /** Places in the list that are trained by gradients. */
  readonly trained: readonly number[];
  /** Replaces a weight that is not trained by gradients; takes the tensor over. */
  replace(place: number, value: tfjs.Tensor): void;
  /** One step of the optimizer; `gradients` in the order of `trained`, `step` counts from 1, `clipNorm` as in the recipe. */
  step(gradients: readonly tfjs.Tensor[], step: number, clipNorm: number | null): void;
  /** True where a weight is no number any more. */
  diverged(): boolean;
  dispose(): void;
}

/** Weights that start at the given values: in place in the memory of WebAssembly where it can be reached, else by copies. */
export function startWeights(
  tf: typeof tfjs,
  weights: readonly TrainableWeight[],
  values: readonly Float32Array[],
  recipe: OptimizerRecipe,
): Weights {
  const tensors = weights.map((weight, i) => tf.keep(tf.tensor(values[i]!.slice(), [...weight.shape])));
  const trained = weights.flatMap((weight, i) => (weight.trained ? [i] : []));
  const heap = Heap.of(tf);
  const state: tfjs.Tensor[] = [];
  const sizes = values.map(each => each.length);
  // λ·Σw² in the loss is 2λ·w in the gradient, as L2 decay is; AdamW's own decay is decoupled and stays beside it.
  const penalties = trained.map(i => 2 * (weights[i]!.penalty ?? 0));
  const rules = trained.map((i, at) =>
    heap && recipe.name.startsWith('adam') ? null : updateRule(recipe, sizes[i]!, penalties[at]!),
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
  /** By the rule in plain code; in place where the numbers are. */
  const byRule = (rule: Update, place: number, gradient: tfjs.Tensor, step: number, scale: number): void => {
    // Gradients may share their numbers: they are not scaled in place.
    const slope = scale === 1 ? numbers(gradient) : numbers(gradient).map(each => each * scale);
    const own = numbers(tensors[place]!);
    rule(own, slope, step);
    if (!heap) replace(place, tf.tensor(own, tensors[place]!.shape));
  };
  return {
    tensors,
    trained,
    replace,
    step: (gradients, step, clipNorm) => {
      const scale = clipNorm === null ? 1 : clipScale(gradients.map(numbers), clipNorm);
      for (const [at, place] of trained.entries()) {
        const [rule, pair] = [rules[at], moments[at]];
        if (rule) byRule(rule, place, gradients[at]!, step, scale);
        else if (heap && pair)
          heap.run('adam')(
            ...[tensors[place]!, gradients[at]!, ...pair].map(each => heap.at(each)),
            sizes[place]!,
            ...adamFactors(recipe, step, penalties[at]!),
            scale,
          );
      }
    },
    diverged: () => tensors.some(tensor => tensor.size > 0 && Number.isNaN(numbers(tensor)[0]!)),
    dispose: () => tf.dispose([...tensors, ...state]),
  };
}

/** min(1, limit/‖g‖) as torch.nn.utils.clip_grad_norm_. */
function clipScale(gradients: readonly Float32Array[], limit: number): number {
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  return Math.min(1, limit / (Math.sqrt(squares) + 1e-6));
}
