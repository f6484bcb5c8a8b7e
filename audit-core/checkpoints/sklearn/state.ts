import type { ByteSource } from '../byte-source';
import { elementCount, refuse } from '../inspection';
import { arrayNumbers, arrayOf, type PickledArray, scalarOf } from '../pickle/numpy';
import { attribute, classOf, isKind, items, type PyObject, type PyValue, qualified } from '../pickle/values';
import { decodeNumbers } from '../tensors';

/** An estimator's attributes, read on demand. */
export class EstimatorState {
  readonly className: string;
  constructor(
    readonly object: PyObject,
    readonly source: ByteSource,
  ) {
    this.className = (classOf(object).split('.').at(-1) ?? '').replace(/^_+/, '');
  }

  static of(value: PyValue | undefined, source: ByteSource): EstimatorState | null {
    return isKind(value, 'object') ? new EstimatorState(value, source) : null;
  }

  get(key: string): PyValue | undefined {
    return attribute(this.object, key);
  }

  has(key: string): boolean {
    const value = this.get(key);
    return value !== undefined && value !== null;
  }

  text(key: string): string {
    const value = this.get(key);
    return typeof value === 'string' ? value : '';
  }

  /** The qualified name of a function or class that an attribute refers to; empty for anything else. */
  functionName(key: string): string {
    const value = this.get(key);
    if (isKind(value, 'global')) return qualified(value);
    // numpy's own functions are pickled as a call that names them (`numpy._core._ufunc_reconstruct('numpy', 'log1p')`).
    const [module, name] = isKind(value, 'object') ? value.args : [];
    return typeof module === 'string' && typeof name === 'string' ? `${module}.${name}` : '';
  }

  async number(key: string, fallback?: number): Promise<number> {
    const array = this.array(key);
    const value =
      array && array.shape.length === 0 && !array.objects
        ? ((await arrayNumbers(array))[0] ?? null)
        : await scalarOf(this.get(key), this.source);
    return value ?? fallback ?? this.#missing(key);
  }

  array(key: string): PickledArray | null {
    return arrayOf(this.get(key), this.source);
  }

  async numbers(key: string): Promise<Float64Array> {
    return (await this.optional(key)) ?? this.#missing(key);
  }

  async optional(key: string): Promise<Float64Array | null> {
    const array = this.array(key);
    if (array && !array.objects) return Float64Array.from(await arrayNumbers(array));
    const scalar = await scalarOf(this.get(key), this.source);
    return scalar === null ? null : Float64Array.of(scalar);
  }

  shape(key: string): readonly number[] {
    return this.array(key)?.shape ?? [];
  }

  /** Numbers of each array of a list (`coefs_`). */
  async list(key: string): Promise<{ values: Float64Array; shape: readonly number[] }[]> {
    const found: { values: Float64Array; shape: readonly number[] }[] = [];
    for (const value of items(this.get(key)) ?? []) {
      const array = arrayOf(value, this.source);
      if (!array) return this.#missing(key);
      found.push({ values: Float64Array.from(await arrayNumbers(array)), shape: array.shape });
    }
    return found;
  }

  /** Estimators of a list or an object array (`estimators_`). */
  children(key: string): EstimatorState[] {
    const value = this.get(key);
    const list = items(value) ?? arrayOf(value, this.source)?.objects ?? [];
    return list.flatMap(each => EstimatorState.of(each, this.source) ?? []);
  }

  child(key: string): EstimatorState | null {
    return EstimatorState.of(this.get(key), this.source);
  }

  #missing(key: string): never {
    return refuse(`The ${this.className} in the file has no ${key}; it was not fitted, or its version is not known.`);
  }
}

/** One field of a structured array as numbers. */
export async function fieldOf(
  array: PickledArray,
  bytes: Uint8Array,
  ...names: readonly string[]
): Promise<Float64Array | null> {
  const field = array.dtype.fields.find(each => names.includes(each.name));
  if (!field) return null;
  const count = elementCount(array.shape, 'A tree of the model');
  const { size } = array.dtype;
  if (bytes.length < count * size) refuse('A tree of the model is cut off.');
  const packed = new Uint8Array(count * field.type.size);
  for (let index = 0; index < count; index++)
    packed.set(
      bytes.subarray(index * size + field.offset, index * size + field.offset + field.type.size),
      index * field.type.size,
    );
  return Float64Array.from(decodeNumbers(packed, field.type.name, field.type.bigEndian));
}
