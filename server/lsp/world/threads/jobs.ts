import type { Answer, DpSgd } from '../../../../audit-core/accounting';
import type { Calibration } from '../../../budget';
import type { Answers, Confirmed, Question } from '../../../protocol/audits';
import type { Solve, SolveAnswer, WhatIf, WhatIfAnswer } from '../../../protocol/budgets';
import type { CheckpointPage } from '../../../protocol/checkpoints';
import type { Declaration } from '../../../workspace/configuration/write-declaration';
import type { AuditableEdits, AuditRequest, AuditRun, DataPage, ModuleAnalysis, ModuleInput } from '../../host';
import type { Inspection } from '../inspect';

/** An open document that changed since the thread was last told; a null text: it was closed. */
export type OpenText = readonly [path: string, text: string | null];

/** What a thread knows of the editor: sent with each job that reads files. */
export interface Surroundings {
  readonly opened: readonly OpenText[];
  readonly folders: readonly string[];
}

/** What the server's threads are asked for. Arguments and answers are plain data: they cross threads. */
export interface Jobs {
  analyse: { readonly argument: ModuleInput & Surroundings; readonly answer: ModuleAnalysis };
  auditable: { readonly argument: ModuleInput & Surroundings; readonly answer: AuditableEdits };
  forget: { readonly argument: readonly string[]; readonly answer: null };
  declare: {
    readonly argument: { readonly script: string; readonly declaration: Declaration } & Surroundings;
    readonly answer: { readonly path: string; readonly text: string; readonly changed: boolean };
  };
  audit: { readonly argument: AuditRequest & Surroundings; readonly answer: AuditRun };
  inspect: { readonly argument: Inspection; readonly answer: CheckpointPage };
  describeData: { readonly argument: string; readonly answer: DataPage | null };
  account: { readonly argument: DpSgd; readonly answer: Answer };
  calibrate: { readonly argument: Calibration; readonly answer: number | null };
  whatIf: { readonly argument: WhatIf; readonly answer: WhatIfAnswer };
  solve: { readonly argument: Solve; readonly answer: SolveAnswer };
}

export type Job = keyof Jobs;

/** What a job asks of the person, one at a time, and what comes back. */
export type Request =
  | { readonly to: 'ask'; readonly questions: readonly Question[] }
  | { readonly to: 'confirm'; readonly file: string; readonly lines: string }
  | { readonly to: 'save'; readonly path: string; readonly text: string };
export type Reply =
  | { readonly to: 'ask'; readonly answer: Answers }
  | { readonly to: 'confirm'; readonly answer: Confirmed }
  | { readonly to: 'save'; readonly answer: boolean };

/** Protocol thread → thread. */
export type ToThread =
  | {
      readonly [J in Job]: {
        readonly kind: 'job';
        readonly id: number;
        readonly job: J;
        readonly argument: Jobs[J]['argument'];
      };
    }[Job]
  | ({ readonly kind: 'reply' } & Reply)
  | { readonly kind: 'abort' };

/** Thread → protocol thread. */
export type FromThread =
  | { readonly kind: 'done'; readonly id: number; readonly answer: Jobs[Job]['answer'] }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly stack: string }
  | { readonly kind: 'learned' }
  /** First of all: its number, by which its processor time is asked; null where there is none. */
  | { readonly kind: 'task'; readonly task: string | null }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
  | { readonly kind: 'progress'; readonly message: string; readonly fraction: number }
  | ({ readonly kind: 'person' } & Request);
