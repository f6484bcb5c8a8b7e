import type * as tfjs from '@tensorflow/tfjs';
import type { AtenValue, Tensor } from '../../aten/operator';
import type { Dimension, Initial, ModuleValue, Value } from '../values';

/** Settings of one layer as its constructor was called: defaults filled in, unknown ones `{ kind: 'unknown' }`. */
export interface Settings {
  get(name: string): Value;
  /** A size that tensors of the checkpoint may tell instead. */
  size(name: string): Dimension;
  /** A number that must be known. */
  number(name: string): number;
  numbers(name: string): readonly number[];
  /** True, false, or null where the code leaves it open. */
  flag(name: string): boolean | null;
  text(name: string): string;
}

/** What a constructor may declare. */
export interface Builder extends Settings {
  readonly tf: typeof tfjs | null;
  parameter(
    name: string,
    shape: readonly Dimension[] | null,
    initial: Initials,
    options?: { readonly optional?: boolean },
  ): void;
  buffer(name: string, shape: readonly Dimension[] | null, value: number): void;
  /** A layer of PyTorch's as a submodule. */
  child(name: string, type: string, settings: Readonly<Record<string, Value>>): void;
  /** A layer of PyTorch's that is a setting of another. */
  make(type: string, settings: Readonly<Record<string, Value>>): ModuleValue;
  /** The submodules of containers. */
  adopt(name: string, module: Value): void;
  readonly positional: readonly Value[];
  readonly module: ModuleValue;
}

export type Initials = (shape: readonly number[], sibling: (name: string) => readonly number[] | null) => Initial;

/** One forward pass through a layer. */
export interface Pass extends Settings {
  readonly tf: typeof tfjs;
  readonly training: boolean;
  readonly module: ModuleValue;
  /** Arguments of forward by position and name. */
  argument(index: number, name: string): Value;
  /** The first argument, which must be a tensor. */
  readonly input: Tensor;
  weight(name: string): Tensor;
  weightOr(name: string): Tensor | null;
  /** Runs an ATen operator. */
  aten(name: string, values: Readonly<Record<string, AtenValue | undefined>>): AtenValue;
  /** Calls another module. */
  call(module: Value, positional: readonly Value[], named?: ReadonlyMap<string, Value>): Value;
  child(name: string): ModuleValue;
  /** Replaces a buffer in training (running statistics). */
  update(name: string, value: Tensor): void;
  fail(message: string): never;
}

/** A layer of PyTorch: its constructor's parameters with their defaults, its weights, what it computes. */
export interface Layer {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly default?: Value }[];
  readonly build: (builder: Builder) => void;
  readonly forward: (pass: Pass) => Value;
  /** The layer in words, where it deserves a place in a summary. */
  readonly words: (settings: Settings, weights: (name: string) => readonly Dimension[] | null) => string | null;
}

export interface LayerSpecification {
  readonly build?: Layer['build'];
  readonly forward: Layer['forward'];
  readonly words?: Layer['words'];
}

/** Layers from `Name(parameter, parameter=default)`; defaults are Python literals. */
export function defineLayers(table: Readonly<Record<string, LayerSpecification>>): ReadonlyMap<string, Layer> {
  const out = new Map<string, Layer>();
  for (const [signature, { build, forward, words }] of Object.entries(table)) {
    const [, name = '', list = ''] = /^(\w+)\((.*)\)$/.exec(signature) ?? [];
    const parameters = list.split(',').flatMap(part => {
      const [key = '', value] = part.trim().split('=');
      if (key === '') return [];
      return value === undefined ? [{ name: key }] : [{ name: key, default: literal(value) }];
    });
    out.set(name, {
      name,
      parameters,
      build: build ?? (() => {}),
      forward,
      words: words ?? (() => name),
    });
  }
  return out;
}

function literal(text: string): Value {
  if (text === 'None') return null;
  if (text === 'True' || text === 'False') return text === 'True';
  return /^['"]/.test(text) ? text.slice(1, -1) : Number(text);
}

/** PyTorch starts weights uniformly within 1/√fan_in (`kaiming_uniform_` with a = √5), biases with the fan of their weight. */
export const byFanIn =
  (weight?: string): Initials =>
  (shape, sibling) => {
    const of = weight === undefined ? shape : (sibling(weight) ?? shape);
    const fan = of.slice(1).reduce((product, size) => product * size, 1);
    return { kind: 'uniform', bound: fan > 0 ? 1 / Math.sqrt(fan) : 0 };
  };
export const constant =
  (value: number): Initials =>
  () => ({ kind: 'constant', value });
export const within =
  (bound: (shape: readonly number[]) => number): Initials =>
  shape => ({ kind: 'uniform', bound: bound(shape) });
export const normal: Initials = () => ({ kind: 'normal', mean: 0, deviation: 1 });
