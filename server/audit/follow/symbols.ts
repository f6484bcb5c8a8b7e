import { isOperation, list, literal, literalOf, operation, type Term } from '../../../audit-core/datasets/recipe';
import type { ClassDefinition, Expression, FunctionDefinition, Span } from '../../facts/syntax';

/** A place of the script that could not be followed: the call, and where it stands. */
export interface Lost extends Span {
  /** The call or expression as words, such as `pd.read_sql`. */
  readonly call: string;
}

export type Scope = Map<string, Meaning>;
export type Lambda = Extract<Expression, { kind: 'lambda' }>;

/** What a name stands for while a script is followed. */
export type Meaning =
  /** `loop`: it depends on the turn of a loop. */
  | { readonly kind: 'unknown'; readonly why?: Lost; readonly loop?: true }
  /** Data. `row`: one record, whichever, of the term's rows; `batch`: some of its rows, whichever. */
  | { readonly kind: 'term'; readonly term: Term; readonly row?: true; readonly batch?: true }
  /** A qualified name of a library, or a name that nothing binds. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'tuple'; readonly items: readonly Meaning[] }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition | Lambda; readonly scopes: readonly Scope[] }
  | ClassMeaning
  | {
      readonly kind: 'method';
      readonly self: Instance;
      readonly definition: FunctionDefinition;
      readonly scopes: readonly Scope[];
    }
  /** A method of a library's object, not yet called. */
  | { readonly kind: 'bound'; readonly self: Instance; readonly name: string }
  /** A module of the project. */
  | { readonly kind: 'module'; readonly scope: Scope }
  /** What a model answers to data, and the label that it was compared with. */
  | Output
  | Instance;

export interface ClassMeaning {
  readonly kind: 'class';
  readonly definition: ClassDefinition;
  readonly scopes: readonly Scope[];
  readonly attributes: Scope;
  /** Qualified names of the bases. */
  readonly bases: readonly string[];
}

export interface Output {
  readonly kind: 'output';
  readonly features: Term;
  readonly label: Term | null;
  readonly model: Meaning | null;
}

export interface Instance {
  readonly kind: 'instance';
  /** Qualified name of its class, such as `sklearn.model_selection.KFold`. */
  readonly type: string;
  readonly named: Map<string, Meaning>;
  /** What it was made from, in order; of a data set: features and label; of a mapping: its keys. */
  items: readonly Meaning[];
  /** Of a generator: what seeds it and the last draw. Of a transformer: what it was fitted with. */
  state: Term | null;
  last: Term | null;
  readonly definition: ClassMeaning | null;
}

export const unknown: Meaning = { kind: 'unknown' };
export const known = (term: Term): Meaning => ({ kind: 'term', term });
export const text = (value: string | number | boolean | null): Meaning => known(literal(value));
export const tuple = (items: readonly Meaning[]): Meaning => ({ kind: 'tuple', items });
export const instance = (
  type: string,
  named: Map<string, Meaning> = new Map(),
  items: readonly Meaning[] = [],
  definition: ClassMeaning | null = null,
): Instance => ({ kind: 'instance', type, named, items, state: null, last: null, definition });

export const termOf = (symbol: Meaning | undefined): Term | null => {
  if (symbol?.kind === 'term') return symbol.term;
  if (symbol?.kind === 'tuple') {
    const items = symbol.items.map(termOf);
    return items.every(item => item !== null) ? list(items) : null;
  }
  return null;
};
export const literalIn = (symbol: Meaning | undefined): string | number | boolean | null | undefined =>
  symbol?.kind === 'term' ? literalOf(symbol.term) : undefined;
export const textOf = (symbol: Meaning | undefined): string | null => {
  const value = literalIn(symbol);
  return typeof value === 'string' ? value : null;
};
export const numberIn = (symbol: Meaning | undefined): number | null => {
  const value = literalIn(symbol);
  return typeof value === 'number' ? value : null;
};
export const isNone = (symbol: Meaning | undefined): boolean => symbol === undefined || literalIn(symbol) === null;
export const isTrue = (symbol: Meaning | undefined): boolean => {
  const value = literalIn(symbol);
  return value === true || value === 1;
};

/** Named arguments as terms; null where one is not known. */
export function termsOf(
  named: ReadonlyMap<string, Meaning>,
  skip: readonly string[] = [],
): Record<string, Term> | null {
  const out: Record<string, Term> = {};
  for (const [name, value] of named) {
    if (skip.includes(name)) continue;
    const term = termOf(value);
    if (!term) return null;
    out[name] = term;
  }
  return out;
}

/** The items of a list, a tuple, a mapping's keys, or the parts of a split whose number is known. */
export function itemsOf(value: Meaning): readonly Meaning[] | null {
  if (value.kind === 'tuple') return value.items;
  if (value.kind === 'instance' && value.type === 'dict') return [...value.named.keys()].map(text);
  if (value.kind !== 'term') return null;
  const { term } = value;
  if ('items' in term) return term.items.map(known);
  if (!isOperation(term)) return null;
  if (term.op === 'draw') {
    const folds = literalOf(term.named.n_splits);
    const repeats = literalOf(term.named.n_repeats) ?? 1;
    const method = String(literalOf(term.args[2]));
    if (!/Fold$|Split$/.test(method)) return null;
    const usual = /Group.*Shuffle|KFold|TimeSeries/.test(method) ? 5 : 10;
    const n = typeof folds === 'number' ? folds : folds === undefined ? usual : 0;
    return Array.from({ length: n * Number(repeats) }, (_, i) => known(operation('item', [term, literal(i)])));
  }
  if (term.op === 'range') {
    const [from, to, by] = [0, 1, 2].map(i => (term.args[i] ? literalOf(term.args[i]) : 1));
    if (typeof from !== 'number' || typeof to !== 'number' || typeof by !== 'number' || by === 0) return null;
    const n = Math.max(0, Math.ceil((to - from) / by));
    return n <= 64 ? Array.from({ length: n }, (_, i) => text(from + i * by)) : null;
  }
  return null;
}

/** One training that was seen: its arrays before batching, and the model's value. */
export interface Training {
  readonly features: Term;
  readonly label: Term | null;
  readonly model: Meaning | null;
}

/** What a script was seen to do with its data and its model. */
export interface Followed {
  readonly files: string[];
  /** The terms that read them, in order. */
  readonly reads: Term[];
  readonly training: Training[];
  /** What else models were asked. */
  readonly evaluated: Training[];
  readonly saved: { readonly path: string; readonly model: Meaning | null }[];
  /** Where the data of a training were lost. */
  readonly lost: Lost[];
  /** What calls promise by an explicit target: ε, δ and the parameter that says it. */
  readonly claims: {
    readonly value: number;
    readonly delta: number | null;
    readonly unit: 'record';
    readonly origin: string;
  }[];
}
