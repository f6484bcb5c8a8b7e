import type * as tfjs from '@tensorflow/tfjs';
import { both, type Call, define, flag, given, integers, number, self, type Tensor } from '../operator';
import { lpPool, poolWindows, spans } from './windows';

type Kind = 'max' | 'avg';

function pool(call: Call, kind: Kind, flat: boolean): Tensor {
  const { tf } = call;
  if (integers(call, 'dilation', [1]).some(each => each !== 1)) return poolWindows(call, kind, flat ? 1 : 2);
  const whole = self(call);
  const rank = flat ? 3 : 4;
  const single = whole.rank === rank - 1;
  const x = single ? tf.expandDims(whole, 0) : whole;
  const kernelList = integers(call, 'kernel_size', [1]);
  const one = (name: string, fallback: readonly number[], rest: number): [number, number] => {
    const list = integers(call, name, fallback);
    return flat ? [rest, list[0] ?? rest] : both(list);
  };
  const kernel = one('kernel_size', kernelList, 1);
  const stride = one('stride', kernelList, 1);
  const pad = one('padding', [0], 0);
  const image = tf.transpose(flat ? tf.expandDims(x, 2) : x, [0, 2, 3, 1]);
  const ceil = flag(call, 'ceil_mode');
  const sides = [0, 1].map(index =>
    spans(image.shape[1 + index] ?? 1, kernel[index] ?? 1, stride[index] ?? 1, pad[index] ?? 0, 1, ceil),
  ) as [[number, number], [number, number]];
  const extended = (source: Tensor, value: number): tfjs.Tensor4D =>
    (sides.flat().every(each => each === 0)
      ? source
      : tf.pad(source, [[0, 0], ...sides, [0, 0]], value)) as tfjs.Tensor4D;
  let out: Tensor;
  if (kind === 'max') out = tf.maxPool(extended(image, -3.4e38), kernel, stride, 'valid');
  else {
    out = tf.avgPool(extended(image, 0), kernel, stride, 'valid');
    const divisor = given(call, 'divisor_override') ? number(call, 'divisor_override', 1) : 0;
    if (divisor > 0) out = tf.mul(out, (kernel[0] * kernel[1]) / divisor);
    else if (sides.flat().some(each => each > 0)) {
      // Cells that count: the input, and its padding where that is included; never what only completes the last window.
      const include = flag(call, 'count_include_pad', true);
      const counted = tf.ones([1, ...image.shape.slice(1, 3), 1]);
      const inner = include
        ? tf.pad(
            counted,
            [
              [0, 0],
              ...sides.map(([before, after], i) => [before, Math.min(after, pad[i] ?? 0)] as [number, number]),
              [0, 0],
            ],
            1,
          )
        : tf.pad(counted, [
            [0, 0],
            ...sides.map(([before, after], i) => [before, Math.min(after, pad[i] ?? 0)] as [number, number]),
            [0, 0],
          ]);
      const rest = sides.map(([, after], i) => [0, after - Math.min(after, pad[i] ?? 0)] as [number, number]);
      out = tf.div(out, tf.avgPool(tf.pad(inner, [[0, 0], ...rest, [0, 0]]) as tfjs.Tensor4D, kernel, stride, 'valid'));
    }
  }
  const back = tf.transpose(out, [0, 3, 1, 2]);
  const narrow = flat ? tf.squeeze(back, [2]) : back;
  return single ? tf.squeeze(narrow, [0]) : narrow;
}

/** Cell i covers `floor(i · in / out)` to `ceil((i + 1) · in / out)` (ATen's adaptive pooling), one dimension after the other. */
function adaptive(call: Call, kind: Kind, dimensions: number): Tensor {
  const { tf } = call;
  let x = self(call);
  const raw = call.get('output_size');
  const sizes = Array.isArray(raw) ? raw : [raw];
  for (let index = 0; index < dimensions; index++) {
    const at = x.rank - dimensions + index;
    const size = x.shape[at] ?? 1;
    // None keeps a dimension as it is; one size stands for all.
    const wanted = sizes.length === 1 ? sizes[0] : sizes[index];
    const cells = typeof wanted === 'number' ? wanted : size;
    if (cells === size) continue;
    const reduce = (part: Tensor): Tensor => (kind === 'max' ? tf.max(part, at, true) : tf.mean(part, at, true));
    if (cells === 1) {
      x = reduce(x);
      continue;
    }
    const parts: Tensor[] = [];
    for (let cell = 0; cell < cells; cell++) {
      const start = Math.floor((cell * size) / cells);
      const end = Math.ceil(((cell + 1) * size) / cells);
      const begin = x.shape.map((_, axis) => (axis === at ? start : 0));
      parts.push(
        reduce(
          tf.slice(
            x,
            begin,
            x.shape.map((each, axis) => (axis === at ? end - start : each)),
          ),
        ),
      );
    }
    x = tf.concat(parts, at);
  }
  return x;
}

export const pooling = define({
  'max_pool1d(self, kernel_size, stride, padding, dilation, ceil_mode)': call => pool(call, 'max', true),
  'max_pool2d(self, kernel_size, stride, padding, dilation, ceil_mode)': call => pool(call, 'max', false),
  'avg_pool1d(self, kernel_size, stride, padding, ceil_mode, count_include_pad)': call => pool(call, 'avg', true),
  'avg_pool2d(self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)': call =>
    pool(call, 'avg', false),
  // The positions of the largest values are not computed.
  'max_pool2d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)': call => [
    pool(call, 'max', false),
    null,
  ],
  'max_pool3d(self, kernel_size, stride, padding, dilation, ceil_mode)': call => poolWindows(call, 'max', 3),
  'max_pool3d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)': call => [
    poolWindows(call, 'max', 3),
    null,
  ],
  'avg_pool3d(self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)': call =>
    poolWindows(call, 'avg', 3),
  'lp_pool1d(self, norm_type, kernel_size, stride, ceil_mode)': call => lpPool(call, 1),
  'lp_pool2d(self, norm_type, kernel_size, stride, ceil_mode)': call => lpPool(call, 2),
  'lp_pool3d(self, norm_type, kernel_size, stride, ceil_mode)': call => lpPool(call, 3),
  'adaptive_avg_pool1d(self, output_size)': call => adaptive(call, 'avg', 1),
  'adaptive_avg_pool2d(self, output_size)': call => adaptive(call, 'avg', 2),
  'adaptive_avg_pool3d(self, output_size)': call => adaptive(call, 'avg', 3),
  'adaptive_max_pool1d(self, output_size)': call => [adaptive(call, 'max', 1), null],
  'adaptive_max_pool2d(self, output_size)': call => [adaptive(call, 'max', 2), null],
  'adaptive_max_pool3d(self, output_size)': call => [adaptive(call, 'max', 3), null],
});
