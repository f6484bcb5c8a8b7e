import type { Term } from '../../audit-core/datasets/recipe';
import type { FunctionDefinition } from '../facts/syntax';

/** What a name stands for while a script is followed. */
export type Meaning =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'term'; readonly term: Term }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'tuple'; readonly items: readonly Meaning[] }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }
  | Instance;

export interface Instance {
  readonly kind: 'instance';
  /** Qualified name of its class, such as `sklearn.model_selection.KFold`. */
  readonly type: string;
  readonly named: Map<string, Meaning>;
  readonly items: readonly Meaning[];
  /** Of a generator: what seeds it and the last draw. Of a transformer: what it was fitted with. */
  state: Term | null;
  last: Term | null;
}

export const unknown: Meaning = { kind: 'unknown' };
export const known = (term: Term): Meaning => ({ kind: 'term', term });
export const instance = (
  type: string,
  named: Map<string, Meaning> = new Map(),
  items: readonly Meaning[] = [],
): Instance => ({
  kind: 'instance',
  type,
  named,
  items,
  state: null,
  last: null,
});

/** What a script was seen to do with its data and its model. */
export interface Followed {
  readonly files: string[];
  readonly training: { readonly features: Term; readonly label: Term | null }[];
  readonly saved: string[];
  /** What calls promise by an explicit target: ε, δ and the parameter that says it. */
  readonly claims: {
    readonly value: number;
    readonly delta: number | null;
    readonly unit: 'record';
    readonly origin: string;
  }[];
}
