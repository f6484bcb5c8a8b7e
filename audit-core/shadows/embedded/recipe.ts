import type { Schedule } from './schedules';
import type { EarlyStopping, Plateau } from './stopping';

/** How a script trains, as the embedded engine replays it. Rates are per step; nothing here depends on the data. */
export interface TrainingRecipe {
  /** Whose defaults, initial weights and update rules are meant. */
  readonly library: 'torch' | 'keras';
  readonly optimizer: OptimizerRecipe;
  readonly loss: LossRecipe;
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  /** `poisson`: every row is in every batch by a draw of its own, with probability 1 over the number of batches (Opacus's loader). */
  readonly sampling: 'batches' | 'poisson';
  readonly clip: Clip | null;
  /** Learning rate (and momentum) over the training; null: constant. */
  readonly schedule: Schedule | null;
  readonly plateau: Plateau | null;
  readonly stopping: EarlyStopping | null;
  /** What validation losses are taken of; null: nothing asks for one. */
  readonly validation: Validation | null;
  /** Differentially private steps; null: plain ones. */
  readonly private: PrivateRecipe | null;
}

/** `norm`: the whole gradient; `norm-each`: each weight's; `value`: each number. */
export interface Clip {
  readonly by: 'norm' | 'norm-each' | 'value';
  readonly limit: number;
}

/** `share`: so much of the training rows is held out; `others`: the rows that the model is not trained on. */
export type Validation = { readonly kind: 'share'; readonly share: number } | { readonly kind: 'others' };

export type LossName = 'cross-entropy' | 'binary-cross-entropy' | 'squared-error' | 'absolute-error' | 'huber';

export interface LossRecipe {
  readonly name: LossName;
  /** Share of the target spread evenly over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  /** Weight of each class; `balanced`: rows over classes over the class's rows, as scikit-learn computes it from the training rows. */
  readonly classWeights: readonly number[] | 'balanced' | null;
  /** Weight of the positive side of each label in binary cross-entropy (`pos_weight`). */
  readonly positiveWeight: number;
  /** Where Huber's loss turns linear. */
  readonly delta: number;
}

export const plainLoss = (name: LossName): LossRecipe => ({
  name,
  labelSmoothing: 0,
  classWeights: null,
  positiveWeight: 1,
  delta: 1,
});

/** Plain steps over shuffled batches of 32, one epoch. */
export const plainRecipe = (
  library: TrainingRecipe['library'],
  optimizer: OptimizerRecipe,
  loss: LossName,
): TrainingRecipe => ({
  library,
  optimizer,
  loss: plainLoss(loss),
  epochs: 1,
  batchSize: 32,
  shuffle: true,
  dropLast: false,
  sampling: 'batches',
  clip: null,
  schedule: null,
  plateau: null,
  stopping: null,
  validation: null,
  private: null,
});

/** DP-SGD (Abadi et al. 2016) as Opacus computes it: each row's gradient clipped, Gaussian noise added to the sum, divided by the expected batch. */
export interface PrivateRecipe {
  readonly clipNorm: number;
  /** In units of `clipNorm`; or calibrated to a target for the rows that the model sees. */
  readonly noise:
    | { readonly kind: 'multiplier'; readonly value: number }
    | { readonly kind: 'target'; readonly epsilon: number; readonly delta: number; readonly epochs: number };
}

/** Names as in PyTorch; symbols as in its documentation. */
export interface OptimizerRecipe {
  readonly name: 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad';
  readonly learningRate: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly amsgrad: boolean;
  /** RMSprop's smoothing. */
  readonly alpha: number;
  /** RMSprop: by the variance instead of the second moment. */
  readonly centered: boolean;
  readonly epsilon: number;
  /** PyTorch: L2 for SGD, Adam, RMSprop, Adagrad, decoupled for AdamW. Keras: decoupled for all. */
  readonly weightDecay: number;
  /** Adagrad's sums begin with it. */
  readonly initialSum: number;
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
  adagrad: { ...optimizer('adagrad', 1e-3), epsilon: 1e-7, initialSum: 0.1 },
};

function optimizer(name: OptimizerRecipe['name'], learningRate: number): OptimizerRecipe {
  return {
    name,
    learningRate,
    momentum: 0,
    dampening: 0,
    nesterov: false,
    beta1: 0.9,
    beta2: 0.999,
    amsgrad: false,
    alpha: 0.99,
    centered: false,
    epsilon: 1e-8,
    weightDecay: 0,
    initialSum: 0,
  };
}
