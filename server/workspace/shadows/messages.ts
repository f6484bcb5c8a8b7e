import type { ScriptRequest } from '../../../audit-core/audit/request';
import type { AuditOutcome } from '../../../audit-core/audit/result';
import type { ShadowScores } from '../../../audit-core/shadows/engine';
import type { ShadowPeople } from '../../../audit-core/shadows/masks';

/** What the shadow audit's worker is asked; the data stay in the worker between questions. */
export type ShadowQuestion =
  | { readonly kind: 'prepare'; readonly request: ScriptRequest; readonly divided: boolean }
  | {
      readonly kind: 'audit';
      readonly scores: readonly ShadowScores[];
      readonly seed: number;
      readonly listExposed: boolean;
      readonly assumptions: readonly string[];
    };

/** What the script's audit is of, once its data are read; `quick` is the audit of the checkpoint alone, gate first. */
export interface PreparedShadows {
  readonly people: ShadowPeople;
  /** Rows of the audit for the records that the script's split divides, in their order (−1: left out); null where an engine needs none. */
  readonly divided: Int32Array | null;
  /** Records of the data files, and how many of them the audit is of, where large data are thinned; null: all. */
  readonly thinned: { readonly kept: number; readonly total: number } | null;
  readonly quick: AuditOutcome;
}

export type ShadowAnswer =
  | { readonly kind: 'progress'; readonly message: string; readonly fraction: number }
  | { readonly kind: 'prepared'; readonly prepared: PreparedShadows }
  | { readonly kind: 'done'; readonly outcome: AuditOutcome }
  | { readonly kind: 'failed'; readonly message: string };
