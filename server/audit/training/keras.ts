import {
  type Clip,
  kerasOptimizers,
  type LossName,
  type LossRecipe,
  type OptimizerRecipe,
  plainLoss,
} from '../../../audit-core/shadows/embedded/recipe';
import type { CallExpression, Expression } from '../../facts/syntax';
import { kerasCallbacks } from './keras-callbacks';
import { kerasSchedule } from './keras-schedules';
import { kerasPrivacy } from './private';
import {
  argument,
  classWeightsIn,
  differencesOf,
  flagIn,
  type KnownRecipe,
  lastName,
  numberIn,
  type Reader,
  refuse,
} from './reader';

/** The recipe of a Keras model that is compiled and fitted. */
export function kerasRecipe(reader: Reader): KnownRecipe {
  const { constants, calls } = reader;
  const compile = calls.find(call => lastName(call.callee) === 'compile');
  const fit = calls.find(
    call => lastName(call.callee) === 'fit' && call.keywords.some(({ name }) => name === 'epochs'),
  );
  if (!compile || !fit) refuse('No compile() and fit(…, epochs=…) of Keras were found.');
  const epochs = constants.numberOf(argument(fit, 'epochs'));
  if (epochs === undefined) refuse('Its number of epochs is not a constant that the script tells.');
  const batchSize = batchOf(reader, fit);
  const differences = differencesOf(reader, [
    [/(?:^|\.)Random(?:Flip|Rotation|Zoom|Crop|Contrast|Translation|Brightness)$/, 'random augmentation is left out'],
    [/(?:^|\.)ImageDataGenerator$/, 'random augmentation is left out'],
  ]);
  if (calls.some(call => lastName(call.callee) === 'load_weights' && call.start < fit.start))
    differences.push('training starts from fresh weights, not from trained ones');
  const { made, optimizer, clip } = optimizerOf(reader, compile);
  const { stopping, plateau } = kerasCallbacks(reader, fit, differences);
  const share = argument(fit, 'validation_split') ? numberIn(reader, fit, 'validation_split', 0) : 0;
  if (share > 0) differences.push('the rows held out for validation are drawn at random, not the last ones');
  const watches = [stopping, plateau].some(each => each?.monitor.startsWith('val_'));
  if (watches && share === 0 && argument(fit, 'validation_data'))
    differences.push(
      'early stopping and plateaus look at all rows that the model does not see, not at the script’s validation rows alone',
    );
  const secret = kerasPrivacy(reader, made, batchSize);
  return {
    recipe: {
      library: 'keras',
      optimizer,
      loss: lossOf(reader, compile, fit, differences),
      epochs,
      batchSize,
      shuffle: flagIn(reader, fit, 'shuffle', true),
      dropLast: false,
      sampling: 'batches',
      clip,
      schedule: made ? kerasSchedule(reader, made, differences) : null,
      plateau,
      stopping,
      validation: share > 0 ? { kind: 'share', share } : watches ? { kind: 'others' } : null,
      private: secret,
    },
    differences,
    mechanism: secret !== null,
  };
}

/** `batch_size=` of `fit`, else that of a `tf.data` pipeline, else 32. */
function batchOf(reader: Reader, fit: CallExpression): number {
  const { constants, calls, imports } = reader;
  const given = argument(fit, 'batch_size');
  const piped = imports.uses(/^tensorflow(?:\.|$)/)
    ? calls.find(call => call.callee.kind === 'attribute' && call.callee.name === 'batch' && call.arguments.length > 0)
    : undefined;
  const size = given ?? piped?.arguments[0];
  return size ? (constants.numberOf(size) ?? refuse('Its batch size is not a constant that the script tells.')) : 32;
}

function optimizerOf(
  reader: Reader,
  compile: CallExpression,
): { made: CallExpression | null; optimizer: OptimizerRecipe; clip: Clip | null } {
  const { constants, calls, imports } = reader;
  const given = argument(compile, 'optimizer', 0);
  const held = given && constants.expressionOf(given);
  const text = constants.valueOf(held);
  const made =
    held?.kind === 'call'
      ? held
      : typeof text === 'string'
        ? null
        : (calls.find(call =>
            /\.optimizers\.(?:legacy\.|experimental\.)?[A-Z]\w*$/.test(imports.pathOf(call.callee) ?? ''),
          ) ?? null);
  const type = typeof text === 'string' ? text : made ? lastName(made.callee) : null;
  const plain = type
    ?.replace(/^(?:Vectorized)?DP(?:Keras)?(?:Sparse)?/, '')
    .replace(/Optimizer$/, '')
    .toLowerCase();
  const defaults = kerasOptimizers[plain as OptimizerRecipe['name']] as OptimizerRecipe | undefined;
  if (!defaults)
    refuse(
      `Its optimizer${type ? ` ${type}` : ''} is not one that the embedded engine has (SGD, Adam, AdamW, RMSprop, Adagrad).`,
    );
  if (!made) return { made, optimizer: defaults, clip: null };
  const number = (word: string, otherwise: number): number => numberIn(reader, made, word, otherwise);
  const rate =
    argument(made, 'learning_rate') ??
    argument(made, 'lr') ??
    (/^(?:Vectorized)?DP/.test(type!) ? undefined : made.arguments[0]);
  const optimizer: OptimizerRecipe = {
    ...defaults,
    learningRate: rate ? rateOf(reader, rate) : defaults.learningRate,
    momentum: number('momentum', 0),
    weightDecay: number('weight_decay', defaults.weightDecay),
    epsilon: number('epsilon', defaults.epsilon),
    alpha: number('rho', defaults.alpha),
    beta1: number('beta_1', defaults.beta1),
    beta2: number('beta_2', defaults.beta2),
    initialSum: number('initial_accumulator_value', defaults.initialSum),
    nesterov: flagIn(reader, made, 'nesterov'),
    amsgrad: flagIn(reader, made, 'amsgrad'),
    centered: flagIn(reader, made, 'centered'),
  };
  if (flagIn(reader, made, 'use_ema'))
    refuse(
      'Its optimizer averages weights over steps, which the embedded engine does not replay; use --engine process.',
    );
  return { made, optimizer, clip: clipOf(reader, made) };
}

/** A number, or the first rate of a schedule. */
function rateOf(reader: Reader, given: Expression): number {
  const { constants } = reader;
  const held = constants.expressionOf(given);
  const value = constants.numberOf(held);
  if (value !== undefined) return value;
  if (held.kind === 'call') {
    const first = argument(held, 'initial_learning_rate', 0);
    const start = constants.numberOf(first);
    if (start !== undefined) return start;
    const values = constants.valueOf(argument(held, 'values', 1));
    if (Array.isArray(values) && typeof values[0] === 'number') return values[0];
  }
  return refuse('The optimizer’s learning_rate is not a constant that the script tells.');
}

function clipOf(reader: Reader, made: CallExpression): Clip | null {
  for (const [word, by] of [
    ['global_clipnorm', 'norm'],
    ['clipnorm', 'norm-each'],
    ['clipvalue', 'value'],
  ] as const)
    if (argument(made, word)) return { by, limit: numberIn(reader, made, word, 0) };
  return null;
}

function lossOf(reader: Reader, compile: CallExpression, fit: CallExpression, differences: string[]): LossRecipe {
  const { constants } = reader;
  const given = argument(compile, 'loss', 1);
  const held = given && constants.expressionOf(given);
  const text = constants.valueOf(held);
  const made = held?.kind === 'call' ? held : null;
  const words =
    typeof text === 'string' ? text : made ? (lastName(made.callee) ?? '') : held ? (lastName(held) ?? '') : '';
  const name =
    lossName(words) ??
    refuse('Its loss is none of cross-entropy, binary cross-entropy, squared, absolute and Huber’s error.');
  const weight = argument(fit, 'class_weight');
  const weights = weight ? classWeightsIn(reader, weight) : null;
  if (weights === 'unknown') differences.push('class weights are left out');
  if (argument(fit, 'sample_weight')) differences.push('weights of rows are left out');
  return {
    ...plainLoss(name),
    labelSmoothing: made ? numberIn(reader, made, 'label_smoothing', 0) : 0,
    classWeights: weights === 'unknown' ? null : weights,
    delta: made ? numberIn(reader, made, 'delta', 1) : 1,
  };
}

function lossName(words: string): LossName | null {
  if (/focal/i.test(words)) return null;
  if (/categorical.?crossentropy/i.test(words)) return 'cross-entropy';
  if (/binary.?crossentropy/i.test(words)) return 'binary-cross-entropy';
  if (/mse|mean.?squared.?error/i.test(words)) return 'squared-error';
  if (/mae|mean.?absolute.?error/i.test(words)) return 'absolute-error';
  return /huber/i.test(words) ? 'huber' : null;
}
