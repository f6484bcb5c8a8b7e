import type { ClassDefinition, Expression, FunctionDefinition, Language, Span, Statement } from '../syntax';
import {
  type ConstantValue,
  type DataSource,
  type Origin,
  type Resolved,
  type Strength,
  Taint,
  type TaintSet,
  type TraceStep,
} from '../values';
import { MOST_VALUES } from './constants';

/** Where a piece of code stands: the module under analysis or a helper of the project. */
export interface Place {
  readonly path: string;
  readonly text: string;
  readonly language: Language;
  readonly body: readonly Statement[];
}

/** Names of one scope; `parent` is where free names are looked up. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly parent: Scope | null;
  readonly kind: 'module' | 'function' | 'class';
  readonly globals: Set<string> | null;
  readonly module: Scope;
  /** Of a module: libraries all of whose names it imports. */
  readonly wildcards: string[];
}

export interface FunctionRef {
  readonly kind: 'function';
  readonly name: string;
  readonly definition: FunctionDefinition | Extract<Expression, { kind: 'lambda' }>;
  readonly scope: Scope;
  readonly place: Place;
  readonly owner: ClassRef | null;
  /** Decorators that change how it is called. */
  readonly isProperty: boolean;
  readonly isStatic: boolean;
  /** Defaults that a command-line library gives to parameters. */
  defaults: Map<string, Value> | null;
}

export interface ClassRef {
  readonly kind: 'class';
  readonly name: string;
  readonly definition: ClassDefinition;
  readonly scope: Scope;
  readonly place: Place;
  readonly attributes: Map<string, Value>;
  readonly bases: readonly ClassRef[];
  /** Library classes that it stands on, its own name first. */
  readonly types: readonly string[];
  readonly isRecord: boolean;
}

export type Ref =
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'module'; readonly scope: Scope }
  | FunctionRef
  | ClassRef
  | { readonly kind: 'bound'; readonly receiver: Value; readonly name: string }
  | { readonly kind: 'super'; readonly self: Value; readonly owner: ClassRef };

/** A source of rows while the run goes on: what is learned of it later is seen by every event. */
export interface SourceRecord extends DataSource {
  people: DataSource['people'];
  reasons: string[];
  subjectKey: string | null;
  /** Columns that the text shows it to have. */
  readonly seen: Set<string>;
  /** Names of the folders of a data folder: the classes of its pictures. */
  classes: readonly string[];
  /** The call itself tells (a known public or clinical set). */
  readonly told: 'public' | 'inferred' | null;
  readonly names: string[];
}

/** Columns of a table while the run goes on. An incomplete list still has what its source is later seen to have. */
export interface FrameColumns {
  readonly names: readonly string[];
  readonly complete: boolean;
  readonly dropped: readonly string[];
}

const nothing: readonly never[] = [];

/**
 * What the run knows of a value. A variable holds the value itself, so that what a call puts into a list or a table is
 * seen through every name for it.
 */
export class Value {
  types: readonly string[] = nothing;
  /** None: unknown; several: one of these. */
  constants: readonly Resolved[] = nothing;
  taint: TaintSet = Taint.none;
  strength: Strength = 'same';
  columns: FrameColumns | null = null;
  sources: readonly SourceRecord[] = nothing;
  objects: readonly number[] = nothing;
  trace: readonly TraceStep[] = nothing;
  ref: Ref | null = null;
  items: Value[] | null = null;
  fields: Map<string, Value> | null = null;
  element: Value | null = null;
  classes: readonly ClassRef[] = nothing;
  /** How many rows it has and how many a batch of it holds, as far as the text tells; null: nothing is known. */
  counts: Counts | null = null;
}

/** Sizes of data; an empty list is unknown. Never changed: a new one is made. */
export interface Counts {
  readonly rows: readonly Resolved[];
  readonly batch: readonly Resolved[];
}

/** What an import means, before anybody asks: most names of most modules are never asked for. */
export class Pending extends Value {
  constructor(readonly resolve: () => Value) {
    super();
  }
}

/** The value of a name; an import is followed now. */
export function held(names: Map<string, Value>, name: string): Value | undefined {
  const found = names.get(name);
  if (!(found instanceof Pending)) return found;
  const value = found.resolve();
  names.set(name, value);
  return value;
}

/** Nothing is known. Shared: never changed. */
export const UNKNOWN: Value = Object.freeze(new Value());

/** What tells who somebody is. */
export const NAMING = Taint.identifier | Taint.subjectKey | Taint.quasiIdentifier;
const personal = Taint.records | NAMING;
const perRecord = personal | Taint.confidence | Taint.perRecordLoss | Taint.embedding | Taint.prediction;

/** Bits that an aggregate does not have any more. */
export const PER_RECORD = perRecord;
export const PERSONAL = personal;

export function symbol(name: string): Value {
  const value = new Value();
  value.ref = { kind: 'symbol', name };
  return value;
}

export function constant(value: ConstantValue, origin: Origin, overridable = false): Value {
  const made = new Value();
  made.constants = [{ value, origins: [origin], overridable }];
  return made;
}

/** A value of that class that nothing else is known of. */
export function instance(type: string): Value {
  const made = new Value();
  made.types = [type];
  return made;
}

/** A shallow copy: what is later put into the copy is not seen in the original. */
export function copyOf(value: Value): Value {
  const copy = new Value();
  copy.types = value.types;
  copy.constants = value.constants;
  copy.taint = value.taint;
  copy.strength = value.strength;
  copy.columns = value.columns;
  copy.sources = value.sources;
  copy.objects = value.objects;
  copy.trace = value.trace;
  copy.ref = value.ref;
  copy.items = value.items;
  copy.fields = value.fields;
  copy.element = value.element;
  copy.classes = value.classes;
  copy.counts = value.counts;
  return copy;
}

const order: Readonly<Record<Strength, number>> = { same: 0, derived: 1, aggregate: 2 };

/** The one of which more is left. */
export const stronger = (a: Strength, b: Strength): Strength => (order[b] < order[a] ? b : a);

/** The union of two lists, at most `most` long. */
export function union<T>(a: readonly T[], b: readonly T[], most = 8): readonly T[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  let out: T[] | null = null;
  for (const item of b)
    if (!a.includes(item)) {
      out ??= [...a];
      if (out.length >= most) return out;
      out.push(item);
    }
  return out ?? a;
}

export function joinTrace(a: readonly TraceStep[], b: readonly TraceStep[]): readonly TraceStep[] {
  if (a.length === 0 || a === b) return b;
  if (b.length === 0) return a;
  return union(a, b, 6);
}

/** Puts taint, sources and trace of `from` into `into`, at the weaker strength. */
export function absorb(into: Value, from: Value, strength: Strength = from.strength): void {
  if (from === UNKNOWN || into === UNKNOWN) return;
  if (from.taint === 0 && from.sources.length === 0) return;
  const empty = into.taint === 0 && into.sources.length === 0;
  into.taint |= from.taint;
  into.sources = union(into.sources, from.sources);
  into.trace = joinTrace(into.trace, from.trace);
  if (empty || order[strength] < order[into.strength]) into.strength = strength;
}

export function sameConstants(a: readonly Resolved[], b: readonly Resolved[]): boolean {
  return a.length === b.length && a.every((one, i) => sameConstant(one.value, b[i]!.value));
}

export function sameConstant(a: ConstantValue, b: ConstantValue): boolean {
  if (a === b || typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}

function isNone(value: Value): boolean {
  return value.constants.length === 1 && value.constants[0]!.value === null;
}

/** Either of two values: unions; constants become "one of these". */
export function join(a: Value, b: Value): Value {
  return joinAt(a, b, 0);
}

/** Objects may hold themselves (`self.child.parent = self`): below this depth parts are taken from one side. */
const deepestJoin = 6;

function joinAt(a: Value, b: Value, depth: number): Value {
  if (a === b) return a;
  if (a === UNKNOWN) return b.taint === 0 && b.objects.length === 0 && b.types.length === 0 ? UNKNOWN : unsure(b);
  if (b === UNKNOWN) return a.taint === 0 && a.objects.length === 0 && a.types.length === 0 ? UNKNOWN : unsure(a);
  // `x = None` before a branch that sets it says nothing of what it is.
  if (isNone(a) && b.constants.length === 0) return b;
  if (isNone(b) && a.constants.length === 0) return a;
  const out = copyOf(a);
  out.types = union(a.types, b.types, 6);
  if (!sameConstants(a.constants, b.constants)) out.constants = eitherOf(a.constants, b.constants);
  absorb(out, b);
  out.objects = union(a.objects, b.objects);
  out.classes = union(a.classes, b.classes, 3);
  out.ref = a.ref ?? b.ref;
  out.columns = joinColumns(a.columns, b.columns);
  out.counts = joinCounts(a.counts, b.counts);
  if (depth >= deepestJoin) return out;
  out.items =
    a.items && b.items && a.items.length === b.items.length
      ? a.items.map((v, i) => joinAt(v, b.items![i]!, depth + 1))
      : null;
  out.element = a.element && b.element ? joinAt(a.element, b.element, depth + 1) : (a.element ?? b.element);
  if (a.fields !== b.fields) {
    const fields = new Map(a.fields ?? nothing);
    for (const [name, value] of b.fields ?? nothing) {
      const known = fields.get(name);
      fields.set(name, known && known !== value ? joinAt(known, value, depth + 1) : value);
    }
    out.fields = fields.size > 0 ? fields : null;
  }
  return out;
}

/** The value without its constants. */
export function unsure(value: Value): Value {
  if (value.constants.length === 0) return value;
  const out = copyOf(value);
  out.constants = nothing;
  return out;
}

/** One of these; unknown with unknown, or too many, is unknown. */
export function eitherOf(a: readonly Resolved[], b: readonly Resolved[]): readonly Resolved[] {
  if (a.length === 0 || b.length === 0) return nothing;
  const out = [...a];
  for (const one of b) if (!out.some(known => sameConstant(known.value, one.value))) out.push(one);
  return out.length > MOST_VALUES ? nothing : out;
}

function joinCounts(a: Counts | null, b: Counts | null): Counts | null {
  if (a === b) return a;
  if (!a || !b) return a ?? b;
  return { rows: eitherOf(a.rows, b.rows), batch: eitherOf(a.batch, b.batch) };
}

function joinColumns(a: FrameColumns | null, b: FrameColumns | null): FrameColumns | null {
  if (a === b) return a;
  if (!a || !b) return null;
  return {
    names: union(a.names, b.names, 400),
    complete: a.complete && b.complete,
    dropped: a.dropped.filter(name => b.dropped.includes(name)),
  };
}

export const spanOf = ({ start, end }: Span): Span => ({ start, end });
