import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';

export type Tensor = tfjs.Tensor;
/** What ATen operators take and give: tensors, numbers, flags, texts, None, and lists of these. */
export type AtenValue = Tensor | number | boolean | string | null | readonly AtenValue[];

/** One call of an operator; arguments by their name in the schema (aten/src/ATen/native/native_functions.yaml). */
export interface Call {
  readonly tf: typeof tfjs;
  readonly get: (name: string) => AtenValue | undefined;
  /** A fresh seed for operators that draw (dropout in training, random creation). */
  readonly seed: () => number;
}

/** One operator: its parameters in the order of the schema, and what it does in inference. */
export interface Operator {
  readonly name: string;
  readonly parameters: readonly string[];
  /** The parameter that takes all remaining positional arguments (`x.view(2, 3)`); null where none does. */
  readonly variadic: string | null;
  readonly run: (call: Call) => AtenValue;
}

export type OperatorTable = Readonly<Record<string, Operator>>;

/** Operators from `name(parameter, *variadic)` to what they do. */
export function define(table: Readonly<Record<string, (call: Call) => AtenValue>>): OperatorTable {
  return Object.fromEntries(
    Object.entries(table).map(([signature, run]) => {
      const [, name = '', list = ''] = /^(\w+)\((.*)\)$/.exec(signature) ?? [];
      const parts = list.split(',').flatMap(part => part.trim() || []);
      const variadic = parts.find(part => part.startsWith('*'))?.slice(1) ?? null;
      return [name, { name, parameters: parts.map(part => part.replace(/^\*/, '')), variadic, run }];
    }),
  );
}

/** Runs an operator; where the fast backend lacks a kernel, the plain one (JavaScript) takes over for this one call. */
export function apply(operator: Operator, call: Call): AtenValue {
  const { tf } = call;
  try {
    return operator.run(call);
  } catch (error) {
    const missing = error instanceof Error && /^Kernel '\w+' not registered for backend/.test(error.message);
    const backend = tf.getBackend();
    if (!missing || backend === 'cpu') throw error;
    // Both backends are there already, so the change is made before the promise is returned.
    void tf.setBackend('cpu');
    try {
      return operator.run(call);
    } finally {
      void tf.setBackend(backend);
    }
  }
}

export const isTensor = (value: AtenValue | undefined): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataId' in value;

/** Names of one argument in PyTorch's functions, methods and numpy-like spellings. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  self: ['input'],
  input: ['self'],
  dim: ['axis'],
  keepdim: ['keepdims'],
};

const argument = (call: Call, name: string): AtenValue | undefined => {
  const value = call.get(name);
  if (value !== undefined) return value;
  for (const alias of aliases[name] ?? []) {
    const other = call.get(alias);
    if (other !== undefined) return other;
  }
  return undefined;
};

/** A tensor; a number stands for a scalar. */
export const tensor = (call: Call, name: string): Tensor =>
  optional(call, name) ?? fail(`An operator has no "${name}".`);

export function optional(call: Call, name: string): Tensor | null {
  const value = argument(call, name);
  if (isTensor(value)) return value;
  return typeof value === 'number' ? call.tf.scalar(value) : null;
}

export const self = (call: Call): Tensor => tensor(call, 'self');

/** True where the argument was given and is not None. */
export const given = (call: Call, name: string): boolean => (argument(call, name) ?? null) !== null;

export function number(call: Call, name: string, fallback: number): number {
  const value = argument(call, name);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (isTensor(value) && value.size === 1) return value.dataSync()[0] ?? fallback;
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'number') return value[0];
  // Another kind of value would be taken for the default, and the answer be wrong without a word.
  return (value ?? null) === null ? fallback : fail(`The argument "${name}" is no single number.`);
}

export function integers(call: Call, name: string, fallback: readonly number[]): readonly number[] {
  const value = argument(call, name);
  if (typeof value === 'number') return [value];
  if (!Array.isArray(value) || value.length === 0) return fallback;
  const list = (value as readonly AtenValue[]).flatMap(each =>
    typeof each === 'number' ? each : isTensor(each) && each.size === 1 ? (each.dataSync()[0] ?? 0) : [],
  );
  return list.length === value.length ? list : fail(`The argument "${name}" is no list of numbers.`);
}

export const flag = (call: Call, name: string, fallback = false): boolean => {
  const value = argument(call, name);
  return typeof value === 'boolean' ? value : typeof value === 'number' ? value !== 0 : fallback;
};

export const text = (call: Call, name: string, fallback: string): string => {
  const value = argument(call, name);
  return typeof value === 'string' ? value : fallback;
};

export function tensors(call: Call, name: string): Tensor[] {
  const value = argument(call, name);
  return Array.isArray(value) ? (value as readonly AtenValue[]).filter(isTensor) : isTensor(value) ? [value] : [];
}

/** A dimension counted from the end where it is negative. */
export function axis(index: number, rank: number): number {
  const at = index < 0 ? index + rank : index;
  return at >= 0 && at < rank ? at : fail(`The dimension ${index} does not exist in a tensor with ${rank} dimensions.`);
}

export const both = (list: readonly number[]): [number, number] => [list[0] ?? 1, list[1] ?? list[0] ?? 1];

export function fail(message: string): never {
  throw new RuntimeError(message);
}
