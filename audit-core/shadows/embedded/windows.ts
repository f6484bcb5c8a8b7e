import type * as tfjs from '@tensorflow/tfjs';

export type Tensor4 = tfjs.Tensor4D;

/** A number for both dimensions, or one each. */
export const pair = (value: unknown): [number, number] =>
  Array.isArray(value) ? [value[0] as number, value[1] as number] : [value as number, value as number];

/** Padding before and after of one axis. */
export function padding(
  pad: unknown,
  axis: 0 | 1,
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
): [number, number] {
  if (Array.isArray(pad)) return pad[axis + 1] as [number, number];
  if (typeof pad === 'number') return [pad, pad];
  if (pad === 'valid') return [0, 0];
  const reach = (kernel - 1) * dilation + 1;
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** The input padded, so that the gradient needs none: `[batch, height, width, channels]`. */
export function padded(
  tf: typeof tfjs,
  x: Tensor4,
  pad: unknown,
  kernel: [number, number],
  strides: [number, number],
): Tensor4 {
  const [top, bottom] = padding(pad, 0, x.shape[1], kernel[0], strides[0], 1);
  const [left, right] = padding(pad, 1, x.shape[2], kernel[1], strides[1], 1);
  if (top + bottom + left + right === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}
