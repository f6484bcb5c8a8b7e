import { RuntimeError } from '../error';
import { type Config, isRecord, textOf } from './graph';
import { heldIn, type Layer, type LayerContext, one, single, type Tensor } from './layer';
import { runRecurrent } from './recurrent';
import { slotNames } from './weights';

/** The states that a call starts from: named, or the inputs behind the first. */
function statesOf(context: LayerContext): Tensor[] {
  const named = context.named.get('initial_state');
  const given = named ? heldIn(named) : context.positional.flatMap(heldIn).slice(1);
  return given.map(each => each.value);
}

const recurrent =
  (kind: string): Layer =>
  (context, [x]) => {
    const bias = context.config.use_bias === false ? null : context.weight('bias', 2);
    const cell = {
      kind,
      config: context.config,
      kernel: context.weight('kernel', 0),
      recurrent: context.weight('recurrent_kernel', 1),
      bias,
    };
    if (context.config.stateful === true && context.config.return_state === true)
      throw new RuntimeError(`The layer "${context.name}" keeps its state between batches, which is not run here.`);
    const [out, state, carry] = runRecurrent(context.tf, cell, one(x), {
      layer: context.name,
      backwards: context.config.go_backwards === true,
      mask: context.masks[0] ?? null,
      zeroMasked: context.config.zero_output_for_mask === true,
      initial: statesOf(context),
    });
    if (context.config.return_state !== true) return out;
    return kind === 'LSTM' ? [out, state, carry] : [out, state];
  };

/** A cell of an `RNN` layer; `kind` is null for a class that is not known here. */
interface WrittenCell {
  readonly kind: 'LSTM' | 'GRU' | 'SimpleRNN' | null;
  readonly written: string;
  readonly config: Config;
}

/** The cells of an `RNN` layer: one, or those of `StackedRNNCells`. */
export function cellsOf(cell: unknown): WrittenCell[] {
  const written = isRecord(cell) ? textOf(cell.class_name) : '';
  const config = isRecord(cell) && isRecord(cell.config) ? cell.config : {};
  if (written === 'StackedRNNCells' && Array.isArray(config.cells)) return config.cells.flatMap(cellsOf);
  const known = (['LSTM', 'GRU', 'SimpleRNN'] as const).find(kind => `${kind}Cell` === written);
  return [{ kind: known ?? null, written: written.slice(0, 60) || 'an unknown cell', config }];
}

/** Cells one above the other: each runs over the whole sequence before the next. */
const cellular: Layer = (context, [x]) => {
  const { tf, config, name } = context;
  const cells = cellsOf(config.cell);
  const slots = slotNames(cells.map(({ written }) => written));
  if (config.stateful === true || config.return_state === true || statesOf(context).length > 0)
    throw new RuntimeError(`The layer "${name}" gives or is given states of its cells, which is not run here.`);
  let out = one(x);
  let mask = context.masks[0] ?? null;
  for (const [index, { kind, written, config: own }] of cells.entries()) {
    if (kind === null) throw new RuntimeError(`The layer "${name}" (RNN of ${written}) is not run here.`);
    const named = textOf(own.name).replace(/[^\w]/g, '.');
    const numbered = new RegExp(`(?:^|/)cells/${slots[index]}/`);
    const scope =
      cells.length === 1 ? /(?:)/ : context.has('kernel', 0, numbered) ? numbered : new RegExp(`(?:^|/)${named}/`);
    const last = index === cells.length - 1;
    const backwards = index === 0 && config.go_backwards === true;
    const cell = {
      kind,
      config: { ...own, return_sequences: last ? config.return_sequences : true },
      kernel: context.weight('kernel', 0, scope),
      recurrent: context.weight('recurrent_kernel', 1, scope),
      bias: own.use_bias === false ? null : context.weight('bias', 2, scope),
    };
    const zeroMasked = last && config.zero_output_for_mask === true;
    [out] = runRecurrent(tf, cell, out, { layer: name, backwards, mask, zeroMasked, initial: [] });
    if (backwards && mask) mask = tf.reverse(mask, 1);
  }
  return out;
};

const bidirectional: Layer = (context, [x]) => {
  const { tf, config } = context;
  const inner = isRecord(config.layer) ? config.layer : {};
  const cellConfig = isRecord(inner.config) ? inner.config : {};
  // The way back may be a layer of its own.
  const other = isRecord(config.backward_layer) ? config.backward_layer : inner;
  const run = (scope: RegExp, backwards: boolean): readonly [Tensor, Tensor, Tensor] => {
    const written = backwards ? other : inner;
    const cellConfig = isRecord(written.config) ? written.config : {};
    const bias = cellConfig.use_bias === false ? null : context.weight('bias', 2, scope);
    const cell = {
      kind: textOf(written.class_name),
      config: cellConfig,
      kernel: context.weight('kernel', 0, scope),
      recurrent: context.weight('recurrent_kernel', 1, scope),
      bias,
    };
    const states = statesOf(context);
    const half = states.length / 2;
    const [out, ...last] = runRecurrent(tf, cell, one(x), {
      layer: context.name,
      backwards,
      mask: context.masks[0] ?? null,
      // Both directions give zeros where a step does not count, if they give every step.
      zeroMasked: cellConfig.return_sequences === true,
      initial: backwards ? states.slice(half) : states.slice(0, half),
    });
    return [backwards && cellConfig.return_sequences === true ? tf.reverse(out, 1) : out, ...last] as const;
  };
  const [forward, ...ahead] = run(/forward/, false);
  const [backward, ...behind] = run(/backward/, true);
  const joined = (): Tensor | null => {
    switch (config.merge_mode) {
      case 'sum':
        return tf.add(forward, backward);
      case 'mul':
        return tf.mul(forward, backward);
      case 'ave':
        return tf.mul(tf.add(forward, backward), 0.5);
      case null:
        return null;
      default:
        return tf.concat([forward, backward], -1);
    }
  };
  const out = joined();
  const kept = textOf(inner.class_name) === 'LSTM' ? 2 : 1;
  const states = cellConfig.return_state === true ? [...ahead.slice(0, kept), ...behind.slice(0, kept)] : [];
  return [...(out ? [out] : [forward, backward]), ...states];
};

/** Another layer on every step. */
const timeDistributed =
  (layers: () => Readonly<Record<string, Layer>>): Layer =>
  (context, [x]) => {
    const { tf, config } = context;
    const inner = isRecord(config.layer) ? config.layer : {};
    const run = layers()[textOf(inner.class_name)];
    if (!run) throw new RuntimeError(`The layer "${context.name}" repeats a layer that is not run here.`);
    const input = one(x);
    const [rows = 0, steps = 0, ...rest] = input.shape;
    const inside = {
      ...context,
      config: isRecord(inner.config) ? inner.config : {},
      masks: [],
      positional: [],
      named: new Map(),
    };
    const out = single(run(inside, [tf.reshape(input, [rows * steps, ...rest])]));
    return tf.reshape(out, [rows, steps, ...out.shape.slice(1)]);
  };

export const sequences = (layers: () => Readonly<Record<string, Layer>>): Readonly<Record<string, Layer>> => ({
  LSTM: recurrent('LSTM'),
  GRU: recurrent('GRU'),
  SimpleRNN: recurrent('SimpleRNN'),
  RNN: cellular,
  Bidirectional: bidirectional,
  TimeDistributed: timeDistributed(layers),
});
