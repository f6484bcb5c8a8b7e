import type * as tfjs from '@tensorflow/tfjs';
import { uniformStream } from '../../statistics/random';
import { ShadowError, type ShadowScores } from '../engine';
import { batchCount, divideRows, epochBatches } from './batches';
import { gradientsOf, type Lesson, outputsOf } from './gradients';
import { lossFor, measure, type Targets } from './losses';
import { privateSteps } from './private';
import { privateGradients, quickIsExact } from './private-gradients';
import type { TrainingRecipe } from './recipe';
import { ratesAt } from './schedules';
import { earlyStop, type Measured, plateau } from './stopping';
import { type Pass, startValues, type Trainable } from './trainable';
import { startWeights } from './weights';

/** The rows that a model is trained on and scored on, as the script prepares them for these members. */
export interface TrainingData {
  /** `[rows, …shape]`, row-major; NaN in rows that take no part. */
  readonly features: Float32Array;
  readonly rows: number;
  /** Of one row. */
  readonly shape: readonly number[];
  readonly targets: Targets;
  /** 1: trained on. */
  readonly members: Uint8Array;
  /** 0: neither trained on nor scored. */
  readonly eligible: Uint8Array;
}

export interface TrainingWatch {
  readonly seed: number;
  readonly progress?: (fraction: number) => void;
}

/** Trains one model from fresh weights and scores every row that takes part; rows that do not get NaN. */
export async function trainModel(
  tf: typeof tfjs,
  network: Trainable,
  data: TrainingData,
  recipe: TrainingRecipe,
  { seed, progress }: TrainingWatch,
): Promise<ShadowScores> {
  const random = uniformStream(seed);
  const values = network.weights.map(weight => startValues(weight, random));
  const side = (member: number): Int32Array =>
    Int32Array.from(data.members.keys()).filter(row => data.members[row] === member && data.eligible[row] === 1);
  const { training, validation } = divideRows(side(1), side(0), recipe, random);
  if (training.length < 2) throw new ShadowError('A reference model has fewer than two rows to train on.');
  const held = startWeights(tf, network.weights, values, recipe);
  const lesson: Lesson = { tf, network, data, held, loss: lossFor(recipe, data.targets, training) };
  const pass = (training: boolean): Pass => ({ training, random, update: held.replace });
  try {
    const course = courseOf(lesson, training, validation, recipe, pass);
    for (let epoch = 0; epoch < recipe.epochs; epoch++) {
      const ends = course(epoch);
      if (held.diverged())
        throw new ShadowError('The training of a reference model diverged (its weights are no numbers any more).');
      progress?.((epoch + 1) / recipe.epochs);
      await new Promise(resolve => setImmediate(resolve));
      if (ends) break;
    }
    course('end');
    return scoreAll(lesson, pass(false));
  } finally {
    held.dispose();
  }
}

/** Trains an epoch; answers whether it was the last. `end`: goes back to the best weights where the recipe says so. */
function courseOf(
  lesson: Lesson,
  training: Int32Array,
  validation: Int32Array,
  recipe: TrainingRecipe,
  pass: (training: boolean) => Pass,
): (epoch: number | 'end') => boolean {
  const { tf, held } = lesson;
  const batches = batchCount(training.length, recipe);
  const secret = recipe.private && privateSteps(recipe.private, training.length, batches);
  const quick = secret !== null && quickIsExact(lesson, training, pass(true));
  const stops = recipe.stopping && earlyStop(recipe.stopping);
  const slows = recipe.plateau && plateau(recipe.plateau);
  const watched = recipe.stopping || recipe.plateau ? new Seen(lesson) : null;
  let base = recipe.optimizer.learningRate;
  let best: readonly Float32Array[] | null = null;
  let step = 0;
  return epoch => {
    if (epoch === 'end') {
      if (best) held.restore(best);
      return true;
    }
    watched?.begin();
    for (const rows of epochBatches(training, recipe, pass(true).random)) {
      const at = { ...ratesAt(recipe.schedule, base, step++, batches), step };
      if (rows.length === 0 && !secret) continue;
      tf.tidy(() => {
        const own = pass(true);
        const gradients = secret
          ? privateGradients(lesson, rows, own, secret, quick)
          : gradientsOf(lesson, rows, own, watched?.outputs(rows));
        held.step(gradients, at);
      });
    }
    if (!watched) return false;
    const measured = watched.end(validation, pass(false));
    if (slows) base = slows(base, measured);
    const { keep, stop } = stops?.(epoch, measured) ?? { keep: false, stop: false };
    if (keep && recipe.stopping!.restoreBest) best = held.copy();
    return stop;
  };
}

/** Losses and accuracies of an epoch, as Keras logs them: of the training while it goes, of the validation rows after it. */
class Seen {
  private loss = 0;
  private right = 0;
  private rows = 0;

  constructor(private readonly lesson: Lesson) {}

  begin(): void {
    this.loss = this.right = this.rows = 0;
  }

  outputs(rows: Int32Array): (outputs: tfjs.Tensor2D) => void {
    return outputs => {
      const { loss, accuracy } = this.measured(rows, outputs.dataSync() as Float32Array);
      this.loss += (loss + this.lesson.held.penalty()) * rows.length;
      this.right += accuracy * rows.length;
      this.rows += rows.length;
    };
  }

  private measured = (rows: Int32Array, outputs: Float32Array) =>
    measure(this.lesson.loss, this.lesson.data.targets, rows, outputs);

  end(validation: Int32Array, pass: Pass): Measured {
    const own = { loss: this.loss / this.rows, accuracy: this.right / this.rows };
    if (validation.length === 0) return own;
    const { loss, accuracy } = this.measured(validation, outputsOf(this.lesson, validation, pass));
    return { ...own, val_loss: loss + this.lesson.held.penalty(), val_accuracy: accuracy };
  }
}

function scoreAll(lesson: Lesson, pass: Pass): ShadowScores {
  const { data } = lesson;
  const rows = Int32Array.from(data.eligible.keys()).filter(row => data.eligible[row] === 1);
  const found = outputsOf(lesson, rows, pass);
  const width = found.length / rows.length;
  const outputs = new Float32Array(data.rows * width).fill(Number.NaN);
  for (const [at, row] of rows.entries()) outputs.set(found.subarray(at * width, (at + 1) * width), row * width);
  return { outputs, width };
}
