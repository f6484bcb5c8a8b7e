import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
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
  if (source.size > limits.modelBytes) refuse('The model is larger than this reader allows.');
  const buffer = new FlatBuffer(await source.read(0, source.size));
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

/** Just enough of FlatBuffers: every offset is checked against the file. */
class FlatBuffer {
  readonly #view: DataView;
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(at: number): number {
    return at >= 0 && at + 4 <= this.#view.byteLength ? this.#view.getUint32(at, true) : broken();
  }

  byte(at: number): number {
    return at < this.#view.byteLength ? this.#view.getUint8(at) : broken();
  }

  indirect(at: number): number {
    const target = at + this.uint32(at);
    return target + 4 <= this.#view.byteLength ? target : broken();
  }

  /** Position of a table's field, 0 when it is absent. */
  field(table: number, slot: number): number {
    const vtable = table - (table + 4 <= this.#view.byteLength ? this.#view.getInt32(table, true) : broken());
    if (vtable < 0 || vtable + 4 > this.#view.byteLength) return broken();
    const size = this.#view.getUint16(vtable, true);
    const at = 4 + slot * 2;
    if (at + 2 > size) return 0;
    if (vtable + at + 2 > this.#view.byteLength) return broken();
    const offset = this.#view.getUint16(vtable + at, true);
    return offset === 0 ? 0 : table + offset;
  }

  #vector(table: number, slot: number, width: number): { start: number; count: number } {
    const field = this.field(table, slot);
    if (field === 0) return { start: 0, count: 0 };
    const at = this.indirect(field);
    const count = this.uint32(at);
    return at + 4 + count * width <= this.#view.byteLength ? { start: at + 4, count } : broken();
  }

  tables(table: number, slot: number, limit: number): number[] {
    const { start, count } = this.#vector(table, slot, 4);
    if (count > limit) return broken();
    return Array.from({ length: count }, (_, index) => this.indirect(start + index * 4));
  }

  integers(table: number, slot: number): number[] {
    const { start, count } = this.#vector(table, slot, 4);
    return Array.from({ length: Math.min(count, 1e6) }, (_, index) => this.#view.getInt32(start + index * 4, true));
  }

  text(table: number, slot: number): string {
    const { start, count } = this.#vector(table, slot, 1);
    return new TextDecoder().decode(
      new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, Math.min(count, 1000)),
    );
  }
}

function broken(): never {
  return refuse('The TensorFlow Lite model is cut off or broken: a part lies beyond its end.');
}
