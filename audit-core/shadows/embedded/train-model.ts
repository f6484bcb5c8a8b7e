import type * as tfjs from '@tensorflow/tfjs';
import { shuffle, uniformStream } from '../../statistics/random';
import { ShadowError, type ShadowScores } from '../engine';
import { lossGradient, type Targets, targetsOf } from './losses';
import { type Update, updateRule } from './optimizers';
import type { TrainingRecipe } from './recipe';
import { type Pass, startValues, type Trainable } from './trainable';

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
  const { weights } = network;
  const values = weights.map(weight => startValues(weight, random));
  const tensors = weights.map((weight, i) => tf.tensor(values[i]!, [...weight.shape]));
  const updates: (Update | null)[] = weights.map((weight, i) =>
    weight.trained ? updateRule(recipe.optimizer, values[i]!.length) : null,
  );
  const replace = (i: number, value: tfjs.Tensor): void => {
    tensors[i]!.dispose();
    tensors[i] = tf.keep(value);
  };
  const pass = (training: boolean): Pass => ({ training, random, update: replace });
  const order = Int32Array.from(data.members.keys()).filter(row => data.members[row] === 1);
  if (order.length < 2) throw new ShadowError('A reference model has fewer than two rows to train on.');
  const batches = batchesOf(order.length, recipe);
  const trained = weights.flatMap((weight, i) => (weight.trained ? [i] : []));
  let step = 0;
  try {
    for (let epoch = 0; epoch < recipe.epochs; epoch++) {
      if (recipe.shuffle) shuffle(order, random);
      for (const [start, end] of batches) {
        step++;
        const rows = order.subarray(start, end);
        const gradients = gradientsOf(tf, network, data, rows, recipe, tensors, trained, pass(true));
        const scale = recipe.clipNorm === null ? 1 : clipScale(gradients, recipe.clipNorm);
        for (const [place, i] of trained.entries()) {
          const gradient = gradients[place]!;
          if (scale !== 1) for (let each = 0; each < gradient.length; each++) gradient[each]! *= scale;
          updates[i]!(values[i]!, gradient, step);
          replace(i, tf.tensor(values[i]!, [...weights[i]!.shape]));
        }
      }
      if (values.some(value => Number.isNaN(value[0]!)))
        throw new ShadowError('The training of a reference model diverged (its weights are no numbers any more).');
      progress?.((epoch + 1) / recipe.epochs);
      await new Promise(resolve => setImmediate(resolve));
    }
    return scoreAll(tf, network, data, tensors, pass(false));
  } finally {
    tf.dispose(tensors);
  }
}

/** `[start, end)` of each batch of an epoch. A last batch of one row is left to the others, as batch statistics need two. */
function batchesOf(rows: number, { batchSize, dropLast }: TrainingRecipe): [number, number][] {
  const out: [number, number][] = [];
  for (let start = 0; start < rows; start += batchSize) {
    const end = Math.min(rows, start + batchSize);
    if (end - start < batchSize && dropLast && out.length > 0) break;
    out.push([start, end]);
  }
  return out;
}

function gradientsOf(
  tf: typeof tfjs,
  network: Trainable,
  data: TrainingData,
  rows: Int32Array,
  recipe: TrainingRecipe,
  tensors: readonly tfjs.Tensor[],
  trained: readonly number[],
  pass: Pass,
): Float32Array[] {
  // Arrays do not leave by `tidy`'s answer: it would search every number of them for tensors.
  let out: Float32Array[] = [];
  tf.tidy(() => {
    const input = tf.tensor(rowsOf(data, rows), [rows.length, ...data.shape]);
    const ask = (...chosen: tfjs.Tensor[]): tfjs.Tensor => {
      const all = [...tensors];
      for (const [place, i] of trained.entries()) all[i] = chosen[place]!;
      const outputs = flat(tf, network.forward(tf, input, all, pass));
      const wanted = targetsOf(data.targets, rows, outputs.shape[1], recipe.loss, recipe.labelSmoothing);
      // The value of the loss is not needed: only its gradient at the outputs goes back.
      const loss = tf.customGrad((given, save) => {
        (save as tfjs.GradSaveFunc)([given as tfjs.Tensor]);
        return {
          value: tf.scalar(0),
          gradFunc: (_, kept) => lossGradient(tf, kept[0] as tfjs.Tensor2D, wanted, recipe.loss),
        };
      });
      return loss(outputs);
    };
    const gradients = tf.grads(ask)(trained.map(i => tensors[i]!));
    out = gradients.map(gradient => gradient.dataSync() as Float32Array);
  });
  return out;
}

const flat = (tf: typeof tfjs, outputs: tfjs.Tensor): tfjs.Tensor2D =>
  outputs.rank === 2 ? (outputs as tfjs.Tensor2D) : (tf.reshape(outputs, [outputs.shape[0]!, -1]) as tfjs.Tensor2D);

function rowsOf({ features, shape }: TrainingData, rows: Int32Array): Float32Array {
  const width = shape.reduce((product, each) => product * each, 1);
  const out = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) out.set(features.subarray(row * width, (row + 1) * width), at * width);
  return out;
}

/** min(1, limit/‖g‖) as torch.nn.utils.clip_grad_norm_. */
function clipScale(gradients: readonly Float32Array[], limit: number): number {
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  return Math.min(1, limit / (Math.sqrt(squares) + 1e-6));
}

function scoreAll(
  tf: typeof tfjs,
  network: Trainable,
  data: TrainingData,
  tensors: readonly tfjs.Tensor[],
  pass: Pass,
): ShadowScores {
  const rows = Int32Array.from(data.eligible.keys()).filter(row => data.eligible[row] === 1);
  const width = data.shape.reduce((product, each) => product * each, 1);
  const batch = Math.max(1, Math.min(2048, Math.floor(2 ** 20 / Math.max(1, width))));
  let outputs: Float32Array = new Float32Array(0);
  let wide = 0;
  for (let start = 0; start < rows.length; start += batch) {
    const part = rows.subarray(start, start + batch);
    let found: Float32Array = new Float32Array(0);
    tf.tidy(() => {
      const input = tf.tensor(rowsOf(data, part), [part.length, ...data.shape]);
      found = flat(tf, network.forward(tf, input, tensors, pass)).dataSync() as Float32Array;
    });
    if (wide === 0) {
      wide = found.length / part.length;
      outputs = new Float32Array(data.rows * wide).fill(Number.NaN);
    }
    for (const [at, row] of part.entries()) outputs.set(found.subarray(at * wide, (at + 1) * wide), row * wide);
  }
  return { outputs, width: wide };
}
