import type { Recipe } from '../datasets/recipe';
import type { Claim } from './inputs';
import type { AuditOutcome } from './result';

/** What the audit worker is asked for; plain data, so that it crosses threads. */
export interface ScoresRequest {
  readonly kind: 'scores';
  /** Absolute path of the `.npz` file. */
  readonly file: string;
  readonly despiteGate: boolean;
  readonly listExposed: boolean;
}

/** The checkpoint of a training script, with what was inferred from the script's text. */
export interface ScriptRequest {
  readonly kind: 'script';
  /** Absolute. */
  readonly script: string;
  /** Absolute. */
  readonly checkpoint: string;
  /** Data files as the script names them, relative to its folder. */
  readonly data: readonly string[];
  readonly recipe: Recipe;
  readonly person: string | null;
  readonly groups: readonly string[];
  readonly claim: Claim | null;
  readonly despiteGate: boolean;
  /** Absolute path of a members file that overrules the script's split. */
  readonly members?: string;
}

export type WorkerRequest = ScoresRequest | ScriptRequest;

/** What the worker says. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly message: string; readonly fraction: number }
  | { readonly kind: 'done'; readonly outcome: AuditOutcome }
  /** One sentence for the user; `known` is false for a defect of ours. */
  | { readonly kind: 'failed'; readonly message: string; readonly known: boolean };
