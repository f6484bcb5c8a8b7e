import { decompress, gzipHead } from '../../checkpoints/compression';
import { defaultLimits } from '../../checkpoints/limits';
import { DataFileError } from '../errors';

/** A NIfTI volume as nibabel's `get_fdata` gives it: first axis first, values scaled. */
export interface Volume {
  readonly shape: readonly number[];
  /** Row-major in the order of `shape`. */
  readonly data: Float32Array;
}

const bad = (what: string): never => {
  throw new DataFileError(`The NIfTI volume ${what}.`);
};

const types: Readonly<
  Record<number, { readonly size: number; readonly read: (view: DataView, at: number, little: boolean) => number }>
> = {
  2: { size: 1, read: (v, at) => v.getUint8(at) },
  4: { size: 2, read: (v, at, le) => v.getInt16(at, le) },
  8: { size: 4, read: (v, at, le) => v.getInt32(at, le) },
  16: { size: 4, read: (v, at, le) => v.getFloat32(at, le) },
  64: { size: 8, read: (v, at, le) => v.getFloat64(at, le) },
  256: { size: 1, read: (v, at) => v.getInt8(at) },
  512: { size: 2, read: (v, at, le) => v.getUint16(at, le) },
  768: { size: 4, read: (v, at, le) => v.getUint32(at, le) },
  1024: { size: 8, read: (v, at, le) => Number(v.getBigInt64(at, le)) },
  1280: { size: 8, read: (v, at, le) => Number(v.getBigUint64(at, le)) },
};

/** True for a single-file NIfTI of version 1 or 2, not compressed. */
export function isNifti(head: Uint8Array): boolean {
  if (head.length < 348) return false;
  const mark = (at: number): string => String.fromCharCode(...head.subarray(at, at + 3));
  return mark(344) === 'n+1' || mark(4) === 'n+2';
}

/** What a header says of its volume. */
interface Header {
  readonly view: DataView;
  readonly second: boolean;
  readonly little: boolean;
  readonly shape: readonly number[];
  readonly count: number;
  readonly type: (typeof types)[number];
  /** Where the voxels start. */
  readonly offset: number;
}

/** Reads the header alone and refuses what its voxels cannot be: nothing has been unpacked for them yet. */
function readHeader(bytes: Uint8Array, values: number): Header {
  if (!isNifti(bytes)) bad('has no NIfTI mark; two-file and Analyze volumes are not read');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const second = String.fromCharCode(...bytes.subarray(4, 7)) === 'n+2';
  const size = second ? 540 : 348;
  const little = view.getInt32(0, true) === size;
  if (!little && view.getInt32(0, false) !== size) bad('has a broken header');
  if (bytes.length < size) bad('is cut off');
  const dimension = (i: number): number =>
    second ? Number(view.getBigInt64(16 + 8 * i, little)) : view.getInt16(40 + 2 * i, little);
  const rank = dimension(0);
  if (rank < 1 || rank > 7) bad(`says it has ${rank} dimensions`);
  const shape = Array.from({ length: rank }, (_, i) => dimension(i + 1));
  if (shape.some(n => n < 1)) bad('has an empty dimension');
  while (shape.length > 3 && shape.at(-1) === 1) shape.pop();
  const count = shape.reduce((a, b) => a * b, 1);
  if (!(count <= values)) bad(`says it has ${count} voxels; the limit is ${values}`);
  const code = view.getInt16(second ? 12 : 70, little);
  const type = types[code] ?? bad(`has the voxel type ${code}, which is not read`);
  const offset = second ? Number(view.getBigInt64(168, little)) : view.getFloat32(108, little);
  if (!Number.isInteger(offset) || offset < size) bad('has fewer voxels than its header says');
  return { view, second, little, shape, count, type, offset };
}

/** Extensions lie before the voxels; more than this is no header's. */
const headerBytes = 64 << 20;

/** Unpacks as much as the header says that there is. */
async function unpack(given: Uint8Array, values: number): Promise<Uint8Array> {
  const { offset, count, type } = readHeader(gzipHead(given, 540), values);
  if (offset > headerBytes) bad('has an impossibly large header');
  const need = offset + count * type.size + (1 << 20);
  return await decompress(given, 'gzip', {
    ...defaultLimits,
    inflatedBytes: need,
    inflationRatio: Number.POSITIVE_INFINITY,
  }).catch(() => bad('is broken or holds more than its header says'));
}

/** Reads a volume, gzip or not (NIfTI-1 and NIfTI-2 headers). */
export async function readNifti(given: Uint8Array, values: number): Promise<Volume> {
  const packed = given[0] === 0x1f && given[1] === 0x8b;
  const bytes = packed ? await unpack(given, values) : given;
  const { view, second, little, shape, count, type, offset } = readHeader(bytes, values);
  let slope = second ? view.getFloat64(176, little) : view.getFloat32(112, little);
  let intercept = second ? view.getFloat64(184, little) : view.getFloat32(116, little);
  if (!Number.isFinite(slope) || slope === 0) [slope, intercept] = [1, 0];
  if (!Number.isFinite(intercept)) intercept = 0;
  if (offset + count * type.size > bytes.length) bad('has fewer voxels than its header says');
  const data = new Float32Array(count);
  // The file runs along the first axis; the array's last axis runs fastest.
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  const place = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    data[i] = type.read(view, offset + at * type.size, little) * slope + intercept;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      at -= steps[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
  return { shape, data };
}
