import { basename } from 'node:path';
import {
  type CancellationToken,
  type ProgressToken,
  WorkDoneProgress,
  type WorkDoneProgressBegin,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from 'vscode-languageserver';
import {
  Answers,
  ASK,
  type AuditResult,
  type AuditTarget,
  CONFIRM,
  Confirmed,
  type Export,
  type Shadows,
  STATUS,
  type Status,
} from '../../protocol';
import { saveText } from '../features/save-text';
import { scriptOf } from '../features/script-of';
import type { AuditRequest, Person } from '../host';
import { refreshAll } from '../refresh';
import { describe } from '../run-safe';
import { pathOf, type Session } from '../session';

/**
 * Runs a quick audit with progress that the server makes (clients send no token) and a cancel button. The work is a
 * worker's; here we only wait. Its findings become diagnostics on the lines that save or load the model.
 */
export async function quickAudit(
  session: Session,
  target: AuditTarget,
  token: CancellationToken,
  shadows: Shadows | null,
  workDoneToken: ProgressToken | undefined,
  step?: Export['step'],
): Promise<AuditResult> {
  if (!session.trusted)
    return {
      kind: 'failed',
      message: 'This workspace is in Restricted Mode: trust it to read data files and checkpoints for an audit.',
    };
  const found = await requestOf(session, target);
  if (typeof found === 'string') return { kind: 'failed', message: found };
  const request: AuditRequest = { ...found, shadows, ...(step && { export: step }) };
  const subject = basename(request.checkpoint ?? request.script?.path ?? '');
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  const what = step ? `Export of ${subject}` : shadows ? `Who is exposed by ${subject}` : `Quick audit of ${subject}`;
  const progress = await startProgress(session, what, abort, workDoneToken);
  status(session, { state: 'auditing', detail: what });
  try {
    const run = await session.host.audit(request, {
      signal: abort.signal,
      progress: (message, fraction) => progress.report(Math.round(100 * fraction), message),
      ...personOf(session, subject),
    });
    if (abort.signal.aborted) return { kind: 'cancelled' };
    session.audits.record(run);
    // The record of this audit is on the disk now: what the rules say of a checkpoint that was never audited is over.
    session.host.forget([]);
    session.epoch++;
    return run.result;
  } catch (error) {
    if (abort.signal.aborted) return { kind: 'cancelled' };
    session.log(`quick audit: ${describe(error)}`);
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  } finally {
    progress.done();
    status(session, { state: 'ready', detail: 'Ready' });
    refreshAll(session);
  }
}

/** The request, or the one sentence that says why there is none. */
async function requestOf(session: Session, target: AuditTarget): Promise<Omit<AuditRequest, 'shadows'> | string> {
  const checkpoint = target.checkpoint === undefined ? null : (pathOf(target.checkpoint) ?? target.checkpoint);
  const { settings } = session;
  if (target.uri === undefined)
    return { script: checkpoint === null ? null : await scriptOf(session, checkpoint), checkpoint, settings };
  const module = session.module(target.uri);
  const path = pathOf(module?.uri ?? target.uri);
  if (path === null) return 'Save the script first: an audit reads the data and the checkpoint beside it.';
  if (module === null) return 'Open the script first: the audit reads it as it stands in the editor.';
  return { script: { path, text: module.text, languageId: module.languageId }, checkpoint, settings };
}

/** Clients without panels have nobody to ask: what is missing is told instead. */
function personOf(session: Session, subject: string): Person {
  const { connection, options } = session;
  return {
    ask: async questions => {
      if (!options.panels) return null;
      const answers = Answers.safeParse(await connection.sendRequest(ASK, { subject, questions }));
      return answers.success ? answers.data : null;
    },
    confirm: async (file, lines) => {
      if (!options.panels) return null;
      const choice = Confirmed.safeParse(await connection.sendRequest(CONFIRM, { file, lines }));
      return choice.success ? choice.data : null;
    },
    save: (path, text) => saveText(session, path, text),
  };
}

interface Progress {
  readonly report: (percentage: number, message: string) => void;
  readonly done: () => void;
}

/** A client that sent a token shows the progress there and cancels the request; else the server makes one with a cancel button. */
async function startProgress(
  session: Session,
  title: string,
  abort: AbortController,
  workDoneToken: ProgressToken | undefined,
): Promise<Progress> {
  if (workDoneToken !== undefined) {
    const { connection } = session;
    const tell = (value: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd): void =>
      void connection.sendProgress(WorkDoneProgress.type, workDoneToken, value);
    tell({ kind: 'begin', title, percentage: 0, cancellable: false });
    tell({ kind: 'report', percentage: 0, message: 'Reading the script' });
    return {
      report: (percentage, message) => tell({ kind: 'report', percentage, message }),
      done: () => tell({ kind: 'end' }),
    };
  }
  if (!session.client.window?.workDoneProgress) return { report: () => {}, done: () => {} };
  const reporter = await session.connection.window.createWorkDoneProgress();
  reporter.begin(title, 0, undefined, true);
  (reporter as { token?: CancellationToken }).token?.onCancellationRequested(() => abort.abort());
  return { report: (percentage, message) => reporter.report(percentage, message), done: () => reporter.done() };
}

function status(session: Session, value: Status): void {
  if (session.options.panels) void session.connection.sendNotification(STATUS, value);
}
