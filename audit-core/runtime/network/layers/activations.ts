import type { AtenValue, Tensor } from '../../aten/operator';
import { is, tensorValue } from '../values';
import { defineLayers, type LayerSpecification, type Pass } from './layer';

const run = (
  operator: string,
  settings: (p: Pass) => Record<string, AtenValue | undefined> = () => ({}),
): LayerSpecification => ({
  forward: p => tensorValue(p.aten(operator, { self: p.input, ...settings(p) }) as Tensor),
});

const dropout = (operator: string): LayerSpecification => ({
  forward: p => {
    const train = p.training;
    return tensorValue(p.aten(operator, { self: p.input, p: train ? p.number('p') : 0, train }) as Tensor);
  },
  words: settings => `Dropout ${typeof settings.get('p') === 'number' ? settings.get('p') : '?'}`,
});

/** A softmax without a dimension takes what PyTorch once guessed: the second of 2 and 4 dimensions, the first of 1 and 3. */
const dim = (p: Pass): Record<string, AtenValue> => (p.get('dim') === null ? {} : { dim: p.number('dim') });

const sizes = (p: Pass): Record<string, AtenValue> => ({
  size: p.get('size') === null ? null : p.numbers('size'),
  scale_factor: p.get('scale_factor') === null ? null : p.numbers('scale_factor'),
});

const identity: LayerSpecification = { forward: p => p.argument(0, 'input'), words: () => null };

/** Losses are made beside the network; they are never part of its outputs. */
const loss: LayerSpecification = {
  forward: p => p.fail('The output of the network is a loss, not a score per row.'),
  words: () => null,
};
const losses =
  `CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss MSELoss L1Loss SmoothL1Loss HuberLoss KLDivLoss PoissonNLLLoss
  GaussianNLLLoss HingeEmbeddingLoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss SoftMarginLoss
  CosineEmbeddingLoss TripletMarginLoss TripletMarginWithDistanceLoss CTCLoss`.split(/\s+/);

export const activationLayers = defineLayers({
  'ReLU(inplace=False)': run('relu'),
  'ReLU6(inplace=False)': run('relu6'),
  'Tanh()': run('tanh'),
  'Sigmoid()': run('sigmoid'),
  'SiLU(inplace=False)': run('silu'),
  'SELU(inplace=False)': run('selu'),
  'Mish(inplace=False)': run('mish'),
  'Softsign()': run('softsign'),
  'Tanhshrink()': run('tanhshrink'),
  'LogSigmoid()': run('log_sigmoid'),
  'Hardswish(inplace=False)': run('hardswish'),
  'Hardsigmoid(inplace=False)': run('hardsigmoid'),
  "GELU(approximate='none')": run('gelu', p => ({ approximate: p.text('approximate') })),
  'ELU(alpha=1.0, inplace=False)': run('elu', p => ({ alpha: p.number('alpha') })),
  'CELU(alpha=1.0, inplace=False)': run('celu', p => ({ alpha: p.number('alpha') })),
  'LeakyReLU(negative_slope=0.01, inplace=False)': run('leaky_relu', p => ({
    negative_slope: p.number('negative_slope'),
  })),
  'RReLU(lower=0.125, upper=0.3333333333333333, inplace=False)': run('rrelu', p => ({
    lower: p.number('lower'),
    upper: p.number('upper'),
  })),
  'Hardtanh(min_val=-1, max_val=1, inplace=False)': run('hardtanh', p => ({
    min_val: p.number('min_val'),
    max_val: p.number('max_val'),
  })),
  'Softplus(beta=1, threshold=20)': run('softplus', p => ({ beta: p.number('beta') })),
  'Hardshrink(lambd=0.5)': run('hardshrink', p => ({ lambd: p.number('lambd') })),
  'Softshrink(lambd=0.5)': run('softshrink', p => ({ lambd: p.number('lambd') })),
  'Threshold(threshold, value, inplace=False)': run('threshold', p => ({
    threshold: p.number('threshold'),
    value: p.number('value'),
  })),
  'Softmax(dim=None)': run('softmax', dim),
  'Softmin(dim=None)': run('softmin', dim),
  'LogSoftmax(dim=None)': run('log_softmax', dim),
  'Softmax2d()': run('softmax', () => ({ dim: -3 })),
  'GLU(dim=-1)': run('glu', p => ({ dim: p.number('dim') })),
  'Dropout(p=0.5, inplace=False)': dropout('dropout'),
  'Dropout1d(p=0.5, inplace=False)': dropout('feature_dropout'),
  'Dropout2d(p=0.5, inplace=False)': dropout('feature_dropout'),
  'Dropout3d(p=0.5, inplace=False)': dropout('feature_dropout'),
  'AlphaDropout(p=0.5, inplace=False)': dropout('alpha_dropout'),
  'FeatureAlphaDropout(p=0.5, inplace=False)': dropout('feature_alpha_dropout'),
  'Identity()': identity,
  'Flatten(start_dim=1, end_dim=-1)': {
    ...run('flatten', p => ({ start_dim: p.number('start_dim'), end_dim: p.number('end_dim') })),
    words: () => 'Flatten',
  },
  'Unflatten(dim, unflattened_size)': run('unflatten', p => ({
    dim: p.number('dim'),
    sizes: p.numbers('unflattened_size'),
  })),
  "Upsample(size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None)": {
    ...run('interpolate', p => ({
      ...sizes(p),
      mode: p.text('mode'),
      align_corners: p.flag('align_corners') ?? false,
      recompute_scale_factor: p.flag('recompute_scale_factor') ?? false,
    })),
    words: () => 'Upsample',
  },
  'UpsamplingNearest2d(size=None, scale_factor=None)': run('interpolate', sizes),
  'UpsamplingBilinear2d(size=None, scale_factor=None)': run('interpolate', p => ({
    ...sizes(p),
    mode: 'bilinear',
    align_corners: true,
  })),
  'PixelUnshuffle(downscale_factor)': run('pixel_unshuffle', p => ({ downscale_factor: p.number('downscale_factor') })),
  'Unfold(kernel_size, dilation=1, padding=0, stride=1)': run('im2col', p => ({
    kernel_size: p.numbers('kernel_size'),
    dilation: p.numbers('dilation'),
    padding: p.numbers('padding'),
    stride: p.numbers('stride'),
  })),
  'PairwiseDistance(p=2.0, eps=1e-6, keepdim=False)': {
    forward: p => {
      const other = p.argument(1, 'x2');
      const x2 = is(other, 'tensor') ? other.value : p.fail('A PairwiseDistance has no second input.');
      const named = { p: p.number('p'), eps: p.number('eps'), keepdim: p.flag('keepdim') ?? false };
      return tensorValue(p.aten('pairwise_distance', { x1: p.input, x2, ...named }) as Tensor);
    },
  },
  'PixelShuffle(upscale_factor)': run('pixel_shuffle', p => ({ upscale_factor: p.number('upscale_factor') })),
  'ChannelShuffle(groups)': run('channel_shuffle', p => ({ groups: p.number('groups') })),
  'CosineSimilarity(dim=1, eps=1e-8)': {
    forward: p => {
      const other = p.argument(1, 'x2');
      const x2 = is(other, 'tensor') ? other.value : p.fail('A CosineSimilarity has no second input.');
      return tensorValue(
        p.aten('cosine_similarity', { x1: p.input, x2, dim: p.number('dim'), eps: p.number('eps') }) as Tensor,
      );
    },
  },
  ...Object.fromEntries(
    (['Zero', 'Constant', 'Reflection', 'Replication', 'Circular'] as const).flatMap(kind =>
      [1, 2, 3].map(rank => [
        kind === 'Constant' ? `${kind}Pad${rank}d(padding, value)` : `${kind}Pad${rank}d(padding)`,
        run('pad', p => {
          const list = p.numbers('padding');
          const pad = list.length === 1 ? new Array<number>(2 * rank).fill(list[0] ?? 0) : list;
          const mode = {
            Zero: 'constant',
            Constant: 'constant',
            Reflection: 'reflect',
            Replication: 'replicate',
            Circular: 'circular',
          }[kind];
          return { pad, mode, value: kind === 'Constant' ? p.number('value') : 0 };
        }),
      ]),
    ),
  ),
  ...Object.fromEntries(losses.map(name => [`${name}()`, loss])),
});
