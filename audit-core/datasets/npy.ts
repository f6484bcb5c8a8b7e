import type { ByteSource } from '../checkpoints/byte-source';
import { refuse } from '../checkpoints/inspection';
import type { Limits } from '../checkpoints/limits';
import { isNpy, type NpyArray, readNpy } from '../checkpoints/npy';
import { readZip } from '../checkpoints/zip/directory';
import { entrySource } from '../checkpoints/zip/entry';

/** An array of numpy as data: its header at once, its values on request. */
export interface NumpyArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** numpy's type name (`float32`, `int64`, `bool`, `str`, `bytes`…). */
  readonly dtype: string;
  /** Row-major numbers; integers beyond 2^53 lose precision. Refuses text and Python objects. */
  numbers(): Promise<Float32Array | Float64Array>;
  /** The elements of a text array, trailing NULs removed. Refuses numbers and Python objects. */
  strings(): Promise<string[]>;
}

/** Opens one `.npy` file. */
export async function readNumpy(source: ByteSource, name: string, limits: Limits): Promise<NumpyArray> {
  return wrap(source, await readNpy(source, name, limits));
}

/** Opens the arrays of an `.npz` archive (or the one of an `.npy` file, named by `single`), by name, in the archive's order. */
export async function readNumpyArchive(
  source: ByteSource,
  limits: Limits,
  single = 'array',
): Promise<Map<string, NumpyArray>> {
  const arrays = new Map<string, NumpyArray>();
  if (isNpy(await source.read(0, 8))) return arrays.set(single, await readNumpy(source, single, limits));
  const { entries } = await readZip(source, limits);
  for (const entry of entries.values()) {
    const name = entry.name.replace(/\.npy$/, '');
    arrays.set(name, await readNumpy(await entrySource(source, entry, limits), name, limits));
  }
  return arrays;
}

function wrap(source: ByteSource, array: NpyArray): NumpyArray {
  const { header, name } = array;
  const label = `The array "${name.slice(0, 80)}"`;
  if (header.dtype.name === 'object') refuse(`${label} holds Python objects; it is not read.`);
  const isText = header.dtype.name === 'str' || header.dtype.name === 'bytes';
  return {
    name,
    shape: array.shape,
    dtype: array.dtype,
    numbers: async () => (isText ? refuse(`${label} holds text where numbers are needed.`) : await array.values()),
    strings: async () => {
      if (!isText) refuse(`${label} holds ${header.dtype.name} where text is needed.`);
      if (header.fortran && array.shape.length > 1) refuse(`${label} is stored by columns; text is read by rows only.`);
      const count = array.shape.reduce((product, size) => product * size, 1);
      const bytes = await source.read(header.data, header.data + count * header.dtype.size);
      return decodeText(bytes, count, header.dtype.size, header.dtype.name === 'str' ? 4 : 1, header.dtype.bigEndian);
    },
  };
}

/** numpy's fixed-width text: UCS-4 code points (`U`) or latin-1 bytes (`S`), padded with NULs. */
function decodeText(bytes: Uint8Array, count: number, size: number, unit: 1 | 4, bigEndian: boolean): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Array<string>(count);
  for (let index = 0; index < count; index++) {
    let text = '';
    for (let at = index * size; at + unit <= (index + 1) * size; at += unit) {
      const code = unit === 4 ? view.getUint32(at, !bigEndian) : view.getUint8(at);
      text += code <= 0x10ffff ? String.fromCodePoint(code) : '�';
    }
    out[index] = text.replace(/\0+$/, '');
  }
  return out;
}
