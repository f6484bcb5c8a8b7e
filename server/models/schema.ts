import type { EventKind, FederateEvent, LogEvent, PrivatiseEvent, SendEvent, TrainEvent } from '../facts/events';
import type { ConstantValue, Strength } from '../facts/values';

/**
 * What the analysis knows of libraries, as data: no functions, so that a model file can also be written in TOML.
 *
 * Names are canonical qualified names. In Python `module.Class.method`; in JavaScript the package name comes first
 * (`@tensorflow/tfjs.LayersModel.fit`, `express.Application.post`). A last segment `*` matches every name of that
 * place: in `classes` names with a capital first letter, in `calls` all names (`sklearn.metrics.*`). An exact name wins
 * over a pattern, a subclass's method over its base's. The class `*` is any value whose class is unknown
 * (`*.predict_proba`): events that come from it are at most *likely*.
 */
export interface LibraryModel {
  /** As people write it: `PyTorch`. */
  readonly library: string;
  /** First segments that these names start with (`torch`, `torchvision`); `builtins` and `*` are always there. */
  readonly modules: readonly string[];
  /** Re-exports and old places → canonical name. Longest prefix wins: `torch.optim.sgd.SGD` → `torch.optim.SGD`, `tensorflow.keras` → `keras`. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly classes?: Readonly<Record<string, ClassModel>>;
  /** Functions, constructors (under the class's own name) and methods (`Class.method`; a call of an instance is `Class.__call__`). */
  readonly calls?: Readonly<Record<string, CallModel>>;
  /** Functions that projects carry copies of, by their own name: a function of that name with the same parameters is that call. */
  readonly copied?: Readonly<Record<string, string>>;
  /** Methods that projects write anew for engines of their own: one of that name with at least these parameters is that call. */
  readonly rewritten?: Readonly<Record<string, { readonly call: string; readonly parameters: readonly string[] }>>;
}

/** What an object is for. */
export type Role =
  | 'module' // a trainable model; calling it predicts
  | 'estimator' // a trainable model with fit and predict
  | 'optimizer'
  | 'scheduler'
  | 'loss'
  | 'loader' // walks batches
  | 'data-set'
  | 'frame' // a table with columns
  | 'series' // one column
  | 'array'
  | 'transform' // learns statistics of rows (scaler, vocabulary, PCA)
  | 'engine' // a DP engine
  | 'trainer'
  | 'logger'
  | 'tracker'
  | 'metric'
  | 'generator' // random numbers
  | 'splitter'
  | 'application' // serves requests
  | 'client' // of a remote API
  | 'synthesizer'
  | 'keeps-rows' // an estimator that stores its training rows (kNN, SVC…)
  | 'batch-mixing' // a layer that mixes the examples of a batch
  | 'regulariser'; // dropout, early stopping, weight decay

export interface ClassModel {
  readonly bases?: readonly string[];
  readonly roles?: readonly Role[];
  /** Attributes that are no calls: their class, and how the object flows into them (default `derived`); `*` is any other name. */
  readonly attributes?: Readonly<Record<string, AttributeModel>>;
  /** Settings that the class holds under the names of its arguments, with the library's defaults. */
  readonly fields?: Readonly<Record<string, ConstantValue>>;
  /** What one round of a loop over it gives, with its columns: an object of that class; `pair`: behind its key. */
  readonly round?: { readonly type: string; readonly pair?: boolean };
  /** A loop over it calls this method and walks what it gives (`for row in cursor`). */
  readonly walks?: string;
  /** Methods that a subclass writes and the framework calls with requests: what they return is an answer. */
  readonly answers?: { readonly framework: string; readonly methods: readonly string[] };
}

export interface AttributeModel {
  readonly type?: string;
  readonly flow?: Flow;
  readonly adds?: readonly TaintName[];
  /** What the attribute is called is remembered as a link of this name: tables of a database client. */
  readonly named?: string;
  /** The attribute gives back the very object (`model.module`, `dp_model._module`). */
  readonly same?: boolean;
  /** Reading it, as an attribute or by its name as a key, is a `mark` event with what is read. */
  readonly mark?: string;
}

/** `none`: nothing of the input is in the output. */
export type Flow = Strength | 'none';
export type TaintName =
  | 'records'
  | 'identifier'
  | 'subjectKey'
  | 'quasiIdentifier'
  | 'confidence'
  | 'perRecordLoss'
  | 'embedding'
  | 'prediction'
  | 'model'
  | 'privateModel'
  | 'update';

/**
 * A value that takes part in a call: a parameter's name, `receiver`, `result`, `arguments` (all of them), `*name` (all positional ones from that parameter on), or a path from
 * one of these through attributes that the run keeps (`receiver.optimizer`: what `compile` linked). Alternatives are parted by `|`: the
 * first that is there counts.
 */
export type Ref = string;

export interface CallModel {
  /** Names of positional parameters without `self`; `*name` takes the rest. Keyword-only names need not be listed. */
  readonly parameters?: readonly string[];
  /** Class of the result; several: it may be any. `receiver`: the receiver's own class. For a constructor: its class (default). */
  readonly result?: string | readonly string[];
  /** The result is itself a class: that of this name. */
  readonly gives?: string;
  /** A tuple's parts: their classes, and where one carries something else than the others. */
  readonly results?: readonly (string | PartModel)[];
  /** The result's parts are these very objects, in their order; one alone is the result. */
  readonly tuple?: Ref;
  /** The result is this very object (`model.to(device)` → `receiver`). */
  readonly returns?: Ref;
  /** How strongly the inputs are in the result. Default `derived` (an unknown call passes on what it gets); a constructor: `derived`. */
  readonly flow?: Flow;
  /** Only these flow (default: receiver and all arguments). */
  readonly from?: readonly Ref[];
  readonly adds?: readonly TaintName[];
  /**
   * Added where the call stands in no `forward` of such an object itself: a layer inside a network is no answer, a network that
   * is asked is. Given scores beside rows, it measures them instead (a loss), and nothing per record is left.
   */
  readonly answers?: readonly TaintName[];
  /** Taken away from what flows; `confidence` etc. An `aggregate` flow clears all per-record taint by itself. */
  readonly clears?: readonly TaintName[];
  /** Of scores one is picked out (`max(p)`): still a score, where of other values a statistic is left. */
  readonly picks?: boolean;
  /** Scores come out as the decision that they stand for (`round(p)`); what is no score stays what it is. */
  readonly decides?: boolean;
  readonly columns?: ColumnEffect;
  /** What is put into what: `{into: 'receiver', from: ['x']}` for `list.append`. */
  readonly mutates?: readonly { readonly into: Ref; readonly from: readonly Ref[] }[];
  /** How many rows the result has, and how many a batch of it holds. */
  readonly rows?: RowsModel;
  /** Objects that the run remembers on the result or receiver: `{of: 'result', name: 'model', value: 'params'}`. */
  readonly links?: readonly { readonly of: Ref; readonly name: string; readonly value: Ref }[];
  /** Functions given as arguments that are called with elements of something (`map`, `.then`). */
  readonly callbacks?: readonly CallbackModel[];
  readonly events?: readonly EventModel[];
  /** Replaces parts of this model when an argument has a known value (`reduction="none"`). First match wins. */
  readonly variants?: readonly Variant[];
}

export interface PartModel {
  readonly type: string;
  readonly adds?: readonly TaintName[];
  readonly clears?: readonly TaintName[];
}

export interface CallbackModel {
  readonly function: Ref;
  readonly with?: readonly Ref[];
  /** It is called with elements of these, not with these. */
  readonly elements?: boolean;
  /** A tuple among them is its arguments one by one. */
  readonly spread?: boolean;
}

export interface Variant extends Omit<CallModel, 'variants'> {
  readonly when: {
    readonly argument: Ref;
    /** One of these constants… */
    readonly equals?: readonly ConstantValue[];
    /** …or given at all / left out… */
    readonly given?: boolean;
    /** …or the name of a column that tells people, or single records of theirs, apart… */
    readonly namesPeople?: boolean;
    /** …or a list, and not one array… */
    readonly listed?: boolean;
    /** …and this of another argument. */
    readonly beside?: Variant['when'];
  };
}

/** Where the number of rows of a result stands; the first that is known counts. */
export interface RowsModel {
  /** As many rows as this value. */
  readonly of?: Ref;
  /** This number, or the first of a shape: `n_samples`, `size`. */
  readonly number?: Ref;
  /** The number where the argument is left out. */
  readonly otherwise?: number;
  /** As many as a list or range of indexes is long. */
  readonly lengthOf?: Ref;
  /** A published data set: `api` by the name of the call, else by the name that the argument holds. */
  readonly known?: 'api' | Ref;
  /** Of a data file. */
  readonly file?: Ref;
  /** Rows of one batch. */
  readonly batch?: Ref;
}

/** What a call does to the columns of a table (result columns; `receiver` when done in place). */
export type ColumnEffect =
  | { readonly kind: 'keep' }
  /** `list`: the argument naming the columns that stay (`usecols`). */
  | { readonly kind: 'select'; readonly list: Ref }
  | { readonly kind: 'drop'; readonly list: Ref; readonly inPlaceWhen?: Ref; readonly axis?: Ref }
  | { readonly kind: 'rename'; readonly mapping: Ref; readonly inPlaceWhen?: Ref }
  | { readonly kind: 'assign' } // keyword arguments name new columns
  | { readonly kind: 'pop'; readonly name: Ref } // the result is the column, the receiver loses it
  | { readonly kind: 'join'; readonly other: Ref } // columns of both
  | { readonly kind: 'make'; readonly from: Ref; readonly names?: Ref } // a table from a mapping of columns or with names
  | { readonly kind: 'forget' };

/** Fields of `PrivatiseEvent.parameters` and `BudgetEvent.parameters`, the same for every library. */
export type PrivacyField =
  | 'clients'
  | 'clientsPerRound'
  | 'rounds'
  | 'noiseDeviation'
  | 'noiseMultiplier'
  | 'maxGradNorm'
  | 'sampleRate'
  | 'batchSize'
  | 'accumulation'
  | 'examples'
  | 'epochs'
  | 'steps'
  | 'delta'
  | 'epsilon'
  | 'targetEpsilon'
  | 'microbatches'
  | 'accountant'
  | 'secureMode'
  | 'poissonSampling'
  | 'noiseGenerator'
  | 'clipping'
  | 'gradSampleMode'
  | 'lossReduction'
  | 'sensitivity'
  | 'bounds'
  | 'randomState';

/**
 * Which event a call is. Every field that names a `Ref` becomes the event's field of that name; all named arguments are in
 * `event.arguments` anyway.
 */
export type EventModel =
  | {
      readonly kind: 'load';
      readonly format: string;
      /** Where the path or data-set name is. */
      readonly path?: Ref;
      /** The call itself says whose data it is: public toy data, or people. */
      readonly people?: 'public' | 'inferred';
      /** Known data set: its name, for messages. */
      readonly name?: string;
      readonly subjectKey?: string;
    }
  | {
      readonly kind: 'split';
      readonly unit: 'row' | 'person' | 'unknown';
      readonly input: Ref;
      readonly groups?: Ref;
    }
  | { readonly kind: 'preprocess'; readonly input: Ref }
  | {
      readonly kind: 'train';
      readonly style: TrainEvent['style'];
      readonly model?: Ref;
      readonly optimizer?: Ref;
      readonly data?: Ref | readonly Ref[];
      readonly epochs?: Ref;
      readonly defaultEpochs?: number;
      /** Arguments whose presence fights over-fitting (`validation_data`, `callbacks`, `eval_set`). */
      readonly regularisation?: readonly Ref[];
    }
  | {
      readonly kind: 'privatise';
      readonly library: string;
      readonly mechanism: PrivatiseEvent['mechanism'];
      /** Event field → argument of this library. */
      readonly parameters: Readonly<Partial<Record<PrivacyField, Ref>>>;
      /** What holds when the argument is absent. */
      readonly defaults?: Readonly<Partial<Record<PrivacyField, ConstantValue>>>;
      readonly model?: Ref;
      readonly optimizer?: Ref;
      readonly loader?: Ref;
      /** What the result is, in order (a single one: the result itself). `receiver`: the receiver becomes private in place. */
      readonly gives?: readonly ('model' | 'optimizer' | 'loader' | 'criterion')[];
      readonly inPlace?: boolean;
    }
  | {
      readonly kind: 'budget';
      readonly library: string;
      readonly parameters: Readonly<Partial<Record<PrivacyField, Ref>>>;
      readonly defaults?: Readonly<Partial<Record<PrivacyField, ConstantValue>>>;
    }
  | { readonly kind: 'predict'; readonly input?: Ref; readonly model?: Ref }
  | { readonly kind: 'log'; readonly sink: LogEvent['sink']; readonly values: readonly Ref[] }
  | {
      readonly kind: 'export';
      readonly sink: 'file' | 'database' | 'vector-store' | 'object-store';
      readonly values: readonly Ref[];
      readonly target?: Ref;
      /** Saved instead as a checkpoint when the value is a model, an estimator or its weights. */
      readonly checkpointFormat?: string;
    }
  /** On a decorator or a registration: the function's (or named argument's) return value answers a request. */
  | { readonly kind: 'serve'; readonly framework: string; readonly handler?: Ref; readonly response?: Ref }
  | { readonly kind: 'save'; readonly format: string; readonly value: Ref; readonly target?: Ref }
  | {
      readonly kind: 'load-model';
      readonly format: string;
      readonly target?: Ref;
      readonly remote?: boolean;
      readonly revision?: Ref;
    }
  | {
      readonly kind: 'send';
      readonly to: SendEvent['to'];
      /** `unknown` (default) is decided by the values: a model, rows or neither. */
      readonly what?: SendEvent['what'];
      readonly values: readonly Ref[];
      readonly host?: string;
      /** Argument that holds the address. */
      readonly url?: Ref;
      /** Where the address is not known it is the program's own server, as a page mostly asks. */
      readonly elsewhere?: boolean;
      /** The model that is asked (`openai:gpt-5`, `ollama/llama3`): one that runs on this machine sends nothing. */
      readonly provider?: Ref;
      /** The client that the call goes through, or the name of its model: where it is neither, nothing is known to be sent. */
      readonly through?: Ref;
    }
  | {
      readonly kind: 'federate';
      readonly role: FederateEvent['role'];
      readonly library: string;
      readonly protection?: string;
      /** A client that was defined before joins. */
      readonly connects?: boolean;
      /** Functions that are handed over by name and not called (`mods=[secaggplus_mod]`): what they protect is protected. */
      readonly given?: Ref;
    }
  | {
      readonly kind: 'synthesise';
      readonly step: 'fit' | 'sample' | 'evaluate-quality' | 'evaluate-privacy';
      readonly input?: Ref;
    }
  | { readonly kind: 'evaluate'; readonly metric: string; readonly grouped?: boolean; readonly values: readonly Ref[] }
  | { readonly kind: 'path'; readonly values: readonly Ref[] }
  | { readonly kind: 'seed'; readonly generator: string }
  | { readonly kind: 'mark'; readonly mark: string; readonly values?: readonly Ref[] };

/** Compile-time check that every event kind can be modelled. */
export type ModelledKind = EventModel['kind'] extends EventKind ? EventModel['kind'] : never;
