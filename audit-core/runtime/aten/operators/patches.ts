import type * as tfjs from '@tensorflow/tfjs';
import { axis, type Call, define, fail, integers, number, self, type Tensor } from '../operator';
import { strided } from './shapes';

const two = (call: Call, name: string, fallback: number): readonly [number, number] => {
  const list = integers(call, name, [fallback]);
  return [list[0] ?? fallback, list[1] ?? list[0] ?? fallback];
};

/** torch.nn.Unfold: sliding blocks of `[N, C, H, W]` as columns `[N, C · kh · kw, blocks]`. */
function columns(call: Call): Tensor {
  const { tf } = call;
  const x = self(call);
  if (x.rank !== 4) fail('An Unfold of other than [N, C, H, W] is not run here.');
  const [kh, kw] = two(call, 'kernel_size', 1);
  const [dh, dw] = two(call, 'dilation', 1);
  const [ph, pw] = two(call, 'padding', 0);
  const [sh, sw] = two(call, 'stride', 1);
  const padded = tf.pad(x, [
    [0, 0],
    [0, 0],
    [ph, ph],
    [pw, pw],
  ]);
  const [n = 1, c = 1, height = 1, width = 1] = padded.shape;
  const rows = Math.floor((height - dh * (kh - 1) - 1) / sh) + 1;
  const cells = Math.floor((width - dw * (kw - 1) - 1) / sw) + 1;
  if (rows < 1 || cells < 1) fail('The blocks of an Unfold are larger than its input.');
  const parts: Tensor[] = [];
  for (let i = 0; i < kh; i++)
    for (let j = 0; j < kw; j++) {
      const down = strided(tf, padded, 2, i * dh, i * dh + (rows - 1) * sh + 1, sh);
      parts.push(strided(tf, down, 3, j * dw, j * dw + (cells - 1) * sw + 1, sw));
    }
  return tf.reshape(tf.stack(parts, 2), [n, c * kh * kw, rows * cells]);
}

/** Tensor.unfold: windows along one dimension, laid along a new last one. */
function windows(tf: typeof tfjs, x: Tensor, at: number, size: number, step: number): Tensor {
  const count = Math.floor(((x.shape[at] ?? 1) - size) / step) + 1;
  if (count < 1) fail('The windows of an unfold are larger than its input.');
  const parts = Array.from({ length: size }, (_, index) =>
    strided(tf, x, at, index, index + (count - 1) * step + 1, step),
  );
  return tf.stack(parts, x.rank);
}

export const patches = define({
  'im2col(self, kernel_size, dilation, padding, stride)': columns,
  'unfold(self, dimension, size, step)': call =>
    windows(
      call.tf,
      self(call),
      axis(number(call, 'dimension', 0), self(call).rank),
      number(call, 'size', 1),
      number(call, 'step', 1),
    ),
  'pixel_unshuffle(self, downscale_factor)': call => {
    const [n = 1, c = 1, h = 1, w = 1] = self(call).shape;
    const r = number(call, 'downscale_factor', 1);
    const split = call.tf.reshape(self(call), [n, c, h / r, r, w / r, r]);
    return call.tf.reshape(call.tf.transpose(split, [0, 1, 3, 5, 2, 4]), [n, c * r * r, h / r, w / r]);
  },
});
