import type * as tfjs from '@tensorflow/tfjs';
import { ShadowError } from '../engine';
import { need } from './onnx-operators';
import type { Node, Place } from './onnx-values';

type Tensor4 = tfjs.Tensor4D;
type Pads = [[number, number], [number, number], [number, number], [number, number]];

/** Two-dimensional with channels last; one-dimensional data get a height of 1. `flat` says that they had none. */
function laid(tf: typeof tfjs, { tensor, layout }: Place): { x: Tensor4; flat: boolean } {
  if (layout === 'channels-last')
    return tensor.rank === 3
      ? { x: tf.expandDims(tensor, 1) as Tensor4, flat: true }
      : { x: tensor as Tensor4, flat: false };
  if (tensor.rank === 3) return { x: tf.expandDims(tf.transpose(tensor, [0, 2, 1]), 1) as Tensor4, flat: true };
  if (tensor.rank !== 4)
    throw new ShadowError('Only one- and two-dimensional convolutions are trained here; use --engine process.');
  return { x: tf.transpose(tensor, [0, 2, 3, 1]) as Tensor4, flat: false };
}

const back = (tf: typeof tfjs, x: Tensor4, flat: boolean): Place => ({
  tensor: flat ? tf.squeeze(x, [1]) : x,
  layout: 'channels-last',
});

const pairOf = (node: Node, name: string, flat: boolean, fallback: number): [number, number] => {
  const found = node.node.attributes.get(name)?.integers ?? [];
  return flat ? [1, found[0] ?? fallback] : [found[0] ?? fallback, found[1] ?? fallback];
};

function padsOf(node: Node, flat: boolean): Pads {
  if (node.node.attributes.has('auto_pad') && !node.node.attributes.has('pads'))
    throw new ShadowError('A convolution with automatic padding is not trained here; use --engine process.');
  const found = node.node.attributes.get('pads')?.integers ?? [];
  const [top, left, bottom, right] = flat ? [0, found[0], 0, found[1]] : found;
  return [
    [0, 0],
    [top ?? 0, bottom ?? 0],
    [left ?? 0, right ?? 0],
    [0, 0],
  ];
}

/** Conv with one group, or as many groups as channels (depthwise). */
export function convolution(tf: typeof tfjs, node: Node): Place {
  const { x, flat } = laid(tf, need(node, 0));
  const filter = need(node, 1).tensor as Tensor4;
  const groups = node.node.attributes.get('group')?.integers[0] ?? 1;
  const pads = padsOf(node, flat);
  const strides = pairOf(node, 'strides', flat, 1);
  const dilations = pairOf(node, 'dilations', flat, 1);
  const padded = pads.flat().some(each => each > 0) ? tf.pad(x, pads) : x;
  let out: Tensor4;
  if (groups === 1) {
    if (dilations.some(each => each > 1))
      throw new ShadowError('A dilated convolution is not trained here; use --engine process.');
    out = tf.conv2d(padded, filter, strides, 'valid');
  } else if (groups === x.shape[3]) {
    out = tf.depthwiseConv2d(padded, filter, strides, 'valid');
  } else throw new ShadowError('A convolution in groups is not trained here; use --engine process.');
  const bias = node.value(2)?.tensor;
  return back(tf, bias ? tf.add(out, bias) : out, flat);
}

export function maxPool(tf: typeof tfjs, node: Node): Place {
  const { x, flat } = laid(tf, need(node, 0));
  const pads = padsOf(node, flat);
  // Padding must never win: values far below any activation.
  const padded = pads.flat().some(each => each > 0) ? tf.pad(x, pads, -1e30) : x;
  const window = pairOf(node, 'kernel_shape', flat, 1);
  return back(tf, tf.maxPool(padded, window, pairOf(node, 'strides', flat, 1), 'valid'), flat);
}

export function averagePool(tf: typeof tfjs, node: Node): Place {
  const { x, flat } = laid(tf, need(node, 0));
  const pads = padsOf(node, flat);
  const uneven = pads.flat().some(each => each > 0);
  if (uneven && node.node.attributes.get('count_include_pad')?.integers[0] !== 1)
    throw new ShadowError('An average over padded places is not trained here; use --engine process.');
  const window = pairOf(node, 'kernel_shape', flat, 1);
  return back(tf, tf.avgPool(uneven ? tf.pad(x, pads) : x, window, pairOf(node, 'strides', flat, 1), 'valid'), flat);
}

export function globalAverage(tf: typeof tfjs, node: Node): Place {
  const { x, flat } = laid(tf, need(node, 0));
  return back(tf, tf.mean(x, [1, 2], true) as Tensor4, flat);
}
