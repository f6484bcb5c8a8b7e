import { type AttackReading, attackReading, dpSgdEvent, EventError } from '../../audit-core/accounting';
import { rdpOf, type Steps, shuffledEpsilon } from './answers';
import { remembered } from './memo';
import { type BudgetStatement, numberIn } from './statement';

/** What a statement allows an attacker at best, of the whole run. */
export type Attack = Pick<AttackReading, 'tprAt1Percent' | 'auc'>;

/** The ε that a statement stands for: the bound without sampling where batches are shuffled; null while it is not resolved. */
export function headlineOf({ epsilon, sampling, epsilonIfShuffled, pending }: BudgetStatement): number | null {
  const value = pending ? epsilon.rdp : epsilon.pld;
  return value !== null && sampling === 'shuffle' && epsilonIfShuffled !== null ? epsilonIfShuffled : value;
}

/** The steps of a statement, where they are all known. */
function stepsOf({ parameters }: BudgetStatement): Steps | null {
  const [noiseMultiplier, sampleRate, steps, delta] = ['noiseMultiplier', 'sampleRate', 'steps', 'delta'].map(name =>
    numberIn(parameters[name]),
  );
  if (noiseMultiplier == null || sampleRate == null || steps == null || delta == null || noiseMultiplier <= 0)
    return null;
  return { noiseMultiplier, sampleRate, steps: Math.round(steps), delta };
}

/** The best true-positive rate at 1 % false positives and the area under the curve of any membership attack; null while something is unknown. */
export function attackOf(statement: BudgetStatement): Attack | null {
  const steps = stepsOf(statement);
  const epochs = numberIn(statement.parameters.epochs);
  if (!steps || statement.epsilon.pld === null || statement.sweep) return null;
  if (statement.sampling !== 'shuffle') return sampledAttack(steps);
  return epochs === null ? null : sampledAttack({ ...steps, sampleRate: 1, steps: Math.max(1, Math.ceil(epochs)) });
}

const sampledAttack = remembered((steps: Steps): Attack | null => {
  try {
    const { tprAt1Percent, auc } = attackReading(dpSgdEvent(steps), 'add-or-remove');
    return { tprAt1Percent, auc };
  } catch (error) {
    if (error instanceof EventError) return null;
    throw error;
  }
});

/** ε after each epoch, at most `most` points, for the sampling that the headline has: by RDP (an upper bound that costs nothing) or exactly. */
export function epochCurve(
  statement: BudgetStatement,
  most = 20,
): readonly { readonly epoch: number; readonly epsilon: number }[] {
  const steps = stepsOf(statement);
  const epochs = numberIn(statement.parameters.epochs);
  if (!steps || epochs === null || epochs < 1) return [];
  const count = Math.min(most, Math.ceil(epochs));
  return Array.from({ length: count }, (_, i) => {
    const epoch = Math.max(1, Math.round(((i + 1) * epochs) / count));
    const done = Math.max(1, Math.round((steps.steps * epoch) / epochs));
    const shuffled =
      statement.sampling === 'shuffle' ? shuffledEpsilon(steps.noiseMultiplier, epoch, steps.delta) : null;
    return { epoch, epsilon: shuffled ?? rdpOf({ ...steps, steps: done }).epsilon };
  });
}
