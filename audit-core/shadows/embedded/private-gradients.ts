import type * as tfjs from '@tensorflow/tfjs';
import { flat, gradientsOf, type Lesson, pulled, rowsOf } from './gradients';
import { pullOf } from './losses';
import { addNoise, clipFactors, type PrivateSteps } from './private';
import { Taps } from './taps';
import type { Pass } from './trainable';

/** Σ of the rows' clipped gradients, in the order of the trained weights; call it inside `tf.tidy`. */
type ClippedSum = (lesson: Lesson, rows: Int32Array, pass: Pass, clipNorm: number) => Float32Array[];

/** The gradient of a private step. Rows one after the other unless the network is of dense layers only, whose per-row norms are cheap. */
export function privateGradients(
  lesson: Lesson,
  rows: Int32Array,
  pass: Pass,
  steps: PrivateSteps,
  quick: boolean,
): tfjs.Tensor[] {
  const { tf, held } = lesson;
  const shapes = held.trained.map(i => held.tensors[i]!.shape);
  const sums =
    rows.length === 0
      ? held.trained.map(i => new Float32Array(held.tensors[i]!.size))
      : (quick ? together : oneByOne)(lesson, rows, pass, steps.clipNorm);
  return sums.map((sum, place) => {
    addNoise(sum, steps, pass.random);
    return tf.tensor(sum, shapes[place]!);
  });
}

const oneByOne: ClippedSum = (lesson, rows, pass, clipNorm) => {
  const { tf, held } = lesson;
  const sums = held.trained.map(i => new Float32Array(held.tensors[i]!.size));
  for (let at = 0; at < rows.length; at++)
    tf.tidy(() => {
      const own = gradientsOf(lesson, rows.subarray(at, at + 1), pass).map(each => each.dataSync() as Float32Array);
      let square = 0;
      for (const values of own) for (const value of values) square += value * value;
      const [factor] = clipFactors(Float64Array.of(square), clipNorm);
      for (const [place, sum] of sums.entries())
        for (const [i, value] of own[place]!.entries()) sum[i]! += factor! * value;
    });
  return sums;
};

const together: ClippedSum = (lesson, rows, pass, clipNorm) => {
  const taps = tap(lesson, rows, pass);
  try {
    const factors = clipFactors(taps.squares(), clipNorm);
    return taps.weighted(factors).map(each => (each.dataSync() as Float32Array).slice());
  } finally {
    taps.dispose();
  }
};

/** One pass forward and back over the batch; only the gradients between layers are asked for. */
function tap({ tf, network, data, loss, held }: Lesson, rows: Int32Array, pass: Pass): Taps {
  const taps = new Taps(
    tf,
    held.trained.map(i => held.tensors[i]!),
    rows.length,
  );
  const input = tf.tensor(rowsOf(data, rows), [rows.length, ...data.shape]);
  const ask = (x: tfjs.Tensor): tfjs.Tensor => {
    const outputs = flat(tf, network.forward(taps.tf, x, held.tensors, pass));
    return pulled(tf, outputs, pullOf(loss, data.targets, rows, outputs.shape[1], false), loss);
  };
  try {
    tf.grad(ask)(input);
  } catch (error) {
    taps.dispose();
    throw error;
  }
  return taps;
}

/** Whether the quick way sees the whole gradient of every row: it is tried on some and compared with rows one by one. */
export function quickIsExact(lesson: Lesson, rows: Int32Array, pass: Pass): boolean {
  const { tf } = lesson;
  const asked: Pass = { ...pass, training: false };
  return tf.tidy(() => {
    const some = rows.subarray(0, 4);
    try {
      const taps = tap(lesson, some, asked);
      const { complete } = taps;
      taps.dispose();
      if (!complete) return false;
    } catch {
      return false;
    }
    const [quick, plain] = [together, oneByOne].map(each => each(lesson, some, asked, 1e-3));
    return plain!.every((own, place) => {
      const size = Math.hypot(...own.subarray(0, 10_000)) + 1e-9;
      return own.every((value, i) => Math.abs(value - quick![place]![i]!) < 1e-3 * size);
    });
  });
}
