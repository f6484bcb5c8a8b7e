import type { AuditOutcome } from './result';

/** What the audit worker is asked for; plain data, so that it crosses threads. */
export interface ScoresRequest {
  readonly kind: 'scores';
  /** Absolute path of the `.npz` file. */
  readonly file: string;
  readonly despiteGate: boolean;
  readonly listExposed: boolean;
}

export type WorkerRequest = ScoresRequest;

/** What the worker says. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly message: string; readonly fraction: number }
  | { readonly kind: 'done'; readonly outcome: AuditOutcome }
  /** One sentence for the user; `known` is false for a defect of ours. */
  | { readonly kind: 'failed'; readonly message: string; readonly known: boolean };
