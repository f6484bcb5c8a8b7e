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
        if (p.argument(1, 'offsets') !== null) p.fail('An EmbeddingBag with offsets is not run here.');
        if (p.get('padding_idx') !== null) p.fail('An EmbeddingBag with a padding index is not run here.');
        const weights = p.argument(2, 'per_sample_weights');
        return tensorValue(
          p.aten('embedding_bag', {
            input: p.input,
            weight: p.weight('weight'),
            mode: p.text('mode'),
            per_sample_weights: typeof weights === 'object' && weights?.kind === 'tensor' ? weights.value : null,
          }) as ReturnType<typeof p.weight>,
        );
      },
    },
  'PReLU(num_parameters=1, init=0.25)': {
    build: b => b.parameter('weight', [b.size('num_parameters')], constant(0.25)),
    forward: p =>
      tensorValue(p.aten('prelu', { self: p.input, weight: p.weight('weight') }) as ReturnType<typeof p.weight>),
  },
});
