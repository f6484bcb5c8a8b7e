import type * as tfjs from '@tensorflow/tfjs';
import { shuffle, uniformStream } from '../../statistics/random';
import { ShadowError, type ShadowScores } from '../engine';
import { lossGradient, type Targets, targetsOf } from './losses';
import type { TrainingRecipe } from './recipe';
import { type Pass, startValues, type Trainable } from './trainable';
import { startWeights, type Weights } from './weights';

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
  const held = startWeights(tf, weights, values, recipe.optimizer);
  const pass = (training: boolean): Pass => ({ training, random, update: held.replace });
  const order = Int32Array.from(data.members.keys()).filter(row => data.members[row] === 1);
  if (order.length < 2) throw new ShadowError('A reference model has fewer than two rows to train on.');
  const batches = batchesOf(order.length, recipe);
  let step = 0;
  try {
    for (let epoch = 0; epoch < recipe.epochs; epoch++) {
      if (recipe.shuffle) shuffle(order, random);
      for (const [start, end] of batches) {
        step++;
        const rows = order.subarray(start, end);
        const clip = recipe.clipNorm;
        tf.tidy(() => held.step(gradientsOf(tf, network, data, rows, recipe, held, pass(true)), step, clip));
      }
      if (held.diverged())
        throw new ShadowError('The training of a reference model diverged (its weights are no numbers any more).');
      progress?.((epoch + 1) / recipe.epochs);
      await new Promise(resolve => setImmediate(resolve));
    }
    return scoreAll(tf, network, data, held.tensors, pass(false));
  } finally {
    held.dispose();
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

/** Call it inside `tf.tidy`. In the order of the trained weights. */
function gradientsOf(
  tf: typeof tfjs,
  network: Trainable,
  data: TrainingData,
  rows: Int32Array,
  recipe: TrainingRecipe,
  { tensors, trained }: Weights,
  pass: Pass,
): tfjs.Tensor[] {
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
  return tf.grads(ask)(trained.map(i => tensors[i]!));
}

const flat = (tf: typeof tfjs, outputs: tfjs.Tensor): tfjs.Tensor2D =>
  outputs.rank === 2 ? (outputs as tfjs.Tensor2D) : (tf.reshape(outputs, [outputs.shape[0]!, -1]) as tfjs.Tensor2D);

function rowsOf({ features, shape }: TrainingData, rows: Int32Array): Float32Array {
  const width = shape.reduce((product, each) => product * each, 1);
  const out = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) out.set(features.subarray(row * width, (row + 1) * width), at * width);
  return out;
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
