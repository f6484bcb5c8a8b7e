import type * as tfjs from '@tensorflow/tfjs';
import { float, need } from './onnx-operators';
import type { Node, Place } from './onnx-values';
import type { Pass } from './trainable';

/**
 * Batch normalisation over all axes but the channels': in training by the batch's own mean and (biased) variance, which move the running ones
 * (torch.nn.BatchNorm: momentum 0.1, running variance unbiased); in inference by the running ones.
 */
export function batchNormalization(tf: typeof tfjs, node: Node, pass: Pass): Place {
  const { tensor: x, layout } = need(node, 0);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map(place => need(node, place).tensor) as [
    tfjs.Tensor,
    tfjs.Tensor,
    tfjs.Tensor,
    tfjs.Tensor,
  ];
  const epsilon = float(node, 'epsilon', 1e-5);
  // ONNX's momentum is the share that the old statistic keeps.
  const keep = float(node, 'momentum', 0.9);
  const axis = layout === 'channels-last' ? x.rank - 1 : 1;
  const wide = (v: tfjs.Tensor): tfjs.Tensor =>
    tf.reshape(
      v,
      x.shape.map((size, i) => (i === axis ? size : 1)),
    );
  const normal = (m: tfjs.Tensor, v: tfjs.Tensor): tfjs.Tensor =>
    tf.add(tf.mul(tf.mul(tf.sub(x, m), tf.rsqrt(tf.add(v, epsilon))), wide(scale)), wide(bias));
  if (!pass.training) return { tensor: normal(wide(mean), wide(variance)), layout };
  const axes = x.shape.flatMap((_, i) => (i === axis ? [] : [i]));
  const own = tf.mean(x, axes, true);
  const spread = tf.mean(tf.square(tf.sub(x, own)), axes, true);
  const count = x.size / x.shape[axis]!;
  const unbiased = count / Math.max(1, count - 1);
  const moved = (old: tfjs.Tensor, fresh: tfjs.Tensor, factor: number): tfjs.Tensor =>
    tf.add(tf.mul(old, keep), tf.mul(tf.reshape(fresh, [-1]), (1 - keep) * factor));
  pass.update(node.weight(3), moved(mean, own, 1));
  pass.update(node.weight(4), moved(variance, spread, unbiased));
  return { tensor: normal(own, spread), layout };
}

/** Layer normalisation over the last axis. */
export function layerNormalization(tf: typeof tfjs, node: Node): Place {
  const { tensor: x, layout } = need(node, 0);
  const own = tf.mean(x, -1, true);
  const spread = tf.mean(tf.square(tf.sub(x, own)), -1, true);
  const normal = tf.mul(tf.sub(x, own), tf.rsqrt(tf.add(spread, float(node, 'epsilon', 1e-5))));
  const scaled = tf.mul(normal, need(node, 1).tensor);
  const bias = node.value(2)?.tensor;
  return { tensor: bias ? tf.add(scaled, bias) : scaled, layout };
}
