import type { Declarations } from '../facts';
import type { Event, EventKind, ModuleRun } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { Span } from '../facts/syntax';
import type { Finding, Severity } from './finding';

/** What the configuration lets a rule know. */
export interface RuleSettings {
  readonly maxEpsilon: number;
  readonly maxDelta: number;
  /** Hosts of the project's own, as patterns with `*`. */
  readonly internalHosts: readonly string[];
  /** Whose data it is: inferred (`auto`), always people's, or only where it is declared. */
  readonly sensitivity: 'auto' | 'always' | 'never';
  readonly requireProvenance: boolean;
}

/** What rules read of a budget statement (`server/budget`): one for each DP call whose parameters resolve far enough. */
export interface BudgetFigure {
  /** The privatise event it stands for. */
  readonly event: number;
  readonly span: Span;
  /** Per record, add/remove, the headline; null while something is unresolved. */
  readonly epsilon: number | null;
  readonly delta: number | null;
  /** The bound that holds where batches are not sampled; null while it is not known. */
  readonly bound?: number | null;
  /** True when the command line or a file can change a parameter. */
  readonly overridable: boolean;
  /** Where the parameters came from, as phrases. */
  readonly origins: readonly string[];
  readonly person: { readonly key: string; readonly maxRecords: number; readonly epsilon: number | null } | null;
}

/** What the records of past audits say of one checkpoint: `stale` names what changed since (script, data, checkpoint). */
export interface AuditState {
  readonly audited: boolean;
  readonly stale: readonly ('script' | 'data' | 'checkpoint')[];
}

/** A stored notebook output: MIME type and text; read by PHI006, never echoed. */
export interface StoredOutput {
  readonly span: Span;
  readonly type: string;
  readonly text: string;
}

export interface RuleContext {
  readonly run: ModuleRun;
  /** All events of one kind in the order of evaluation. */
  readonly of: <K extends EventKind>(kind: K) => readonly Extract<Event, { kind: K }>[];
  readonly files: FileFactsLookup;
  readonly settings: RuleSettings;
  /** The module's text, for fixes. Messages never quote it. */
  readonly text: string;
  /** The module's comments, as the front end read them: nothing in them is computed. */
  readonly comments: readonly Span[];
  /** What the project's configuration says of its columns; beats their names. */
  readonly declared: Declarations;
  readonly budgets: readonly BudgetFigure[];
  /** null: nothing is known of audits here (an untrusted workspace, an unsaved file). */
  readonly audit: (checkpoint: string | null) => AuditState | null;
  readonly outputs: readonly StoredOutput[];
  /** What the module as a whole shows of the people behind its data; used where one value's own source is not seen. */
  readonly people: () => ModulePeople;
}

export interface ModulePeople {
  readonly people: 'declared' | 'inferred' | 'unknown' | 'public';
  readonly reasons: readonly string[];
  readonly subjectKey: string | null;
}

/** One rule: one file, one page (`docs/rules/<id>.md`). A pure function from events to findings. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly severity: Severity;
  readonly check: (context: RuleContext) => readonly Finding[];
}
