import { refuse, type TensorInfo } from './inspection';

/** One tensor that stays in its file until its values are asked for. */
export interface LazyTensor extends TensorInfo {
  /** All values in row-major order; integers beyond 2^53 lose precision. */
  readonly values: () => Promise<Float32Array | Float64Array>;
}

/** The named weights of a model, in the order of the file. */
export type StateDict = ReadonlyMap<string, LazyTensor>;

const sizes: ReadonlyMap<string, number> = new Map(
  Object.entries({
    float64: 8,
    float32: 4,
    float16: 2,
    bfloat16: 2,
    float8_e4m3fn: 1,
    float8_e5m2: 1,
    float8_e4m3fnuz: 1,
    float8_e5m2fnuz: 1,
    float8_e8m0fnu: 1,
    int64: 8,
    int32: 4,
    int16: 2,
    int8: 1,
    uint64: 8,
    uint32: 4,
    uint16: 2,
    uint8: 1,
    bool: 1,
    complex64: 8,
    complex128: 16,
    complex32: 4,
    qint8: 1,
    quint8: 1,
    qint32: 4,
  }),
);

/** Bytes of one element; refuses an unknown type. */
export function itemSize(dtype: string): number {
  return sizes.get(dtype) ?? refuse(`The element type "${dtype.slice(0, 40)}" is not known.`);
}

/** Decodes little- or big-endian elements to floating-point numbers (IEEE 754; bfloat16 is the upper half of a float32). */
export function decodeNumbers(bytes: Uint8Array, dtype: string, bigEndian = false): Float32Array | Float64Array {
  const size = itemSize(dtype);
  const count = Math.floor(bytes.length / size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !bigEndian;
  if (dtype === 'float32' && little) {
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + count * 4));
  }
  const wide = dtype === 'float64' || /int(32|64)/.test(dtype);
  const out = wide ? new Float64Array(count) : new Float32Array(count);
  const read = reader(dtype, view, little);
  for (let index = 0; index < count; index++) out[index] = read(index * size);
  return out;
}

function reader(dtype: string, view: DataView, little: boolean): (at: number) => number {
  switch (dtype) {
    case 'float64':
      return at => view.getFloat64(at, little);
    case 'float32':
      return at => view.getFloat32(at, little);
    case 'float16':
      return at => half(view.getUint16(at, little));
    case 'bfloat16':
      return at => upperHalf(view.getUint16(at, little));
    case 'int64':
      return at => Number(view.getBigInt64(at, little));
    case 'uint64':
      return at => Number(view.getBigUint64(at, little));
    case 'int32':
    case 'qint32':
      return at => view.getInt32(at, little);
    case 'uint32':
      return at => view.getUint32(at, little);
    case 'int16':
      return at => view.getInt16(at, little);
    case 'uint16':
      return at => view.getUint16(at, little);
    case 'int8':
    case 'qint8':
      return at => view.getInt8(at);
    case 'uint8':
    case 'quint8':
    case 'bool':
      return at => view.getUint8(at);
    default:
      return refuse(`Values of type ${dtype} cannot be read as numbers.`);
  }
}

/** The value of an IEEE 754 binary16. */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));
function upperHalf(bits: number): number {
  word.setUint32(0, bits * 65536);
  return word.getFloat32(0);
}

/** Gathers a strided view (element strides) of a flat storage into row-major order. */
export function gather(
  storage: Float32Array | Float64Array,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): Float32Array | Float64Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const out = storage instanceof Float64Array ? new Float64Array(count) : new Float32Array(count);
  if (isContiguous(shape, strides)) {
    out.set(storage.subarray(offset, offset + count));
    return out;
  }
  const position = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let index = 0; index < count; index++) {
    out[index] = storage[at] ?? Number.NaN;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] ?? 0) + 1;
      at += strides[axis] ?? 0;
      if ((position[axis] ?? 0) < (shape[axis] ?? 0)) break;
      at -= (strides[axis] ?? 0) * (shape[axis] ?? 0);
      position[axis] = 0;
    }
  }
  return out;
}

/** True when the strides are those of a row-major array without gaps. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if ((shape[axis] ?? 0) !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis] ?? 1;
  }
  return true;
}
