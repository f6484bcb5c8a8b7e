import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { elementCount, type Hazard, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { decodeNumbers, gather, type LazyTensor } from '../tensors';
import { readZip } from '../zip/directory';
import { entrySource } from '../zip/entry';
import { type NpyHeader, npyPreamble, parseNpyHeader } from './header';

/** An array of an `.npy` file: its header, and its values on request. */
export interface NpyArray extends LazyTensor {
  readonly header: NpyHeader;
  readonly warnings: readonly string[];
}

export const isNpy = (head: Uint8Array): boolean =>
  head[0] === 0x93 && String.fromCharCode(...head.subarray(1, 6)) === 'NUMPY';

/** Opens one `.npy` array; its elements stay in the file. */
export async function readNpy(source: ByteSource, name: string, limits: Limits): Promise<NpyArray> {
  const preamble = npyPreamble(await source.read(0, 12), source.size, limits);
  const bytes = await source.read(preamble.start, preamble.end);
  const text = new TextDecoder(preamble.version === 3 ? 'utf-8' : 'latin1').decode(bytes);
  const header = parseNpyHeader(text, preamble.version, preamble.end);
  const warnings: string[] = [];
  const count = elementCount(header.shape, 'The array');
  const needed = count * header.dtype.size;
  const present = source.size - header.data;
  if (header.dtype.name !== 'object' && needed > present)
    refuse(`The array has ${present} bytes of data, but its shape needs ${needed}.`);
  if (header.dtype.name !== 'object' && needed < present) warnings.push(`${present - needed} bytes follow the array.`);
  if (header.dtype.name === 'struct') warnings.push('The array has a structured type.');
  if (preamble.version === 3) warnings.push('The array has an .npy version 3 header (names in UTF-8).');
  return {
    name,
    shape: header.shape,
    dtype: header.dtype.name,
    header,
    warnings,
    values: async () => numbers(await source.read(header.data, header.data + needed), header),
  };
}

/** The numbers of an array in row-major order. */
export function numbers(
  bytes: Uint8Array,
  header: Pick<NpyHeader, 'dtype' | 'fortran' | 'shape'>,
): Float32Array | Float64Array {
  const flat = decodeNumbers(bytes, header.dtype.name, header.dtype.bigEndian);
  if (!header.fortran || header.shape.length < 2) return flat;
  const strides = header.shape.map((_, axis) =>
    header.shape.slice(0, axis).reduce((product, size) => product * size, 1),
  );
  return gather(flat, 0, header.shape, strides);
}

/** The arrays of an `.npz` archive by name. */
export async function readNpz(source: ByteSource, limits: Limits): Promise<Map<string, NpyArray>> {
  const { entries } = await readZip(source, limits);
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries.values()) {
    const name = entry.name.replace(/\.npy$/, '');
    arrays.set(name, await readNpy(await entrySource(source, entry, limits), name, limits));
  }
  return arrays;
}

/** `inspect` of an `.npy` or `.npz` file. */
export async function openNumpy(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const single = isNpy(await source.read(0, 8));
  const arrays = single
    ? [await readNpy(source, source.name.replace(/\.npy$/, ''), limits)]
    : [...(await readNpz(source, limits)).values()];
  const hazards: Hazard[] = [];
  const warnings: string[] = [];
  for (const array of arrays) {
    warnings.push(...array.warnings.map(warning => `${array.name.slice(0, 80)}: ${warning}`));
    if (array.dtype === 'object') {
      hazards.push({
        kind: 'embedded-pickle',
        message: `The array "${array.name.slice(0, 80)}" holds Python objects (a pickle), which numpy runs with allow_pickle=True.`,
      });
    } else if (
      array.shape.reduce((a, b) => a * b, 1) < 1 << 20 &&
      /^float/.test(array.dtype) &&
      hasNaN(await array.values())
    ) {
      warnings.push(`The array "${array.name.slice(0, 80)}" holds numbers that are not numbers (NaN).`);
    }
  }
  const tensors = arrays.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  return {
    inspection: inspection(single ? 'npy' : 'npz', { tensors, hazards, warnings, why: 'Arrays, not a model.' }),
  };
}

const hasNaN = (values: Float32Array | Float64Array): boolean => values.some(value => Number.isNaN(value));
