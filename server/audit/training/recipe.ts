import type { ModuleFacts } from '../../facts/syntax';
import { kerasRecipe } from './keras';
import { lastName, type ReadRecipe, RecipeError, readerOf } from './reader';
import { torchRecipe } from './torch';

export { lastName, type ReadRecipe } from './reader';

/** Reads optimizer, loss, epochs, batches, schedules and private steps from a PyTorch or Keras training script. */
export function readTrainingRecipe(facts: ModuleFacts): ReadRecipe {
  const reader = readerOf(facts);
  const { imports, calls } = reader;
  try {
    if (imports.uses(/^torch(?:\.|$)/) && calls.some(call => lastName(call.callee) === 'backward'))
      return { kind: 'known', ...torchRecipe(reader) };
    if (imports.uses(/^(?:keras|tf_keras|tensorflow)(?:\.|$)/) && calls.some(call => lastName(call.callee) === 'fit'))
      return { kind: 'known', ...kerasRecipe(reader) };
  } catch (error) {
    if (error instanceof RecipeError) return { kind: 'not-known', why: error.message };
    throw error;
  }
  return {
    kind: 'not-known',
    why: 'The embedded engine trains PyTorch loops and Keras models; scikit-learn and boosted models are trained by --engine process.',
  };
}
