import type * as tfjs from '@tensorflow/tfjs';
import { activate } from '../../keras/activations';
import { type Call, define, fail, flag, number, optional, type Tensor, tensor } from '../operator';
import { attend, linear } from './products';

/** What an attention over several heads is made of; weights stacked as query, key, value `[3 · E, E]`. */
export interface Heads {
  readonly count: number;
  readonly inWeight: Tensor;
  readonly inBias: Tensor | null;
  readonly outWeight: Tensor;
  readonly outBias: Tensor | null;
  /** Added to the scores, or boolean with true where a position may be seen. */
  readonly mask?: Tensor | null;
  readonly drop?: (x: Tensor) => Tensor;
  /** Keys and values that every row sees beside its own: learned ones `[1, 1, E]`, and one of zeros. */
  readonly added?: { readonly key: Tensor | null; readonly value: Tensor | null; readonly zeros: boolean };
  /** Separate projections of key and value where they have other widths. */
  readonly separate?: { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };
}

/** torch.nn.MultiheadAttention over `[N, T, E]`: the output and the weights averaged over heads. */
export function manyHeads(
  tf: typeof tfjs,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  heads: Heads,
): { readonly output: Tensor; readonly weights: Tensor } {
  const width = heads.outWeight.shape[0] ?? 1;
  const [wq, wk, wv] = heads.separate
    ? [heads.separate.q, heads.separate.k, heads.separate.v]
    : (tf.split(heads.inWeight, 3, 0) as [Tensor, Tensor, Tensor]);
  const [bq = null, bk = null, bv = null] = heads.inBias ? tf.split(heads.inBias, 3, 0) : [];
  const apart = (x: Tensor, weight: Tensor, bias: Tensor | null): Tensor => {
    const [n = 1, t = 1] = x.shape;
    return tf.transpose(
      tf.reshape(linear(tf, x, weight, bias), [n, t, heads.count, width / heads.count]),
      [0, 2, 1, 3],
    );
  };
  let [keys, values] = [apart(key, wk, bk), apart(value, wv, bv)];
  let mask = heads.mask ?? null;
  const append = (k: Tensor | null, v: Tensor | null): void => {
    const [n = 1, count = 1, , size = 1] = keys.shape;
    const wide = (x: Tensor | null): Tensor =>
      x ? tf.broadcastTo(tf.reshape(x, [1, count, 1, size]), [n, count, 1, size]) : tf.zeros([n, count, 1, size]);
    [keys, values] = [tf.concat([keys, wide(k)], 2), tf.concat([values, wide(v)], 2)];
    // What is added may always be seen.
    if (mask)
      mask = tf.pad(
        mask,
        mask.shape.map((_, index) => [0, index === (mask?.rank ?? 0) - 1 ? 1 : 0] as [number, number]),
      );
  };
  if (heads.added?.key && heads.added.value) append(heads.added.key, heads.added.value);
  if (heads.added?.zeros) append(null, null);
  const { output, weights } = attend(tf, apart(query, wq, bq), keys, values, {
    mask,
    ...(heads.drop ? { drop: heads.drop } : {}),
  });
  const [n = 1, , t = 1] = output.shape;
  const joined = tf.reshape(tf.transpose(output, [0, 2, 1, 3]), [n, t, width]);
  return { output: linear(tf, joined, heads.outWeight, heads.outBias), weights: tf.mean(weights, 1) };
}

const norm = (tf: typeof tfjs, x: Tensor, weight: Tensor | null, bias: Tensor | null, eps: number): Tensor => {
  const { mean, variance } = tf.moments(x, -1, true);
  const out = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)));
  const scaled = weight ? tf.mul(out, weight) : out;
  return bias ? tf.add(scaled, bias) : scaled;
};

/** ATen's fused encoder layer, which scripted models call in evaluation. */
function encoderLayer(call: Call): Tensor {
  const { tf } = call;
  if (optional(call, 'mask')) fail('A fused encoder layer with a mask is not run here.');
  const x = tensor(call, 'src');
  const eps = number(call, 'eps', 1e-5);
  const first = flag(call, 'norm_first');
  const norm1 = (v: Tensor): Tensor => norm(tf, v, optional(call, 'norm_weight_1'), optional(call, 'norm_bias_1'), eps);
  const norm2 = (v: Tensor): Tensor => norm(tf, v, optional(call, 'norm_weight_2'), optional(call, 'norm_bias_2'), eps);
  const attention = (v: Tensor): Tensor =>
    manyHeads(tf, v, v, v, {
      count: number(call, 'num_heads', 1),
      inWeight: tensor(call, 'qkv_weight'),
      inBias: optional(call, 'qkv_bias'),
      outWeight: tensor(call, 'proj_weight'),
      outBias: optional(call, 'proj_bias'),
    }).output;
  const feed = (v: Tensor): Tensor => {
    const hidden = linear(tf, v, tensor(call, 'ffn_weight_1'), optional(call, 'ffn_bias_1'));
    const active = activate(tf, flag(call, 'use_gelu') ? 'gelu' : 'relu', hidden, 'activation');
    return linear(tf, active, tensor(call, 'ffn_weight_2'), optional(call, 'ffn_bias_2'));
  };
  if (first) {
    const middle = tf.add(x, attention(norm1(x)));
    return tf.add(middle, feed(norm2(middle)));
  }
  const middle = norm1(tf.add(x, attention(x)));
  return norm2(tf.add(middle, feed(middle)));
}

export const attention = define({
  '_transformer_encoder_layer_fwd(src, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias, use_gelu, norm_first, eps, norm_weight_1, norm_bias_1, norm_weight_2, norm_bias_2, ffn_weight_1, ffn_bias_1, ffn_weight_2, ffn_bias_2, mask, mask_type)':
    encoderLayer,
  '_native_multi_head_attention(query, key, value, embed_dim, num_head, qkv_weight, qkv_bias, proj_weight, proj_bias, mask, need_weights, average_attn_weights, mask_type)':
    call => {
      if (optional(call, 'mask')) fail('A fused attention with a mask is not run here.');
      const { output, weights } = manyHeads(
        call.tf,
        tensor(call, 'query'),
        tensor(call, 'key'),
        tensor(call, 'value'),
        {
          count: number(call, 'num_head', 1),
          inWeight: tensor(call, 'qkv_weight'),
          inBias: optional(call, 'qkv_bias'),
          outWeight: tensor(call, 'proj_weight'),
          outBias: optional(call, 'proj_bias'),
        },
      );
      return [output, weights];
    },
});
