import type * as tfjs from '@tensorflow/tfjs';
import { type Call, fail, flag, given, integers, number, self, type Tensor } from '../operator';
import { strided } from './shapes';

/** Windows along one dimension. */
export interface Windows {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Cells before and after: the padding, and what completes the last window. */
  readonly sides: readonly [number, number];
}

/** Cells before and after one dimension, so that the last window that starts inside is whole (`ceil_mode`). */
export function spans(
  size: number,
  kernel: number,
  stride: number,
  pad: number,
  dilation: number,
  ceil: boolean,
): [number, number] {
  const reach = dilation * (kernel - 1) + 1;
  const steps = (size + 2 * pad - reach) / stride;
  let count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // A window may not start in the padding behind the input (torch/nn/functional, pooling_output_shape).
  if (ceil && (count - 1) * stride >= size + pad) count--;
  if (count < 1) fail(`A pooling window of ${reach} is larger than its input of ${size}.`);
  return [pad, Math.max(0, (count - 1) * stride + reach - size - pad)];
}

/** The largest value or the sum of each window along one dimension; pooling over several is one after the other. */
function slide(tf: typeof tfjs, x: Tensor, at: number, windows: Windows, kind: 'max' | 'sum'): Tensor {
  const { kernel, stride, dilation, sides } = windows;
  if (kernel === 1 && stride === 1) return x;
  const padded = tf.pad(
    x,
    x.shape.map((_, index) => (index === at ? [...sides] : [0, 0]) as [number, number]),
    kind === 'max' ? -3.4e38 : 0,
  );
  const count = Math.floor(((padded.shape[at] ?? 1) - dilation * (kernel - 1) - 1) / stride) + 1;
  let out: Tensor | null = null;
  for (let index = 0; index < kernel; index++) {
    const from = index * dilation;
    const part = strided(tf, padded, at, from, from + (count - 1) * stride + 1, stride);
    if (!out) out = part;
    else out = kind === 'max' ? tf.maximum(out, part) : tf.add(out, part);
  }
  return out ?? x;
}

/** How many cells each window along one dimension averages over: the input's, with its padding where that is included. */
function counts(size: number, pad: number, windows: Windows, include: boolean): number[] {
  const { kernel, stride, sides } = windows;
  const total = size + sides[0] + sides[1];
  const count = Math.floor((total - kernel) / stride) + 1;
  const [low, high] = include ? [-pad, size + pad] : [0, size];
  return Array.from({ length: count }, (_, index) => {
    const start = index * stride - sides[0];
    return Math.max(1, Math.min(start + kernel, high) - Math.max(start, low));
  });
}

/** Pooling over the last `rank` dimensions of any tensor, with dilation. */
export function poolWindows(call: Call, kind: 'max' | 'avg', rank: number): Tensor {
  const { tf } = call;
  const x = self(call);
  const kernels = integers(call, 'kernel_size', [1]);
  const each = (name: string, fallback: readonly number[], index: number): number => {
    const list = integers(call, name, fallback);
    return list[index] ?? list[0] ?? 1;
  };
  const ceil = flag(call, 'ceil_mode');
  let out = x;
  for (let index = 0; index < rank; index++) {
    const at = x.rank - rank + index;
    const size = x.shape[at] ?? 1;
    const kernel = kernels[index] ?? kernels[0] ?? 1;
    const stride = each('stride', kernels, index);
    const pad = each('padding', [0], index);
    const dilation = each('dilation', [1], index);
    const windows = { kernel, stride, dilation, sides: spans(size, kernel, stride, pad, dilation, ceil) };
    out = slide(tf, out, at, windows, kind === 'max' ? 'max' : 'sum');
    if (kind === 'max' || given(call, 'divisor_override')) continue;
    const divisors = counts(size, pad, windows, flag(call, 'count_include_pad', true));
    out = tf.div(
      out,
      tf.reshape(
        tf.tensor1d(divisors),
        x.shape.map((_, axis) => (axis === at ? divisors.length : 1)),
      ),
    );
  }
  return given(call, 'divisor_override') && kind === 'avg' ? tf.div(out, number(call, 'divisor_override', 1)) : out;
}

/** The power mean of each window without its count: (Σ xᵖ)^(1/p), by the sign of the sum (torch.nn.functional.lp_pool2d). */
export function lpPool(call: Call, rank: number): Tensor {
  const { tf } = call;
  const power = number(call, 'norm_type', 2);
  const kernels = integers(call, 'kernel_size', [1]);
  const cells = Array.from({ length: rank }, (_, index) => kernels[index] ?? kernels[0] ?? 1).reduce(
    (a, b) => a * b,
    1,
  );
  const raised = tf.pow(self(call), power);
  const mean = poolWindows({ ...call, get: name => (name === 'self' ? raised : call.get(name)) }, 'avg', rank);
  return tf.pow(tf.mul(tf.relu(mean), cells), 1 / power);
}
