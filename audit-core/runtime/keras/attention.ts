import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { numberOf } from './graph';
import { heldIn, type Layer, type LayerContext, one, type Tensor } from './layer';

const flagOf = (context: LayerContext, name: string): boolean => {
  const given = context.named.get(name);
  return given !== undefined && 'plain' in given && given.plain === true;
};

/** Scores `[…, T, S]` with a large negative number where a position may not be seen: behind the step, or masked. */
function hide(context: LayerContext, scores: Tensor, causal: boolean): Tensor {
  const { tf } = context;
  if (heldIn(context.named.get('attention_mask') ?? []).length > 0)
    throw new RuntimeError(`The layer "${context.name}" is given a mask of its own, which is not run here.`);
  const [rows = 1, columns = 1] = scores.shape.slice(-2);
  let out = scores;
  if (causal) out = tf.add(out, tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([rows, columns]), -1, 0)), -1e9));
  const mask = context.masks[1] ?? context.masks[0];
  if (!mask) return out;
  const shape = [mask.shape[0] ?? 1, ...new Array<number>(scores.rank - 2).fill(1), mask.shape[1] ?? 1];
  return tf.add(out, tf.mul(tf.sub(1, tf.reshape(mask, shape)), -1e9));
}

/** Multi-head attention over the second axis (Vaswani et al. 2017; keras/src/layers/attention/multi_head_attention.py). */
const manyHeads: Layer = context => {
  const [query, value = query, key = value] = ['query', 'value', 'key'].map((name, index) => {
    const given = context.named.get(name) ?? context.positional[index];
    return given ? heldIn(given)[0]?.value : undefined;
  });
  const { tf, config } = context;
  const project = (x: Tensor, scope: RegExp): Tensor => {
    const kernel = context.weight('kernel', 0, scope);
    const [width = 0, heads = 0, size = 0] = kernel.shape;
    const flat = tf.matMul(
      tf.reshape(x, [-1, width]) as tfjs.Tensor2D,
      tf.reshape(kernel, [width, heads * size]) as tfjs.Tensor2D,
    );
    let out = tf.reshape(flat, [x.shape[0] ?? 0, x.shape[1] ?? 0, heads, size]);
    if (config.use_bias !== false) out = tf.add(out, context.weight('bias', 1, scope));
    return tf.transpose(out, [0, 2, 1, 3]);
  };
  const q = tf.div(
    project(one(query), /(?:^|\/)_?(?:query|query_dense)\//),
    Math.sqrt(numberOf(config.key_dim ?? config.head_dim, 1)),
  );
  // With fewer heads for keys and values than for queries (grouped_query_attention.py) each of them serves several.
  const shared = (x: Tensor): Tensor => {
    const times = (q.shape[1] ?? 1) / (x.shape[1] ?? 1);
    if (times === 1) return x;
    const [rows = 0, heads = 0, steps = 0, size = 0] = x.shape;
    return tf.reshape(tf.tile(tf.expandDims(x, 2), [1, 1, times, 1, 1]), [rows, heads * times, steps, size]);
  };
  const scores = tf.matMul(q, shared(project(one(key), /(?:^|\/)_?(?:key|key_dense)\//)), false, true);
  const weights = tf.softmax(hide(context, scores, flagOf(context, 'use_causal_mask')));
  const values = shared(project(one(value), /(?:^|\/)_?(?:value|value_dense)\//));
  const mixed = tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]);
  const scope = /(?:^|\/)_?(?:attention_output|output_dense)\//;
  const kernel = context.weight('kernel', 0, scope);
  const [heads = 0, size = 0, width = 0] = kernel.shape;
  const flat = tf.matMul(
    tf.reshape(mixed, [-1, heads * size]) as tfjs.Tensor2D,
    tf.reshape(kernel, [heads * size, width]) as tfjs.Tensor2D,
  );
  const out = tf.reshape(flat, [mixed.shape[0] ?? 0, mixed.shape[1] ?? 0, width]);
  return config.use_bias === false ? out : tf.add(out, context.weight('bias', 1, scope));
};

/** Dot-product attention, and Bahdanau's (keras/src/layers/attention/attention.py, additive_attention.py). */
const plain =
  (additive: boolean): Layer =>
  (context, [query, value, key = value]) => {
    const { tf, config } = context;
    const [q, k] = [one(query), one(key)];
    let scores: Tensor;
    if (additive) {
      const sum = tf.tanh(tf.add(tf.expandDims(q, 2), tf.expandDims(k, 1)));
      scores = tf.sum(config.use_scale === false ? sum : tf.mul(sum, context.weight('scale', 0)), -1);
    } else {
      if (config.score_mode === 'concat')
        throw new RuntimeError(`The layer "${context.name}" scores by concatenation, which is not run here.`);
      scores = tf.matMul(q, k, false, true);
      if (config.use_scale === true) scores = tf.mul(scores, context.weight('scale', 0));
    }
    return tf.matMul(tf.softmax(hide(context, scores, flagOf(context, 'use_causal_mask'))), one(value));
  };

export const attentions: Readonly<Record<string, Layer>> = {
  MultiHeadAttention: manyHeads,
  GroupQueryAttention: manyHeads,
  GroupedQueryAttention: manyHeads,
  Attention: plain(false),
  AdditiveAttention: plain(true),
};
