import type * as tfjs from '@tensorflow/tfjs';
import { ShadowError } from '../engine';
import { nativeKernels } from './native/kernels';
import { padded, padding, pair, type Tensor4 } from './windows';

let ready = false;

type Kernel = (given: {
  inputs: Readonly<Record<string, tfjs.Tensor>>;
  attrs: Readonly<Record<string, unknown>>;
}) => tfjs.Tensor;

/**
 * The WebAssembly backend of TensorFlow.js (4.22) has no kernels for some gradients, and slow ones for others. They are made here of kernels
 * that it has, or are our own (`native/`); a test holds them to the cpu backend.
 */
export function completeKernels(tf: typeof tfjs): void {
  if (ready || tf.getBackend() !== 'wasm') return;
  ready = true;
  const add = (kernelName: string, kernel: Kernel): void => {
    if (tf.getKernel(kernelName, 'wasm')) return;
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => kernel({ inputs: inputs as Record<string, tfjs.Tensor>, attrs: attrs ?? {} })),
    });
  };
  add('DepthwiseConv2dNativeBackpropFilter', given => depthwiseFilterGradient(tf, given));
  add('DepthwiseConv2dNativeBackpropInput', given => depthwiseInputGradient(tf, given));
  add('UnsortedSegmentSum', ({ inputs, attrs }) => {
    const { x, segmentIds } = inputs as { x: tfjs.Tensor; segmentIds: tfjs.Tensor1D };
    const flat = tf.reshape(x, [x.shape[0]!, -1]);
    const picks = tf.oneHot(tf.cast(segmentIds, 'int32'), attrs.numSegments as number) as tfjs.Tensor2D;
    return tf.reshape(tf.matMul(tf.transpose(tf.cast(picks, 'float32')), flat as tfjs.Tensor2D), [
      attrs.numSegments as number,
      ...x.shape.slice(1),
    ]);
  });
  if (!nativeKernels(tf))
    throw new ShadowError('WebAssembly with vectors is not there on this machine; use --engine process.');
}

/** What one place of the filter meets of the padded input, for every output place. */
function at(
  tf: typeof tfjs,
  whole: Tensor4,
  row: number,
  column: number,
  [down, across]: [number, number],
  dy: Tensor4,
): Tensor4 {
  const [batch, height, width] = dy.shape;
  const channels = whole.shape[3];
  if (down === 1 && across === 1) return tf.slice(whole, [0, row, column, 0], [batch, height, width, channels]);
  return tf.stridedSlice(
    whole,
    [0, row, column, 0],
    [batch, row + (height - 1) * down + 1, column + (width - 1) * across + 1, channels],
    [1, down, across, 1],
  ) as Tensor4;
}

function depthwiseFilterGradient(tf: typeof tfjs, { inputs, attrs }: Parameters<Kernel>[0]): tfjs.Tensor {
  const { x, dy } = inputs as { x: Tensor4; dy: Tensor4 };
  const [kernelHeight, kernelWidth, inside, multiplier] = attrs.filterShape as [number, number, number, number];
  const strides = pair(attrs.strides);
  const whole = padded(tf, x, attrs.pad, [kernelHeight, kernelWidth], strides);
  const [batch, height, width] = dy.shape;
  const grouped = tf.reshape(dy, [batch * height * width, inside, multiplier]);
  const parts: tfjs.Tensor[] = [];
  for (let row = 0; row < kernelHeight; row++)
    for (let column = 0; column < kernelWidth; column++) {
      const patch = tf.reshape(at(tf, whole, row, column, strides, dy), [-1, inside, 1]);
      parts.push(tf.sum(tf.mul(patch, grouped), 0));
    }
  return tf.reshape(tf.stack(parts), [kernelHeight, kernelWidth, inside, multiplier]);
}

/** ∂L/∂input of a depthwise convolution: the outgoing gradient, spread by the strides, meets the filter turned by 180°. */
function depthwiseInputGradient(tf: typeof tfjs, { inputs, attrs }: Parameters<Kernel>[0]): tfjs.Tensor {
  const { dy, filter } = inputs as { dy: Tensor4; filter: Tensor4 };
  const [batch, height, width, channels] = attrs.inputShape as [number, number, number, number];
  const [kernelHeight, kernelWidth, , multiplier] = filter.shape;
  const strides = pair(attrs.strides);
  const [top] = padding(attrs.pad, 0, height, kernelHeight, strides[0], 1);
  const [left] = padding(attrs.pad, 1, width, kernelWidth, strides[1], 1);
  const grouped = tf.reshape(dy, [...dy.shape.slice(0, 3), channels, multiplier]);
  let out = tf.zeros([batch, height + 2 * kernelHeight + strides[0], width + 2 * kernelWidth + strides[1], channels]);
  for (let row = 0; row < kernelHeight; row++)
    for (let column = 0; column < kernelWidth; column++) {
      const weight = tf.reshape(tf.slice(filter, [row, column, 0, 0], [1, 1, channels, multiplier]), [
        channels,
        multiplier,
      ]);
      const part = tf.sum(tf.mul(grouped, weight), 4) as Tensor4;
      out = tf.add(out, placed(tf, part, row, column, strides, out.shape));
    }
  return tf.slice(out, [0, top, left, 0], [batch, height, width, channels]);
}

/** A gradient put at the places of the padded input that it came from; zeros elsewhere. */
function placed(
  tf: typeof tfjs,
  part: Tensor4,
  row: number,
  column: number,
  [down, across]: [number, number],
  shape: readonly number[],
): tfjs.Tensor {
  const [batch, height, width, channels] = part.shape;
  const spread = tf.reshape(
    tf.pad(
      tf.reshape(
        part,
        [batch, height, 1, width, 1, channels].slice(0, 6) as [number, number, number, number, number, number],
      ),
      [
        [0, 0],
        [0, 0],
        [0, down - 1],
        [0, 0],
        [0, across - 1],
        [0, 0],
      ],
    ),
    [batch, height * down, width * across, channels],
  ) as Tensor4;
  const tall = Math.min(spread.shape[1], shape[1]! - row);
  const wide = Math.min(spread.shape[2], shape[2]! - column);
  return tf.pad(tf.slice(spread, [0, 0, 0, 0], [batch, tall, wide, channels]), [
    [0, 0],
    [row, shape[1]! - row - tall],
    [column, shape[2]! - column - wide],
    [0, 0],
  ]);
}
