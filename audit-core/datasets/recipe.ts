/**
 * A recipe: how the training script makes its arrays, as plain data. A term is a literal, a list or an operation on terms; the replay
 * (`replay.ts`) evaluates it over the data files. Terms are shared by reference, so that an operation is done once.
 */
export type Literal = number | string | boolean | null;

export type Term =
  | { readonly op: 'literal'; readonly value: Literal }
  | { readonly op: 'list'; readonly items: readonly Term[] }
  | { readonly op: string; readonly args: readonly Term[]; readonly named: Readonly<Record<string, Term>> };

export type Operation = Extract<Term, { readonly args: readonly Term[] }>;

export const literal = (value: Literal): Term => ({ op: 'literal', value });
export const list = (items: readonly Term[]): Term => ({ op: 'list', items });
export const operation = (op: string, args: readonly Term[], named: Readonly<Record<string, Term>> = {}): Term => ({
  op,
  args,
  named,
});
export const isOperation = (term: Term): term is Operation => 'args' in term;
export const literalOf = (term: Term | undefined): Literal | undefined =>
  term && term.op === 'literal' && 'value' in term ? term.value : undefined;

/** What an audit needs of a script. */
export interface Recipe {
  /** The features that the training was given (training rows only), before batching. */
  readonly features: Term;
  /** The targets that go with them; null when they are part of nothing that was followed. */
  readonly label: Term | null;
}
