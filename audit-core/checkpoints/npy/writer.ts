import { zipSync } from 'fflate';

/** An array to write: floating-point numbers, or flags (numpy's `bool`) as bytes of 0 and 1, in row-major order. */
export interface WrittenArray {
  readonly data: Float32Array | Float64Array | Uint8Array;
  readonly shape: readonly number[];
}

/** The bytes of an `.npz` archive (stored, not compressed), readable by numpy. */
export function writeNpz(arrays: Readonly<Record<string, WrittenArray>>): Uint8Array {
  const files: Record<string, [Uint8Array, { level: 0 }]> = {};
  for (const [name, array] of Object.entries(arrays)) files[`${name}.npy`] = [writeNpy(array), { level: 0 }];
  return zipSync(files);
}

/** The bytes of an `.npy` file, version 1.0: the header is padded so that the data start at a multiple of 64. */
export function writeNpy(array: WrittenArray): Uint8Array {
  const descr = array.data instanceof Uint8Array ? '|b1' : array.data instanceof Float64Array ? '<f8' : '<f4';
  const shape = array.shape.length === 1 ? `(${array.shape[0]},)` : `(${array.shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const out = new Uint8Array(10 + length + array.data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  out.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  out.set(new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength), 10 + length);
  return out;
}
