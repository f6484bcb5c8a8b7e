import type { OptimizerRecipe } from './recipe';

/** Moves one weight in place by its gradient; `step` counts from 1. Each weight has a state of its own. */
export type Update = (weight: Float32Array, gradient: Float32Array, step: number) => void;

/** The update rule of an optimizer for a weight of `size` numbers (`penalty`: further L2 of this weight), as PyTorch computes it (torch.optim documentation, algorithm boxes). */
export function updateRule(given: OptimizerRecipe, size: number, penalty = 0): Update {
  if (given.name === 'adam' || given.name === 'adamw') return adam(given, size, penalty);
  const recipe = { ...given, weightDecay: given.weightDecay + penalty };
  switch (given.name) {
    case 'sgd':
      return sgd(recipe, size);
    case 'rmsprop':
      return rmsprop(recipe, size);
    case 'adagrad':
      return adagrad(recipe, size);
  }
}

function sgd({ learningRate, momentum, nesterov, weightDecay }: OptimizerRecipe, size: number): Update {
  const velocity = momentum === 0 ? null : new Float32Array(size);
  return (weight, gradient, step) => {
    for (let i = 0; i < size; i++) {
      let g = gradient[i]! + weightDecay * weight[i]!;
      if (velocity) {
        velocity[i] = step === 1 ? g : momentum * velocity[i]! + g;
        g = nesterov ? g + momentum * velocity[i]! : velocity[i]!;
      }
      weight[i] = weight[i]! - learningRate * g;
    }
  };
}

/**
 * What Adam and AdamW need of the recipe at a step, as the native kernel takes them: β₁, β₂, the rate over 1 − β₁ᵗ, 1/√(1 − β₂ᵗ), ε, the
 * factor of decoupled weight decay, and the L2 factor.
 */
export function adamFactors(
  { name, learningRate, beta1, beta2, epsilon, weightDecay }: OptimizerRecipe,
  step: number,
  penalty: number,
): readonly [number, number, number, number, number, number, number] {
  const decoupled = name === 'adamw';
  return [
    beta1,
    beta2,
    learningRate / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    decoupled ? 1 - learningRate * weightDecay : 1,
    (decoupled ? 0 : weightDecay) + penalty,
  ];
}

function adam(recipe: OptimizerRecipe, size: number, penalty: number): Update {
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  return (weight, gradient, step) => {
    const [beta1, beta2, rate, root, epsilon, keep, coupled] = adamFactors(recipe, step, penalty);
    for (let i = 0; i < size; i++) {
      const w = weight[i]! * keep;
      const g = gradient[i]! + coupled * w;
      const m = beta1 * first[i]! + (1 - beta1) * g;
      const v = beta2 * second[i]! + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      weight[i] = w - (rate * m) / (Math.sqrt(v) * root + epsilon);
    }
  };
}

function rmsprop({ learningRate, alpha, epsilon, momentum, weightDecay }: OptimizerRecipe, size: number): Update {
  const squares = new Float32Array(size);
  const buffer = new Float32Array(momentum === 0 ? 0 : size);
  return (weight, gradient) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i]! + weightDecay * weight[i]!;
      squares[i] = alpha * squares[i]! + (1 - alpha) * g * g;
      let move = g / (Math.sqrt(squares[i]!) + epsilon);
      if (momentum !== 0) {
        buffer[i] = momentum * buffer[i]! + move;
        move = buffer[i]!;
      }
      weight[i] = weight[i]! - learningRate * move;
    }
  };
}

function adagrad({ learningRate, epsilon, weightDecay }: OptimizerRecipe, size: number): Update {
  const sums = new Float32Array(size);
  return (weight, gradient) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i]! + weightDecay * weight[i]!;
      sums[i] = sums[i]! + g * g;
      weight[i] = weight[i]! - (learningRate * g) / (Math.sqrt(sums[i]!) + epsilon);
    }
  };
}
