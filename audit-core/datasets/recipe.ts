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
  /** The data files in the order in which the script reads them, as the terms that read them. */
  readonly reads?: readonly Term[];
  /** What else the script gives the trained model (test and validation rows), with their targets. */
  readonly evaluated?: readonly { readonly features: Term; readonly label: Term | null }[];
}

/** The part of a term that its rows come from; undefined for what reads a file. */
export function sourceOf(term: Term): Term | undefined {
  const follow = (part: Term | undefined): Term | undefined =>
    part === undefined
      ? undefined
      : 'items' in part
        ? part.items.map(follow).find(Boolean)
        : isOperation(part) && !aside.has(part.op)
          ? part
          : undefined;
  if ('items' in term) return follow(term);
  if (!isOperation(term)) return undefined;
  const parts =
    term.op === 'transform' || term.op === 'map-by' ? [term.args[term.op === 'transform' ? 1 : 0]] : term.args;
  return parts.map(follow).find(Boolean);
}

/** Operations that are no rows of data: what was learnt, positions, generators. */
const aside: ReadonlySet<string> = new Set([
  'fit',
  'transformer',
  'generator',
  'item',
  'range',
  'length',
  'statistic',
  'undrawn',
  'names',
  'unique',
  'levels',
  'dtype',
  'dtypes',
  'full-columns',
  'equal-edges',
  'quantile-edges',
]);

/** The terms that read the files which a term's rows come from. */
export function leavesOf(term: Term, seen: Set<Term> = new Set()): Term[] {
  if (seen.has(term)) return [];
  seen.add(term);
  if ('items' in term) return term.items.flatMap(item => leavesOf(item, seen));
  if (!isOperation(term) || aside.has(term.op)) return [];
  if (term.op === 'join-rows') return leavesOf(term.args[0]!, seen);
  const next = sourceOf(term);
  return next ? leavesOf(next, seen) : [term];
}
