import { both, type Call, define, fail, flag, integers, number, optional, type Tensor, tensor } from '../operator';
import { convolve, convolveTransposed, type Geometry } from './convolution';
import { convolve3d, convolveTransposed3d } from './convolution3d';

type Sides = readonly [number, number];

/** Padding of the last three dimensions by number, or `same` (the output has the input's size where the stride is 1) and `valid`. */
function padding(call: Call, kernel: readonly number[], dilation: readonly number[]): [Sides, Sides, Sides] {
  const value = call.get('padding');
  const list = typeof value === 'string' ? [] : integers(call, 'padding', [0]);
  const side = (index: number): Sides => {
    if (index < 0 || value === 'valid') return [0, 0];
    if (value === 'same') {
      const total = (dilation[index] ?? 1) * ((kernel[index] ?? 1) - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    }
    const each = list[index] ?? list[0] ?? 0;
    return [each, each];
  };
  const last = kernel.length - 1;
  return [side(last - 2), side(last - 1), side(last)];
}

/** A call over one (`flat`) or two spatial dimensions. */
function run(call: Call, flat: boolean, transposed: boolean): Tensor {
  const { tf } = call;
  const widen = (x: Tensor): Tensor => (flat ? tf.expandDims(x, 2) : x);
  const given = tensor(call, 'input');
  const rank = flat ? 3 : 4;
  if (given.rank !== rank && given.rank !== rank - 1)
    fail(`A convolution wants ${rank} dimensions and is given [${given.shape.join(', ')}].`);
  const single = given.rank === rank - 1;
  const x = widen(single ? tf.expandDims(given, 0) : given);
  const weight = widen(tensor(call, 'weight'));
  const two = (name: string, fallback: number): [number, number] => {
    const list = integers(call, name, [fallback]);
    return flat ? [fallback, list[0] ?? fallback] : both(list);
  };
  const dilation = two('dilation', 1);
  const [, top, left] = flat
    ? padding(call, weight.shape.slice(3), dilation.slice(1))
    : padding(call, weight.shape.slice(2), dilation);
  const geometry: Geometry = {
    stride: two('stride', 1),
    dilation,
    groups: number(call, 'groups', 1),
    pad: [top, left],
  };
  const bias = optional(call, 'bias');
  const out = transposed
    ? convolveTransposed(tf, x, weight, bias, geometry, two('output_padding', 0))
    : convolve(tf, x, weight, bias, geometry);
  const narrow = flat ? tf.squeeze(out, [2]) : out;
  return single ? tf.squeeze(narrow, [0]) : narrow;
}

/** A call over three spatial dimensions: the first is the depth, the other two are planes. */
function run3d(call: Call, transposed: boolean): Tensor {
  const { tf } = call;
  const given = tensor(call, 'input');
  if (given.rank !== 5 && given.rank !== 4)
    fail(`A convolution wants 5 dimensions and is given [${given.shape.join(', ')}].`);
  const x = given.rank === 4 ? tf.expandDims(given, 0) : given;
  const weight = tensor(call, 'weight');
  const three = (name: string, fallback: number): [number, [number, number]] => {
    const list = integers(call, name, [fallback]);
    return [list[0] ?? fallback, [list[1] ?? list[0] ?? fallback, list[2] ?? list[0] ?? fallback]];
  };
  const [stride, planeStride] = three('stride', 1);
  const [dilation, planeDilation] = three('dilation', 1);
  const [outputPadding, planeOutput] = three('output_padding', 0);
  const kernel = weight.shape.slice(2);
  const [front, top, left] = padding(call, kernel, [dilation, ...planeDilation]);
  const groups = number(call, 'groups', 1);
  const plane: Geometry = { stride: planeStride, dilation: planeDilation, groups, pad: [top, left] };
  const depth = { stride, dilation, outputPadding, pad: front, plane };
  const bias = optional(call, 'bias');
  const out = transposed
    ? convolveTransposed3d(tf, x, weight, bias, depth, planeOutput)
    : convolve3d(tf, x, weight, bias, depth);
  return given.rank === 4 ? tf.squeeze(out, [0]) : out;
}

const general = (call: Call): Tensor => {
  const rank = tensor(call, 'weight').rank;
  const transposed = flag(call, 'transposed');
  return rank === 5 ? run3d(call, transposed) : run(call, rank === 3, transposed);
};

export const convolutions = define({
  'conv1d(input, weight, bias, stride, padding, dilation, groups)': call => run(call, true, false),
  'conv2d(input, weight, bias, stride, padding, dilation, groups)': call => run(call, false, false),
  'conv_transpose1d(input, weight, bias, stride, padding, output_padding, groups, dilation)': call =>
    run(call, true, true),
  'conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation)': call =>
    run(call, false, true),
  'conv3d(input, weight, bias, stride, padding, dilation, groups)': call => run3d(call, false),
  'conv_transpose3d(input, weight, bias, stride, padding, output_padding, groups, dilation)': call => run3d(call, true),
  '_convolution_mode(input, weight, bias, stride, padding, dilation, groups)': general,
  'convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)': general,
  '_convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)': general,
});
