import type { Span } from '../facts/syntax';
import type { Origin } from '../facts/values';

/** A parameter with its value and where it came from, as phrases that people recognise. */
export interface StatedParameter {
  readonly value: number | string | boolean;
  /** `NOISE_MULTIPLIER`, `--sigma default`, `rows of data/cohort.csv`. */
  readonly origin: string;
  readonly overridable: boolean;
  /** The literal that sets it, when one does: where an editor can write another value. */
  readonly span: Span | null;
}

export type Sampling = 'poisson' | 'shuffle' | 'unknown';

/**
 * What one DP call buys. It names five things always: accountant, neighbouring relation (add or remove one record), sampling, unit,
 * and where each parameter came from. What does not resolve stays a named unknown; nothing is guessed.
 */
export interface BudgetStatement {
  /** Id of the privatise event. */
  readonly event: number;
  readonly path: string;
  readonly span: Span;
  readonly library: string;
  readonly mechanism: string;
  readonly unit: 'record' | 'client';
  readonly parameters: Readonly<Record<string, StatedParameter>>;
  readonly unresolved: readonly string[];
  /** Infinity where nothing finite can be shown; null while something is unresolved. */
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
  readonly warnings: readonly string[];
}

/** One phrase for where a value came from: its last origin leads. */
export function phraseOf(origins: readonly Origin[]): string {
  return [...new Set(origins.map(origin => origin.note))].slice(0, 3).join(', ') || 'literal';
}
