import { refuse } from '../inspection';
import { asNumber, dictEntries, isKind, items, numberList, type PyValue, qualified } from '../pickle/values';
import { decodeNumbers, gather, itemSize, type LazyTensor } from '../tensors';

/** Where a storage's bytes lie; null for a storage that holds nothing (meta). */
export interface Storage {
  readonly dtype: string;
  /** Elements, as the pickle says. */
  readonly count: number;
  readonly bytes: number;
  readonly bigEndian: boolean;
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
}

/** Finds the storage of a persistent id; refuses what is missing or of the wrong size. */
export type StorageLookup = (id: PyValue) => Storage;

const storageTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    FloatStorage: 'float32',
    DoubleStorage: 'float64',
    HalfStorage: 'float16',
    BFloat16Storage: 'bfloat16',
    LongStorage: 'int64',
    IntStorage: 'int32',
    ShortStorage: 'int16',
    CharStorage: 'int8',
    ByteStorage: 'uint8',
    BoolStorage: 'bool',
    ComplexFloatStorage: 'complex64',
    ComplexDoubleStorage: 'complex128',
    QInt8Storage: 'qint8',
    QUInt8Storage: 'quint8',
    QInt32Storage: 'qint32',
    UntypedStorage: 'uint8',
  }),
);

const dtypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    float: 'float32',
    double: 'float64',
    half: 'float16',
    long: 'int64',
    int: 'int32',
    short: 'int16',
    cfloat: 'complex64',
    cdouble: 'complex128',
    chalf: 'complex32',
  }),
);

/** numpy's name of a storage class such as `torch.FloatStorage`. */
export function storageDtype(value: PyValue | undefined): string {
  const name = qualified(value).split('.').at(-1) ?? '';
  return storageTypes.get(name) ?? refuse(`The storage class "${qualified(value).slice(0, 60)}" is not known.`);
}

const dtypeName = (value: PyValue | undefined): string => {
  const name = qualified(value).replace(/^torch\./, '');
  return dtypes.get(name) ?? name;
};

/** A tensor that a call of torch's rebuild functions describes, or null for anything else. */
export function tensorOf(
  value: PyValue | undefined,
  name: string,
  lookup: StorageLookup,
  depth = 0,
): LazyTensor | null {
  if (!isKind(value, 'object') || depth > 8) return null;
  const callee = qualified(value);
  const [first, second, third, fourth, fifth] = value.args;
  switch (callee) {
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
    case 'torch._utils._rebuild_qtensor':
      return strided(name, first, second, third, fourth, lookup, null);
    case 'torch._utils._rebuild_tensor_v3':
      return strided(name, first, second, third, fourth, lookup, dtypeName(value.args[6]));
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
    case 'torch.nn.parameter.Parameter':
      return tensorOf(first, name, lookup, depth + 1);
    case 'torch._tensor._rebuild_from_type_v2':
      return tensorOf({ ...value, callee: first ?? null, args: items(third) ?? [] }, name, lookup, depth + 1);
    case 'torch._utils._rebuild_meta_tensor_no_storage':
      return {
        name,
        dtype: dtypeName(first),
        shape: sizes(second, name),
        values: () => refuse(`The tensor "${name}" has no data (meta).`),
      };
    case 'torch._utils._rebuild_sparse_tensor': {
      const parts = items(second) ?? [];
      const dense = tensorOf(parts[1], name, lookup, depth + 1);
      return (
        dense && {
          ...dense,
          shape: numberList(parts[2]) ?? [],
          values: () => refuse(`The tensor "${name}" is sparse.`),
        }
      );
    }
    default:
      void fifth;
      return null;
  }
}

function strided(
  name: string,
  storage: PyValue | undefined,
  offset: PyValue | undefined,
  size: PyValue | undefined,
  stride: PyValue | undefined,
  lookup: StorageLookup,
  dtype: string | null,
): LazyTensor {
  const label = `The tensor "${name.slice(0, 120)}"`;
  if (!isKind(storage, 'persistent')) refuse(`${label} has no storage.`);
  const found = lookup(storage.id);
  const type = dtype ?? found.dtype;
  const width = itemSize(type);
  const shape = sizes(size, name);
  const strides = numberList(stride) ?? refuse(`${label} has broken strides.`);
  const start = asNumber(offset) ?? -1;
  if (strides.length !== shape.length || !strides.every(each => Number.isSafeInteger(each) && each >= 0))
    refuse(`${label} has broken strides.`);
  if (!Number.isSafeInteger(start) || start < 0) refuse(`${label} starts before its storage.`);
  const count = shape.reduce((product, each) => product * each, 1);
  const last =
    count === 0 ? start : start + shape.reduce((sum, each, axis) => sum + (each - 1) * (strides[axis] ?? 0), 0) + 1;
  if (!Number.isSafeInteger(count) || last * width > found.bytes)
    refuse(`${label} goes beyond its storage; the file is cut off or broken.`);
  if (count > 1e6 && count * width > found.bytes * 1000)
    refuse(`${label} repeats ${found.bytes} bytes to ${count} numbers; it is not expanded.`);
  return {
    name,
    shape,
    dtype: type,
    values: async () =>
      gather(decodeNumbers(await found.read(start * width, last * width), type, found.bigEndian), 0, shape, strides),
  };
}

function sizes(value: PyValue | undefined, name: string): number[] {
  const shape = numberList(value);
  if (!shape?.every(each => Number.isSafeInteger(each) && each >= 0))
    refuse(`The tensor "${name.slice(0, 120)}" has a broken shape.`);
  if (shape.reduce((product, each) => product * Math.max(1, each), 1) > Number.MAX_SAFE_INTEGER)
    refuse(`The tensor "${name.slice(0, 120)}" has an impossibly large shape.`);
  return shape;
}

/** Every tensor of a nested value by dotted name, in the order of the file; each shared part is visited once per name path. */
export function collectTensors(root: PyValue, lookup: StorageLookup, limit: number): Map<string, LazyTensor> {
  const found = new Map<string, LazyTensor>();
  const open = new Set<object>();
  let visits = 0;
  const visit = (value: PyValue | undefined, path: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 64 || open.has(value)) return;
    if (++visits > 2_000_000 || found.size > limit)
      refuse('The file has more tensors than this reader allows (limits.tensors).');
    const tensor = tensorOf(value, path, lookup);
    if (tensor) {
      found.set(path, tensor);
      return;
    }
    open.add(value);
    const join = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const entries = dictEntries(value);
    if (entries) {
      for (const [key, each] of entries) {
        const label = typeof key === 'string' || typeof key === 'number' ? String(key) : '?';
        visit(
          each,
          label === '_parameters' || label === '_buffers' || label === '_modules' ? path : join(label),
          depth + 1,
        );
      }
    } else if (isKind(value, 'object')) {
      visit(value.state, path, depth + 1);
      for (const [index, each] of value.args.entries()) visit(each, join(String(index)), depth + 1);
    } else for (const [index, each] of (items(value) ?? []).entries()) visit(each, join(String(index)), depth + 1);
    open.delete(value);
  };
  visit(root, '', 0);
  return found;
}
