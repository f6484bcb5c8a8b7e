import type * as tfjs from '@tensorflow/tfjs';
import { ShadowError } from '../../engine';
import { padded, padding, pair, type Tensor4 } from '../windows';
import { convolve, cutMargins, filterGradient, inputGradient, type Window } from './convolution';
import { Heap } from './heap';
import { type Matrix, multiply } from './matrix';

type Inputs = Readonly<Record<string, tfjs.TensorInfo | undefined>>;
type Attributes = Readonly<Record<string, unknown>>;
/** null: the kernel that was there before does it. */
type NativeKernel = (inputs: Inputs, attributes: Attributes) => tfjs.TensorInfo | null;

/**
 * Puts our kernels before those of TensorFlow.js' WebAssembly backend where training spends its time: matrix products (its own pack the
 * weights anew for each call, and transposed ones are plain loops), convolutions and their gradients, pooling, transpositions and sums over
 * rows. What they do not cover goes to the kernels that were there. A test holds both to the cpu backend.
 */
export function nativeKernels(tf: typeof tfjs): Heap | null {
  const heap = Heap.of(tf);
  if (!heap) return null;
  const before = (name: string, kernel: NativeKernel): void => {
    const plain: tfjs.KernelConfig | undefined = tf.getKernel(name, 'wasm');
    if (plain) tf.unregisterKernel(name, 'wasm');
    tf.registerKernel({
      ...plain,
      kernelName: name,
      backendName: 'wasm',
      kernelFunc: given => {
        const inputs = given.inputs as Inputs;
        const own = Object.values(inputs).every(each => !each || each.dtype === 'float32');
        const made = own ? kernel(inputs, (given.attrs ?? {}) as Attributes) : null;
        if (!made && !plain)
          throw new ShadowError(`The embedded engine cannot train this ${name}; use --engine process.`);
        return made ?? plain!.kernelFunc(given);
      },
    });
  };
  before('BatchMatMul', ({ a, b }, attributes) => matMul(heap, a!, b!, attributes));
  before('_FusedMatMul', ({ a, b, bias, preluActivationWeights }, attributes) => {
    const { activation } = attributes;
    if (preluActivationWeights || !(activation === 'linear' || activation === 'relu')) return null;
    const made = matMul(heap, a!, b!, attributes);
    if (!made) return null;
    const columns = made.shape.at(-1)!;
    if (bias && bias.shape.at(-1) === columns && size(bias.shape) === columns)
      finish(heap, made, columns, heap.at(bias), activation === 'relu');
    else if (bias) return null;
    else if (activation === 'relu') {
      const none = heap.room('no bias', columns);
      heap.view(none, columns).fill(0);
      finish(heap, made, columns, none, true);
    }
    return made;
  });
  before('Conv2D', ({ x, filter }, attributes) =>
    inWindow(tf, x!, filter!.shape, attributes, (image, window) => {
      const y = heap.make([window.batch, window.outHeight, window.outWidth, window.outside]);
      convolve(heap, window, heap.at(image), heap.at(filter!), heap.at(y));
      return y;
    }),
  );
  before('Conv2DBackpropFilter', ({ x, dy }, attributes) => {
    const shape = attributes.filterShape as number[];
    return inWindow(tf, x!, shape, attributes, (image, window) => {
      const out = heap.make(shape);
      filterGradient(heap, window, heap.at(image), heap.at(dy!), heap.at(out));
      return out;
    });
  });
  before('Conv2DBackpropInput', ({ dy, filter }, attributes) => {
    const shape = attributes.inputShape as [number, number, number, number];
    const { top, bottom, left, right } = marginsOf(shape, filter!.shape, attributes);
    const [batch, height, width, inside] = shape;
    const whole = [batch, height + top + bottom, width + left + right, inside];
    const window = windowOf(whole, filter!.shape, attributes);
    if (!window) return null;
    const out = heap.make(shape);
    const wide = top + bottom + left + right > 0;
    const to = wide ? heap.room('padded', size(whole)) : heap.at(out);
    heap.view(to, size(whole)).fill(0);
    inputGradient(heap, window, heap.at(dy!), heap.at(filter!), to);
    if (wide) cutMargins(heap, window, { top, left, height, width }, to, heap.at(out));
    return out;
  });
  before('MaxPoolGrad', ({ dy, input, output }, attributes) => largestBack(heap, input!, output!, dy!, attributes));
  before('Transpose', ({ x }, { perm }) => transposed(heap, x!, perm as number[]));
  // A copy may share its numbers: nothing but the optimizer writes to a tensor, and that after the gradients are known.
  before('Identity', ({ x }) => heap.share(x!));
  before('Sum', ({ x }, { axis, keepDims }) => sumOfRows(heap, x!, axis as number | number[], keepDims === true));
  return heap;
}

const size = (shape: readonly number[]): number => shape.reduce((product, each) => product * each, 1);

/** a·b over the last two dimensions; leading ones are equal, or one side has none. */
function matMul(heap: Heap, a: tfjs.TensorInfo, b: tfjs.TensorInfo, attributes: Attributes): tfjs.TensorInfo | null {
  const [lead, other] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [many, others] = [size(lead), size(other)];
  if (many !== others && many !== 1 && others !== 1) return null;
  const side = (shape: readonly number[], turned: unknown): readonly [number, number] =>
    turned === true ? [shape.at(-1)!, shape.at(-2)!] : [shape.at(-2)!, shape.at(-1)!];
  const [rows, depth] = side(a.shape, attributes.transposeA);
  const [deep, columns] = side(b.shape, attributes.transposeB);
  if (depth !== deep || rows * depth * columns === 0) return null;
  const made = heap.make([...(many >= others && lead.length >= other.length ? lead : other), rows, columns]);
  const matrix = (at: number, width: number, turned: unknown): Matrix =>
    turned === true ? { at, row: 4, column: 4 * width } : { at, row: 4 * width, column: 4 };
  const [left, right, out] = [heap.at(a), heap.at(b), heap.at(made)];
  for (let each = 0; each < Math.max(many, others); each++)
    multiply(heap, {
      a: matrix(left + (many > 1 ? 4 * each * rows * depth : 0), a.shape.at(-1)!, attributes.transposeA),
      b: matrix(right + (others > 1 ? 4 * each * depth * columns : 0), b.shape.at(-1)!, attributes.transposeB),
      c: out + 4 * each * rows * columns,
      rows,
      columns,
      depth,
    });
  return made;
}

function finish(heap: Heap, made: tfjs.TensorInfo, columns: number, bias: number, relu: boolean): void {
  heap.run('addRow')(heap.at(made), size(made.shape) / columns, columns, bias, relu ? 0 : Number.NEGATIVE_INFINITY);
}

function marginsOf(image: readonly number[], filter: readonly number[], attributes: Attributes) {
  const strides = pair(attributes.strides);
  const [top, bottom] = padding(attributes.pad, 0, image[1]!, filter[0]!, strides[0], 1);
  const [left, right] = padding(attributes.pad, 1, image[2]!, filter[1]!, strides[1], 1);
  return { top, bottom, left, right };
}

/** The sizes of a convolution; null where it is dilated or its channels come first. */
function windowOf(image: readonly number[], filter: readonly number[], attributes: Attributes): Window | null {
  const [batch = 1, height = 1, width = 1, inside = 1] = image;
  const [kernelHeight = 1, kernelWidth = 1, , outside = 1] = filter;
  const [strideHeight, strideWidth] = pair(attributes.strides);
  if (attributes.dataFormat === 'NCHW' || (attributes.dilations && pair(attributes.dilations).some(each => each !== 1)))
    return null;
  return {
    ...{ batch, height, width, inside, outside, kernelHeight, kernelWidth, strideHeight, strideWidth },
    outHeight: Math.floor((height - kernelHeight) / strideHeight) + 1,
    outWidth: Math.floor((width - kernelWidth) / strideWidth) + 1,
  };
}

/** Runs over the padded image. */
function inWindow(
  tf: typeof tfjs,
  x: tfjs.TensorInfo,
  filter: readonly number[],
  attributes: Attributes,
  run: (image: tfjs.TensorInfo, window: Window) => tfjs.TensorInfo,
): tfjs.TensorInfo | null {
  if (!windowOf(x.shape, filter, attributes)) return null;
  let made: tfjs.TensorInfo | null = null;
  tf.tidy(() => {
    const [height = 1, width = 1] = filter;
    const whole = padded(tf, x as Tensor4, attributes.pad, [height, width], pair(attributes.strides));
    made = run(whole, windowOf(whole.shape, filter, attributes)!);
  });
  return made;
}

/** ∂L/∂x of a largest-value pooling: what of each window lies in the image is searched for the value. */
function largestBack(
  heap: Heap,
  x: tfjs.TensorInfo,
  y: tfjs.TensorInfo,
  dy: tfjs.TensorInfo,
  attributes: Attributes,
): tfjs.TensorInfo {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [, outHeight = 1, outWidth = 1] = y.shape;
  const window = pair(attributes.filterSize);
  const strides = pair(attributes.strides);
  const { top, left } = marginsOf(x.shape, window, attributes);
  /** First place and number of places of a window inside the image, along one axis. */
  const inside = (axis: 0 | 1, at: number, before: number, all: number): readonly [number, number] => {
    const first = at * strides[axis] - before;
    const from = Math.max(0, first);
    return [from, Math.max(0, Math.min(all, first + window[axis]) - from)];
  };
  const dx = heap.zeros(x.shape);
  const run = heap.run('routeLargest');
  const [from, to, largest, gradient] = [heap.at(x), heap.at(dx), heap.at(y), heap.at(dy)];
  const pixel = 4 * channels;
  const imageRow = width * pixel;
  for (let row = 0; row < outHeight; row++) {
    const [down, tall] = inside(0, row, top, height);
    for (let column = 0; column < outWidth; column++) {
      const [across, wide] = inside(1, column, left, width);
      for (let image = 0; image < batch; image++) {
        const place = (image * height + down) * imageRow + across * pixel;
        const answer = ((image * outHeight + row) * outWidth + column) * pixel;
        run(
          ...[from + place, to + place, largest + answer, gradient + answer],
          ...[imageRow, pixel, tall, wide, channels],
        );
      }
    }
  }
  return dx;
}

/** Two neighbouring groups of dimensions that change places, behind dimensions that stay. */
function transposed(heap: Heap, x: tfjs.TensorInfo, order: readonly number[]): tfjs.TensorInfo | null {
  const stay = order.findIndex((axis, place) => axis !== place);
  if (stay < 0) return null;
  const first = order[stay]!;
  const count = order.length - first;
  const swapped = order.every(
    (axis, place) => place < stay || axis === (place < stay + count ? first + place - stay : place - count),
  );
  if (!swapped) return null;
  const batch = size(x.shape.slice(0, stay));
  const rows = size(x.shape.slice(stay, first));
  const columns = size(x.shape.slice(first));
  if (rows * columns < 64) return null;
  const made = heap.make(order.map(axis => x.shape[axis]!));
  const run = heap.run('transpose');
  const [from, to] = [heap.at(x), heap.at(made)];
  for (let each = 0; each < batch; each++) {
    const offset = 4 * each * rows * columns;
    run(from + offset, 4 * columns, to + offset, 4 * rows, rows, columns);
  }
  return made;
}

/** Rows that are summed before they join the rest: sums of many small numbers keep their digits. */
const sumBlock = 512;

/** The sum over the first dimensions. */
function sumOfRows(heap: Heap, x: tfjs.TensorInfo, axis: number | number[], keep: boolean): tfjs.TensorInfo | null {
  const axes = (Array.isArray(axis) ? axis : [axis]).map(each => (each < 0 ? each + x.shape.length : each));
  const kept = x.shape.slice(axes.length);
  if (kept.length === 0 || !axes.toSorted((a, b) => a - b).every((each, place) => each === place)) return null;
  const [rows, columns] = [size(x.shape.slice(0, axes.length)), size(kept)];
  const made = heap.zeros(keep ? [...axes.map(() => 1), ...kept] : kept);
  const room = heap.room('sums', columns);
  const run = heap.run('columnSums');
  for (let from = 0; from < rows; from += sumBlock) {
    heap.view(room, columns).fill(0);
    run(heap.at(x) + 4 * from * columns, Math.min(sumBlock, rows - from), columns, room);
    run(room, 1, columns, heap.at(made));
  }
  return made;
}
