import type * as tfjs from '@tensorflow/tfjs';
import { type Call, define, fail, flag, integers, self, type Tensor, text } from '../operator';

/** How one dimension is resampled. */
interface Sampling {
  readonly from: number;
  readonly to: number;
  /** Input cells per output cell, as PyTorch takes it: by the factor where one is given. */
  readonly scale: number;
  readonly corners: boolean;
}

type Taps = readonly (readonly [index: number, weight: number])[];

/** Keys' cubic kernel with a = -0.75 (aten/src/ATen/native/UpSample.h). */
function cubic(t: number): number {
  const a = -0.75;
  const x = Math.abs(t);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** Where an output cell reads its input, before rounding. */
function source(at: number, { from, to, scale, corners }: Sampling): number {
  if (corners) return to > 1 ? (at * (from - 1)) / (to - 1) : 0;
  return scale * (at + 0.5) - 0.5;
}

/** The input cells and weights of each output cell along one dimension. */
function tapsOf(mode: string, at: number, sampling: Sampling): Taps {
  const last = sampling.from - 1;
  const inside = (index: number): number => Math.min(last, Math.max(0, index));
  if (mode === 'nearest') return [[inside(Math.floor(at * sampling.scale)), 1]];
  if (mode === 'nearest-exact') return [[inside(Math.floor((at + 0.5) * sampling.scale)), 1]];
  if (mode === 'area') {
    const start = Math.floor((at * sampling.from) / sampling.to);
    const end = Math.ceil(((at + 1) * sampling.from) / sampling.to);
    return Array.from({ length: end - start }, (_, index) => [start + index, 1 / (end - start)] as const);
  }
  const place = source(at, sampling);
  if (mode === 'bicubic') {
    const low = Math.floor(place);
    return [-1, 0, 1, 2].map(step => [inside(low + step), cubic(place - low - step)] as const);
  }
  const low = inside(Math.floor(Math.max(0, place)));
  const part = Math.max(0, place) - low;
  return [
    [low, 1 - part],
    [inside(low + 1), part],
  ];
}

/** One dimension of a tensor resampled: by a gather where every cell has one source, else by a matrix of weights. */
function resample(tf: typeof tfjs, x: Tensor, at: number, taps: readonly Taps[]): Tensor {
  if (taps.every(each => each.length === 1))
    return tf.gather(
      x,
      tf.tensor1d(
        taps.map(each => each[0]?.[0] ?? 0),
        'int32',
      ),
      at,
    );
  const from = x.shape[at] ?? 1;
  const weights = new Float32Array(taps.length * from);
  for (const [row, each] of taps.entries())
    for (const [index, weight] of each) weights[row * from + index] = (weights[row * from + index] ?? 0) + weight;
  const last = x.rank - 1;
  const order = x.shape.map((_, index) => (index === at ? last : index === last ? at : index));
  const moved = tf.transpose(x, order);
  const flat = tf.matMul(
    tf.reshape(moved, [-1, from]) as tfjs.Tensor2D,
    tf.tensor2d(weights, [taps.length, from]),
    false,
    true,
  );
  return tf.transpose(tf.reshape(flat, [...moved.shape.slice(0, -1), taps.length]), order);
}

const linear = new Set(['linear', 'bilinear', 'trilinear']);
const known = new Set(['nearest', 'nearest-exact', 'area', 'bicubic', ...linear]);

/** Resizing of the dimensions behind `[N, C]` to a size or by a factor (torch.nn.functional.interpolate). */
function interpolate(call: Call, told = 'nearest'): Tensor {
  let x = self(call);
  const rank = x.rank - 2;
  if (rank < 1 || rank > 3) fail(`An interpolation of a tensor [${x.shape.join(', ')}] is not run here.`);
  const mode = text(call, 'mode', told);
  if (!known.has(mode)) fail(`An interpolation by "${mode.slice(0, 20)}" is not run here.`);
  if (flag(call, 'antialias')) fail('An interpolation with antialiasing is not run here.');
  const factors = integers(call, 'scale_factor', integers(call, 'scale_factors', []));
  const sizes = integers(call, 'size', integers(call, 'output_size', []));
  for (let index = 0; index < rank; index++) {
    const at = 2 + index;
    const from = x.shape[at] ?? 1;
    const factor = sizes.length > 0 ? undefined : (factors[index] ?? factors[0]);
    const to = sizes[index] ?? sizes[0] ?? Math.floor(from * (factor ?? 1));
    const told = factor !== undefined && !flag(call, 'recompute_scale_factor');
    const scale = told ? 1 / factor : from / to;
    const sampling = { from, to, scale, corners: flag(call, 'align_corners') && !mode.startsWith('nearest') };
    if (from === to && scale === 1) continue;
    x = resample(
      call.tf,
      x,
      at,
      Array.from({ length: to }, (_, cell) => tapsOf(linear.has(mode) ? 'linear' : mode, cell, sampling)),
    );
  }
  return x;
}

export const resizing = define({
  'interpolate(self, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)': call =>
    interpolate(call),
  'upsample_nearest1d(self, output_size, scale_factors)': call => interpolate(call),
  'upsample_nearest2d(self, output_size, scale_factors)': call => interpolate(call),
  'upsample_nearest3d(self, output_size, scale_factors)': call => interpolate(call),
  'upsample_linear1d(self, output_size, align_corners, scale_factors)': call => interpolate(call, 'linear'),
  'upsample_bilinear2d(self, output_size, align_corners, scale_factors)': call => interpolate(call, 'bilinear'),
  'upsample_trilinear3d(self, output_size, align_corners, scale_factors)': call => interpolate(call, 'trilinear'),
  'upsample_bicubic2d(self, output_size, align_corners, scale_factors)': call => interpolate(call, 'bicubic'),
});
