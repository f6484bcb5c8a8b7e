import type { Span } from '../facts/syntax';
import type { Origin } from '../facts/values';

export type StatedValue = number | string | boolean;

/** A parameter with its value and where it came from, as phrases that people recognise. */
export interface StatedParameter {
  readonly value: StatedValue;
  /** The values of a sweep, where the text gives the parameter several; `value` is then the first. */
  readonly values?: readonly StatedValue[];
  /** `NOISE_MULTIPLIER`, `--sigma default`, `rows of data/cohort.csv`. */
  readonly origin: string;
  readonly overridable: boolean;
  /** The literal that sets it, when one does: where an editor can write another value. */
  readonly span: Span | null;
  /** Where its value comes from, for a link; without a path in this file, without a span nowhere in particular there. */
  readonly place?: { readonly path: string | null; readonly span: Span | null };
}

/** A parameter that does not resolve: what the text says instead of a number. */
export interface UnknownParameter {
  readonly name: string;
  /** The expression as written (`args.sigma`), or null where the text says nothing at all. */
  readonly expression: string | null;
  readonly span: Span | null;
}

/** ε at a value of one parameter. */
export interface CurvePoint {
  readonly value: StatedValue;
  readonly epsilon: number;
}

export type Sampling = 'poisson' | 'shuffle' | 'unknown';

/**
 * What one DP call buys. It names five things always: accountant, neighbouring relation (add or remove one record), sampling, unit,
 * and where each parameter came from. What does not resolve stays a named unknown; nothing is guessed.
 */
export interface BudgetStatement {
  /** Id of the privatise or budget event. */
  readonly event: number;
  readonly path: string;
  /** The call; of a helper in another file, the call in this file that leads to it. */
  readonly span: Span;
  readonly library: string;
  /** `dp-sgd`, `estimator`, `central-aggregation`, … or `accounted`: an accountant used by hand. */
  readonly mechanism: string;
  /** Whose presence is protected; `author`: all texts of one writer. */
  readonly unit: 'record' | 'client' | 'author';
  readonly parameters: Readonly<Record<string, StatedParameter>>;
  readonly unresolved: readonly string[];
  /** The same names with what the text says of them. */
  readonly unknowns: readonly UnknownParameter[];
  /** Infinity where nothing finite can be shown; null while something is unresolved. Of a sweep: the largest. */
  readonly epsilon: {
    readonly pld: number | null;
    readonly rdp: number | null;
    /** What the library's own accountant logs for the same steps. */
    readonly library: { readonly name: string; readonly accountant: string; readonly epsilon: number } | null;
  };
  readonly sampling: Sampling;
  /** ε of the bound for batches in a fixed or shuffled order: each epoch one Gaussian release; null where it is not known. */
  readonly epsilonIfShuffled: number | null;
  readonly person: { readonly key: string; readonly maxRecords: number; readonly epsilon: number | null } | null;
  /** The ε that the code itself aims at, when it calibrates to one. */
  readonly target: StatedParameter | null;
  /** ε at each value of a parameter that the text gives several values. */
  readonly sweep: { readonly name: string; readonly points: readonly CurvePoint[] } | null;
  /** Where one parameter alone is unknown: ε over the values that it usually has. */
  readonly range: { readonly name: string; readonly points: readonly CurvePoint[] } | null;
  /** True while the answerer has no number yet: `epsilon.pld` is then null and `epsilon.rdp` stands in. */
  readonly pending: boolean;
  readonly warnings: readonly string[];
}

/** One phrase for where a value came from: its last origin leads. */
export function phraseOf(origins: readonly Origin[]): string {
  return [...new Set(origins.map(origin => origin.note))].slice(0, 3).join(', ') || 'literal';
}

export function numberIn(parameter: { readonly value: StatedValue } | null | undefined): number | null {
  if (!parameter) return null;
  const { value: given } = parameter;
  const value =
    typeof given === 'string' ? (/^\+?inf(?:inity)?$/i.test(given) ? Number.POSITIVE_INFINITY : Number(given)) : given;
  return typeof value === 'number' && !Number.isNaN(value) ? value : null;
}
