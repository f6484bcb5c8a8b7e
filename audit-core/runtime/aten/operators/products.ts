import type * as tfjs from '@tensorflow/tfjs';
import {
  type AtenValue,
  type Call,
  define,
  fail,
  flag,
  given,
  number,
  optional,
  self,
  type Tensor,
  tensor,
  tensors,
  text,
} from '../operator';

/** `x · weightᵀ + bias` over the last dimension, weights `[out, in]`. */
export function linear(tf: typeof tfjs, x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  const width = x.shape.at(-1) ?? 1;
  if (width !== weight.shape.at(-1))
    fail(`A linear layer wants ${weight.shape.at(-1)} numbers a row and is given ${width}.`);
  const flat = tf.matMul(
    tf.reshape(x, [-1, width]) as tfjs.Tensor2D,
    tf.reshape(weight, [-1, width]) as tfjs.Tensor2D,
    false,
    true,
  );
  const out = tf.reshape(flat, [...x.shape.slice(0, -1), ...(weight.rank > 1 ? [weight.shape[0] ?? 1] : [])]);
  return bias ? tf.add(out, bias) : out;
}

/** numpy's matmul: vectors become matrices, leading dimensions broadcast. */
function matmul(tf: typeof tfjs, a: Tensor, b: Tensor): Tensor {
  if (a.rank > 1 && b.rank > 1) return tf.matMul(a, b);
  const left = a.rank === 1 ? tf.expandDims(a, 0) : a;
  const right = b.rank === 1 ? tf.expandDims(b, 1) : b;
  const out = tf.matMul(left, right);
  const drop = [...(a.rank === 1 ? [out.rank - 2] : []), ...(b.rank === 1 ? [out.rank - 1] : [])];
  return tf.squeeze(out, drop);
}

/** softmax(q · kᵀ · scale + mask) · v over the last two dimensions. */
export function attend(
  tf: typeof tfjs,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: {
    readonly mask?: Tensor | null;
    readonly scale?: number;
    readonly causal?: boolean;
    readonly drop?: (x: Tensor) => Tensor;
  },
): { readonly output: Tensor; readonly weights: Tensor } {
  const scale = options.scale ?? 1 / Math.sqrt(query.shape.at(-1) ?? 1);
  let scores = tf.matMul(tf.mul(query, scale), key, false, true);
  const { mask } = options;
  // A boolean mask keeps what is true; a float mask is added.
  if (mask) scores = tf.add(scores, mask.dtype === 'bool' ? tf.mul(tf.sub(1, mask.cast('float32')), -1e30) : mask);
  if (options.causal) {
    const [rows = 1, columns = 1] = scores.shape.slice(-2);
    const lower = tf.linalg.bandPart(tf.ones([rows, columns]), -1, 0);
    scores = tf.add(scores, tf.mul(tf.sub(1, lower), -1e30));
  }
  const weights = tf.softmax(scores);
  return { output: tf.matMul(options.drop ? options.drop(weights) : weights, value), weights };
}

function scaledDotProduct(call: Call): Tensor {
  const { tf } = call;
  const rate = number(call, 'dropout_p', 0);
  const { output } = attend(tf, tensor(call, 'query'), tensor(call, 'key'), tensor(call, 'value'), {
    mask: optional(call, 'attn_mask'),
    causal: flag(call, 'is_causal'),
    ...(given(call, 'scale') ? { scale: number(call, 'scale', 1) } : {}),
    ...(rate > 0 ? { drop: x => tf.dropout(x, rate, undefined, call.seed()) } : {}),
  });
  return output;
}

function embedding(call: Call): Tensor {
  const weight = tensor(call, 'weight');
  const indexes = tensor(call, 'indices').cast('int32');
  return call.tf.gather(weight, indexes as tfjs.Tensor1D, 0);
}

const bagModes = ['sum', 'mean', 'max'] as const;

/**
 * The sum, mean or largest value of the embeddings of each bag: of each row of indexes, or of what lies between two offsets; an index of
 * padding counts for nothing. `mode` is a number in graphs (0 sum, 1 mean, 2 max) and a word in code. ATen's three
 * other outputs are read by its gradient alone.
 */
function bags(call: Call): AtenValue {
  return [bagged(call), null, null, null];
}

function bagged(call: Call): Tensor {
  const { tf } = call;
  const given = tensor(call, 'indices').cast('int32');
  const mode = bagModes[number({ ...call, get: name => modeNumber(call.get(name)) }, 'mode', 1)];
  const indexes = tf.reshape(given, [-1]);
  const count = indexes.size;
  const offsets = optional(call, 'offsets');
  if (!offsets && given.rank !== 2) fail('An embedding bag wants rows of indexes, or offsets.');
  const width = given.shape[1] ?? 1;
  const starts = offsets
    ? [...offsets.dataSync()]
    : Array.from({ length: given.shape[0] ?? 0 }, (_, row) => row * width);
  // The last offset may be the end of the last bag.
  const ends = [...starts.slice(1), count];
  if (flag(call, 'include_last_offset')) starts.pop();
  const owner = new Int32Array(count);
  for (const [bag, start] of starts.entries()) owner.fill(bag, start, ends[bag]);
  const rows = tf.gather(tensor(call, 'weight'), indexes as tfjs.Tensor1D, 0);
  const padding = number(call, 'padding_idx', -1);
  const kept = tf.expandDims(tf.notEqual(indexes, padding).cast('float32'), 1);
  const weights = optional(call, 'per_sample_weights');
  const weighed = weights ? tf.mul(rows, tf.reshape(weights, [-1, 1])) : rows;
  const owners = tf.tensor1d(owner, 'int32');
  if (mode === 'max') {
    const length = count / starts.length;
    if (padding >= 0 || starts.some((start, bag) => start !== bag * length))
      fail('An embedding bag of the largest values with bags of several lengths is not run here.');
    return tf.max(tf.reshape(weighed, [starts.length, length, -1]), 1);
  }
  const sums = tf.unsortedSegmentSum(tf.mul(weighed, kept), owners, starts.length);
  if (mode === 'sum') return sums;
  return tf.div(sums, tf.maximum(tf.unsortedSegmentSum(kept, owners, starts.length), 1));
}

const modeNumber = (value: AtenValue | undefined): AtenValue | undefined =>
  typeof value === 'string' ? bagModes.indexOf(value as (typeof bagModes)[number]) : value;

/** Einstein's sum over any number of tensors: TensorFlow.js multiplies two at a time. */
function einsum(tf: typeof tfjs, equation: string, list: readonly Tensor[]): Tensor {
  const [inputs = '', output] = equation.split('->');
  const terms = inputs.split(',');
  const dotted = terms.map((term, index) => withoutDots(term, list[index]?.rank ?? 0));
  const letters = [...dotted.join('')];
  const lead = letters.filter((each, index) => /[A-Z]/.test(each) && letters.indexOf(each) === index).sort();
  const single = letters.filter(each => letters.indexOf(each) === letters.lastIndexOf(each));
  // Without an arrow the letters that stand once are kept, in alphabetical order.
  const wanted = (
    output ??
    `...${single
      .filter(each => !lead.includes(each))
      .sort()
      .join('')}`
  ).replace('...', lead.join(''));
  let [result] = list;
  let [term = ''] = dotted;
  for (let index = 1; index < list.length; index++) {
    const next = dotted[index] ?? '';
    const rest = new Set([...dotted.slice(index + 1).join(''), ...wanted]);
    const kept = [...new Set(term + next)].filter(each => rest.has(each)).join('');
    const to = index === list.length - 1 ? wanted : kept;
    result = tf.einsum(`${term},${next}->${to}`, result as Tensor, list[index] as Tensor);
    term = to;
  }
  if (!result) fail('An einsum has no tensors.');
  return list.length > 1 || term === wanted ? result : tf.einsum(`${term}->${wanted}`, result);
}

/** Letters of their own for the dimensions that `...` stands for, counted from the last. */
function withoutDots(term: string, rank: number): string {
  if (!term.includes('...')) return term;
  const count = rank - (term.length - 3);
  const names = Array.from({ length: Math.max(0, count) }, (_, index) => String.fromCharCode(90 - (count - 1 - index)));
  return term.replace('...', names.join(''));
}

export const products = define({
  'linear(input, weight, bias)': call =>
    linear(call.tf, tensor(call, 'input'), tensor(call, 'weight'), optional(call, 'bias')),
  'matmul(self, other)': call => matmul(call.tf, self(call), tensor(call, 'other')),
  'mm(self, mat2)': call => call.tf.matMul(self(call), tensor(call, 'mat2')),
  '_weight_norm(v, g, dim)': call => {
    const { tf } = call;
    const v = tensor(call, 'v');
    const kept = number(call, 'dim', 0);
    const others = v.shape.map((_, at) => at).filter(at => at !== (kept < 0 ? kept + v.rank : kept));
    // torch.nn.utils.weight_norm(…, dim=None) writes -1: one length for the whole weight.
    const over = kept === -1 ? v.shape.map((_, at) => at) : others;
    return tf.mul(v, tf.div(tensor(call, 'g'), tf.sqrt(tf.sum(tf.square(v), over, true))));
  },
  'mv(self, vec)': call => call.tf.squeeze(call.tf.matMul(self(call), call.tf.expandDims(tensor(call, 'vec'), 1)), [1]),
  'bmm(self, mat2)': call => call.tf.matMul(self(call), tensor(call, 'mat2')),
  'vdot(self, other)': call => call.tf.sum(call.tf.mul(self(call), tensor(call, 'other'))),
  'dot(self, tensor)': call => call.tf.sum(call.tf.mul(self(call), tensor(call, 'tensor'))),
  'addmm(self, mat1, mat2, beta, alpha)': call =>
    call.tf.add(
      call.tf.mul(self(call), number(call, 'beta', 1)),
      call.tf.mul(call.tf.matMul(tensor(call, 'mat1'), tensor(call, 'mat2')), number(call, 'alpha', 1)),
    ),
  'baddbmm(self, batch1, batch2, beta, alpha)': call =>
    call.tf.add(
      call.tf.mul(self(call), number(call, 'beta', 1)),
      call.tf.mul(call.tf.matMul(tensor(call, 'batch1'), tensor(call, 'batch2')), number(call, 'alpha', 1)),
    ),
  'einsum(equation, *operands)': call => {
    const list = tensors(call, 'operands').length > 0 ? tensors(call, 'operands') : tensors(call, 'tensors');
    return einsum(call.tf, text(call, 'equation', '').replace(/\s+/g, ''), list);
  },
  'bilinear(input1, input2, weight, bias)': call => {
    const { tf } = call;
    const [first, weight] = [tensor(call, 'input1'), tensor(call, 'weight')];
    const [out1 = 1, left = 1, right = 1] = weight.shape;
    // x₁ · W over the first input's width, then the second input weighs what is left.
    const half = tf.matMul(
      tf.reshape(first, [-1, left]) as tfjs.Tensor2D,
      tf.reshape(tf.transpose(weight, [1, 0, 2]), [left, out1 * right]) as tfjs.Tensor2D,
    );
    const weighed = tf.mul(tf.reshape(half, [-1, out1, right]), tf.reshape(tensor(call, 'input2'), [-1, 1, right]));
    const out = tf.reshape(tf.sum(weighed, 2), [...first.shape.slice(0, -1), out1]);
    const bias = optional(call, 'bias');
    return bias ? tf.add(out, bias) : out;
  },
  'embedding(weight, indices, padding_idx)': embedding,
  'one_hot(self, num_classes)': call =>
    call.tf.oneHot(self(call).cast('int32'), number(call, 'num_classes', 2)).cast('int32'),
  'scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal, scale)': scaledDotProduct,
  'cosine_similarity(x1, x2, dim, eps)': call => {
    const { tf } = call;
    const at = number(call, 'dim', 1);
    const [a, b] = [tensor(call, 'x1'), tensor(call, 'x2')];
    const dim = at < 0 ? at + a.rank : at;
    const norms = tf.mul(tf.norm(a, 2, dim), tf.norm(b, 2, dim));
    return tf.div(tf.sum(tf.mul(a, b), dim), tf.maximum(norms, number(call, 'eps', 1e-8)));
  },
  'pairwise_distance(x1, x2, p, eps, keepdim)': call => {
    const { tf } = call;
    const apart = tf.add(tf.sub(tensor(call, 'x1'), tensor(call, 'x2')), number(call, 'eps', 1e-6));
    return tf.norm(apart, number(call, 'p', 2), -1, flag(call, 'keepdim'));
  },
  'cdist(x1, x2, p)': call => {
    const { tf } = call;
    const [a, b] = [tensor(call, 'x1'), tensor(call, 'x2')];
    return tf.norm(tf.sub(tf.expandDims(a, a.rank - 1), tf.expandDims(b, b.rank - 2)), number(call, 'p', 2), -1);
  },
  'embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights, include_last_offset, padding_idx)':
    bags,
  'outer(self, vec2)': call => call.tf.mul(call.tf.expandDims(self(call), 1), tensor(call, 'vec2')),
  'tril(self, diagonal)': call => triangle(call, 'lower'),
  'triu(self, diagonal)': call => triangle(call, 'upper'),
});

function triangle(call: Call, kind: 'lower' | 'upper'): Tensor {
  const { tf } = call;
  const x = self(call);
  const diagonal = number(call, 'diagonal', 0);
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const mask = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if (kind === 'lower' ? column - row <= diagonal : column - row >= diagonal) mask[row * columns + column] = 1;
  const kept = tf.tensor2d(mask, [rows, columns]);
  // A product would turn an infinity that is cut off into NaN.
  const shape = x.shape as [number];
  return tf.where(tf.broadcastTo(kept, shape).cast('bool'), x.cast('float32'), tf.zeros(x.shape));
}
