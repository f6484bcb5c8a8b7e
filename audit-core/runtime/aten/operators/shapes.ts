import type * as tfjs from '@tensorflow/tfjs';
import {
  type AtenValue,
  axis,
  type Call,
  define,
  fail,
  given,
  integers,
  number,
  self,
  type Tensor,
  tensor,
  tensors,
  text,
} from '../operator';

const reshape =
  (name: string) =>
  (call: Call): Tensor =>
    call.tf.reshape(self(call), [...integers(call, name, [])]);

/** Part `[start, start + length)` of one dimension. */
export function narrow(tf: typeof tfjs, x: Tensor, at: number, start: number, length: number): Tensor {
  const begin = x.shape.map((_, index) => (index === at ? start : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((size, index) => (index === at ? length : size)),
  );
}

/** Python's slice along one dimension; negative ends count from the back, a step may be greater than 1. */
export function strided(
  tf: typeof tfjs,
  x: Tensor,
  at: number,
  from: number | null,
  to: number | null,
  step: number,
): Tensor {
  const size = x.shape[at] ?? 0;
  const place = (value: number | null, fallback: number): number =>
    value === null ? fallback : Math.min(size, Math.max(0, value < 0 ? value + size : value));
  if (step < 1) fail('A slice with a negative step is not run here.');
  const start = place(from, 0);
  const end = Math.max(start, place(to, size));
  if (start === 0 && end === size && step === 1) return x;
  const part = narrow(tf, x, at, start, end - start);
  if (step === 1) return part;
  const indexes = Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => index * step);
  return tf.gather(part, tf.tensor1d(indexes, 'int32'), at);
}

const swap = (tf: typeof tfjs, x: Tensor, first: number, second: number): Tensor => {
  const [a, b] = [axis(first, x.rank), axis(second, x.rank)];
  return tf.transpose(
    x,
    x.shape.map((_, index) => (index === a ? b : index === b ? a : index)),
  );
};

function split(call: Call): AtenValue {
  const { tf } = call;
  const x = self(call);
  const at = axis(number(call, 'dim', 0), x.rank);
  const total = x.shape[at] ?? 0;
  const sizes = call.get('split_size') ?? call.get('split_sizes') ?? call.get('split_size_or_sections');
  if (Array.isArray(sizes)) return tf.split(x, sizes.map(Number), at);
  const size = typeof sizes === 'number' ? sizes : total;
  return parts(tf, x, at, size);
}

function parts(tf: typeof tfjs, x: Tensor, at: number, size: number): Tensor[] {
  const total = x.shape[at] ?? 0;
  const out: Tensor[] = [];
  for (let start = 0; start < total; start += Math.max(1, size))
    out.push(narrow(tf, x, at, start, Math.min(size, total - start)));
  return out;
}

function chunk(call: Call): Tensor[] {
  const x = self(call);
  const at = axis(number(call, 'dim', 0), x.rank);
  return parts(call.tf, x, at, Math.ceil((x.shape[at] ?? 0) / number(call, 'chunks', 1)));
}

function flatten(call: Call): Tensor {
  const x = self(call);
  if (x.rank === 0) return call.tf.reshape(x, [1]);
  const from = axis(number(call, 'start_dim', 0), x.rank);
  const to = axis(number(call, 'end_dim', -1), x.rank);
  const middle = x.shape.slice(from, to + 1).reduce((a, b) => a * b, 1);
  return call.tf.reshape(x, [...x.shape.slice(0, from), middle, ...x.shape.slice(to + 1)]);
}

function expand(tf: typeof tfjs, x: Tensor, sizes: readonly number[]): Tensor {
  const lead = sizes.length - x.rank;
  const shape = sizes.map((size, index) => (size === -1 ? (x.shape[index - lead] ?? 1) : size));
  return tf.broadcastTo(x, shape as [number]);
}

function squeeze(call: Call): Tensor {
  const x = self(call);
  if (!given(call, 'dim')) return call.tf.squeeze(x);
  const over = integers(call, 'dim', [])
    .map(each => axis(each, x.rank))
    .filter(each => x.shape[each] === 1);
  return over.length > 0 ? call.tf.squeeze(x, over) : x;
}

function select(call: Call): Tensor {
  const { tf } = call;
  const x = self(call);
  const at = axis(number(call, 'dim', 0), x.rank);
  const index = number(call, 'index', 0);
  const size = x.shape[at] ?? 0;
  const place = index < 0 ? index + size : index;
  if (place < 0 || place >= size) fail(`The index ${index} does not exist in a dimension of ${size}.`);
  return tf.squeeze(narrow(tf, x, at, place, 1), [at]);
}

/** torch.nn.functional.pad: pairs from the last dimension on. */
function pad(call: Call): Tensor {
  const { tf } = call;
  const x = self(call);
  const list = integers(call, 'pad', []);
  const sides = x.shape.map((_, index) => {
    const at = 2 * (x.rank - 1 - index);
    return [list[at] ?? 0, list[at + 1] ?? 0] as [number, number];
  });
  const mode = text(call, 'mode', 'constant');
  let out = x;
  for (const [at, [before, after]] of sides.entries())
    if (before < 0 || after < 0)
      out = narrow(tf, out, at, Math.max(0, -before), (out.shape[at] ?? 0) + Math.min(0, before) + Math.min(0, after));
  const positive = sides.map(([a, b]) => [Math.max(0, a), Math.max(0, b)] as [number, number]);
  if (mode === 'constant') return tf.pad(out, positive, number(call, 'value', 0));
  for (const [at, [before, after]] of positive.entries()) {
    const size = out.shape[at] ?? 1;
    if (before === 0 && after === 0) continue;
    const place = (index: number): number => {
      if (mode === 'circular') return ((index % size) + size) % size;
      if (mode === 'replicate') return Math.min(size - 1, Math.max(0, index));
      return index < 0 ? -index : index >= size ? 2 * (size - 1) - index : index;
    };
    const indexes = Array.from({ length: before + size + after }, (_, index) => place(index - before));
    out = tf.gather(out, tf.tensor1d(indexes, 'int32'), at);
  }
  return out;
}

function roll(call: Call): Tensor {
  const { tf } = call;
  const dims = integers(call, 'dims', []);
  let x = self(call);
  for (const [index, shift] of integers(call, 'shifts', [0]).entries()) {
    const at = axis(dims[index] ?? fail('A roll without dimensions is not run here.'), x.rank);
    const size = x.shape[at] ?? 1;
    const by = ((shift % size) + size) % size;
    if (by > 0) x = tf.concat([narrow(tf, x, at, size - by, by), narrow(tf, x, at, 0, size - by)], at);
  }
  return x;
}

const join = (call: Call): Tensor => {
  const list = tensors(call, 'tensors').filter(each => !(each.rank === 1 && each.size === 0));
  const [first] = list;
  if (!first) fail('A concatenation has no parts.');
  return call.tf.concat(list, axis(number(call, 'dim', 0), first.rank));
};

const stack = (call: Call): Tensor => {
  const list = tensors(call, 'tensors');
  const [first] = list;
  if (!first) fail('A stack has no parts.');
  return call.tf.stack(list, axis(number(call, 'dim', 0), first.rank + 1));
};

/** A dtype by numpy's name; what is no dtype (a device) changes nothing. */
function typed(call: Call): Tensor {
  const dtype = text(call, 'dtype', '');
  if (/^(?:b?float)/.test(dtype)) return self(call).cast('float32');
  if (/^u?int/.test(dtype)) return self(call).cast('int32');
  return dtype === 'bool' ? self(call).cast('bool') : self(call);
}

const sizeOf = (call: Call): AtenValue => {
  const x = self(call);
  return given(call, 'dim') ? (x.shape[axis(number(call, 'dim', 0), x.rank)] ?? 0) : [...x.shape];
};

export const shapes = define({
  'view(self, *size)': reshape('size'),
  'reshape(self, *shape)': reshape('shape'),
  '_unsafe_view(self, size)': reshape('size'),
  'view_as(self, other)': call => call.tf.reshape(self(call), tensor(call, 'other').shape),
  'reshape_as(self, other)': call => call.tf.reshape(self(call), tensor(call, 'other').shape),
  'flatten(self, start_dim, end_dim)': flatten,
  'ravel(self)': call => call.tf.reshape(self(call), [-1]),
  'unflatten(self, dim, sizes)': call => {
    const x = self(call);
    const at = axis(number(call, 'dim', 0), x.rank);
    return call.tf.reshape(x, [...x.shape.slice(0, at), ...integers(call, 'sizes', []), ...x.shape.slice(at + 1)]);
  },
  'permute(self, *dims)': call =>
    call.tf.transpose(
      self(call),
      integers(call, 'dims', []).map(each => axis(each, self(call).rank)),
    ),
  'transpose(self, dim0, dim1)': call => swap(call.tf, self(call), number(call, 'dim0', 0), number(call, 'dim1', 1)),
  'swapaxes(self, axis0, axis1)': call => swap(call.tf, self(call), number(call, 'axis0', 0), number(call, 'axis1', 1)),
  't(self)': call => (self(call).rank < 2 ? self(call) : swap(call.tf, self(call), 0, 1)),
  'numpy_T(self)': call => call.tf.transpose(self(call)),
  'movedim(self, source, destination)': call => {
    const x = self(call);
    const from = axis(number(call, 'source', 0), x.rank);
    const order = x.shape.map((_, index) => index).filter(index => index !== from);
    order.splice(axis(number(call, 'destination', 0), x.rank), 0, from);
    return call.tf.transpose(x, order);
  },
  'unsqueeze(self, dim)': call => call.tf.expandDims(self(call), axis(number(call, 'dim', 0), self(call).rank + 1)),
  'squeeze(self, dim)': squeeze,
  'expand(self, *size)': call => expand(call.tf, self(call), integers(call, 'size', [])),
  'expand_as(self, other)': call => expand(call.tf, self(call), tensor(call, 'other').shape),
  'broadcast_to(self, size)': call => expand(call.tf, self(call), integers(call, 'size', [])),
  'repeat(self, *repeats)': call => {
    const x = self(call);
    const times = [...integers(call, 'repeats', [])];
    return call.tf.tile(call.tf.reshape(x, [...new Array<number>(times.length - x.rank).fill(1), ...x.shape]), times);
  },
  'tile(self, *dims)': call => call.tf.tile(self(call), [...integers(call, 'dims', [])]),
  'repeat_interleave(self, repeats, dim)': call => {
    const x = given(call, 'dim') ? self(call) : call.tf.reshape(self(call), [-1]);
    const at = given(call, 'dim') ? axis(number(call, 'dim', 0), x.rank) : 0;
    const times = number(call, 'repeats', 1);
    const indexes = Array.from({ length: (x.shape[at] ?? 0) * times }, (_, index) => Math.floor(index / times));
    return call.tf.gather(x, call.tf.tensor1d(indexes, 'int32'), at);
  },
  'cat(tensors, dim)': join,
  'concat(tensors, dim)': join,
  'concatenate(tensors, dim)': join,
  'stack(tensors, dim)': stack,
  'hstack(tensors)': call =>
    call.tf.concat(tensors(call, 'tensors'), (tensors(call, 'tensors')[0]?.rank ?? 1) > 1 ? 1 : 0),
  'split(self, split_size, dim)': split,
  'unsafe_split(self, split_size, dim)': split,
  'split_with_sizes(self, split_sizes, dim)': split,
  'chunk(self, chunks, dim)': chunk,
  'unsafe_chunk(self, chunks, dim)': chunk,
  'unbind(self, dim)': call => call.tf.unstack(self(call), axis(number(call, 'dim', 0), self(call).rank)),
  'narrow(self, dim, start, length)': call =>
    narrow(
      call.tf,
      self(call),
      axis(number(call, 'dim', 0), self(call).rank),
      number(call, 'start', 0),
      number(call, 'length', 0),
    ),
  'select(self, dim, index)': select,
  'slice(self, dim, start, end, step)': call => {
    const x = self(call);
    const end = (name: string): number | null => (given(call, name) ? number(call, name, 0) : null);
    return strided(call.tf, x, axis(number(call, 'dim', 0), x.rank), end('start'), end('end'), number(call, 'step', 1));
  },
  'index_select(self, dim, index)': call =>
    call.tf.gather(
      self(call),
      tensor(call, 'index').cast('int32') as tfjs.Tensor1D,
      axis(number(call, 'dim', 0), self(call).rank),
    ),
  'flip(self, *dims)': call =>
    call.tf.reverse(
      self(call),
      integers(call, 'dims', []).map(each => axis(each, self(call).rank)),
    ),
  'roll(self, shifts, dims)': roll,
  'pad(self, pad, mode, value)': pad,
  'constant_pad_nd(self, pad, value)': pad,
  'pixel_shuffle(self, upscale_factor)': call => {
    const [n = 1, c = 1, h = 1, w = 1] = self(call).shape;
    const r = number(call, 'upscale_factor', 1);
    const split6 = call.tf.reshape(self(call), [n, c / r ** 2, r, r, h, w]);
    return call.tf.reshape(call.tf.transpose(split6, [0, 1, 4, 2, 5, 3]), [n, c / r ** 2, h * r, w * r]);
  },
  'channel_shuffle(self, groups)': call => {
    const [n = 1, c = 1, h = 1, w = 1] = self(call).shape;
    const groups = number(call, 'groups', 1);
    const split5 = call.tf.reshape(self(call), [n, groups, c / groups, h, w]);
    return call.tf.reshape(call.tf.transpose(split5, [0, 2, 1, 3, 4]), [n, c, h, w]);
  },
  'size(self, dim)': sizeOf,
  'sym_size(self, dim)': sizeOf,
  'dim(self)': call => self(call).rank,
  'ndimension(self)': call => self(call).rank,
  'numel(self)': call => self(call).size,
  'to(self, dtype)': typed,
  '_to_copy(self, dtype)': typed,
  'type_as(self, other)': call => self(call).cast(tensor(call, 'other').dtype),
  'contiguous(self)': self,
  'clone(self)': self,
  'detach(self)': self,
  'detach_(self)': self,
  'alias(self)': self,
  'lift_fresh_copy(self)': self,
  'requires_grad_(self)': self,
});
