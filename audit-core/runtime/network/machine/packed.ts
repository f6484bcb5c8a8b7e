import type { Tensor } from '../../aten/operator';
import { is, isList, listOf, type ObjectValue, tensorValue, unknownOf, type Value } from '../values';
import type { Machine, Named } from './machine';
import { tensorOf } from './operations';

const packedType = 'torch.nn.utils.rnn.PackedSequence';

/** Sequences of different lengths: padded `[T, N, F]`, and how long each of the N is. */
export interface Packed {
  readonly padded: Tensor;
  readonly lengths: readonly number[];
}

/** A packed sequence as networks' code holds it; what is inside is kept padded, since each step of a recurrence masks it. */
export function packedValue({ padded, lengths }: Packed): ObjectValue {
  const attributes = new Map<string, Value>([
    ['padded', tensorValue(padded)],
    ['lengths', listOf([...lengths])],
    ['data', unknownOf('The flat values of a packed sequence are not followed here')],
    ['batch_sizes', unknownOf('The batch sizes of a packed sequence are not followed here')],
  ]);
  return { kind: 'object', class: null, type: packedType, attributes };
}

/** What a packed sequence holds; null for another value. */
export function packedOf(value: Value): Packed | null {
  if (!is(value, 'object') || value.type !== packedType) return null;
  const padded = value.attributes.get('padded');
  const lengths = value.attributes.get('lengths');
  if (!is(padded, 'tensor') || !isList(lengths)) return null;
  return { padded: padded.value, lengths: lengths.items.map(Number) };
}

function lengthsOf(m: Machine, value: Value): number[] {
  const tensor = tensorOf(m, value);
  if (tensor) return Array.from(tensor.dataSync(), Number);
  if (isList(value) && value.items.every(each => typeof each === 'number')) return value.items.map(Number);
  return m.fail('The lengths of packed sequences are not known');
}

const timeFirst = (m: Machine, x: Tensor): Tensor =>
  m.tensors.transpose(x, [1, 0, ...x.shape.slice(2).map((_, index) => index + 2)]);

/** `pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True)`; the order of the rows is kept. */
export function packPadded(m: Machine, positional: readonly Value[], named: Named): Value {
  const input = tensorOf(m, positional[0] ?? named.get('input') ?? null);
  if (!input) return unknownOf('What is packed is not known');
  const batchFirst = (positional[2] ?? named.get('batch_first') ?? false) === true;
  const padded = batchFirst ? timeFirst(m, input) : input;
  const lengths = lengthsOf(m, positional[1] ?? named.get('lengths') ?? null);
  if (lengths.length !== (padded.shape[1] ?? 0))
    m.fail(`${lengths.length} lengths are given for ${padded.shape[1] ?? 0} sequences`);
  if (lengths.some(each => each < 1)) m.fail('A packed sequence has a length below 1');
  return packedValue({ padded, lengths });
}

/** `pad_packed_sequence(sequence, batch_first=False, padding_value=0, total_length=None)`: as long as the longest. */
export function padPacked(m: Machine, positional: readonly Value[], named: Named): Value {
  const packed = packedOf(positional[0] ?? named.get('sequence') ?? null);
  if (!packed) return unknownOf('What is unpacked is not known');
  const tf = m.tensors;
  const fill = positional[2] ?? named.get('padding_value') ?? 0;
  const total = positional[3] ?? named.get('total_length') ?? null;
  const longest = Math.max(...packed.lengths);
  const [have = 0, rows = 0] = packed.padded.shape;
  const wanted = typeof total === 'number' ? total : longest;
  const rest = packed.padded.shape.slice(2);
  const kept = tf.slice(packed.padded, [0, 0], [Math.min(have, wanted), rows]);
  const long = tf.pad(
    kept,
    kept.shape.map((size, index) => [0, index === 0 ? Math.max(0, wanted - size) : 0] as [number, number]),
  );
  const inside = tf.less(
    tf.reshape(tf.range(0, wanted, 1, 'int32'), [wanted, 1]),
    tf.tensor2d([...packed.lengths], [1, rows], 'int32'),
  );
  const mask = tf.broadcastTo(tf.reshape(inside, [wanted, rows, ...rest.map(() => 1)]), long.shape as [number]);
  const out = tf.where(mask.cast('bool'), long, tf.fill(long.shape, typeof fill === 'number' ? fill : 0));
  const first = (positional[1] ?? named.get('batch_first') ?? false) === true;
  const lengths = tf.tensor1d([...packed.lengths], 'int32');
  return listOf([tensorValue(first ? timeFirst(m, out) : out), tensorValue(lengths)], 'tuple');
}
