import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { attentions } from './attention';
import { convRecurrent } from './conv-recurrent';
import { convolutions } from './convolution';
import { numberOf, textOf } from './graph';
import { activated, biased, type Layer, numbers, one, pair, type Tensor } from './layer';
import { normalisations } from './normalisation';
import { pools } from './pooling';
import { sequences } from './sequences';

const same: Layer = (_, [x]) => one(x);

/** Combines inputs pairwise. */
const fold =
  (combine: (tf: typeof tfjs, a: Tensor, b: Tensor) => Tensor): Layer =>
  ({ tf }, inputs) =>
    inputs.slice(1).reduce((a, b) => combine(tf, a, b), one(inputs[0]));

const dense: Layer = (context, [x]) => {
  const { tf } = context;
  const kernel = context.weight('kernel', 0) as tfjs.Tensor2D;
  const input = one(x);
  const width = input.shape.at(-1) ?? 0;
  const flat = tf.matMul(tf.reshape(input, [-1, width]) as tfjs.Tensor2D, kernel);
  return activated(context, biased(context, tf.reshape(flat, [...input.shape.slice(0, -1), kernel.shape[1]])));
};

const zeroPadding: Layer = ({ tf, config }, [x]) => {
  const input = one(x);
  const given = Array.isArray(config.padding) ? config.padding : [config.padding];
  const sides = given.map(side =>
    Array.isArray(side) ? [Number(side[0]), Number(side[1])] : [Number(side), Number(side)],
  ) as [number, number][];
  const list =
    input.rank === 3 && Array.isArray(config.padding) && !Array.isArray(config.padding[0])
      ? [[Number(config.padding[0]), Number(config.padding[1])] as [number, number]]
      : sides;
  return tf.pad(input, [[0, 0], ...list.slice(0, input.rank - 2), [0, 0]]);
};

const reshape: Layer = ({ tf, config }, [x]) => {
  const shape = Array.isArray(config.target_shape) ? config.target_shape.map(Number) : [];
  return tf.reshape(one(x), [one(x).shape[0] ?? 0, ...shape]);
};

/** Takes cells off the ends of each dimension. */
const cropping: Layer = ({ tf, config }, [x]) => {
  const input = one(x);
  const rank = input.rank - 2;
  const given = config.cropping;
  const pairsOf = (): number[][] => {
    if (!Array.isArray(given)) return Array.from({ length: rank }, () => [Number(given), Number(given)]);
    if (rank === 1 && !Array.isArray(given[0])) return [given.map(Number)];
    return given.map(each => (Array.isArray(each) ? each.map(Number) : [Number(each), Number(each)]));
  };
  const sides = pairsOf();
  const begin = [0, ...sides.map(([before = 0]) => before), 0];
  const size = input.shape.map((each, axis) => {
    const [before = 0, after = 0] = sides[axis - 1] ?? [];
    return axis === 0 || axis > rank ? each : each - before - after;
  });
  return tf.slice(input, begin, size);
};

/** Each cell of one dimension several times. */
const repeated = (tf: typeof tfjs, x: Tensor, axis: number, times: number): Tensor =>
  tf.gather(
    x,
    tf.tensor1d(
      Array.from({ length: (x.shape[axis] ?? 0) * times }, (_, index) => Math.floor(index / times)),
      'int32',
    ),
    axis,
  );

function resized(tf: typeof tfjs, x: Tensor, size: [number, number], how: string, name: string): Tensor {
  const image = x as tfjs.Tensor4D;
  if (how === 'bilinear') return tf.image.resizeBilinear(image, size, false, true);
  if (how === 'nearest') return tf.image.resizeNearestNeighbor(image, size, false, true);
  throw new RuntimeError(`The layer "${name}" resizes by "${how.slice(0, 20)}", which is not run here.`);
}

const upsample: Layer = ({ tf, config, name }, [x]) => {
  const [h, w] = pair(config.size, 2);
  const input = one(x);
  const how = textOf(config.interpolation) || 'nearest';
  if (how === 'nearest') return repeated(tf, repeated(tf, input, 1, h), 2, w);
  return resized(tf, input, [(input.shape[1] ?? 1) * h, (input.shape[2] ?? 1) * w], how, name);
};

/** Products over one axis of two inputs (keras/src/layers/merging/dot.py). */
const dot: Layer = ({ tf, config, name }, [a, b]) => {
  const given = config.axes;
  const [left, right] = Array.isArray(given) ? given.map(Number) : [Number(given), Number(given)];
  let [x, y] = [one(a), one(b)];
  const place = (axis: number | undefined, rank: number): number =>
    (axis ?? 1) < 0 ? (axis ?? 1) + rank : (axis ?? 1);
  const [first, second] = [place(left, x.rank), place(right, y.rank)];
  if (config.normalize === true) {
    const unit = (v: Tensor, axis: number): Tensor =>
      tf.div(v, tf.sqrt(tf.maximum(tf.sum(tf.square(v), axis, true), 1e-12)));
    [x, y] = [unit(x, first), unit(y, second)];
  }
  if (x.rank === 2 && y.rank === 2) return tf.sum(tf.mul(x, y), 1, true);
  if (x.rank !== 3 || y.rank !== 3)
    throw new RuntimeError(`The layer "${name}" multiplies inputs of different ranks, which is not run here.`);
  return tf.matMul(first === 2 ? x : tf.transpose(x, [0, 2, 1]), second === 1 ? y : tf.transpose(y, [0, 2, 1]));
};

/** Whole numbers as flags or counts (keras/src/layers/preprocessing/category_encoding.py). */
const encoding: Layer = ({ tf, config, name }, [x]) =>
  categories(tf, one(x), numberOf(config.num_tokens, 2), textOf(config.output_mode) || 'multi_hot', name);

function categories(tf: typeof tfjs, x: Tensor, count: number, mode: string, name: string): Tensor {
  const flags = tf.cast(tf.oneHot(tf.cast(x, 'int32'), count), 'float32');
  if (mode === 'one_hot') return x.shape.at(-1) === 1 ? tf.squeeze(flags, [x.rank - 1]) : flags;
  const total = x.rank === 1 ? flags : tf.sum(flags, x.rank - 1);
  if (mode === 'count') return total;
  if (mode === 'multi_hot') return tf.minimum(total, 1);
  throw new RuntimeError(`The layer "${name}" encodes as "${mode.slice(0, 20)}", which is not run here.`);
}

/** Numbers as the bins that they fall into. */
const discretization: Layer = ({ tf, config, name }, [x]) => {
  const edges = Array.isArray(config.bin_boundaries) ? config.bin_boundaries.map(Number) : null;
  if (!edges) throw new RuntimeError(`The layer "${name}" has no bins in its configuration.`);
  const bins = edges.reduce<Tensor>(
    (sum, edge) => tf.add(sum, tf.cast(tf.greaterEqual(one(x), edge), 'float32')),
    tf.zerosLike(one(x)),
  );
  const mode = textOf(config.output_mode) || 'int';
  return mode === 'int' ? bins : categories(tf, bins, edges.length + 1, mode, name);
};

/** Keras' layers in inference (dropout, noise and augmentation do nothing there). */
export const layers: Readonly<Record<string, Layer>> = {
  ...convolutions,
  ...normalisations,
  ...attentions,
  ...pools,
  ...sequences(() => layers),
  ...convRecurrent(() => layers),
  Dense: dense,
  ZeroPadding2D: zeroPadding,
  ZeroPadding1D: zeroPadding,
  Reshape: reshape,
  Flatten: ({ tf }, [x]) => tf.reshape(one(x), [one(x).shape[0] ?? 0, -1]),
  Permute: ({ tf, config }, [x]) =>
    tf.transpose(one(x), [0, ...(Array.isArray(config.dims) ? config.dims.map(Number) : [])]),
  RepeatVector: ({ tf, config }, [x]) => tf.tile(tf.expandDims(one(x), 1), [1, numberOf(config.n, 1), 1]),
  Embedding: ({ tf, weight }, [x]) => tf.gather(weight('embeddings', 0), tf.cast(one(x), 'int32')),
  Activation: (context, [x]) => activated(context, one(x)),
  Softmax: ({ tf, config }, [x]) => tf.softmax(one(x), numberOf(config.axis, -1)),
  ELU: ({ tf, config }, [x]) => {
    const input = one(x);
    const alpha = numberOf(config.alpha, 1);
    return tf.where(tf.greater(input, 0), input, tf.mul(tf.sub(tf.exp(tf.minimum(input, 0)), 1), alpha));
  },
  LeakyReLU: ({ tf, config }, [x]) => tf.leakyRelu(one(x), numberOf(config.negative_slope ?? config.alpha, 0.3)),
  PReLU: ({ tf, weight }, [x]) => tf.prelu(one(x), weight('alpha', 0)),
  ReLU: ({ tf, config }, [x]) => {
    const slope = numberOf(config.negative_slope, 0);
    const threshold = numberOf(config.threshold, 0);
    const input = one(x);
    // Below the threshold: slope · (x - threshold); above it x itself.
    const below = tf.mul(tf.sub(input, threshold), slope);
    const out =
      threshold === 0 && slope === 0 ? tf.relu(input) : tf.where(tf.greaterEqual(input, threshold), input, below);
    return typeof config.max_value === 'number' ? tf.minimum(out, config.max_value) : out;
  },
  Rescaling: ({ tf, config }, [x]) => tf.add(tf.mul(one(x), numberOf(config.scale, 1)), numberOf(config.offset, 0)),
  Add: fold((tf, a, b) => tf.add(a, b)),
  Subtract: fold((tf, a, b) => tf.sub(a, b)),
  Multiply: fold((tf, a, b) => tf.mul(a, b)),
  Maximum: fold((tf, a, b) => tf.maximum(a, b)),
  Minimum: fold((tf, a, b) => tf.minimum(a, b)),
  Average: (context, inputs) =>
    context.tf.div(
      inputs.slice(1).reduce((a, b) => context.tf.add(a, b), one(inputs[0])),
      inputs.length,
    ),
  Concatenate: ({ tf, config }, inputs) => tf.concat([...inputs], numberOf(config.axis, -1)),
  Dot: dot,
  UpSampling1D: ({ tf, config }, [x]) => repeated(tf, one(x), 1, numberOf(config.size, 2)),
  UpSampling2D: upsample,
  UpSampling3D: ({ tf, config }, [x]) =>
    numbers(config.size, 3, 2).reduce((out, size, index) => repeated(tf, out, 1 + index, size), one(x)),
  Cropping1D: cropping,
  Cropping2D: cropping,
  Cropping3D: cropping,
  ZeroPadding3D: zeroPadding,
  CategoryEncoding: encoding,
  Discretization: discretization,
  CenterCrop: ({ tf, config }, [x]) => {
    const input = one(x);
    const [, height = 0, width = 0] = input.shape;
    const [h, w] = [numberOf(config.height, height), numberOf(config.width, width)];
    if (h > height || w > width) throw new RuntimeError('A CenterCrop larger than its input is not run here.');
    return tf.slice(input, [0, Math.trunc((height - h) / 2), Math.trunc((width - w) / 2), 0], [-1, h, w, -1]);
  },
  Resizing: ({ tf, config, name }, [x]) => {
    if (config.crop_to_aspect_ratio === true || config.pad_to_aspect_ratio === true || config.antialias === true)
      throw new RuntimeError(`The layer "${name}" keeps the aspect ratio or smooths, which is not run here.`);
    return resized(
      tf,
      one(x),
      [numberOf(config.height, 1), numberOf(config.width, 1)],
      textOf(config.interpolation) || 'bilinear',
      name,
    );
  },
  Masking: ({ tf, config }, [x]) => {
    const input = one(x);
    return tf.mul(input, tf.cast(tf.any(tf.notEqual(input, numberOf(config.mask_value, 0)), -1, true), 'float32'));
  },
  Identity: same,
  RandomFlip: same,
  RandomRotation: same,
  RandomZoom: same,
  RandomTranslation: same,
  RandomContrast: same,
  RandomBrightness: same,
  SpatialDropout3D: same,
  Dropout: same,
  SpatialDropout1D: same,
  SpatialDropout2D: same,
  AlphaDropout: same,
  GaussianNoise: same,
  GaussianDropout: same,
  ActivityRegularization: same,
  InputLayer: same,
};
