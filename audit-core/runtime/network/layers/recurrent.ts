import type { AtenValue, Tensor } from '../../aten/operator';
import { packedOf, packedValue } from '../machine/packed';
import { type Dimension, is, isList, listOf, tensorValue, type Value } from '../values';
import { type Builder, defineLayers, type LayerSpecification, type Pass, within } from './layer';

const gatesOf: Readonly<Record<string, number>> = { lstm: 4, gru: 3, rnn: 1 };

const times = (factor: number, size: Dimension): Dimension => (size === null ? null : factor * size);

function build(b: Builder, kind: string): void {
  const gates = gatesOf[kind] ?? 1;
  const hidden = b.size('hidden_size');
  const projection = kind === 'lstm' && typeof b.get('proj_size') === 'number' ? b.number('proj_size') : 0;
  const state = projection > 0 ? projection : hidden;
  const directions = b.flag('bidirectional') ? ['', '_reverse'] : [''];
  const initial = within(() => 1 / Math.sqrt(hidden ?? 1));
  const biased = b.flag('bias');
  for (let layer = 0; layer < b.number('num_layers'); layer++)
    for (const side of directions) {
      const into = layer === 0 ? b.size('input_size') : times(directions.length, state);
      const name = (what: string): string => `${what}_l${layer}${side}`;
      b.parameter(name('weight_ih'), [times(gates, hidden), into], initial);
      b.parameter(name('weight_hh'), [times(gates, hidden), state], initial);
      if (biased !== false)
        for (const bias of ['bias_ih', 'bias_hh'])
          b.parameter(name(bias), [times(gates, hidden)], initial, { optional: biased === null });
      if (projection > 0) b.parameter(name('weight_hr'), [projection, hidden], initial);
    }
}

/** Tensors of an initial state: one, or a pair. */
function stateOf(value: Value): AtenValue | undefined {
  if (is(value, 'tensor')) return [value.value];
  if (!isList(value)) return undefined;
  const parts = value.items.flatMap(item => (is(item, 'tensor') ? [item.value] : []));
  return parts.length > 0 ? parts : undefined;
}

function forward(p: Pass, kind: string): Value {
  const directions = p.flag('bidirectional') ? ['', '_reverse'] : [''];
  const params: Tensor[] = [];
  const parts = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh', 'weight_hr'];
  for (let layer = 0; layer < p.number('num_layers'); layer++)
    for (const side of directions)
      for (const part of parts) {
        const weight = p.weightOr(`${part}_l${layer}${side}`);
        if (weight) params.push(weight);
      }
  const operator = kind === 'rnn' ? `rnn_${p.text('nonlinearity')}` : kind;
  const packed = packedOf(p.argument(0, 'input'));
  const [output, h, c] = p.aten(operator, {
    input: packed?.padded ?? p.input,
    ...(packed ? { lengths: packed.lengths } : {}),
    hx: stateOf(p.argument(1, 'hx')),
    params,
    has_biases: p.weightOr('bias_ih_l0') !== null,
    num_layers: p.number('num_layers'),
    dropout: p.training ? p.number('dropout') : 0,
    train: p.training,
    bidirectional: directions.length === 2,
    batch_first: packed
      ? false
      : (p.flag('batch_first') ?? p.fail('Whether a recurrent layer is batch_first is not known.')),
  }) as Tensor[];
  if (!output || !h) p.fail('A recurrent layer gave nothing.');
  const state = c ? listOf([tensorValue(h), tensorValue(c)], 'tuple') : tensorValue(h);
  const outputs = packed ? packedValue({ padded: output, lengths: packed.lengths }) : tensorValue(output);
  return listOf([outputs, state], 'tuple');
}

const recurrent = (kind: string): LayerSpecification => ({
  build: b => build(b, kind),
  forward: p => forward(p, kind),
  words: settings => {
    const count = settings.get('num_layers');
    const layers = typeof count === 'number' && count > 1 ? `, ${count} layers` : '';
    return `${kind.toUpperCase()} ${settings.size('hidden_size') ?? '?'}${layers}${settings.flag('bidirectional') ? ', both ways' : ''}`;
  },
});

const cell = (kind: string): LayerSpecification => ({
  build: b => {
    const gates = gatesOf[kind] ?? 1;
    const hidden = b.size('hidden_size');
    const initial = within(() => 1 / Math.sqrt(hidden ?? 1));
    const biased = b.flag('bias');
    b.parameter('weight_ih', [times(gates, hidden), b.size('input_size')], initial);
    b.parameter('weight_hh', [times(gates, hidden), hidden], initial);
    if (biased !== false)
      for (const bias of ['bias_ih', 'bias_hh'])
        b.parameter(bias, [times(gates, hidden)], initial, { optional: biased === null });
  },
  forward: p => {
    const operator = kind === 'rnn' ? `rnn_${p.text('nonlinearity')}_cell` : `${kind}_cell`;
    const out = p.aten(operator, {
      input: p.input,
      hx: stateOf(p.argument(1, 'hx')),
      w_ih: p.weight('weight_ih'),
      w_hh: p.weight('weight_hh'),
      b_ih: p.weightOr('bias_ih'),
      b_hh: p.weightOr('bias_hh'),
    });
    return Array.isArray(out) ? listOf((out as Tensor[]).map(tensorValue), 'tuple') : tensorValue(out as Tensor);
  },
});

const list = 'input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0, bidirectional=False';

export const recurrentLayers = defineLayers({
  [`LSTM(${list}, proj_size=0)`]: recurrent('lstm'),
  [`GRU(${list})`]: recurrent('gru'),
  'RNN(input_size, hidden_size, num_layers=1, nonlinearity="tanh", bias=True, batch_first=False, dropout=0, bidirectional=False)':
    recurrent('rnn'),
  'LSTMCell(input_size, hidden_size, bias=True)': cell('lstm'),
  'GRUCell(input_size, hidden_size, bias=True)': cell('gru'),
  "RNNCell(input_size, hidden_size, bias=True, nonlinearity='tanh')": cell('rnn'),
});
