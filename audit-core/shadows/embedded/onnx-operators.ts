import type * as tfjs from '@tensorflow/tfjs';
import { ShadowError } from '../engine';
import { batchNormalization, layerNormalization } from './batch-norm';
import { dense } from './dense-op';
import { averagePool, convolution, globalAverage, maxPool } from './onnx-convolution';
import { gru, lstm } from './onnx-recurrent';
import type { Node, Place } from './onnx-values';
import type { Pass } from './trainable';

export type Operator = (tf: typeof tfjs, node: Node, pass: Pass) => Place;

export const plain = (tensor: tfjs.Tensor): Place => ({ tensor, layout: 'plain' });

export function need(node: Node, place: number): Place {
  const found = node.value(place);
  if (!found) throw new ShadowError(`The operator ${node.node.operator} has no input ${place + 1}.`);
  return found;
}

/** The tensor with ONNX's own order of axes. */
export function unlaid(tf: typeof tfjs, { tensor, layout }: Place): tfjs.Tensor {
  if (layout === 'plain') return tensor;
  const spatial = Array.from({ length: tensor.rank - 2 }, (_, i) => i + 1);
  return tf.transpose(tensor, [0, tensor.rank - 1, ...spatial]);
}

const each =
  (change: (tf: typeof tfjs, x: tfjs.Tensor, node: Node) => tfjs.Tensor): Operator =>
  (tf, node) => {
    const { tensor, layout } = need(node, 0);
    return { tensor: change(tf, tensor, node), layout };
  };

const both =
  (change: (tf: typeof tfjs, a: tfjs.Tensor, b: tfjs.Tensor) => tfjs.Tensor): Operator =>
  (tf, node) => {
    const [a, b] = [need(node, 0), need(node, 1)];
    if (a.layout === b.layout && a.tensor.rank === b.tensor.rank)
      return { tensor: change(tf, a.tensor, b.tensor), layout: a.layout };
    return plain(change(tf, unlaid(tf, a), unlaid(tf, b)));
  };

const integer = (node: Node, name: string): number | undefined => node.node.attributes.get(name)?.integers[0];
export const float = (node: Node, name: string, fallback: number): number =>
  node.node.attributes.get(name)?.float ?? fallback;

const axesOf = (node: Node): readonly number[] => node.node.attributes.get('axes')?.integers ?? node.constant(1) ?? [];

function reshape(tf: typeof tfjs, node: Node): Place {
  const x = unlaid(tf, need(node, 0));
  const wanted = node.constant(1) ?? node.node.attributes.get('shape')?.integers;
  if (!wanted) throw new ShadowError('A Reshape takes its shape from the data; use --engine process.');
  const shape = wanted.map((size, axis) => (size === 0 ? x.shape[axis]! : size));
  // Files traced with one row carry a batch of 1; ours has its own size.
  if (shape[0] === 1 && x.shape[0] !== 1 && !shape.includes(-1)) shape[0] = x.shape[0]!;
  return plain(tf.reshape(x, shape));
}

function gemm(tf: typeof tfjs, node: Node): Place {
  const x = unlaid(tf, need(node, 0)) as tfjs.Tensor2D;
  const weight = need(node, 1).tensor as tfjs.Tensor2D;
  if (float(node, 'alpha', 1) !== 1 || float(node, 'beta', 1) !== 1 || integer(node, 'transA') === 1)
    throw new ShadowError('A Gemm with factors or a turned input is not trained here; use --engine process.');
  const bias = node.value(2)?.tensor ?? null;
  return plain(dense(tf, x, weight, bias && (tf.reshape(bias, [-1]) as tfjs.Tensor1D), node.fuse ?? 'linear'));
}

/** The operators that the embedded engine trains, as in onnx/docs/Operators.md; others are named and refused. */
export const operators: Readonly<Record<string, Operator>> = {
  Gemm: gemm,
  MatMul: both((tf, a, b) => tf.matMul(a, b)),
  Add: both((tf, a, b) => tf.add(a, b)),
  Sub: both((tf, a, b) => tf.sub(a, b)),
  Mul: both((tf, a, b) => tf.mul(a, b)),
  Relu: each((tf, x) => tf.relu(x)),
  LeakyRelu: each((tf, x, node) => tf.leakyRelu(x, float(node, 'alpha', 0.01))),
  PRelu: both((tf, a, b) => tf.prelu(a, b)),
  Elu: each((tf, x) => tf.elu(x)),
  Sigmoid: each((tf, x) => tf.sigmoid(x)),
  Tanh: each((tf, x) => tf.tanh(x)),
  Softplus: each((tf, x) => tf.softplus(x)),
  Identity: each((_, x) => x),
  Dropout: (tf, node, pass) => {
    const { tensor, layout } = need(node, 0);
    const rate = float(node, 'ratio', 0.5);
    return {
      tensor: pass.training ? tf.dropout(tensor, rate, undefined, Math.floor(pass.random() * 2 ** 31)) : tensor,
      layout,
    };
  },
  Flatten: (tf, node) => {
    const x = unlaid(tf, need(node, 0));
    return plain(tf.reshape(x, [x.shape[0]!, -1]));
  },
  Reshape: reshape,
  Squeeze: (tf, node) => plain(tf.squeeze(unlaid(tf, need(node, 0)), [...axesOf(node)])),
  Unsqueeze: (tf, node) =>
    plain(axesOf(node).reduce((x: tfjs.Tensor, axis) => tf.expandDims(x, axis), unlaid(tf, need(node, 0)))),
  Transpose: (tf, node) =>
    plain(tf.transpose(unlaid(tf, need(node, 0)), [...(node.node.attributes.get('perm')?.integers ?? [])])),
  Concat: (tf, node) =>
    plain(
      tf.concat(
        node.node.inputs.map((_, place) => unlaid(tf, need(node, place))),
        integer(node, 'axis') ?? 1,
      ),
    ),
  ReduceMean: (tf, node) =>
    plain(tf.mean(unlaid(tf, need(node, 0)), [...axesOf(node)], (integer(node, 'keepdims') ?? 1) === 1)),
  Conv: convolution,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAverage,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  LSTM: lstm,
  GRU: gru,
};
