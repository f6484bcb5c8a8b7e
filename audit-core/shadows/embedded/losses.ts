import type * as tfjs from '@tensorflow/tfjs';
import type { LossName } from './recipe';

/** What a row should come out as: a class, or numbers (0/1 per label, or targets of a regression) `[rows, width]`. */
export interface Targets {
  readonly classes: Int32Array | null;
  readonly values: Float32Array | null;
  readonly width: number;
}

/**
 * ∂(mean loss)/∂outputs for one batch, `[batch, outputs]`. Cross-entropy: (softmax − target)/batch; per-label sigmoid cross-entropy:
 * (sigmoid − target)/(batch·labels); squared error: 2(output − target)/(batch·outputs). `outputs` are logits.
 */
export function lossGradient(
  tf: typeof tfjs,
  outputs: tfjs.Tensor2D,
  wanted: Float32Array,
  loss: LossName,
): tfjs.Tensor2D {
  const [batch, width] = outputs.shape;
  const target = tf.tensor2d(wanted, [batch, width]);
  if (loss === 'cross-entropy') return tf.mul(tf.sub(tf.softmax(outputs), target), 1 / batch);
  if (loss === 'binary-cross-entropy') return tf.mul(tf.sub(tf.sigmoid(outputs), target), 1 / (batch * width));
  return tf.mul(tf.sub(outputs, target), 2 / (batch * width));
}

/** The targets of the given rows as the loss takes them, `[rows, outputs]`. */
export function targetsOf(
  targets: Targets,
  rows: Int32Array,
  outputs: number,
  loss: LossName,
  labelSmoothing: number,
): Float32Array {
  const out = new Float32Array(rows.length * outputs);
  for (const [at, row] of rows.entries()) {
    if (targets.values) {
      for (let each = 0; each < outputs; each++) out[at * outputs + each] = targets.values[row * outputs + each]!;
      continue;
    }
    const label = targets.classes![row]!;
    if (loss === 'cross-entropy') {
      out.fill(labelSmoothing / outputs, at * outputs, (at + 1) * outputs);
      out[at * outputs + label]! += 1 - labelSmoothing;
    } else if (outputs === 1) out[at] = label;
    else out[at * outputs + label] = 1;
  }
  return out;
}
