import type * as tfjs from '@tensorflow/tfjs';
import { ShadowError } from '../engine';
import { need, plain, unlaid } from './onnx-operators';
import type { Node, Place } from './onnx-values';

/** What a recurrent operator is made of: `x [steps, batch, in]`, `w [gates·h, in]`, `r [gates·h, h]`, `b [2·gates·h]` (onnx/docs/Operators.md). */
interface Parts {
  readonly x: tfjs.Tensor3D;
  readonly w: tfjs.Tensor2D;
  readonly r: tfjs.Tensor2D;
  readonly wBias: tfjs.Tensor1D;
  readonly rBias: tfjs.Tensor1D;
  readonly hidden: number;
}

function partsOf(tf: typeof tfjs, node: Node, gates: number): Parts {
  const x = unlaid(tf, need(node, 0)) as tfjs.Tensor3D;
  const stored = need(node, 1).tensor;
  if (stored.shape[0] !== 1)
    throw new ShadowError('A recurrent layer in both directions is not trained here; use --engine process.');
  const hidden = need(node, 2).tensor.shape[2]!;
  const w = tf.squeeze(stored, [0]) as tfjs.Tensor2D;
  const r = tf.squeeze(need(node, 2).tensor, [0]) as tfjs.Tensor2D;
  const bias = node.value(3)?.tensor;
  const both = bias ? tf.reshape(bias, [-1]) : tf.zeros([2 * gates * hidden]);
  const [wBias, rBias] = tf.split(both, 2) as [tfjs.Tensor1D, tfjs.Tensor1D];
  return { x, w, r, wBias, rBias, hidden };
}

/** All steps of the input's side at once: `[steps·batch, gates·h]`, then step by step. */
function inputSide(tf: typeof tfjs, { x, w, wBias }: Parts): tfjs.Tensor[] {
  const [steps, batch, width] = x.shape;
  const all = tf.add(tf.matMul(tf.reshape(x, [steps * batch, width]), tf.transpose(w)), wBias);
  return tf.split(all, steps, 0);
}

/** `[steps, directions, batch, h]` as ONNX has it. */
const stacked = (tf: typeof tfjs, states: readonly tfjs.Tensor[]): Place =>
  plain(tf.expandDims(tf.stack([...states]), 1));

/** LSTM: gates i, o, f, c; Y of all steps. */
export function lstm(tf: typeof tfjs, node: Node): Place {
  const parts = partsOf(tf, node, 4);
  const { x, r, rBias, hidden } = parts;
  const batch = x.shape[1];
  const turned = tf.transpose(r);
  let h: tfjs.Tensor = tf.zeros([batch, hidden]);
  let c: tfjs.Tensor = tf.zeros([batch, hidden]);
  const states: tfjs.Tensor[] = [];
  for (const step of inputSide(tf, parts)) {
    const gates = tf.add(tf.add(step, tf.matMul(h as tfjs.Tensor2D, turned)), rBias);
    const [i, o, f, fresh] = tf.split(gates, 4, 1) as [tfjs.Tensor, tfjs.Tensor, tfjs.Tensor, tfjs.Tensor];
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(fresh)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    states.push(h);
  }
  return stacked(tf, states);
}

/** GRU: gates z, r, h; `linear_before_reset` as PyTorch and Keras (reset_after) have it. */
export function gru(tf: typeof tfjs, node: Node): Place {
  if (node.node.attributes.get('linear_before_reset')?.integers[0] !== 1)
    throw new ShadowError('A GRU that resets before its product is not trained here; use --engine process.');
  const parts = partsOf(tf, node, 3);
  const { x, r, rBias, hidden } = parts;
  const turned = tf.transpose(r);
  let h: tfjs.Tensor = tf.zeros([x.shape[1], hidden]);
  const states: tfjs.Tensor[] = [];
  for (const step of inputSide(tf, parts)) {
    const [zx, rx, hx] = tf.split(step, 3, 1) as [tfjs.Tensor, tfjs.Tensor, tfjs.Tensor];
    const back = tf.add(tf.matMul(h as tfjs.Tensor2D, turned), rBias);
    const [zh, rh, hh] = tf.split(back, 3, 1) as [tfjs.Tensor, tfjs.Tensor, tfjs.Tensor];
    const update = tf.sigmoid(tf.add(zx, zh));
    const fresh = tf.tanh(tf.add(hx, tf.mul(tf.sigmoid(tf.add(rx, rh)), hh)));
    h = tf.add(tf.mul(update, h), tf.mul(tf.sub(1, update), fresh));
    states.push(h);
  }
  return stacked(tf, states);
}
