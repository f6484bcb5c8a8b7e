import type { Tensor } from '../../aten/operator';
import { type Dimension, dimensions, tensorValue } from '../values';
import { type Builder, constant, defineLayers, type LayerSpecification, type Pass } from './layer';

function affine(b: Builder, shape: readonly Dimension[] | null, flag: string, bias = true): void {
  const wanted = b.flag(flag);
  if (wanted === false) return;
  b.parameter('weight', shape, constant(1), { optional: wanted === null });
  if (bias) b.parameter('bias', shape, constant(0), { optional: wanted === null });
}

/** In training the running averages move towards the batch's statistics (the variance with Bessel's correction). */
function follow(p: Pass): void {
  const { tf, input: x } = p;
  const mean = p.weightOr('running_mean');
  const variance = p.weightOr('running_var');
  if (!mean || !variance) return;
  const momentum = p.get('momentum') === null ? 0.1 : p.number('momentum');
  const axes = x.shape.map((_, index) => index).filter(index => index !== 1);
  const moments = tf.moments(x, axes);
  const count = x.size / (x.shape[1] ?? 1);
  const blend = (old: Tensor, fresh: Tensor): Tensor => tf.add(tf.mul(old, 1 - momentum), tf.mul(fresh, momentum));
  p.update('running_mean', blend(mean, moments.mean));
  p.update('running_var', blend(variance, tf.mul(moments.variance, count / Math.max(1, count - 1))));
}

const batch: LayerSpecification = {
  build: b => {
    const shape = [b.size('num_features')];
    affine(b, shape, 'affine');
    if (b.flag('track_running_stats') === false) return;
    b.buffer('running_mean', shape, 0);
    b.buffer('running_var', shape, 1);
  },
  forward: p => {
    const out = p.aten('batch_norm', {
      input: p.input,
      weight: p.weightOr('weight'),
      bias: p.weightOr('bias'),
      running_mean: p.weightOr('running_mean'),
      running_var: p.weightOr('running_var'),
      training: p.training,
      eps: p.number('eps'),
    });
    if (p.training) follow(p);
    return tensorValue(out as Tensor);
  },
};

const layerNorm: LayerSpecification = {
  build: b => {
    const shape = dimensions(b.get('normalized_shape'));
    affine(b, shape, 'elementwise_affine', b.flag('bias') !== false);
  },
  forward: p => {
    const weight = p.weightOr('weight');
    const known = dimensions(p.get('normalized_shape'));
    const shape =
      weight?.shape ?? (known?.every(each => each !== null) ? known : p.fail('A LayerNorm has no known size.'));
    return tensorValue(
      p.aten('layer_norm', {
        input: p.input,
        normalized_shape: shape as readonly number[],
        weight,
        bias: p.weightOr('bias'),
        eps: p.number('eps'),
      }) as Tensor,
    );
  },
};

const instance: LayerSpecification = {
  build: b => {
    const shape = [b.size('num_features')];
    affine(b, shape, 'affine');
    if (b.flag('track_running_stats') !== true) return;
    b.buffer('running_mean', shape, 0);
    b.buffer('running_var', shape, 1);
  },
  forward: p =>
    tensorValue(
      p.aten('instance_norm', {
        input: p.input,
        weight: p.weightOr('weight'),
        bias: p.weightOr('bias'),
        running_mean: p.weightOr('running_mean'),
        running_var: p.weightOr('running_var'),
        use_input_stats: p.training || p.weightOr('running_mean') === null,
        eps: p.number('eps'),
      }) as Tensor,
    ),
};

export const normalisationLayers = defineLayers({
  ...Object.fromEntries(
    [1, 2, 3].flatMap(rank => [
      [`BatchNorm${rank}d(num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True)`, batch],
      [`LazyBatchNorm${rank}d(eps=1e-5, momentum=0.1, affine=True, track_running_stats=True)`, batch],
      [`LazyInstanceNorm${rank}d(eps=1e-5, momentum=0.1, affine=False, track_running_stats=False)`, instance],
      [`InstanceNorm${rank}d(num_features, eps=1e-5, momentum=0.1, affine=False, track_running_stats=False)`, instance],
    ]),
  ),
  'SyncBatchNorm(num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True)': batch,
  'LayerNorm(normalized_shape, eps=1e-5, elementwise_affine=True, bias=True)': layerNorm,
  'RMSNorm(normalized_shape, eps=None, elementwise_affine=True)': {
    build: b => affine(b, dimensions(b.get('normalized_shape')), 'elementwise_affine', false),
    forward: p => {
      const weight = p.weightOr('weight');
      const shape = weight?.shape ?? p.numbers('normalized_shape');
      const eps = p.get('eps') === null ? undefined : p.number('eps');
      return tensorValue(p.aten('rms_norm', { input: p.input, normalized_shape: shape, weight, eps }) as Tensor);
    },
  },
  'LocalResponseNorm(size, alpha=1e-4, beta=0.75, k=1.0)': {
    forward: p =>
      tensorValue(
        p.aten('local_response_norm', {
          input: p.input,
          size: p.number('size'),
          alpha: p.number('alpha'),
          beta: p.number('beta'),
          k: p.number('k'),
        }) as Tensor,
      ),
  },
  'GroupNorm(num_groups, num_channels, eps=1e-5, affine=True)': {
    build: b => affine(b, [b.size('num_channels')], 'affine'),
    forward: p =>
      tensorValue(
        p.aten('group_norm', {
          input: p.input,
          num_groups: p.number('num_groups'),
          weight: p.weightOr('weight'),
          bias: p.weightOr('bias'),
          eps: p.number('eps'),
        }) as Tensor,
      ),
  },
});
