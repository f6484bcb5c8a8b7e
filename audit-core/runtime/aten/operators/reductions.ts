import { axis, type Call, define, fail, flag, given, integers, number, self, type Tensor } from '../operator';

const axes = (call: Call, x: Tensor): number[] | undefined => {
  const list = integers(call, 'dim', []).map(each => axis(each, x.rank));
  return list.length > 0 ? list : undefined;
};

const reduce =
  (kind: 'mean' | 'sum' | 'max' | 'min' | 'prod' | 'logSumExp') =>
  (call: Call): Tensor => {
    const x = self(call).dtype === 'bool' ? self(call).cast('int32') : self(call);
    return call.tf[kind](x, axes(call, x), flag(call, 'keepdim'));
  };

/** `max` and `min`: of everything, along a dimension with its positions, or of two tensors. */
const extreme =
  (kind: 'max' | 'min') =>
  (call: Call): Tensor | Tensor[] => {
    const { tf } = call;
    const x = self(call);
    const second = call.get('dim') ?? call.get('other');
    if (typeof second === 'object' && second !== null && 'dataId' in second)
      return kind === 'max' ? tf.maximum(x, second) : tf.minimum(x, second);
    if (!given(call, 'dim')) return tf[kind](x);
    const at = axis(number(call, 'dim', 0), x.rank);
    const keep = flag(call, 'keepdim');
    const where = kind === 'max' ? tf.argMax(x, at) : tf.argMin(x, at);
    return [tf[kind](x, at, keep), keep ? tf.expandDims(where, at) : where];
  };

const position =
  (kind: 'argMax' | 'argMin') =>
  (call: Call): Tensor => {
    const x = self(call);
    if (!given(call, 'dim')) return call.tf[kind](call.tf.reshape(x, [-1]), 0);
    const at = axis(number(call, 'dim', 0), x.rank);
    const out = call.tf[kind](x, at);
    return flag(call, 'keepdim') ? call.tf.expandDims(out, at) : out;
  };

/** Sample variance (Bessel's correction of 1 unless told otherwise). */
function variance(call: Call): Tensor {
  const { tf } = call;
  const x = self(call);
  const over = axes(call, x) ?? x.shape.map((_, index) => index);
  const count = over.reduce((product, at) => product * (x.shape[at] ?? 1), 1);
  const correction = given(call, 'correction') ? number(call, 'correction', 1) : flag(call, 'unbiased', true) ? 1 : 0;
  const { variance: biased } = tf.moments(x, over, flag(call, 'keepdim'));
  return tf.mul(biased, count / Math.max(0, count - correction));
}

function norm(call: Call): Tensor {
  const { tf } = call;
  const x = self(call);
  const order = call.get('p') ?? call.get('ord') ?? 2;
  if (order !== 2 && order !== 1 && order !== 'fro') fail('A norm of another order than 1 or 2 is not run here.');
  const over = axes(call, x);
  return order === 1
    ? tf.sum(tf.abs(x), over, flag(call, 'keepdim'))
    : tf.sqrt(tf.sum(tf.square(x), over, flag(call, 'keepdim')));
}

export const reductions = define({
  'mean(self, *dim, keepdim)': reduce('mean'),
  'sum(self, *dim, keepdim)': reduce('sum'),
  'amax(self, dim, keepdim)': reduce('max'),
  'amin(self, dim, keepdim)': reduce('min'),
  'prod(self, dim, keepdim)': reduce('prod'),
  'logsumexp(self, dim, keepdim)': reduce('logSumExp'),
  'max(self, dim, keepdim)': extreme('max'),
  'min(self, dim, keepdim)': extreme('min'),
  'argmax(self, dim, keepdim)': position('argMax'),
  'argmin(self, dim, keepdim)': position('argMin'),
  'var(self, dim, unbiased, keepdim)': variance,
  'std(self, dim, unbiased, keepdim)': call => call.tf.sqrt(variance(call)),
  'norm(self, p, dim, keepdim)': norm,
  'linalg_vector_norm(self, ord, dim, keepdim)': norm,
  'cumsum(self, dim)': call => call.tf.cumsum(self(call), axis(number(call, 'dim', 0), self(call).rank)),
  'any(self, dim, keepdim)': call =>
    call.tf.any(self(call).cast('bool'), axes(call, self(call)), flag(call, 'keepdim')),
  'all(self, dim, keepdim)': call =>
    call.tf.all(self(call).cast('bool'), axes(call, self(call)), flag(call, 'keepdim')),
  'topk(self, k, dim)': call => {
    const x = self(call);
    if (axis(number(call, 'dim', -1), x.rank) !== x.rank - 1)
      fail('A topk over another dimension than the last is not run here.');
    const { values, indices } = call.tf.topk(x, number(call, 'k', 1));
    return [values, indices];
  },
});
