import type * as tfjs from '@tensorflow/tfjs';

let ready = false;

/** Numbers of one patch up to which patches are laid out by a convolution. */
const mostPatch = 64;

type Tensor4 = tfjs.Tensor4D;
type Kernel = (given: {
  inputs: Readonly<Record<string, tfjs.Tensor>>;
  attrs: Readonly<Record<string, unknown>>;
}) => tfjs.Tensor;

/**
 * The WebAssembly backend of TensorFlow.js (4.22) has no kernels for some gradients, and multiplies transposed matrices ten times slower than
 * plain ones (it hands only those to XNNPACK). Both are made here of kernels that it has; a test holds them to the cpu backend.
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
  add('Conv2DBackpropFilter', given => filterGradient(tf, given));
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
  transposeFirst(tf);
  convolveBack(tf);
}

/**
 * ∂L/∂input of a convolution as a convolution: the outgoing gradient, spread by the strides and padded, with the filter turned by 180° and its
 * channels swapped. The backend's own kernel is a plain loop; convolutions are XNNPACK's.
 */
function convolveBack(tf: typeof tfjs): void {
  const plain = tf.getKernel('Conv2DBackpropInput', 'wasm');
  if (!plain) return;
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({
    ...plain,
    kernelFunc: given => {
      const { dy, filter } = given.inputs as { dy: Tensor4; filter: Tensor4 };
      const attrs = given.attrs as Readonly<Record<string, unknown>>;
      const [, height, width] = attrs.inputShape as [number, number, number, number];
      const [kernelHeight, kernelWidth] = filter.shape;
      const strides = pair(attrs.strides);
      const [top] = padding(attrs.pad, 0, height, kernelHeight, strides[0], 1);
      const [left] = padding(attrs.pad, 1, width, kernelWidth, strides[1], 1);
      const spread = [(dy.shape[1] - 1) * strides[0] + 1, (dy.shape[2] - 1) * strides[1] + 1] as const;
      const before = [kernelHeight - 1 - top, kernelWidth - 1 - left] as const;
      const after = [
        height - spread[0] - before[0] + kernelHeight - 1,
        width - spread[1] - before[1] + kernelWidth - 1,
      ] as const;
      if (attrs.dataFormat === 'NCHW' || [...before, ...after].some(each => each < 0)) return plain.kernelFunc(given);
      return tf.tidy(() => {
        const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4;
        const wide = strides[0] === 1 && strides[1] === 1 ? dy : spreadOut(tf, dy, strides, spread);
        const whole = tf.pad(wide, [
          [0, 0],
          [before[0], after[0]],
          [before[1], after[1]],
          [0, 0],
        ]);
        return tf.conv2d(whole, turned, 1, 'valid');
      });
    },
  });
}

/** Zeros between the places of a gradient, so that they stand where their strides put them. */
function spreadOut(
  tf: typeof tfjs,
  dy: Tensor4,
  [down, across]: [number, number],
  [tall, wide]: readonly [number, number],
): Tensor4 {
  const [batch, height, width, channels] = dy.shape;
  const columns = tf.reshape(
    tf.pad(tf.reshape(dy, [batch * height, width, 1, channels]), [
      [0, 0],
      [0, 0],
      [0, across - 1],
      [0, 0],
    ]),
    [batch, height, 1, width * across * channels],
  );
  const rows = tf.reshape(
    tf.pad(columns, [
      [0, 0],
      [0, 0],
      [0, down - 1],
      [0, 0],
    ]),
    [batch, height * down, width * across, channels],
  ) as Tensor4;
  return tf.slice(rows, [0, 0, 0, 0], [batch, tall, wide, channels]);
}

/** Matrix products with a transposed side: the side is transposed first, so that the product is XNNPACK's. */
function transposeFirst(tf: typeof tfjs): void {
  const plain = tf.getKernel('BatchMatMul', 'wasm');
  if (!plain) return;
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    ...plain,
    kernelFunc: given => {
      const { a, b } = given.inputs as { a: tfjs.Tensor; b: tfjs.Tensor };
      const { transposeA, transposeB } = given.attrs as { transposeA: boolean; transposeB: boolean };
      const many = [a, b].some(each => each.shape.slice(0, -2).some(size => size > 1));
      if (many || !(transposeA || transposeB)) return plain.kernelFunc(given);
      return tf.tidy(() => {
        const turn = (tensor: tfjs.Tensor, wanted: boolean): tfjs.Tensor => {
          if (!wanted) return tensor;
          const [rows = 1, columns = 1] = tensor.shape.slice(-2);
          const turned = tf.transpose(tf.reshape(tensor, [rows, columns]));
          return tf.reshape(turned, [...tensor.shape.slice(0, -2), columns, rows]);
        };
        return plain.kernelFunc({
          ...given,
          inputs: { a: turn(a, transposeA), b: turn(b, transposeB) },
          attrs: { ...given.attrs, transposeA: false, transposeB: false },
        }) as tfjs.Tensor;
      });
    },
  });
}

const pair = (value: unknown): [number, number] =>
  Array.isArray(value) ? [value[0] as number, value[1] as number] : [value as number, value as number];

/** Padding before and after of one axis. */
function padding(
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
function padded(
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

/**
 * ∂L/∂filter of a convolution: the product of the input's patches with the outgoing gradient. Each place of the filter is one matrix product
 * `[in, n·h·w] × [n·h·w, out]` of a strided slice of the padded input.
 */
function filterGradient(tf: typeof tfjs, { inputs, attrs }: Parameters<Kernel>[0]): tfjs.Tensor {
  const { x, dy } = inputs as { x: Tensor4; dy: Tensor4 };
  const [kernelHeight, kernelWidth, inside, outside] = attrs.filterShape as [number, number, number, number];
  const strides = pair(attrs.strides);
  const whole = padded(tf, x, attrs.pad, [kernelHeight, kernelWidth], strides);
  const flat = tf.reshape(dy, [-1, outside]) as tfjs.Tensor2D;
  const reach = kernelHeight * kernelWidth * inside;
  if (reach <= mostPatch) {
    // Few channels: slices would be many small copies. A convolution with an identity as its filter lays the patches side by side.
    const identity = tf.reshape(tf.eye(reach), [kernelHeight, kernelWidth, inside, reach]) as Tensor4;
    const all = tf.slice(tf.conv2d(whole, identity, strides, 'valid'), [0, 0, 0, 0], [...dy.shape.slice(0, 3), reach]);
    const patches = tf.reshape(all, [-1, reach]) as tfjs.Tensor2D;
    return tf.reshape(tf.matMul(tf.transpose(patches), flat), [kernelHeight, kernelWidth, inside, outside]);
  }
  const parts: tfjs.Tensor[] = [];
  for (let row = 0; row < kernelHeight; row++)
    for (let column = 0; column < kernelWidth; column++) {
      const patch = tf.reshape(at(tf, whole, row, column, strides, dy), [-1, inside]) as tfjs.Tensor2D;
      parts.push(tf.matMul(tf.transpose(patch), flat));
    }
  return tf.reshape(tf.stack(parts), [kernelHeight, kernelWidth, inside, outside]);
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
