import type { Span } from './syntax';
import type { DataSource, Evidence, Parameter } from './values';

/** How sure the run is of what it saw: a receiver resolved by construction is certain, one known by annotation or name is less. */
export type Tier = 'certain' | 'likely' | 'possible';

interface EventBase {
  /** Place in the order of evaluation; unique within a module. */
  readonly id: number;
  /** The statement or call that does it: where a finding goes. */
  readonly span: Span;
  /** Another file of the project, when the event happens in a helper called from this module. */
  readonly path?: string;
  /** With `path`: the call in this module that led there. */
  readonly callSite?: Span;
  /** With `callSite`: the names of the definitions that enclose it. */
  readonly callScope?: readonly string[];
  /** Canonical qualified name, e.g. `torch.save`, `opacus.PrivacyEngine.make_private`. */
  readonly api: string;
  readonly tier: Tier;
  /** Names of the enclosing definitions, outermost first. */
  readonly scope: readonly string[];
  /** Enclosing loops, outermost first. */
  readonly loops: readonly LoopFacts[];
  /** Set when it happens only under a condition that the text knows to be off by default (`if args.dp:`), with that flag's name. */
  readonly disabledBy?: DisabledBy;
  /** Named arguments after matching positions to the model's parameter names. */
  readonly arguments: Readonly<Record<string, Evidence>>;
}

export interface DisabledBy {
  readonly flag: string;
  readonly span: Span;
  /** Where the flag gets its value, when that stands in this module. */
  readonly setAt?: Span;
}

export interface LoopFacts {
  readonly span: Span;
  /** Another file of the project, when the loop stands there. */
  readonly path?: string;
  /**
   * `epochs` where the loop counts (`range(n)`), `batches` where it walks a loader, `values` of a list that is written out,
   * `rounds` of a federation that calls a client again and again, else `other`.
   */
  readonly over: 'epochs' | 'batches' | 'clients' | 'values' | 'rounds' | 'other';
  readonly count: Parameter;
  readonly iterable: Evidence | null;
}

/** Rows come in. */
export interface LoadEvent extends EventBase {
  readonly kind: 'load';
  readonly source: DataSource;
  readonly format: string;
  readonly result: Evidence;
}
/** Rows are divided into sides. */
export interface SplitEvent extends EventBase {
  readonly kind: 'split';
  readonly unit: 'row' | 'person' | 'unknown';
  readonly input: Evidence;
  readonly groups: Evidence | null;
}
/** Statistics of rows are fitted (scaler, vocabulary, PCA). */
export interface PreprocessEvent extends EventBase {
  readonly kind: 'preprocess';
  readonly input: Evidence;
}
/** Parameters learn from rows: an optimizer step in a loop, a `fit`, a trainer. One per loop or fit call. */
export interface TrainEvent extends EventBase {
  readonly kind: 'train';
  readonly style: 'step' | 'fit' | 'trainer' | 'update';
  readonly model: Evidence | null;
  readonly optimizer: Evidence | null;
  readonly data: Evidence | null;
  readonly epochs: Parameter;
  /** Ids of the privatise events whose model, optimizer or loader this step really uses. */
  readonly privatisedBy: readonly number[];
  /** Whether anything fights over-fitting: weight decay, dropout, early stopping, validation data. */
  readonly regularisation: readonly string[];
}
/** A DP mechanism is put around training or a statistic. */
export interface PrivatiseEvent extends EventBase {
  readonly kind: 'privatise';
  readonly library: string;
  readonly mechanism:
    | 'dp-sgd'
    | 'dp-ftrl'
    | 'pate'
    | 'output-noise'
    | 'local'
    | 'synthesizer'
    | 'estimator'
    | 'central-aggregation'
    | 'hand-written';
  /** Field names: noiseMultiplier, maxGradNorm, sampleRate, batchSize, examples, epochs, steps, delta, targetEpsilon, microbatches, accountant, secureMode, poissonSampling, noiseGenerator… */
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly model: Evidence | null;
  readonly optimizer: Evidence | null;
  readonly loader: Evidence | null;
  /** Which of model, optimizer and loader it returned were bound to a name and later used in training. */
  readonly used: { readonly model: boolean; readonly optimizer: boolean; readonly loader: boolean };
}
/** An accountant's ε is asked for. */
export interface BudgetEvent extends EventBase {
  readonly kind: 'budget';
  readonly library: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Ids of the mechanisms whose engine it is asked of; empty where nothing links it to one. */
  readonly privatise: readonly number[];
  /** Ids of the objects that it is a method of: calls on one accountant add up. */
  readonly accountants: readonly number[];
  readonly read: boolean;
}
/** A model answers for rows. */
export interface PredictEvent extends EventBase {
  readonly kind: 'predict';
  readonly input: Evidence | null;
  readonly output: Evidence;
}
/** Something is printed, logged or tracked. */
export interface LogEvent extends EventBase {
  readonly kind: 'log';
  readonly sink: 'print' | 'log' | 'tracker' | 'display' | 'autolog' | 'watch' | 'analytics';
  readonly values: readonly Evidence[];
}
/** Something is written to a file, table or store (not a checkpoint). */
export interface ExportEvent extends EventBase {
  readonly kind: 'export';
  readonly sink: 'file' | 'database' | 'vector-store' | 'object-store';
  readonly values: readonly Evidence[];
  readonly target: Evidence | null;
}
/** A handler answers a request. */
export interface ServeEvent extends EventBase {
  readonly kind: 'serve';
  readonly framework: string;
  readonly response: Evidence;
}
/** A checkpoint is written. */
export interface SaveEvent extends EventBase {
  readonly kind: 'save';
  readonly format: string;
  readonly value: Evidence;
  /** What stands under the keys of a mapping that is saved: weights, settings, and sometimes records. */
  readonly parts: readonly Evidence[];
  readonly target: Evidence | null;
}
/** A checkpoint is read. */
export interface LoadModelEvent extends EventBase {
  readonly kind: 'load-model';
  readonly format: string;
  readonly target: Evidence | null;
  readonly remote: boolean;
  readonly revision: Parameter;
}
/** Something leaves for somebody else's machine: an API, a hub, a bucket, a browser. */
export interface SendEvent extends EventBase {
  readonly kind: 'send';
  readonly to: 'api' | 'hub' | 'bucket' | 'browser' | 'mail';
  readonly what: 'records' | 'model' | 'data-set' | 'unknown';
  readonly values: readonly Evidence[];
  readonly host: string | null;
}
/** A federated client or strategy is set up. */
export interface FederateEvent extends EventBase {
  readonly kind: 'federate';
  readonly role: 'client' | 'server';
  readonly library: string;
  readonly protections: readonly string[];
  /** A client that is defined elsewhere joins: what it hands out stands there, if that is seen. */
  readonly connects: boolean;
}
/** A synthesizer is fitted or its output is drawn. */
export interface SynthesiseEvent extends EventBase {
  readonly kind: 'synthesise';
  readonly step: 'fit' | 'sample' | 'evaluate-quality' | 'evaluate-privacy';
  readonly input: Evidence | null;
}
/** Performance is measured. */
export interface EvaluateEvent extends EventBase {
  readonly kind: 'evaluate';
  readonly metric: string;
  readonly grouped: boolean;
  readonly values: readonly Evidence[];
}
/** A path is made of values. */
export interface PathEvent extends EventBase {
  readonly kind: 'path';
  readonly values: readonly Evidence[];
}
/** Random state is fixed. */
export interface SeedEvent extends EventBase {
  readonly kind: 'seed';
  readonly generator: string;
}
/** A fact that a library model marks and one rule reads (`layer: batch-norm`, `hash: unsalted`). */
export interface MarkEvent extends EventBase {
  readonly kind: 'mark';
  readonly mark: string;
  readonly values: readonly Evidence[];
}

export type Event =
  | LoadEvent
  | SplitEvent
  | PreprocessEvent
  | TrainEvent
  | PrivatiseEvent
  | BudgetEvent
  | PredictEvent
  | LogEvent
  | ExportEvent
  | ServeEvent
  | SaveEvent
  | LoadModelEvent
  | SendEvent
  | FederateEvent
  | SynthesiseEvent
  | EvaluateEvent
  | PathEvent
  | SeedEvent
  | MarkEvent;

export type EventKind = Event['kind'];

/** The whole run of one module: what rules, budget and audit read. */
export interface ModuleRun {
  readonly path: string;
  readonly events: readonly Event[];
  /** True where the text was cut off by a limit or a syntax error hid part of it. */
  readonly limited: boolean;
}
