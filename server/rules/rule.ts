import type { Event, EventKind, ModuleRun } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { Finding, Severity } from './finding';

/** What the configuration lets a rule know. */
export interface RuleSettings {
  readonly maxEpsilon: number;
  readonly maxDelta: number;
  readonly internalHosts: readonly string[];
  readonly requireProvenance: boolean;
}

export interface RuleContext {
  readonly run: ModuleRun;
  /** All events of one kind in the order of evaluation. */
  readonly of: <K extends EventKind>(kind: K) => readonly Extract<Event, { kind: K }>[];
  readonly files: FileFactsLookup;
  readonly settings: RuleSettings;
  /** The module's text, for fixes. Messages never quote it. */
  readonly text: string;
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
