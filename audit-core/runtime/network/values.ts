import type { Tensor } from '../aten/operator';
import type { Parameter, SourceFile, Span, Statement } from './language/syntax';
import type { Layer } from './layers/layer';
import type { Memory } from './machine/memory';

/** A dimension that the code does not tell is null: the checkpoint's tensor does. */
export type Dimension = number | null;

/** What an expression of a network's code stands for; `null` is None. */
export type Value = number | boolean | string | null | Composite;

export type Composite =
  | TensorValue
  | ListValue
  | DictValue
  | ParameterValue
  | ModuleValue
  | ObjectValue
  | FunctionValue
  | ClassValue
  | SymbolValue
  | BoundValue
  | NativeValue
  | SliceValue
  | UnknownValue;

/** Held in a box so that operations in place reach every name of it. */
export interface TensorValue {
  readonly kind: 'tensor';
  value: Tensor;
  /** What it shares with its views, once it has any; `seen` counts the changes of it that the value has in it. */
  memory?: Memory;
  seen?: number;
}

export type ListValue = ItemsOf<'list'> | ItemsOf<'tuple'> | ItemsOf<'set'>;

interface ItemsOf<Kind extends 'list' | 'tuple' | 'set'> {
  readonly kind: Kind;
  readonly items: Value[];
  /** Names of the items of a named tuple (`values, indices`). */
  readonly names?: readonly string[];
}

export interface DictValue {
  readonly kind: 'dict';
  readonly entries: Map<string | number, Value>;
}

/** How a weight starts before training, as PyTorch starts it. */
export type Initial =
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: Float32Array };

/** A weight or buffer; its values come from the checkpoint. */
export interface ParameterValue {
  readonly kind: 'parameter';
  shape: readonly Dimension[] | null;
  /** Trained by gradients; a buffer is not. */
  trainable: boolean;
  /** False for what torch does not save (`persistent=False`). */
  readonly saved: boolean;
  /** May be absent: the code leaves open whether there is one (`bias=args.bias`). */
  readonly optional: boolean;
  /** From the final shape (and that of a sibling, for biases). */
  initial: ((shape: readonly number[], sibling: (name: string) => readonly number[] | null) => Initial) | null;
  /** Values known from the code alone: buffers that are computed. */
  readonly fixed: Tensor | null;
  /** Dotted name in the state dict, once the network is put together. */
  name: string;
  /** What forward passes read. */
  value: Tensor | null;
}

/** An instance of torch.nn.Module: one of PyTorch's layers, or a class of the script. */
export interface ModuleValue {
  readonly kind: 'module';
  readonly class: ClassValue | null;
  layer: Layer | null;
  /** `torch.nn.Linear`, `MyBlock`. */
  readonly type: string;
  readonly attributes: Map<string, Value>;
  /** What the constructor of one of PyTorch's layers was called with. */
  readonly settings: Map<string, Value>;
  /** Where it is made, for messages. */
  made: Place;
}

/** An instance of a plain class, of a data class, or of something of a library that is only held. */
export interface ObjectValue {
  readonly kind: 'object';
  readonly class: ClassValue | null;
  readonly type: string;
  readonly attributes: Map<string, Value>;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly defaults: ReadonlyMap<string, Value>;
  readonly scope: Scope;
  readonly decoration: 'none' | 'static' | 'class' | 'property';
  /** The class that it is a method of, for `super()`. */
  owner: ClassValue | null;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Value[];
  readonly members: Map<string, Value>;
  readonly place: Place;
  /** Fields of a data class in order. */
  readonly fields: readonly string[] | null;
}

/** Something of a library by its qualified name. */
export interface SymbolValue {
  readonly kind: 'symbol';
  readonly path: string;
}

/** A method with its object. */
export interface BoundValue {
  readonly kind: 'bound';
  readonly self: Value;
  readonly function: FunctionValue | string;
}

/** A function of ours that code may hold (partials, decorated functions). */
export interface NativeValue {
  readonly kind: 'native';
  readonly call: (positional: readonly Value[], named: ReadonlyMap<string, Value>, span: Span) => Value;
}

export interface SliceValue {
  readonly kind: 'slice';
  readonly from: Value;
  readonly to: Value;
  readonly step: Value;
}

/** What is not told; `why` names it where that helps. */
export interface UnknownValue {
  readonly kind: 'unknown';
  readonly why: string | null;
}

export interface Place {
  readonly file: SourceFile;
  readonly span: Span;
}

/** Names of one function call, or of a file. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly parent: Scope | null;
  readonly file: SourceFile;
}

export const unknown: UnknownValue = { kind: 'unknown', why: null };
export const unknownOf = (why: string): UnknownValue => ({ kind: 'unknown', why });
export const tensorValue = (value: Tensor): TensorValue => ({ kind: 'tensor', value });
export const listOf = (items: Value[], kind: ListValue['kind'] = 'list'): ListValue => ({ kind, items }) as ListValue;
export const symbol = (path: string): SymbolValue => ({ kind: 'symbol', path });

/** The dots of `x[..., 0]`. */
export const ellipsis: SymbolValue = symbol('builtins.Ellipsis');

type KindOf<K extends Composite['kind']> = Extract<Composite, { kind: K }>;
export function is<K extends Composite['kind']>(value: Value | undefined, kind: K): value is KindOf<K> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

export const isList = (value: Value | undefined): value is ListValue =>
  is(value, 'list') || is(value, 'tuple') || is(value, 'set');

/** Python's truth of a value; null where it is not known. */
export function truth(value: Value): boolean | null {
  if (value === null) return false;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'boolean') return value;
  if (value.kind === 'unknown') return null;
  if (isList(value)) return value.items.length > 0;
  if (value.kind === 'dict') return value.entries.size > 0;
  if (value.kind === 'tensor') return value.value.size === 1 ? value.value.dataSync()[0] !== 0 : null;
  // Something of a library that only exists may well be false.
  return value.kind === 'symbol' ? null : true;
}

/** A list's numbers as dimensions, unknown ones as null; null where it is no list. */
export function dimensions(value: Value | undefined): Dimension[] | null {
  if (typeof value === 'number') return [value];
  return isList(value) ? value.items.map(item => (typeof item === 'number' ? item : null)) : null;
}
