import type { OptimizerRecipe, TrainingRecipe } from './recipe';

/** Where a step stands: it counts from 1; `momentum` stands in for the recipe's momentum or β₁. */
export interface StepAt {
  readonly step: number;
  readonly rate: number;
  readonly momentum: number | null;
}

/** Moves one weight in place by its gradient. Each weight has a state of its own. */
export type Update = (weight: Float32Array, gradient: Float32Array, at: StepAt) => void;

type Library = TrainingRecipe['library'];

/**
 * The update rule of an optimizer for a weight of `size` numbers (`penalty`: further L2 of this weight), as the library computes it (algorithm
 * boxes of torch.optim's documentation; `update_step` of keras.optimizers, where weight decay is decoupled for every optimizer).
 */
export function updateRule(given: OptimizerRecipe, size: number, penalty = 0, library: Library = 'torch'): Update {
  if (given.name === 'adam' || given.name === 'adamw') return adam(given, size, penalty, library);
  if (library === 'torch') return torchRule({ ...given, weightDecay: given.weightDecay + penalty }, size);
  const rule = kerasRule({ ...given, weightDecay: penalty }, size);
  if (given.weightDecay === 0) return rule;
  return (weight, gradient, at) => {
    for (let i = 0; i < size; i++) weight[i] = weight[i]! * (1 - at.rate * given.weightDecay);
    rule(weight, gradient, at);
  };
}

function torchRule(recipe: OptimizerRecipe, size: number): Update {
  if (recipe.name === 'rmsprop') return rmsprop(recipe, size, false);
  return recipe.name === 'adagrad' ? adagrad(recipe, size, false) : torchSgd(recipe, size);
}

function kerasRule(recipe: OptimizerRecipe, size: number): Update {
  if (recipe.name === 'rmsprop') return rmsprop(recipe, size, true);
  return recipe.name === 'adagrad' ? adagrad(recipe, size, true) : kerasSgd(recipe, size);
}

function torchSgd({ momentum, dampening, nesterov, weightDecay }: OptimizerRecipe, size: number): Update {
  const velocity = new Float32Array(momentum === 0 ? 0 : size);
  return (weight, gradient, at) => {
    const keep = at.momentum ?? momentum;
    for (let i = 0; i < size; i++) {
      let g = gradient[i]! + weightDecay * weight[i]!;
      if (momentum !== 0) {
        velocity[i] = at.step === 1 ? g : keep * velocity[i]! + (1 - dampening) * g;
        g = nesterov ? g + keep * velocity[i]! : velocity[i]!;
      }
      weight[i] = weight[i]! - at.rate * g;
    }
  };
}

/** The rate is part of the velocity: under a schedule this is not PyTorch's. */
function kerasSgd({ momentum, nesterov, weightDecay }: OptimizerRecipe, size: number): Update {
  const velocity = new Float32Array(momentum === 0 ? 0 : size);
  return (weight, gradient, { rate }) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i]! + weightDecay * weight[i]!;
      let move = -rate * g;
      if (momentum !== 0) {
        velocity[i] = momentum * velocity[i]! + move;
        move = nesterov ? momentum * velocity[i]! + move : velocity[i]!;
      }
      weight[i] = weight[i]! + move;
    }
  };
}

/**
 * What Adam and AdamW need of the recipe at a step, as the native kernel takes them: β₁, β₂, the rate over 1 − β₁ᵗ, 1/√(1 − β₂ᵗ), ε, the
 * factor of decoupled weight decay, and the L2 factor. Keras adds ε before the second moment is corrected: larger by the correction.
 */
export function adamFactors(
  { name, beta1: own, beta2, epsilon, weightDecay }: OptimizerRecipe,
  { step, rate, momentum }: StepAt,
  penalty: number,
  library: Library,
): readonly [number, number, number, number, number, number, number] {
  const decoupled = name === 'adamw' || library === 'keras';
  const beta1 = momentum ?? own;
  const root = 1 / Math.sqrt(1 - beta2 ** step);
  return [
    beta1,
    beta2,
    rate / (1 - beta1 ** step),
    root,
    library === 'keras' ? epsilon * root : epsilon,
    decoupled ? 1 - rate * weightDecay : 1,
    (decoupled ? 0 : weightDecay) + penalty,
  ];
}

function adam(recipe: OptimizerRecipe, size: number, penalty: number, library: Library): Update {
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  const largest = new Float32Array(recipe.amsgrad ? size : 0);
  return (weight, gradient, at) => {
    const [beta1, beta2, rate, root, epsilon, keep, coupled] = adamFactors(recipe, at, penalty, library);
    for (let i = 0; i < size; i++) {
      const w = weight[i]! * keep;
      const g = gradient[i]! + coupled * w;
      const m = beta1 * first[i]! + (1 - beta1) * g;
      const v = beta2 * second[i]! + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      if (recipe.amsgrad) largest[i] = Math.max(largest[i]!, v);
      weight[i] = w - (rate * m) / (Math.sqrt(recipe.amsgrad ? largest[i]! : v) * root + epsilon);
    }
  };
}

/** `inside`: ε stands under the root and the rate is part of the momentum's buffer, as in Keras; PyTorch has both outside. */
function rmsprop(recipe: OptimizerRecipe, size: number, inside: boolean): Update {
  const { alpha, epsilon, momentum, weightDecay, centered } = recipe;
  const squares = new Float32Array(size);
  const means = new Float32Array(centered ? size : 0);
  const buffer = new Float32Array(momentum === 0 ? 0 : size);
  return (weight, gradient, { rate }) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i]! + weightDecay * weight[i]!;
      squares[i] = alpha * squares[i]! + (1 - alpha) * g * g;
      let spread = inside ? squares[i]! + epsilon : squares[i]!;
      if (centered) {
        means[i] = alpha * means[i]! + (1 - alpha) * g;
        spread -= means[i]! ** 2;
      }
      let move = inside ? (rate * g) / Math.sqrt(spread) : g / (Math.sqrt(spread) + epsilon);
      if (momentum !== 0) {
        buffer[i] = momentum * buffer[i]! + move;
        move = buffer[i]!;
      }
      weight[i] = weight[i]! - (inside ? move : rate * move);
    }
  };
}

function adagrad(recipe: OptimizerRecipe, size: number, inside: boolean): Update {
  const { epsilon, weightDecay, initialSum } = recipe;
  const sums = new Float32Array(size).fill(initialSum);
  return (weight, gradient, { rate }) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i]! + weightDecay * weight[i]!;
      sums[i] = sums[i]! + g * g;
      weight[i] = weight[i]! - (rate * g) / (inside ? Math.sqrt(sums[i]! + epsilon) : Math.sqrt(sums[i]!) + epsilon);
    }
  };
}
