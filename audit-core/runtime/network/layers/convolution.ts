import type { Tensor } from '../../aten/operator';
import { type Dimension, dimensions, is, tensorValue } from '../values';
import { type Builder, byFanIn, defineLayers, type LayerSpecification, type Pass } from './layer';

/** A kernel size given once stands for all spatial dimensions. */
function kernel(b: Builder, rank: number): Dimension[] {
  const list = dimensions(b.get('kernel_size'));
  return Array.from({ length: rank }, (_, index) => list?.[index] ?? list?.[0] ?? null);
}

function build(b: Builder, rank: number, transposed: boolean): void {
  const groups = b.size('groups');
  const part = (size: Dimension): Dimension => (size === null || groups === null ? null : size / groups);
  const into = b.size('in_channels');
  const out = b.size('out_channels');
  const shape = transposed ? [into, part(out), ...kernel(b, rank)] : [out, part(into), ...kernel(b, rank)];
  b.parameter('weight', shape, byFanIn());
  const bias = b.flag('bias');
  if (bias !== false) b.parameter('bias', [out], byFanIn('weight'), { optional: bias === null });
}

/** Padding by another mode than zeros is written out before the convolution, `same` too. */
function padded(p: Pass, rank: number): { readonly input: Tensor; readonly padding: string | readonly number[] } {
  const mode = p.text('padding_mode');
  const given = p.get('padding');
  const padding = typeof given === 'string' ? given : p.numbers('padding');
  if (mode === 'zeros' || padding === 'valid') return { input: p.input, padding };
  const kernel = p.weight('weight').shape.slice(2);
  const dilation = p.numbers('dilation');
  const side = (at: number): readonly [number, number] => {
    if (typeof padding !== 'string') return [padding[at] ?? padding[0] ?? 0, padding[at] ?? padding[0] ?? 0];
    const total = (dilation[at] ?? dilation[0] ?? 1) * ((kernel[at] ?? 1) - 1);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  };
  // torch.nn.functional.pad counts from the last dimension.
  const pad = Array.from({ length: rank }, (_, index) => side(rank - 1 - index)).flat();
  return { input: p.aten('pad', { self: p.input, pad, mode }) as Tensor, padding: new Array<number>(rank).fill(0) };
}

const convolution = (rank: 1 | 2 | 3, transposed = false): LayerSpecification => ({
  build: b => build(b, rank, transposed),
  forward: p => {
    if (transposed && is(p.argument(1, 'output_size'), 'tuple'))
      p.fail('A transposed convolution with an output size is not run here.');
    const { input, padding } = padded(p, rank);
    return tensorValue(
      p.aten(`conv${transposed ? '_transpose' : ''}${rank}d`, {
        input,
        weight: p.weight('weight'),
        bias: p.weightOr('bias'),
        stride: p.numbers('stride'),
        padding,
        dilation: p.numbers('dilation'),
        groups: p.number('groups'),
        ...(transposed ? { output_padding: p.numbers('output_padding') } : {}),
      }) as Tensor,
    );
  },
  words: (settings, weights) => {
    const shape = weights('weight') ?? [];
    const stride = dimensions(settings.get('stride'))?.some(each => each !== 1);
    const size = shape
      .slice(2)
      .map(each => each ?? '?')
      .join('×');
    return `Conv${transposed ? 'Transpose' : ''}${rank}d ${size}, ${shape[transposed ? 1 : 0] ?? '?'} filters${stride ? ', strided' : ''}`;
  },
});

const list =
  '(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode=zeros)';
const lazy = '(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode=zeros)';
const back =
  '(in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode=zeros)';

export const convolutionLayers = defineLayers(
  Object.fromEntries([
    ...([1, 2, 3] as const).flatMap(rank => [
      [`Conv${rank}d${list.replaceAll('zeros', "'zeros'")}`, convolution(rank)] as const,
      [`LazyConv${rank}d${lazy.replaceAll('zeros', "'zeros'")}`, convolution(rank)] as const,
      [`ConvTranspose${rank}d${back.replaceAll('zeros', "'zeros'")}`, convolution(rank, true)] as const,
    ]),
  ]),
);
