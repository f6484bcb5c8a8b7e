import type { Span } from '../facts/syntax';
import type { Settings } from '../protocol';
import type { Answers, AuditResult, Confirmed, Export, Question, Shadows } from '../protocol/audits';
import type { BudgetAnswer, Solve, SolveAnswer, WhatIf, WhatIfAnswer } from '../protocol/budgets';
import type { CheckpointPage } from '../protocol/checkpoints';
import type { Finding } from '../rules/finding';
import type { Declaration } from '../workspace/configuration/write-declaration';
import type { DataPlace } from '../workspace/data-places';

/** One text as the editor holds it; `path` is null for untitled documents. */
export interface ModuleInput {
  readonly uri: string;
  readonly path: string | null;
  readonly languageId: string;
  readonly text: string;
  readonly version: number;
  /** False in Restricted Mode: no data file and no checkpoint is read. */
  readonly trusted: boolean;
  readonly settings: Settings;
  readonly notebook: boolean;
  /** The texts of the code cells as they are, when it is a notebook. */
  readonly cells: readonly string[];
  /** How manieth each cell was run; null or absent: not known. */
  readonly executed?: readonly (number | null)[];
}

/** A DP call with its budget in words: what the lens shows and what the hover says. */
export interface BudgetView {
  readonly event: number;
  readonly span: Span;
  readonly title: string;
  /** Markdown: the five named things as a table, caveats below. */
  readonly markdown: string;
  /** What the guarantee leaves to the best attacker; null where it cannot be said. */
  readonly attack: { readonly tprAt1Percent: number; readonly auc: number } | null;
  /** ε after each of some epochs. */
  readonly curve: readonly { readonly epoch: number; readonly epsilon: number }[];
  /** Short text after the call, for inlay hints. */
  readonly inlay: string;
  /** As `epsilint budget --format json` has it. */
  readonly json: unknown;
  /** What the explorer starts from; where its values stand in the text is added by whoever knows the document. */
  readonly explorer: Omit<NonNullable<BudgetAnswer>, 'line' | 'places'>;
  /** The literals that set parameters, by the parameter's name. */
  readonly literals: Readonly<Record<string, Span>>;
  /** Where each parameter's value comes from, by the parameter's name: without a path in this module. */
  readonly places: Readonly<Record<string, { readonly path: string | null; readonly span: Span | null }>>;
}

/** Where a script saves or loads a checkpoint. */
export interface CheckpointPlace {
  readonly span: Span;
  readonly kind: 'save' | 'load';
  /** The path as written, when it resolves. */
  readonly name: string | null;
  /** Absolute path of the file, when it resolves. */
  readonly path: string | null;
  /** Span of the path's own literal or expression. */
  readonly nameSpan: Span | null;
  /** What suppressions and configuration say of audit findings here, by rule: null silences, a severity overrides. */
  readonly ruled: ReadonlyMap<string, Finding['severity'] | null>;
}

export type AuditableEdits = readonly (Span & { readonly text: string })[] | null;

export interface ModuleAnalysis {
  readonly findings: readonly Finding[];
  /** True when the text could not be read whole: what is missing from the result may only be hidden. */
  readonly broken: boolean;
  readonly budgets: readonly BudgetView[];
  readonly checkpoints: readonly CheckpointPlace[];
  /** Names of columns that the script reads or makes, as far as they are seen. */
  readonly columns: readonly string[];
  /** Whether it saves a model: then edits can be asked for that let it train reference models (`LspHost.auditable`). */
  readonly saves: boolean;
  /** Where data files and folders are named. */
  readonly data: readonly DataPlace[];
  /** Data files as the script names them. */
  readonly dataFiles: readonly string[];
  /** One sentence when something was left out (size, syntax); null when the analysis is whole. */
  readonly limited: string | null;
  /** Absolute paths of other files that the result stands on. */
  readonly dependencies: ReadonlySet<string>;
}

/** What a data file or folder holds: names and counts. */
export type DataPage =
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly bytes: number;
      readonly format: string;
      /** Of a table; null for arrays and records, whose shapes say more. */
      readonly rows: number | null;
      readonly parts: readonly { readonly name: string; readonly shape: readonly number[] }[];
      /** Columns that tell people apart, by their names. */
      readonly keys: readonly string[];
    }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly folders: number;
      /** Files by ending, the most common first. */
      readonly endings: readonly (readonly [ending: string, files: number])[];
      /** False: there is more than was looked at. */
      readonly whole: boolean;
    }
  | { readonly kind: 'refused'; readonly name: string; readonly message: string };

/** One audit finding: it goes to every line that saves or loads one of `checkpoints`. */
export interface AuditFinding {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly message: string;
}

export interface AuditRun {
  readonly result: AuditResult;
  /** Absolute paths of the files that hold the audited model. */
  readonly checkpoints: readonly string[];
  readonly findings: readonly AuditFinding[];
  readonly title: string;
  /** The report, one self-contained page; null when there is none (cancelled, failed, missing pieces). */
  readonly html: string | null;
}

export interface ScriptText {
  readonly path: string;
  readonly text: string;
  readonly languageId: string;
}

export interface AuditRequest {
  readonly script: ScriptText | null;
  readonly checkpoint: string | null;
  readonly settings: Settings;
  /** null: a quick audit of the one checkpoint. */
  readonly shadows: Shadows | null;
  /** In place of an audit: the script that exports the network to ONNX is written, or run. */
  readonly export?: Export['step'];
}

/** What only the person at the editor can do. null: nobody is there, or the answer is no. */
export interface Person {
  readonly ask: (questions: readonly Question[]) => Promise<Answers>;
  /** Whether lines may be written into a file. */
  readonly confirm: (file: string, lines: string) => Promise<Confirmed>;
  /** Gives a file a new text, after a yes; an open one is changed in the editor. */
  readonly save: (path: string, text: string) => Promise<boolean>;
}

export interface AuditWatch extends Person {
  readonly signal: AbortSignal;
  /** `fraction` in [0, 1]. */
  readonly progress: (message: string, fraction: number) => void;
}

/** A newer text of the same document waits to be analysed: nobody needs this one any more. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** What a host may know of the editor. */
export interface EditorState {
  /** Path and text of each open document that is a file. */
  readonly texts: () => readonly (readonly [path: string, text: string])[];
  readonly folders: () => readonly string[];
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** The world around the server, injected: the same server runs in tests, over stdio and inside VS Code. */
export interface LspHost {
  readonly version: string;
  /** Called once: how the host sees what the editor holds. */
  readonly attach: (editor: EditorState) => void;
  /** Text → facts → events → findings, budgets and checkpoints. Never throws on broken code; rejects with `Superseded`. */
  readonly analyse: (input: ModuleInput) => Promise<ModuleAnalysis>;
  /** Edits that let a script train reference models by its own code; null where none are needed or none are safe. */
  readonly auditable: (input: ModuleInput) => Promise<AuditableEdits>;
  /** Runs in a worker; the protocol thread only waits. */
  readonly audit: (request: AuditRequest, watch: AuditWatch) => Promise<AuditRun>;
  /** The text of the configuration that holds for a script, with a declaration in it; nothing is written. */
  readonly declare: (
    script: string,
    declaration: Declaration,
  ) => Promise<{ readonly path: string; readonly text: string; readonly changed: boolean }>;
  /** Writes a file whole or not at all. */
  readonly write: (path: string, text: string) => Promise<void>;
  /**
   * What is in a checkpoint file, read in a thread with limits of time and memory; `script` (a path, or null) may give weights their
   * architecture.
   */
  readonly inspect: (path: string, script: string | null, seconds: number) => Promise<CheckpointPage>;
  /** What is in a data file or folder, read in the same thread; null where there is nothing at the path. */
  readonly describeData: (path: string, seconds: number) => Promise<DataPage | null>;
  /** Size and time of a file, `folder:` and time of a folder; null where there is none. */
  readonly stamp: (path: string) => Promise<string | null>;
  readonly whatIf: (question: WhatIf) => Promise<WhatIfAnswer>;
  readonly solve: (question: Solve) => Promise<SolveAnswer>;
  /** The rule's page as bundled: its address, and its text for hovers. */
  readonly rulePage: (rule: string) => { readonly href: string; readonly text: string } | null;
  /** Ids and names of all rules that have a page. */
  readonly rules: () => readonly { readonly id: string; readonly name: string }[];
  /** Checkpoint files of a folder, for the picker; at most a few dozen. */
  readonly findCheckpoints: (folders: readonly string[]) => Promise<readonly string[]>;
  /** The scripts in a checkpoint's folder, to find the one that saved it; small files only. */
  readonly scriptsBeside: (checkpoint: string) => Promise<readonly ScriptText[]>;
  /** A file or the configuration changed on disk. */
  readonly forget: (paths: readonly string[]) => void;
  /** Called when something is learned later (rows of a data file, an exact ε): open documents are analysed again. */
  readonly onDidLearn: (listener: () => void) => void;
  readonly dispose: () => Promise<void> | void;
}
