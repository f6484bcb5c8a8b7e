import type * as tfjs from '@tensorflow/tfjs';
import { type Loss, lossGradient, type Pull, pullOf } from './losses';
import type { TrainingData } from './train-model';
import type { Pass, Trainable } from './trainable';
import type { Weights } from './weights';

/** What a step's gradient is taken of. */
export interface Lesson {
  readonly tf: typeof tfjs;
  readonly network: Trainable;
  readonly data: TrainingData;
  readonly loss: Loss;
  readonly held: Weights;
}

/**
 * Gradients of the batch's mean loss in the order of the trained weights; call it inside `tf.tidy`. `seen` is given the outputs, whose loss
 * itself is not needed: only its gradient at the outputs goes back.
 */
export function gradientsOf(
  { tf, network, data, loss, held }: Lesson,
  rows: Int32Array,
  pass: Pass,
  seen?: (outputs: tfjs.Tensor2D) => void,
): tfjs.Tensor[] {
  const input = tf.tensor(rowsOf(data, rows), [rows.length, ...data.shape]);
  const ask = (...chosen: tfjs.Tensor[]): tfjs.Tensor => {
    const all = [...held.tensors];
    for (const [place, i] of held.trained.entries()) all[i] = chosen[place]!;
    const outputs = flat(tf, network.forward(tf, input, all, pass));
    seen?.(outputs);
    return pulled(tf, outputs, pullOf(loss, data.targets, rows, outputs.shape[1]), loss);
  };
  return tf.grads(ask)(held.trained.map(i => held.tensors[i]!));
}

/** A scalar whose gradient at the outputs is the loss's. */
export function pulled(tf: typeof tfjs, outputs: tfjs.Tensor2D, pull: Pull, loss: Loss): tfjs.Tensor {
  const ask = tf.customGrad((given, save) => {
    (save as tfjs.GradSaveFunc)([given as tfjs.Tensor]);
    return {
      value: tf.scalar(0),
      gradFunc: (_, kept) => lossGradient(tf, kept[0] as tfjs.Tensor2D, pull, loss),
    };
  });
  return ask(outputs);
}

export const flat = (tf: typeof tfjs, outputs: tfjs.Tensor): tfjs.Tensor2D =>
  outputs.rank === 2 ? (outputs as tfjs.Tensor2D) : (tf.reshape(outputs, [outputs.shape[0]!, -1]) as tfjs.Tensor2D);

export function rowsOf({ features, shape }: TrainingData, rows: Int32Array): Float32Array {
  const width = shape.reduce((product, each) => product * each, 1);
  const out = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) out.set(features.subarray(row * width, (row + 1) * width), at * width);
  return out;
}

/** Outputs of the given rows, row-major, in batches that fit in memory. */
export function outputsOf(
  { tf, network, data, held }: Pick<Lesson, 'tf' | 'network' | 'data' | 'held'>,
  rows: Int32Array,
  pass: Pass,
): Float32Array {
  const width = data.shape.reduce((product, each) => product * each, 1);
  const batch = Math.max(1, Math.min(2048, Math.floor(2 ** 20 / Math.max(1, width))));
  let outputs = new Float32Array(0);
  for (let start = 0; start < rows.length; start += batch) {
    const part = rows.subarray(start, start + batch);
    tf.tidy(() => {
      const input = tf.tensor(rowsOf(data, part), [part.length, ...data.shape]);
      const found = flat(tf, network.forward(tf, input, held.tensors, pass)).dataSync() as Float32Array;
      const wide = found.length / part.length;
      if (start === 0) outputs = new Float32Array(rows.length * wide);
      outputs.set(found, start * wide);
    });
  }
  return outputs;
}
