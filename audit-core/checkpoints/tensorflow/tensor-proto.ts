import { elementCount, refuse } from '../inspection';
import { fields, integers } from '../protobuf/wire';
import { decodeNumbers } from '../tensors';
import { readShape } from './graph';

/** tensorflow/core/framework/types.proto, DataType. */
export const dataTypes: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  5: 'int16',
  6: 'int8',
  7: 'string',
  8: 'complex64',
  9: 'int64',
  10: 'bool',
  14: 'bfloat16',
  17: 'uint16',
  19: 'float16',
  22: 'uint32',
  23: 'uint64',
};

/** A constant: numbers in row-major order, or texts. */
export interface Constant {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | readonly number[];
  readonly texts: readonly string[];
}

const maxElements = 1 << 26;

/** Reads a TensorProto; a list of values that is shorter than the tensor repeats its last one. */
export function readConstant(bytes: Uint8Array): Constant {
  let dtype = 'float32';
  let shape: readonly number[] = [];
  let content: Uint8Array | null = null;
  const listed: number[] = [];
  const texts: string[] = [];
  const what = 'A constant of the graph';
  for (const field of fields(bytes, what)) {
    switch (field.number) {
      case 1:
        dtype = dataTypes[Number(field.varint)] ?? refuse(`${what} has an unknown type.`);
        break;
      case 2:
        if (field.wire === 2) shape = readShape(field.bytes);
        break;
      case 4:
        if (field.wire === 2) content = field.bytes;
        break;
      case 8:
        if (field.wire === 2) texts.push(new TextDecoder().decode(field.bytes));
        break;
      case 5:
        numbers(field.bytes, 'float32', listed);
        break;
      case 6:
        numbers(field.bytes, 'float64', listed);
        break;
      case 7:
      case 10:
      case 11:
        for (const value of integers(field, what)) listed.push(value);
        break;
      default:
    }
  }
  const count = elementCount(shape, what);
  if (count > maxElements) refuse(`${what} is larger than this reader allows.`);
  if (dtype === 'string') return { dtype, shape, values: [], texts };
  if (content && content.length > 0) {
    const values = decodeNumbers(content, dtype);
    if (values.length !== count) refuse(`${what} has ${values.length} numbers for ${count}.`);
    return { dtype, shape, values, texts };
  }
  const last = listed.at(-1) ?? 0;
  return { dtype, shape, values: Array.from({ length: count }, (_, index) => listed[index] ?? last), texts };
}

function numbers(bytes: Uint8Array, dtype: 'float32' | 'float64', into: number[]): void {
  for (const value of decodeNumbers(bytes, dtype)) into.push(value);
}
