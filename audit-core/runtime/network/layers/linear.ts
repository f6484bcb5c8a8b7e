import { tensorValue } from '../values';
import { byFanIn, constant, defineLayers, type Initials, type LayerSpecification, normal, within } from './layer';

const linear: LayerSpecification = {
  build: b => {
    const out = b.size('out_features');
    b.parameter('weight', [out, b.size('in_features')], byFanIn());
    const bias = b.flag('bias');
    if (bias !== false) b.parameter('bias', [out], byFanIn('weight'), { optional: bias === null });
  },
  forward: p =>
    tensorValue(
      p.aten('linear', { input: p.input, weight: p.weight('weight'), bias: p.weightOr('bias') }) as ReturnType<
        typeof p.weight
      >,
    ),
  words: (_, weights) => {
    const [out, into] = weights('weight') ?? [];
    return `Linear ${into ?? '?'} → ${out ?? '?'}`;
  },
};

const lazy: LayerSpecification = { ...linear };

/** A bound that PyTorch derives from the first input's width. */
const bilinear: Initials = within(shape => 1 / Math.sqrt(shape[1] ?? 1));

export const linearLayers = defineLayers({
  'Linear(in_features, out_features, bias=True, device=None, dtype=None)': linear,
  'NonDynamicallyQuantizableLinear(in_features, out_features, bias=True)': linear,
  'LazyLinear(out_features, bias=True, device=None, dtype=None)': {
    ...lazy,
    build: b => {
      b.parameter('weight', [b.size('out_features'), null], byFanIn());
      if (b.flag('bias') !== false)
        b.parameter('bias', [b.size('out_features')], byFanIn('weight'), { optional: b.flag('bias') === null });
    },
  },
  'Bilinear(in1_features, in2_features, out_features, bias=True)': {
    build: b => {
      b.parameter('weight', [b.size('out_features'), b.size('in1_features'), b.size('in2_features')], bilinear);
      if (b.flag('bias') !== false)
        b.parameter('bias', [b.size('out_features')], byFanIn('weight'), { optional: b.flag('bias') === null });
    },
    forward: p => {
      const second = p.argument(1, 'input2');
      return tensorValue(
        p.aten('bilinear', {
          input1: p.input,
          input2:
            typeof second === 'object' && second?.kind === 'tensor'
              ? second.value
              : p.fail('A Bilinear has no second input.'),
          weight: p.weight('weight'),
          bias: p.weightOr('bias'),
        }) as ReturnType<typeof p.weight>,
      );
    },
  },
  'Embedding(num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False)':
    {
      build: b => b.parameter('weight', [b.size('num_embeddings'), b.size('embedding_dim')], normal),
      forward: p =>
        tensorValue(
          p.aten('embedding', { weight: p.weight('weight'), indices: p.input }) as ReturnType<typeof p.weight>,
        ),
      words: (_, weights) =>
        `Embedding ${
          weights('weight')
            ?.map(size => size ?? '?')
            .join(' × ') ?? ''
        }`.trim(),
    },
  "EmbeddingBag(num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None)":
    {
      build: b => b.parameter('weight', [b.size('num_embeddings'), b.size('embedding_dim')], normal),
      forward: p => {
        if (p.get('max_norm') !== null) p.fail('An EmbeddingBag with a largest norm is not run here.');
        const tensorAt = (index: number, name: string): ReturnType<typeof p.weight> | null => {
          const value = p.argument(index, name);
          return typeof value === 'object' && value?.kind === 'tensor' ? value.value : null;
        };
        const [out = null] = p.aten('embedding_bag', {
          indices: p.input,
          weight: p.weight('weight'),
          offsets: tensorAt(1, 'offsets'),
          mode: p.text('mode'),
          per_sample_weights: tensorAt(2, 'per_sample_weights'),
          include_last_offset: p.get('include_last_offset') === true,
          padding_idx: p.get('padding_idx') === null ? null : p.number('padding_idx'),
        }) as readonly (ReturnType<typeof p.weight> | null)[];
        return tensorValue(out ?? p.fail('An EmbeddingBag gives nothing'));
      },
    },
  'PReLU(num_parameters=1, init=0.25)': {
    build: b => b.parameter('weight', [b.size('num_parameters')], constant(0.25)),
    forward: p =>
      tensorValue(p.aten('prelu', { self: p.input, weight: p.weight('weight') }) as ReturnType<typeof p.weight>),
  },
});
