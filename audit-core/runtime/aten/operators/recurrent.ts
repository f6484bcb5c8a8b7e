import type * as tfjs from '@tensorflow/tfjs';
import {
  type AtenValue,
  type Call,
  define,
  fail,
  flag,
  integers,
  number,
  optional,
  type Tensor,
  tensor,
  tensors,
} from '../operator';
import { linear } from './products';

type Kind = 'lstm' | 'gru' | 'rnn_tanh' | 'rnn_relu';
type Step = (x: Tensor, h: Tensor, c: Tensor | null) => readonly [Tensor, Tensor | null];

/** The weights of one direction of one layer, `[gates · hidden, in]`, `[gates · hidden, hidden]`, and their biases. */
interface CellWeights {
  readonly input: Tensor;
  readonly hidden: Tensor;
  readonly inputBias: Tensor | null;
  readonly hiddenBias: Tensor | null;
  readonly projection: Tensor | null;
}

/** One step from what the input contributes (`x · W_ihᵀ + b_ih`, all steps at once) and the state. Gates: i, f, g, o and r, z, n. */
function step(tf: typeof tfjs, kind: Kind, weights: CellWeights): Step {
  const gates = (h: Tensor): Tensor => linear(tf, h, weights.hidden, weights.hiddenBias);
  if (kind === 'lstm')
    return (x, h, c) => {
      const [i, f, g, o] = tf.split(tf.add(x, gates(h)), 4, -1) as [Tensor, Tensor, Tensor, Tensor];
      const cell = tf.add(tf.mul(tf.sigmoid(f), c ?? h), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      const out = tf.mul(tf.sigmoid(o), tf.tanh(cell));
      return [weights.projection ? linear(tf, out, weights.projection, null) : out, cell];
    };
  if (kind === 'gru')
    return (x, h) => {
      const [xr, xz, xn] = tf.split(x, 3, -1) as [Tensor, Tensor, Tensor];
      const [hr, hz, hn] = tf.split(gates(h), 3, -1) as [Tensor, Tensor, Tensor];
      const update = tf.sigmoid(tf.add(xz, hz));
      const fresh = tf.tanh(tf.add(xn, tf.mul(tf.sigmoid(tf.add(xr, hr)), hn)));
      return [tf.add(tf.mul(tf.sub(1, update), fresh), tf.mul(update, h)), null];
    };
  return (x, h) => {
    const sum = tf.add(x, gates(h));
    return [kind === 'rnn_relu' ? tf.relu(sum) : tf.tanh(sum), null];
  };
}

function cellWeights(list: readonly Tensor[], biased: boolean, projected: boolean): CellWeights {
  const [input, hidden, inputBias = null, hiddenBias = null] = list;
  if (!input || !hidden) fail('A recurrent layer has too few weights.');
  return {
    input,
    hidden,
    inputBias: biased ? inputBias : null,
    hiddenBias: biased ? hiddenBias : null,
    projection: projected ? (list.at(-1) ?? null) : null,
  };
}

/** For sequences of different lengths: 1 where a row still goes on, per step `[rows, 1]`; null where all are as long. */
function steps(call: Call, rows: number, count: number): Tensor[] | null {
  const lengths = integers(call, 'lengths', []);
  if (lengths.length === 0) return null;
  return Array.from({ length: count }, (_, time) =>
    call.tf.tensor2d(
      lengths.map(length => Number(time < length)),
      [rows, 1],
    ),
  );
}

/** Layers over time, `[T, N, F]` or `[N, T, F]`: all outputs, then the last states `[layers · directions, N, hidden]`. */
function recurrent(call: Call, kind: Kind): AtenValue {
  const { tf } = call;
  if (call.get('batch_sizes') !== undefined) fail('Packed sequences are not run here.');
  const batchFirst = flag(call, 'batch_first');
  const raw = tensor(call, 'input');
  const single = raw.rank === 2;
  const given = single ? tf.expandDims(raw, batchFirst ? 0 : 1) : raw;
  let x = batchFirst ? tf.transpose(given, [1, 0, 2]) : given;
  const layers = number(call, 'num_layers', 1);
  const directions = flag(call, 'bidirectional') ? 2 : 1;
  const biased = flag(call, 'has_biases', true);
  const weights = tensors(call, 'params');
  const each = weights.length / (layers * directions);
  const projected = kind === 'lstm' && each === (biased ? 5 : 3);
  const [h0, c0] = tensors(call, 'hx');
  const live = steps(call, given.shape[batchFirst ? 0 : 1] ?? 1, x.shape[0] ?? 1);
  const states: Tensor[] = [];
  const cells: Tensor[] = [];
  const rate = number(call, 'dropout', 0);
  for (let layer = 0; layer < layers; layer++) {
    const sides: Tensor[] = [];
    for (let direction = 0; direction < directions; direction++) {
      const at = layer * directions + direction;
      const cell = cellWeights(weights.slice(at * each, (at + 1) * each), biased, projected);
      const width = (cell.projection ?? cell.hidden).shape[cell.projection ? 0 : 1] ?? 1;
      const rows = x.shape[1] ?? 1;
      const zeros = (size: number): Tensor => tf.zeros([rows, size]);
      const initial = (from: Tensor | undefined, size: number): Tensor =>
        from
          ? tf.reshape(
              tf.slice(single && from.rank === 2 ? tf.expandDims(from, 1) : from, [at, 0, 0], [1, rows, size]),
              [rows, size],
            )
          : zeros(size);
      let h = initial(h0, width);
      let c: Tensor | null = kind === 'lstm' ? initial(c0, (cell.hidden.shape[0] ?? 4) / 4) : null;
      const inputs = tf.unstack(linear(tf, x, cell.input, cell.inputBias), 0);
      const advance = step(tf, kind, cell);
      const outputs = new Array<Tensor>(inputs.length);
      for (let index = 0; index < inputs.length; index++) {
        const time = direction === 0 ? index : inputs.length - 1 - index;
        const [nextH, nextC] = advance(inputs[time] ?? h, h, c);
        const mask = live?.[time];
        // Behind the end of its sequence a row keeps its state and gives zeros.
        const keep = (next: Tensor, old: Tensor): Tensor =>
          mask ? tf.add(tf.mul(next, mask), tf.mul(old, tf.sub(1, mask))) : next;
        h = keep(nextH, h);
        c = nextC && c ? keep(nextC, c) : nextC;
        outputs[time] = mask ? tf.mul(h, mask) : h;
      }
      sides.push(tf.stack(outputs, 0));
      states.push(h);
      if (c) cells.push(c);
    }
    x = sides.length === 1 ? (sides[0] ?? x) : tf.concat(sides, 2);
    if (rate > 0 && flag(call, 'train') && layer < layers - 1) x = tf.dropout(x, rate, undefined, call.seed());
  }
  const ordered = batchFirst ? tf.transpose(x, [1, 0, 2]) : x;
  const narrow = (value: Tensor, at: number): Tensor => (single ? tf.squeeze(value, [at]) : value);
  const out: Tensor[] = [narrow(ordered, batchFirst ? 0 : 1), narrow(tf.stack(states, 0), 1)];
  if (cells.length > 0) out.push(narrow(tf.stack(cells, 0), 1));
  return out;
}

function cell(call: Call, kind: Kind): AtenValue {
  const { tf } = call;
  const raw = tensor(call, 'input');
  const x = raw.rank === 1 ? tf.expandDims(raw, 0) : raw;
  const weights: CellWeights = {
    input: tensor(call, 'w_ih'),
    hidden: tensor(call, 'w_hh'),
    inputBias: optional(call, 'b_ih'),
    hiddenBias: optional(call, 'b_hh'),
    projection: null,
  };
  const states = tensors(call, 'hx');
  const zeros = (): Tensor => tf.zeros([x.shape[0] ?? 1, weights.hidden.shape[1] ?? 1]);
  const [h, c] = step(tf, kind, weights)(
    linear(tf, x, weights.input, weights.inputBias),
    states[0] ?? zeros(),
    kind === 'lstm' ? (states[1] ?? zeros()) : null,
  );
  return c ? [h, c] : h;
}

const list = '(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)';
const cellList = '(input, hx, w_ih, w_hh, b_ih, b_hh)';

export const recurrence = define({
  [`lstm${list}`]: call => recurrent(call, 'lstm'),
  [`gru${list}`]: call => recurrent(call, 'gru'),
  [`rnn_tanh${list}`]: call => recurrent(call, 'rnn_tanh'),
  [`rnn_relu${list}`]: call => recurrent(call, 'rnn_relu'),
  [`lstm_cell${cellList}`]: call => cell(call, 'lstm'),
  [`gru_cell${cellList}`]: call => cell(call, 'gru'),
  [`rnn_tanh_cell${cellList}`]: call => cell(call, 'rnn_tanh'),
  [`rnn_relu_cell${cellList}`]: call => cell(call, 'rnn_relu'),
});
