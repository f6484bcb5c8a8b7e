import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { elementCount, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { decodeNumbers, itemSize, type LazyTensor } from '../tensors';

/** Opens Flax's msgpack (flax/serialization.py): nested maps whose arrays are extension 1: `(shape, dtype, bytes)`. */
export async function openFlax(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.modelBytes) refuse('The file is larger than this reader allows (limits.checkpoint-size).');
  const reader = new MsgpackReader(await source.read(0, source.size), limits);
  reader.whole();
  const tensors = reader.tensors;
  return {
    inspection: inspection('flax msgpack', {
      tensors: [...tensors.values()].map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      warnings: reader.warnings,
      why: 'Weights without an architecture; export the model to ONNX to audit it.',
    }),
    stateDict: tensors,
  };
}

type Value = null | boolean | number | string | Uint8Array | Value[] | undefined;

/** Reads msgpack (msgpack.org, spec) far enough to list arrays by path. */
class MsgpackReader {
  readonly tensors = new Map<string, LazyTensor>();
  readonly warnings: string[] = [];
  readonly #view: DataView;
  #at = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly limits: Limits,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  whole(): void {
    this.#value('', 0);
    if (this.#at !== this.bytes.length)
      refuse(`The msgpack file has ${this.bytes.length - this.#at} bytes after its end.`);
    if (this.tensors.size === 0) refuse('The msgpack file holds no arrays.');
  }

  #need(count: number): number {
    if (this.#at + count > this.bytes.length) refuse('The msgpack file is cut off or broken.');
    const at = this.#at;
    this.#at += count;
    return at;
  }

  #size(width: 1 | 2 | 4): number {
    const at = this.#need(width);
    return width === 1 ? this.#view.getUint8(at) : width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #take(count: number): Uint8Array {
    const at = this.#need(count);
    return this.bytes.subarray(at, at + count);
  }

  #value(path: string, depth: number): Value {
    if (depth > this.limits.depth) refuse('The msgpack file is nested too deeply.');
    const code = this.#view.getUint8(this.#need(1));
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 15, path, depth);
    if (code < 0xa0) return this.#array(code & 15, path, depth);
    if (code < 0xc0) return new TextDecoder().decode(this.#take(code & 31));
    if (code >= 0xe0) return code - 256;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return code === 0xc3;
      case 0xc4:
        return this.#take(this.#size(1));
      case 0xc5:
        return this.#take(this.#size(2));
      case 0xc6:
        return this.#take(this.#size(4));
      case 0xc7:
        return this.#extension(this.#size(1), path);
      case 0xc8:
        return this.#extension(this.#size(2), path);
      case 0xc9:
        return this.#extension(this.#size(4), path);
      case 0xca:
        return this.#view.getFloat32(this.#need(4));
      case 0xcb:
        return this.#view.getFloat64(this.#need(8));
      case 0xcc:
        return this.#size(1);
      case 0xcd:
        return this.#size(2);
      case 0xce:
        return this.#size(4);
      case 0xcf:
        return Number(this.#view.getBigUint64(this.#need(8)));
      case 0xd0:
        return this.#view.getInt8(this.#need(1));
      case 0xd1:
        return this.#view.getInt16(this.#need(2));
      case 0xd2:
        return this.#view.getInt32(this.#need(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#need(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(2 ** (code - 0xd4), path);
      case 0xd9:
        return new TextDecoder().decode(this.#take(this.#size(1)));
      case 0xda:
        return new TextDecoder().decode(this.#take(this.#size(2)));
      case 0xdb:
        return new TextDecoder().decode(this.#take(this.#size(4)));
      case 0xdc:
        return this.#array(this.#size(2), path, depth);
      case 0xdd:
        return this.#array(this.#size(4), path, depth);
      case 0xde:
        return this.#map(this.#size(2), path, depth);
      case 0xdf:
        return this.#map(this.#size(4), path, depth);
      default:
        return refuse('The msgpack file is broken: an unknown code.');
    }
  }

  #map(count: number, path: string, depth: number): undefined {
    if (count > this.bytes.length) refuse('The msgpack file is cut off or broken.');
    for (let index = 0; index < count; index++) {
      const key = this.#value(path, depth + 1);
      this.#value(path === '' ? String(key) : `${path}.${String(key)}`, depth + 1);
    }
    return undefined;
  }

  #array(count: number, path: string, depth: number): Value[] {
    if (count > this.bytes.length) refuse('The msgpack file is cut off or broken.');
    return Array.from({ length: count }, (_, index) => this.#value(`${path}.${index}`, depth + 1));
  }

  #extension(size: number, path: string): undefined {
    const type = this.#view.getInt8(this.#need(1));
    const bytes = this.#take(size);
    if (type !== 1 && type !== 3) {
      this.warnings.push(`"${path.slice(0, 80)}" holds an extension of type ${type}.`);
      return undefined;
    }
    const inner = new MsgpackReader(bytes, this.limits);
    const value = inner.#value('', 0);
    const [shape, dtype, data] = Array.isArray(value) ? value : [];
    if (!Array.isArray(shape) || typeof dtype !== 'string' || !(data instanceof Uint8Array))
      return refuse(`The array "${path.slice(0, 80)}" is broken.`);
    const sizes = shape.map(Number);
    if (elementCount(sizes, `The array "${path.slice(0, 80)}"`) * itemSize(dtype) !== data.length)
      refuse(`The array "${path.slice(0, 80)}" has ${data.length} bytes, which do not fit its shape.`);
    this.tensors.set(path, { name: path, shape: sizes, dtype, values: async () => decodeNumbers(data, dtype) });
    return undefined;
  }
}
