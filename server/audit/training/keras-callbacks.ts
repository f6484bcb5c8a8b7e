import type { EarlyStopping, Monitor, Plateau } from '../../../audit-core/shadows/embedded/stopping';
import type { CallExpression } from '../../facts/syntax';
import { callsIn, nodesIn } from '../auditable/walk';
import { argument, flagIn, lastName, numberIn, type Reader, RecipeError } from './reader';

interface Callbacks {
  readonly stopping: EarlyStopping | null;
  readonly plateau: Plateau | null;
}

/** Early stopping and plateaus that `fit` is given; says in `differences` what cannot be followed. */
export function kerasCallbacks(reader: Reader, fit: CallExpression, differences: string[]): Callbacks {
  let stopping: EarlyStopping | null = null;
  let plateau: Plateau | null = null;
  for (const call of callbacksOf(reader, fit)) {
    const name = lastName(call.callee);
    try {
      if (name === 'EarlyStopping') stopping = stoppingOf(reader, call, fit);
      else if (name === 'ReduceLROnPlateau') plateau = plateauOf(reader, call, fit);
      else if (name === 'LearningRateScheduler') differences.push('the learning-rate schedule is left out');
      else if (name === 'ModelCheckpoint' && flagIn(reader, call, 'save_best_only'))
        differences.push('the last epoch’s weights are scored, not those of the best');
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      differences.push(
        name === 'EarlyStopping'
          ? 'early stopping is left out: all epochs are trained'
          : 'the learning-rate schedule is left out',
      );
    }
  }
  return { stopping, plateau };
}

/** The calls in `callbacks=`, through names. */
function callbacksOf({ constants }: Reader, fit: CallExpression): CallExpression[] {
  const given = argument(fit, 'callbacks');
  if (!given) return [];
  const held = constants.expressionOf(given);
  const inside = [...nodesIn(held)].flatMap(node => (node.kind === 'name' ? [constants.expressionOf(node)] : []));
  return [...new Set([held, ...inside].flatMap(each => [...callsIn(each)]))];
}

/** What is watched; without validation rows a callback on them does nothing in Keras, and the same here. */
function monitorOf(reader: Reader, call: CallExpression, fit: CallExpression): Monitor {
  const value = reader.constants.valueOf(argument(call, 'monitor', 0)) ?? 'val_loss';
  const plain = String(value).replace(/(?:binary_|categorical_|sparse_categorical_)?acc(?:uracy)?$/, 'accuracy');
  const mode = reader.constants.valueOf(argument(call, 'mode'));
  const usual = plain.endsWith('loss') ? 'min' : 'max';
  if (!/^(?:val_)?(?:loss|accuracy)$/.test(plain) || (mode !== undefined && mode !== 'auto' && mode !== usual))
    throw new RecipeError(`${plain} is not watched here.`);
  if (plain.endsWith('loss') && !plain.startsWith('val_') && argument(fit, 'class_weight'))
    throw new RecipeError('A weighted loss is not watched here.');
  return plain as Monitor;
}

const stoppingOf = (reader: Reader, call: CallExpression, fit: CallExpression): EarlyStopping => ({
  monitor: monitorOf(reader, call, fit),
  patience: numberIn(reader, call, 'patience', 0, 2),
  minDelta: Math.abs(numberIn(reader, call, 'min_delta', 0, 1)),
  baseline: argument(call, 'baseline') ? numberIn(reader, call, 'baseline', 0) : null,
  restoreBest: flagIn(reader, call, 'restore_best_weights'),
  startFrom: numberIn(reader, call, 'start_from_epoch', 0),
});

const plateauOf = (reader: Reader, call: CallExpression, fit: CallExpression): Plateau => ({
  monitor: monitorOf(reader, call, fit),
  factor: numberIn(reader, call, 'factor', 0.1, 1),
  patience: numberIn(reader, call, 'patience', 10, 2),
  minDelta: numberIn(reader, call, 'min_delta', 1e-4),
  cooldown: numberIn(reader, call, 'cooldown', 0),
  least: numberIn(reader, call, 'min_lr', 0),
});
