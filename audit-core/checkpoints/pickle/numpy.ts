import type { ByteSource } from '../byte-source';
import { elementCount, refuse } from '../inspection';
import { type Literal, type NpyType, parseType } from '../npy/header';
import { numbers } from '../npy/index';
import { asNumber, classOf, isKind, items, numberList, type PyObject, type PyValue, qualified } from './values';

/** A numpy array in a pickle: its elements stay in the file until they are asked for. */
export interface PickledArray {
  readonly dtype: NpyType;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  /** The elements of an object array, in row-major order. */
  readonly objects: readonly PyValue[] | null;
  readonly bytes: () => Promise<Uint8Array>;
}

/** The element type that a pickled `numpy.dtype` describes. */
export function dtypeOf(value: PyValue | undefined): NpyType {
  if (!isKind(value, 'object'))
    return isKind(value, 'global')
      ? parseType(scalarCode(value.name))
      : refuse('An array in the pickle has no element type.');
  const code = value.args[0];
  if (typeof code !== 'string') return refuse('An array in the pickle has no element type.');
  const state = items(value.state) ?? [];
  const order = typeof state[1] === 'string' ? state[1] : '|';
  const names = items(state[3]);
  const fields = state[4];
  if (names && isKind(fields, 'dict')) {
    const parts = names.map(name => {
      const entry = fields.entries.find(([key]) => key === name)?.[1];
      const [type, offset] = items(entry) ?? [];
      return { name: String(name), type: dtypeOf(type), offset: asNumber(offset) ?? 0 };
    });
    return {
      name: 'struct',
      size: asNumber(state[5]) ?? parts.reduce((sum, part) => sum + part.type.size, 0),
      bigEndian: false,
      fields: parts,
    };
  }
  return parseType(`${order === '>' ? '>' : '<'}${code}` as Literal);
}

const scalarCode = (name: string): string =>
  ({ float64: '<f8', float32: '<f4', int64: '<i8', int32: '<i4', bool_: '|b1', bool: '|b1', uint8: '|u1' })[name] ??
  name;

/** What follows a joblib array wrapper in the stream: padding and raw elements, or a pickle when the elements are objects. */
export function joblibRaw(object: PyObject, nextByte: number): { skip: number; length: number } | 'pickle' | null {
  if (!isWrapper(object)) return null;
  const type = dtypeOf(state(object, 'dtype'));
  if (type.name === 'object') return 'pickle';
  const shape = numberList(state(object, 'shape')) ?? refuse('An array of the joblib file has no shape.');
  const aligned = asNumber(state(object, 'numpy_array_alignment_bytes'));
  return { skip: aligned ? 1 + nextByte : 0, length: elementCount(shape, 'An array of the joblib file') * type.size };
}

const isWrapper = (object: PyObject): boolean => classOf(object).endsWith('.NumpyArrayWrapper');
function state(object: PyObject, key: string): PyValue | undefined {
  return isKind(object.state, 'dict') ? object.state.entries.findLast(([name]) => name === key)?.[1] : undefined;
}

/** The numpy array that a value describes, in any of the ways that pickles write it; null for anything else. */
export function arrayOf(value: PyValue | undefined, source: ByteSource): PickledArray | null {
  if (!isKind(value, 'object')) return null;
  const callee = qualified(value);
  if (isWrapper(value)) {
    const dtype = dtypeOf(state(value, 'dtype'));
    const shape = numberList(state(value, 'shape')) ?? [];
    const length = elementCount(shape, 'An array') * dtype.size;
    const fortran = state(value, 'order') === 'F';
    if (dtype.name === 'object') {
      const inner = arrayOf(value.items[0], source);
      return (
        inner ?? { dtype, shape, fortran, objects: items(value.items[0]) ?? [], bytes: async () => new Uint8Array(0) }
      );
    }
    return { dtype, shape, fortran, objects: null, bytes: () => source.read(value.raw, value.raw + length) };
  }
  if (callee.endsWith('multiarray._reconstruct')) {
    const parts = items(value.state) ?? [];
    const shape = numberList(parts[1]);
    if (!shape) return null;
    const dtype = dtypeOf(parts[2]);
    const raw = parts[4];
    if (dtype.name === 'object')
      return {
        dtype,
        shape,
        fortran: parts[3] === true,
        objects: items(raw) ?? [],
        bytes: async () => new Uint8Array(0),
      };
    return { dtype, shape, fortran: parts[3] === true, objects: null, bytes: () => bytesOf(raw, source) };
  }
  if (callee.endsWith('numeric._frombuffer')) {
    const [buffer, type, shape, order] = value.args;
    return {
      dtype: dtypeOf(type),
      shape: numberList(shape) ?? [],
      fortran: order === 'F',
      objects: null,
      bytes: () => bytesOf(buffer, source),
    };
  }
  return null;
}

/** The bytes of a value: a byte string, or protocol 2's `_codecs.encode(text, "latin1")`. */
export async function bytesOf(value: PyValue | undefined, source: ByteSource): Promise<Uint8Array> {
  if (isKind(value, 'bytes')) return value.inline ?? (await source.read(value.start, value.start + value.length));
  const text =
    typeof value === 'string'
      ? value
      : isKind(value, 'object') && qualified(value) === '_codecs.encode'
        ? value.args[0]
        : undefined;
  if (
    isKind(value, 'object') &&
    (qualified(value) === 'builtins.bytearray' || qualified(value) === '__builtin__.bytearray')
  )
    return await bytesOf(value.args[0], source);
  if (typeof text === 'string') return Uint8Array.from(text, letter => letter.charCodeAt(0) & 255);
  if (isKind(value, 'object') && /bytes$/.test(qualified(value))) return new Uint8Array(0);
  return refuse('An array in the pickle has no data.');
}

/** The numbers of an array in row-major order. */
export async function arrayNumbers(array: PickledArray): Promise<Float32Array | Float64Array> {
  const bytes = await array.bytes();
  if (bytes.length < elementCount(array.shape, 'An array') * array.dtype.size)
    refuse('An array in the pickle has fewer bytes than its shape needs.');
  return numbers(bytes, array);
}

/** A number from a Python number or a numpy scalar. */
export async function scalarOf(value: PyValue | undefined, source: ByteSource): Promise<number | null> {
  const plain = asNumber(value);
  if (plain !== null) return plain;
  if (!isKind(value, 'object') || !qualified(value).endsWith('multiarray.scalar')) return null;
  const dtype = dtypeOf(value.args[0]);
  const [number] = numbers(await bytesOf(value.args[1], source), { dtype, fortran: false, shape: [1] });
  return number ?? null;
}
