/** How a script trains, as the embedded engine replays it. Rates are per step; nothing here depends on the data. */
export interface TrainingRecipe {
  /** Whose defaults and initial weights are meant. */
  readonly library: 'torch' | 'keras';
  readonly optimizer: OptimizerRecipe;
  readonly loss: LossName;
  /** Share of the target spread evenly over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  /** Largest norm of the whole gradient; null: not clipped. */
  readonly clipNorm: number | null;
}

export type LossName = 'cross-entropy' | 'binary-cross-entropy' | 'squared-error';

/** Names as in PyTorch; symbols as in its documentation. */
export interface OptimizerRecipe {
  readonly name: 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  /** RMSprop's smoothing. */
  readonly alpha: number;
  readonly epsilon: number;
  /** L2 for SGD, Adam, RMSprop, Adagrad; decoupled for AdamW. */
  readonly weightDecay: number;
}

/** PyTorch's defaults (torch.optim, 2.x). */
export const torchOptimizers: Readonly<Record<OptimizerRecipe['name'], OptimizerRecipe>> = {
  sgd: optimizer('sgd', 1e-3),
  adam: optimizer('adam', 1e-3),
  adamw: { ...optimizer('adamw', 1e-3), weightDecay: 1e-2 },
  rmsprop: optimizer('rmsprop', 1e-2),
  adagrad: { ...optimizer('adagrad', 1e-2), epsilon: 1e-10 },
};

/** Keras 3's defaults (keras.optimizers). */
export const kerasOptimizers: Readonly<Record<OptimizerRecipe['name'], OptimizerRecipe>> = {
  sgd: optimizer('sgd', 1e-2),
  adam: { ...optimizer('adam', 1e-3), epsilon: 1e-7 },
  adamw: { ...optimizer('adamw', 1e-3), epsilon: 1e-7, weightDecay: 4e-3 },
  rmsprop: { ...optimizer('rmsprop', 1e-3), alpha: 0.9, epsilon: 1e-7 },
  adagrad: { ...optimizer('adagrad', 1e-3), epsilon: 1e-7 },
};

function optimizer(name: OptimizerRecipe['name'], learningRate: number): OptimizerRecipe {
  return {
    name,
    learningRate,
    momentum: 0,
    nesterov: false,
    beta1: 0.9,
    beta2: 0.999,
    alpha: 0.99,
    epsilon: 1e-8,
    weightDecay: 0,
  };
}
