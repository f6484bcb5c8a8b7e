import { interop } from '../../runtime/interop';
import { type Hazard, refuse } from '../inspection';
import type { Limits } from '../limits';
import type { LazyTensor } from '../tensors';
import { checkHeaps } from './heaps';

/** What an HDF5 file holds, with values on request. */
export interface Hdf5File {
  readonly tensors: ReadonlyMap<string, LazyTensor>;
  /** Text attributes of the root. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly hazards: readonly Hazard[];
  readonly warnings: readonly string[];
  close(): void;
}

let counter = 0;
/** Files that the library holds in memory, the oldest first: as many as a comparison of models needs. */
const mostOpen = 8;
const kept: (() => void)[] = [];

/** What the library's file system in memory is asked for. */
interface Files {
  readonly streams: readonly ({ readonly path?: string } | null | undefined)[];
  close(stream: object): void;
  unlink(path: string): void;
}

/**
 * Takes a file out of the library's file system. Each error that the library writes leaves a file of its own open in `/tmp`, and so may
 * a broken file; after some thousands of them nothing could be opened any more.
 */
function forget(files: unknown, path: string): void {
  const { streams } = files as Files;
  const left = streams.filter(each => each?.path === path || each?.path?.startsWith('/tmp/tmpfile_'));
  for (const stream of left)
    attempt(() => {
      if (stream) (files as Files).close(stream);
    });
  for (const name of new Set([path, ...left.flatMap(each => each?.path ?? [])]))
    attempt(() => (files as Files).unlink(name));
}

/** The library throws objects that are no errors, also for what is gone already. */
function attempt(run: () => void): void {
  try {
    run();
  } catch {
    // Nothing of it is needed any more.
  }
}

/** Opens HDF5 bytes with the HDF5 library compiled to WebAssembly, in a file system of its own that holds nothing else. */
export async function openHdf5(bytes: Uint8Array, limits: Limits): Promise<Hdf5File> {
  checkHead(bytes);
  checkHeaps(bytes);
  const h5 = interop(await import('h5wasm'), 'ready');
  const module = await h5.ready;
  const path = `/checkpoint-${counter++}.h5`;
  let opened: InstanceType<typeof h5.File> | null = null;
  const close = (): void => {
    attempt(() => opened?.close());
    opened = null;
    forget(module.FS, path);
    const at = kept.indexOf(close);
    if (at >= 0) kept.splice(at, 1);
  };
  /** The file in the library's hands; opened anew where others have taken its place. */
  const open = (): InstanceType<typeof h5.File> => {
    if (opened) return opened;
    try {
      module.FS.writeFile(path, bytes);
      module.activate_throwing_error_handler();
      opened = new h5.File(path, 'r');
    } catch {
      close();
      return refuse('The HDF5 file is cut off or broken.');
    }
    kept.push(close);
    if (kept.length > mostOpen) kept[0]?.();
    return opened;
  };
  const file = open();
  const tensors = new Map<string, LazyTensor>();
  const attributes = new Map<string, string>();
  const hazards: Hazard[] = [];
  const warnings: string[] = [];
  const again = (name: string): Hdf5Dataset => {
    const found = open().get(name);
    return found instanceof h5.Dataset ? found : refuse('The HDF5 file is cut off or broken.');
  };
  let visits = 0;
  const visit = (group: InstanceType<typeof h5.Group>, prefix: string, depth: number): void => {
    if (depth > 64) refuse('The HDF5 file nests groups too deeply, or a group holds itself.');
    for (const key of group.keys()) {
      if (++visits > limits.tensors) refuse('The HDF5 file has more parts than this reader allows (limits.tensors).');
      const name = prefix === '' ? key : `${prefix}/${key}`;
      const entity = group.get(key);
      if (entity instanceof h5.ExternalLink) {
        hazards.push({
          kind: 'external-file',
          message: `The link "${name.slice(0, 80)}" points into another file; it is not followed.`,
        });
      } else if (entity instanceof h5.BrokenSoftLink) warnings.push(`The link "${name.slice(0, 80)}" leads nowhere.`);
      else if (entity instanceof h5.Group) visit(entity, name, depth + 1);
      else if (entity instanceof h5.Dataset)
        tensors.set(
          name,
          tensorOf(entity, () => again(name), name, bytes.length, warnings, limits),
        );
    }
  };
  try {
    for (const [key, attribute] of Object.entries(file.attrs)) {
      const value = attribute.value;
      if (typeof value === 'string') attributes.set(key, value);
      else warnings.push(`The attribute "${key.slice(0, 80)}" is no text.`);
    }
    visit(file, '', 0);
  } catch (error) {
    close();
    if (error instanceof Error && error.name === 'CheckpointError') throw error;
    return refuse('The HDF5 file is cut off or broken.');
  }
  return { tensors, attributes, hazards, warnings, close };
}

/** The HDF5 format's superblock: the file must be as long as it says (HDF5 File Format Specification 3.0, II.A). */
function checkHead(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 96) refuse('The HDF5 file is cut off.');
  const version = bytes[8] ?? 0;
  const at = version <= 1 ? 24 + (version === 1 ? 4 : 0) + 16 : 12 + 16;
  const end = view.getBigUint64(at, true);
  if (end > BigInt(bytes.length))
    refuse(`The HDF5 file says ${end} bytes but has ${bytes.length}; it is cut off or broken.`);
}

interface Hdf5Dataset {
  readonly metadata: {
    readonly type: number;
    readonly size: number;
    readonly littleEndian: boolean;
    readonly signed: boolean;
    readonly chunks: number[] | null;
    readonly vlen: boolean;
  };
  readonly shape: number[] | null;
  readonly value: unknown;
  slice(ranges: [number, number][]): unknown;
}

function tensorOf(
  dataset: Hdf5Dataset,
  again: () => Hdf5Dataset,
  name: string,
  fileSize: number,
  warnings: string[],
  limits: Limits,
): LazyTensor {
  const { metadata } = dataset;
  const shape = dataset.shape ?? [];
  const count = shape.reduce((product, size) => product * size, 1);
  const label = `The dataset "${name.slice(0, 80)}"`;
  if (!Number.isSafeInteger(count)) refuse(`${label} has an impossibly large shape.`);
  const bytes = count * metadata.size;
  if (bytes > 1 << 20 && bytes > fileSize * limits.inflationRatio)
    refuse(`${label} would grow to ${bytes >> 20} MB from a file of ${fileSize} bytes; it looks like an archive bomb.`);
  if (metadata.chunks === null && bytes > fileSize)
    refuse(`${label} needs ${bytes} bytes, more than the file has; it is cut off, broken or stored elsewhere.`);
  if (metadata.chunks === null && count > 0 && shape.length > 0 && metadata.type < 2)
    checkStored(dataset, shape, label);
  const dtype = dtypeOf(metadata);
  if (!metadata.littleEndian && (metadata.type === 0 || metadata.type === 1))
    warnings.push(`${label} is stored big-endian.`);
  if (dtype === 'unknown') warnings.push(`${label} has a compound, enumerated or reference type.`);
  if (dtype === 'string') warnings.push(`${label} holds texts.`);
  return {
    name,
    shape,
    dtype,
    values: async () => {
      const value = storedValue(again, label);
      if (typeof value === 'number' || typeof value === 'bigint') return Float64Array.of(Number(value));
      if (value instanceof Float32Array || value instanceof Float64Array) return value;
      if (ArrayBuffer.isView(value) && !(value instanceof DataView))
        return Float64Array.from(Array.from(value as unknown as ArrayLike<number | bigint>, Number));
      return refuse(`${label} holds no numbers.`);
    },
  };
}

/** The library throws objects that are no errors where the bytes of a part are broken. */
function storedValue(dataset: () => Hdf5Dataset, label: string): unknown {
  try {
    return dataset().value;
  } catch {
    return refuse(`${label} is broken: its bytes cannot be read.`);
  }
}

/** Reads one element: data that lie in another file (external storage) are not there in the library's own file system. */
function checkStored(dataset: Hdf5Dataset, shape: readonly number[], label: string): void {
  try {
    dataset.slice(shape.map(() => [0, 1]));
  } catch {
    refuse(`${label} keeps its data in another file, which is not opened, or is broken.`);
  }
}

/** HDF5's classes of types: 0 integer, 1 float, 3 text. */
function dtypeOf(metadata: Hdf5Dataset['metadata']): string {
  if (metadata.type === 1) return `float${metadata.size * 8}`;
  if (metadata.type === 0) return `${metadata.signed ? '' : 'u'}int${metadata.size * 8}`;
  return metadata.type === 3 || metadata.vlen ? 'string' : 'unknown';
}
