import { shuffle } from '../../statistics/random';
import type { TrainingRecipe } from './recipe';

/** How many batches an epoch has. */
export function batchCount(rows: number, { batchSize, dropLast }: TrainingRecipe): number {
  const whole = rows / batchSize;
  return Math.max(1, dropLast ? Math.floor(whole) : Math.ceil(whole));
}

/** The rows of each batch of one epoch. `order` is shuffled in place where the recipe shuffles. */
export function* epochBatches(order: Int32Array, recipe: TrainingRecipe, random: () => number): Generator<Int32Array> {
  const batches = batchCount(order.length, recipe);
  if (recipe.sampling === 'poisson') {
    for (let batch = 0; batch < batches; batch++) yield order.filter(() => random() * batches < 1);
    return;
  }
  if (recipe.shuffle) shuffle(order, random);
  for (let batch = 0; batch < batches; batch++)
    yield order.subarray(batch * recipe.batchSize, Math.min(order.length, (batch + 1) * recipe.batchSize));
}

/** Rows to train on and rows to validate on. Rows that are held out are drawn at random. */
export function divideRows(
  members: Int32Array,
  others: Int32Array,
  { validation }: TrainingRecipe,
  random: () => number,
): { readonly training: Int32Array; readonly validation: Int32Array } {
  if (!validation) return { training: members, validation: new Int32Array(0) };
  if (validation.kind === 'others') return { training: members, validation: others };
  const drawn = members.slice();
  shuffle(drawn, random);
  const kept = Math.floor(members.length * (1 - validation.share));
  return { training: drawn.subarray(0, kept).toSorted(), validation: drawn.subarray(kept).toSorted() };
}
