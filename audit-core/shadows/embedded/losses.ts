import type * as tfjs from '@tensorflow/tfjs';
import type { LossName, LossRecipe, TrainingRecipe } from './recipe';

/** What a row should come out as: a class, or numbers (0/1 per label, or targets of a regression) `[rows, width]`. */
export interface Targets {
  readonly classes: Int32Array | null;
  readonly values: Float32Array | null;
  readonly width: number;
}

/** A loss for one model's training rows. */
export interface Loss {
  readonly name: LossName;
  /** `labelSmoothing`, `positiveWeight`, `delta` of the recipe. */
  readonly recipe: LossRecipe;
  /** Weight by class; null: all 1. */
  readonly weights: readonly number[] | null;
  /** PyTorch divides weighted cross-entropy by the sum of the weights, Keras by the number of rows. */
  readonly byWeight: boolean;
}

/** The loss of a recipe with its class weights for the rows that a model is trained on. */
export function lossFor({ loss, library }: TrainingRecipe, targets: Targets, rows: Int32Array): Loss {
  const weights = loss.classWeights === 'balanced' ? balanced(targets, rows) : loss.classWeights;
  return { name: loss.name, recipe: loss, weights, byWeight: library === 'torch' && loss.name === 'cross-entropy' };
}

/** rows / (classes · rows of the class): sklearn.utils.class_weight. */
function balanced(targets: Targets, rows: Int32Array): number[] {
  const counts: number[] = [];
  for (const row of rows) {
    const label = targets.classes ? targets.classes[row]! : targets.values![row * targets.width]!;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  const present = counts.filter(count => count > 0).length;
  return Array.from(counts, count => (count ? rows.length / (present * count) : 0));
}

/**
 * The pull of each output: the gradient of the loss at outputs z is f(z)·mass − wanted with f = softmax, sigmoid, identity; for absolute and
 * Huber's loss it is mass · sign(z − wanted) and mass · clip(z − wanted). `[rows, outputs]`; a softmax's mass is `[rows]`.
 */
export interface Pull {
  readonly wanted: Float32Array;
  readonly mass: Float32Array;
}

/** The pull of the given rows; `mean`: of the batch's mean loss, otherwise of the sum of the rows' losses. */
export function pullOf(loss: Loss, targets: Targets, rows: Int32Array, outputs: number, mean = true): Pull {
  const { name, recipe, weights } = loss;
  const soft = name === 'cross-entropy';
  const wanted = new Float32Array(rows.length * outputs);
  const mass = new Float32Array(soft ? rows.length : rows.length * outputs);
  const one = (row: number, each: number): number => {
    if (targets.values) return targets.values[row * outputs + each]!;
    const label = targets.classes![row]!;
    return outputs === 1 ? label : label === each ? 1 : 0;
  };
  const weightOf = (row: number): number => {
    if (!weights) return 1;
    const label = targets.classes ? targets.classes[row]! : targets.values![row * outputs]!;
    return weights[label] ?? 1;
  };
  const total = loss.byWeight && weights ? rows.reduce((sum, row) => sum + weightOf(row), 0) : rows.length;
  const share = mean ? 1 / total : 1;
  const smooth = recipe.labelSmoothing;
  for (const [at, row] of rows.entries()) {
    const weight = weightOf(row) * share;
    for (let each = 0; each < outputs; each++) {
      const place = at * outputs + each;
      const target = one(row, each);
      if (soft) {
        // PyTorch spreads the smoothed part by each class's own weight.
        const own = loss.byWeight && weights ? (weights[each] ?? 1) * share : weight;
        wanted[place] = (1 - smooth) * target * weight + (smooth / outputs) * own;
        mass[at]! += wanted[place]!;
      } else if (name === 'binary-cross-entropy') {
        const smoothed = target * (1 - smooth) + smooth / 2;
        wanted[place] = (recipe.positiveWeight * smoothed * weight) / outputs;
        mass[place] = wanted[place]! + ((1 - smoothed) * weight) / outputs;
      } else {
        const slope = (name === 'squared-error' ? 2 : 1) * (weight / outputs);
        wanted[place] = name === 'squared-error' ? slope * target : target;
        mass[place] = slope;
      }
    }
  }
  return { wanted, mass };
}

/** ∂loss/∂outputs, `[batch, outputs]`. `outputs` are logits. */
export function lossGradient(
  tf: typeof tfjs,
  outputs: tfjs.Tensor2D,
  { wanted, mass }: Pull,
  { name, recipe }: Loss,
): tfjs.Tensor2D {
  const target = tf.tensor2d(wanted, outputs.shape);
  if (name === 'cross-entropy')
    return tf.sub(tf.mul(tf.softmax(outputs), tf.tensor2d(mass, [outputs.shape[0], 1])), target);
  const slope = tf.tensor2d(mass, outputs.shape);
  if (name === 'binary-cross-entropy') return tf.sub(tf.mul(tf.sigmoid(outputs), slope), target);
  if (name === 'squared-error') return tf.sub(tf.mul(outputs, slope), target);
  const off = tf.sub(outputs, target) as tfjs.Tensor2D;
  if (name === 'absolute-error') return tf.mul(tf.sign(off), slope);
  return tf.mul(tf.clipByValue(off, -recipe.delta, recipe.delta), slope);
}

/** Mean loss and accuracy of rows by their outputs `[rows, width]`, without class weights, as validation is measured. */
export function measure(
  { name, recipe }: Loss,
  targets: Targets,
  rows: Int32Array,
  outputs: Float32Array,
): { readonly loss: number; readonly accuracy: number } {
  const width = outputs.length / Math.max(1, rows.length);
  // Absolute error's pull keeps plain targets.
  const as = name === 'cross-entropy' ? name : 'absolute-error';
  const { wanted } = pullOf({ name: as, recipe, weights: null, byWeight: false }, targets, rows, width, false);
  let loss = 0;
  let right = 0;
  for (const at of rows.keys()) {
    const z = outputs.subarray(at * width, (at + 1) * width);
    const t = wanted.subarray(at * width, (at + 1) * width);
    loss += rowLoss(name, recipe, z, t);
    if (width === 1) right += (z[0]! > 0 ? 1 : 0) === t[0] ? 1 : 0;
    else right += largest(z) === largest(t) ? 1 : 0;
  }
  return { loss: loss / rows.length, accuracy: right / rows.length };
}

/** `t`: the smoothed distribution of a cross-entropy, the plain targets of every other loss. */
function rowLoss(name: LossName, recipe: LossRecipe, z: Float32Array, t: Float32Array): number {
  let sum = 0;
  if (name === 'cross-entropy') {
    const most = Math.max(...z);
    const log = most + Math.log(z.reduce((total, each) => total + Math.exp(each - most), 0));
    for (const [i, each] of z.entries()) sum += t[i]! * (log - each);
    return sum;
  }
  for (const [i, each] of z.entries()) {
    const off = Math.abs(each - t[i]!);
    if (name === 'binary-cross-entropy') {
      const target = t[i]! * (1 - recipe.labelSmoothing) + recipe.labelSmoothing / 2;
      sum += recipe.positiveWeight * target * softplus(-each) + (1 - target) * softplus(each);
    } else if (name === 'squared-error') sum += off * off;
    else if (name === 'absolute-error') sum += off;
    else sum += off <= recipe.delta ? (off * off) / 2 : recipe.delta * (off - recipe.delta / 2);
  }
  return sum / z.length;
}

/** log(1 + eˣ). */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const largest = (values: Float32Array): number =>
  values.reduce((best, each, i) => (each > values[best]! ? i : best), 0);
