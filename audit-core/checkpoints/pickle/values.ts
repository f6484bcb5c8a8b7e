/**
 * What a pickle describes, as inert data: nothing is imported, called or built. A call is kept as `PyObject` with the name of what would
 * have been called.
 */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyBytes
  | PyTuple
  | PyList
  | PyDict
  | PySet
  | PyGlobal
  | PyObject
  | PyPersistent;

/** Bytes; long ones stay in the file. */
export interface PyBytes {
  readonly kind: 'bytes';
  readonly start: number;
  readonly length: number;
  readonly inline: Uint8Array | null;
}

export interface PyTuple {
  readonly kind: 'tuple';
  readonly items: readonly PyValue[];
}

export interface PyList {
  readonly kind: 'list';
  readonly items: PyValue[];
}

export interface PyDict {
  readonly kind: 'dict';
  readonly entries: [PyValue, PyValue][];
}

export interface PySet {
  readonly kind: 'set';
  readonly items: PyValue[];
}

/** A module-level name, never looked up. */
export interface PyGlobal {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
}

/** The result of a call or of a class's `__new__`, with what was then put into it. */
export interface PyObject {
  readonly kind: 'object';
  readonly callee: PyValue;
  readonly args: readonly PyValue[];
  readonly keywords: PyDict | null;
  state: PyValue | undefined;
  readonly items: PyValue[];
  readonly entries: [PyValue, PyValue][];
  /** Where raw data that belong to this object start in the file (joblib). */
  raw: number;
}

export interface PyPersistent {
  readonly kind: 'persistent';
  readonly id: PyValue;
}

export const isKind = <K extends Exclude<PyValue, null | boolean | number | bigint | string>['kind']>(
  value: PyValue | undefined,
  kind: K,
): value is Extract<PyValue, { readonly kind: K }> =>
  typeof value === 'object' && value !== null && value.kind === kind;

/** `module.name` of a global, or of the callee of an object; empty otherwise. */
export function qualified(value: PyValue | undefined): string {
  if (isKind(value, 'global')) return `${value.module}.${value.name}`;
  if (isKind(value, 'object')) return qualified(value.callee);
  return '';
}

/** The class of an object: for `copyreg._reconstructor(cls, …)` and friends its first argument, else the callee. */
export function classOf(value: PyValue | undefined): string {
  if (!isKind(value, 'object')) return '';
  const callee = qualified(value);
  if (callee === 'copyreg._reconstructor' || callee === 'copy_reg._reconstructor' || callee === 'copyreg.__newobj__')
    return qualified(value.args[0]);
  return callee;
}

/** Entries of a dict, of an OrderedDict or defaultdict object; null for anything else. */
export function dictEntries(value: PyValue | undefined): readonly [PyValue, PyValue][] | null {
  if (isKind(value, 'dict')) return value.entries;
  if (!isKind(value, 'object')) return null;
  const name = classOf(value);
  if (
    name !== 'collections.OrderedDict' &&
    name !== 'collections.defaultdict' &&
    name !== 'builtins.dict' &&
    name !== '__builtin__.dict'
  )
    return null;
  if (value.entries.length > 0) return value.entries;
  const first = value.args[0];
  const pairs = isKind(first, 'list') ? first.items.map(items) : [];
  return pairs.filter(pair => pair?.length === 2).map(pair => [pair?.[0] ?? null, pair?.[1] ?? null]);
}

/** Items of a tuple, list or set; null for anything else. */
export function items(value: PyValue | undefined): readonly PyValue[] | null {
  if (isKind(value, 'tuple') || isKind(value, 'list') || isKind(value, 'set')) return value.items;
  if (isKind(value, 'object')) {
    const name = classOf(value);
    if (
      name === 'torch.Size' ||
      name === 'builtins.list' ||
      name === 'builtins.tuple' ||
      name === 'builtins.set' ||
      name === 'builtins.frozenset'
    ) {
      return items(value.args[0]);
    }
  }
  return null;
}

/** The value under a text key of a dict, or of an object's state. */
export function get(value: PyValue | undefined, key: string): PyValue | undefined {
  const entries = dictEntries(value);
  if (entries) {
    for (let index = entries.length - 1; index >= 0; index--)
      if (entries[index]?.[0] === key) return entries[index]?.[1];
    return undefined;
  }
  return isKind(value, 'object') ? attribute(value, key) : undefined;
}

/** An attribute of an object: from its state dict, or the second half of a (dict, slots) state. */
export function attribute(value: PyObject, key: string): PyValue | undefined {
  const state = value.state;
  const halves = isKind(state, 'tuple') && state.items.length === 2 ? state.items : [state];
  for (const half of halves) {
    if (!isKind(half, 'dict')) continue;
    const found = half.entries.findLast(entry => entry[0] === key);
    if (found) return found[1];
  }
  return undefined;
}

/** A number that is exact, from an int, float or bool. */
export function asNumber(value: PyValue | undefined): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return null;
}

/** A list of numbers, or null. */
export function numberList(value: PyValue | undefined): number[] | null {
  const found = items(value);
  if (!found) return null;
  const numbers = found.map(asNumber);
  return numbers.every(each => each !== null) ? (numbers as number[]) : null;
}
