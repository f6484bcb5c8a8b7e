import type * as tfjs from '@tensorflow/tfjs';
import { activate } from './activations';
import type { Config } from './graph';

type Tensor = tfjs.Tensor;

/** The weights of one recurrent cell; gates in Keras' order (LSTM i, f, c, o; GRU z, r, h). */
export interface Cell {
  readonly kind: string;
  readonly config: Config;
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor | null;
}

/** How a sequence is run. */
export interface Sequence {
  readonly layer: string;
  readonly backwards: boolean;
  /** Which steps count `[N, T]`: at others a row keeps its state, and gives it again (or zeros where `zeroMasked`). */
  readonly mask: Tensor | null;
  readonly zeroMasked: boolean;
  /** The states that it starts from. */
  readonly initial: readonly Tensor[];
}

/** Runs a recurrent layer over `[N, T, F]`: the last output or every one, and the last states. Source: keras/src/layers/rnn. */
export function runRecurrent(tf: typeof tfjs, cell: Cell, x: Tensor, how: Sequence): [Tensor, Tensor, Tensor] {
  const steps = x.shape[1] ?? 0;
  const units = cell.recurrent.shape[0] ?? 0;
  const rows = x.shape[0] ?? 0;
  let state: Tensor = how.initial[0] ?? tf.zeros([rows, units]);
  let carry: Tensor = how.initial[1] ?? tf.zeros([rows, units]);
  let last: Tensor = tf.zeros([rows, units]);
  const outputs: Tensor[] = [];
  const step = cell.kind === 'LSTM' ? lstm : cell.kind === 'GRU' ? gru : simple;
  for (let index = 0; index < steps; index++) {
    const at = how.backwards ? steps - 1 - index : index;
    const input = tf.reshape(tf.slice(x, [0, at, 0], [-1, 1, -1]), [rows, x.shape[2] ?? 0]);
    const [nextState, nextCarry] = step(tf, cell, input, state, carry, how.layer);
    const counts = how.mask ? tf.slice(how.mask, [0, at], [-1, 1]) : null;
    const chosen = (fresh: Tensor, old: Tensor): Tensor =>
      counts ? tf.add(tf.mul(fresh, counts), tf.mul(old, tf.sub(1, counts))) : fresh;
    last = chosen(nextState, how.zeroMasked ? tf.zerosLike(last) : last);
    state = chosen(nextState, state);
    carry = chosen(nextCarry, carry);
    outputs.push(last);
  }
  return [cell.config.return_sequences === true ? tf.stack(outputs, 1) : last, state, carry];
}

function lstm(tf: typeof tfjs, cell: Cell, x: Tensor, state: Tensor, carry: Tensor, layer: string): [Tensor, Tensor] {
  let z = tf.add(tf.matMul(x, cell.kernel), tf.matMul(state, cell.recurrent));
  if (cell.bias) z = tf.add(z, cell.bias);
  const [i, f, c, o] = tf.split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const gate = (value: Tensor): Tensor => activate(tf, cell.config.recurrent_activation ?? 'sigmoid', value, layer);
  const act = (value: Tensor): Tensor => activate(tf, cell.config.activation ?? 'tanh', value, layer);
  const next = tf.add(tf.mul(gate(f), carry), tf.mul(gate(i), act(c)));
  return [tf.mul(gate(o), act(next)), next];
}

/** Two bias rows mean that the reset gate is applied after the matrix product (`reset_after`). */
function gru(tf: typeof tfjs, cell: Cell, x: Tensor, state: Tensor, carry: Tensor, layer: string): [Tensor, Tensor] {
  const gate = (value: Tensor): Tensor => activate(tf, cell.config.recurrent_activation ?? 'sigmoid', value, layer);
  const act = (value: Tensor): Tensor => activate(tf, cell.config.activation ?? 'tanh', value, layer);
  const units = state.shape[1] ?? 0;
  const after = cell.bias?.rank === 2 || (cell.bias === null && cell.config.reset_after === true);
  const row = (index: number): Tensor | null =>
    cell.bias === null
      ? null
      : after
        ? tf.reshape(tf.slice(cell.bias, [index, 0], [1, -1]), [-1])
        : index === 0
          ? cell.bias
          : null;
  const withBias = (value: Tensor, bias: Tensor | null): Tensor => (bias ? tf.add(value, bias) : value);
  const [xz, xr, xh] = tf.split(withBias(tf.matMul(x, cell.kernel), row(0)), 3, 1) as [Tensor, Tensor, Tensor];
  let z: Tensor;
  let candidate: Tensor;
  if (after) {
    const [hz, hr, hh] = tf.split(withBias(tf.matMul(state, cell.recurrent), row(1)), 3, 1) as [Tensor, Tensor, Tensor];
    z = gate(tf.add(xz, hz));
    candidate = act(tf.add(xh, tf.mul(gate(tf.add(xr, hr)), hh)));
  } else {
    const part = (index: number): Tensor => tf.slice(cell.recurrent, [0, index * units], [-1, units]);
    z = gate(tf.add(xz, tf.matMul(state, part(0))));
    const r = gate(tf.add(xr, tf.matMul(state, part(1))));
    candidate = act(tf.add(xh, tf.matMul(tf.mul(r, state), part(2))));
  }
  return [tf.add(tf.mul(z, state), tf.mul(tf.sub(1, z), candidate)), carry];
}

function simple(tf: typeof tfjs, cell: Cell, x: Tensor, state: Tensor, carry: Tensor, layer: string): [Tensor, Tensor] {
  let z = tf.add(tf.matMul(x, cell.kernel), tf.matMul(state, cell.recurrent));
  if (cell.bias) z = tf.add(z, cell.bias);
  return [activate(tf, cell.config.activation ?? 'tanh', z, layer), carry];
}
