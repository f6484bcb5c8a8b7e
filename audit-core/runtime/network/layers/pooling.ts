import type { Tensor } from '../../aten/operator';
import { dimensions, isList, tensorValue } from '../values';
import { defineLayers, type LayerSpecification, type Pass } from './layer';

const size = (p: Pass, name: string): readonly number[] | undefined =>
  p.get(name) === null ? undefined : p.numbers(name);

const pool = (kind: 'max' | 'avg', rank: 1 | 2 | 3): LayerSpecification => ({
  forward: p => {
    if (kind === 'max' && p.flag('return_indices')) p.fail('A pooling layer that returns positions is not run here.');
    return tensorValue(
      p.aten(`${kind}_pool${rank}d`, {
        self: p.input,
        kernel_size: p.numbers('kernel_size'),
        stride: size(p, 'stride'),
        padding: p.numbers('padding'),
        ceil_mode: p.flag('ceil_mode') ?? false,
        ...(kind === 'max'
          ? { dilation: p.numbers('dilation') }
          : {
              count_include_pad: p.flag('count_include_pad') ?? true,
              ...(rank > 1 ? { divisor_override: size(p, 'divisor_override')?.[0] } : {}),
            }),
      }) as Tensor,
    );
  },
  words: settings =>
    `${kind === 'max' ? 'MaxPool' : 'AvgPool'}${rank}d ${dimensions(settings.get('kernel_size'))?.join('×') ?? '?'}`,
});

const adaptive = (kind: 'max' | 'avg', rank: 1 | 2 | 3): LayerSpecification => ({
  forward: p => {
    const given = p.get('output_size');
    const output_size = isList(given)
      ? given.items.map(each => (typeof each === 'number' ? each : null))
      : p.numbers('output_size');
    const out = p.aten(`adaptive_${kind}_pool${rank}d`, { self: p.input, output_size });
    return tensorValue((Array.isArray(out) ? out[0] : out) as Tensor);
  },
  words: settings =>
    `Adaptive${kind === 'max' ? 'Max' : 'Avg'}Pool${rank}d ${
      dimensions(settings.get('output_size'))
        ?.map(each => each ?? 'same')
        .join('×') ?? '?'
    }`,
});

const powerMean = (rank: 1 | 2 | 3): LayerSpecification => ({
  forward: p =>
    tensorValue(
      p.aten(`lp_pool${rank}d`, {
        self: p.input,
        norm_type: p.number('norm_type'),
        kernel_size: p.numbers('kernel_size'),
        stride: size(p, 'stride'),
        ceil_mode: p.flag('ceil_mode') ?? false,
      }) as Tensor,
    ),
});

export const poolingLayers = defineLayers(
  Object.fromEntries(
    ([1, 2, 3] as const).flatMap(rank => [
      [
        `MaxPool${rank}d(kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False)`,
        pool('max', rank),
      ],
      [
        `AvgPool${rank}d(kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None)`,
        pool('avg', rank),
      ],
      [`LPPool${rank}d(norm_type, kernel_size, stride=None, ceil_mode=False)`, powerMean(rank)],
      [`AdaptiveAvgPool${rank}d(output_size)`, adaptive('avg', rank)],
      [`AdaptiveMaxPool${rank}d(output_size, return_indices=False)`, adaptive('max', rank)],
    ]),
  ),
);
