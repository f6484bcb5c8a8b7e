import type { Span } from './syntax';

/** Where a value came from: shown to people as related information and as the provenance of a parameter. */
export interface Origin {
  readonly kind:
    | 'literal'
    | 'argument-default'
    | 'parameter-default'
    | 'configuration-file'
    | 'environment-default'
    | 'computed'
    | 'call-site'
    | 'data-set-size'
    | 'data-file'
    | 'library-default';
  /** One phrase, e.g. `--sigma default`, `NOISE_MULTIPLIER`, `rows of data/cohort.csv`. Never a data value. */
  readonly note: string;
  /** Absent when it is in no text (a library's default). */
  readonly path?: string;
  readonly span?: Span;
}

/** A constant with its provenance; `overridable` when the command line, a file or the environment may change it. */
export interface Resolved<T = ConstantValue> {
  readonly value: T;
  readonly origins: readonly Origin[];
  readonly overridable: boolean;
}

export type ConstantValue =
  | number
  | string
  | boolean
  | null
  | readonly ConstantValue[]
  | { readonly [key: string]: ConstantValue };

/**
 * A parameter of a call as far as the text tells: a constant; the several constants of a sweep; a named unknown
 * (`args.sigma`, `len(dataset)`), which is never guessed; or absent (the library's default holds).
 */
export type Parameter =
  | { readonly kind: 'constant'; readonly resolved: Resolved }
  | { readonly kind: 'several'; readonly resolved: readonly Resolved[] }
  | { readonly kind: 'unknown'; readonly expression: string; readonly span: Span }
  | { readonly kind: 'absent' };

/** What a value carries of people. A value may carry several at once; joins are unions. */
export const Taint = {
  none: 0,
  /** Rows, images, signals or texts of people. */
  records: 1 << 0,
  /** A direct identifier (name, MRN, SSN…). */
  identifier: 1 << 1,
  /** A pseudonymous key of a person or encounter. */
  subjectKey: 1 << 2,
  /** A quasi-identifier (birth date, fine geography…). */
  quasiIdentifier: 1 << 3,
  /** Per-record probabilities, logits or scores. */
  confidence: 1 << 4,
  /** Per-record losses. */
  perRecordLoss: 1 << 5,
  /** Per-record embeddings or attributions. */
  embedding: 1 << 6,
  /** Per-record label-only predictions. */
  prediction: 1 << 7,
  /** A model (or its weights) trained on records. */
  model: 1 << 8,
  /** …trained by a DP mechanism. */
  privateModel: 1 << 9,
  /** A model update of a federated client. */
  update: 1 << 10,
} as const;
export type TaintSet = number;

/** `same`: these very rows; `derived`: computed row by row; `aggregate`: a statistic over rows. */
export type Strength = 'same' | 'derived' | 'aggregate';

/** The columns of a table: exactly these (`complete`), or at least these. */
export interface Columns {
  readonly names: readonly string[];
  readonly complete: boolean;
}

/** What the text or the data file shows of where rows come from. */
export interface DataSource {
  /** Index of the load event. */
  readonly id: number;
  /** The path or data-set name as written, when known. */
  readonly name: string | null;
  /** `declared`: by configuration; `inferred`: two independent signals; `unknown`; `public`: known public or toy data. */
  readonly people: 'declared' | 'inferred' | 'unknown' | 'public';
  /** Why: phrases for people ("the path names patients", "columns patient_name, ssn"). */
  readonly reasons: readonly string[];
  /** The column that tells persons apart, when one is seen or declared. */
  readonly subjectKey: string | null;
}

/** What reached one argument of an event: the whole of what rules may know about a value. */
export interface Evidence {
  readonly span: Span;
  /** The source text of the expression, at most 60 characters, literals of identifiers redacted. */
  readonly text: string;
  readonly types: readonly string[];
  readonly constant: Resolved | null;
  readonly taint: TaintSet;
  readonly strength: Strength;
  readonly columns: Columns | null;
  readonly sources: readonly DataSource[];
  /** Identity of an object across events: the same model, optimizer, loader or frame has the same id. */
  readonly objects: readonly number[];
  /** The way it came: source, steps. Most recent last; at most 6. */
  readonly trace: readonly TraceStep[];
  /** How many rows it has; several numbers where branches differ; absent where it is not known. */
  readonly rows?: readonly Resolved[];
  /** How many rows a batch of it holds. */
  readonly batch?: readonly Resolved[];
}

export interface TraceStep {
  readonly span: Span;
  readonly note: string;
  /** Another file, when the step stands there. */
  readonly path?: string;
}
