import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { FlatBuffer } from '../flatbuffer';
import { inspection, refuse, type TensorInfo } from '../inspection';
import type { Limits } from '../limits';

/** tensorflow/lite/schema/schema.fbs, TensorType. */
const types = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
];

/** `inspect` of a TensorFlow Lite model: the tensors of its first sub-graph, its inputs and outputs. */
export async function openTflite(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.modelBytes) refuse('The model is larger than this reader allows (limits.checkpoint-size).');
  const buffer = new FlatBuffer(await source.read(0, source.size), 'The TensorFlow Lite model');
  const root = buffer.indirect(0);
  const version = buffer.field(root, 0);
  const graphs = buffer.tables(root, 2, limits.tensors);
  const [graph] = graphs;
  if (graph === undefined) refuse('The TensorFlow Lite model has no graph.');
  const listed: TensorInfo[] = buffer.tables(graph, 0, limits.tensors).map(tensor => {
    const type = buffer.field(tensor, 1);
    return {
      name: buffer.text(tensor, 3),
      shape: buffer.integers(tensor, 0),
      dtype: types[type === 0 ? 0 : buffer.byte(type)] ?? 'unknown',
    };
  });
  const ports = (slot: number) =>
    buffer.integers(graph, slot).map(index => ({
      name: listed[index]?.name ?? '?',
      shape: [-1, ...(listed[index]?.shape ?? []).slice(1)],
      dtype: listed[index]?.dtype ?? 'unknown',
    }));
  return {
    inspection: inspection('tflite', {
      tensors: listed,
      inputs: ports(1),
      outputs: ports(2),
      metadata: { schema: version === 0 ? 0 : buffer.uint32(version), graphs: graphs.length },
      why: 'TensorFlow Lite models are inspected here, not run; audit the Keras model that they were converted from.',
    }),
  };
}
