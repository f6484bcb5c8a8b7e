import { type Connection, ExecuteCommandRequest } from 'vscode-languageserver';
import { BUDGET, type CheckpointPage, INSPECT, REPORT, REPORTS, SOLVE, TARGETS, TRUST, WHAT_IF } from '../protocol';
import { initialize } from './capabilities';
import { completion } from './configuration/completion';
import type { LspHost } from './host';
import * as configuration from './notifications/configuration';
import * as documents from './notifications/documents';
import { Pusher } from './push';
import * as budgets from './requests/budget';
import { codeAction } from './requests/code-action';
import { codeLens, codeLensResolve } from './requests/code-lens';
import { diagnostic } from './requests/diagnostic';
import { documentLink, documentLinkResolve } from './requests/document-link';
import { executeCommand } from './requests/execute-command';
import { hover } from './requests/hover';
import { inlayHint } from './requests/inlay-hint';
import { inspection } from './requests/inspect';
import { report } from './requests/report';
import { targets } from './requests/targets';
import { describe, runSafe, runSafeNotification } from './run-safe';
import { Session } from './session';

/**
 * Wires one connection to the analysis: each line names a message and the file that answers it. Every request gets
 * exactly one answer; a handler that fails answers with its default and writes to the log.
 */
export function startServer(connection: Connection, host: LspHost): Session {
  const session = new Session(connection, host);
  const pusher = new Pusher(session);
  const { log } = session;
  const none = { kind: 'full' as const, items: [] };

  connection.onInitialize(params => initialize(session, params));
  connection.onInitialized(runSafeNotification('initialized', () => configuration.initialized(session), log));
  connection.onShutdown(async () => {
    pusher.stop();
    session.stop();
    await host.dispose();
  });

  const told = <P>(name: string, handler: (params: P) => void | Promise<void>) =>
    runSafeNotification(name, handler, log);
  connection.onDidOpenTextDocument(told('didOpen', p => documents.didOpen(session, pusher, p)));
  connection.onDidChangeTextDocument(told('didChange', p => documents.didChange(session, pusher, p)));
  connection.onDidCloseTextDocument(told('didClose', p => documents.didClose(session, pusher, p)));
  const { synchronization } = connection.notebooks;
  synchronization.onDidOpenNotebookDocument(told('notebook open', p => documents.didOpenNotebook(session, pusher, p)));
  synchronization.onDidChangeNotebookDocument(
    told('notebook change', p => documents.didChangeNotebook(session, pusher, p)),
  );
  synchronization.onDidCloseNotebookDocument(
    told('notebook close', p => documents.didCloseNotebook(session, pusher, p)),
  );
  connection.onDidChangeConfiguration(told('configuration', p => configuration.didChangeConfiguration(session, p)));
  connection.onDidChangeWatchedFiles(told('watched files', p => configuration.didChangeWatchedFiles(session, p)));
  connection.onNotification(
    TRUST,
    told('trust', (p: unknown) => configuration.didChangeTrust(session, p)),
  );

  connection.languages.diagnostics.on(runSafe('diagnostic', p => diagnostic(session, p), none, log));
  connection.onCodeLens(runSafe('codeLens', p => codeLens(session, p), [], log));
  connection.onCodeLensResolve(lens =>
    runSafe('codeLens/resolve', () => codeLensResolve(session, lens), lens, log)(lens, never),
  );
  connection.onCompletion(runSafe('completion', p => completion(session, p), [], log));
  connection.onHover(runSafe('hover', p => hover(session, p), null, log));
  connection.onCodeAction(runSafe('codeAction', p => codeAction(session, p), [], log));
  connection.onDocumentLinks(runSafe('documentLink', p => documentLink(session, p), [], log));
  connection.onDocumentLinkResolve(link =>
    runSafe('documentLink/resolve', () => documentLinkResolve(session, link), link, log)(link, never),
  );
  connection.languages.inlayHint.on(runSafe('inlayHint', p => inlayHint(session, p), [], log));
  // By its type: `onExecuteCommand` takes the client's progress token out of the parameters.
  connection.onRequest(ExecuteCommandRequest.type, (p, token) => executeCommand(session, p, token));
  connection.onRequest(
    TARGETS,
    runSafe('targets', () => targets(session), [], log),
  );
  connection.onRequest(
    REPORT,
    runSafe('report', (p: unknown) => report(session, p), null, log),
  );
  connection.onRequest<CheckpointPage | null, void>(
    INSPECT,
    runSafe<unknown, CheckpointPage | null>('inspect', p => inspection(session, p), null, log),
  );
  connection.onRequest(
    REPORTS,
    runSafe('reports', () => session.audits.list(), [], log),
  );
  connection.onRequest(
    BUDGET,
    runSafe('budget', (p: unknown) => budgets.budget(session, p), null, log),
  );
  connection.onRequest(
    WHAT_IF,
    runSafe('whatIf', (p: unknown) => budgets.whatIf(session, p), { epsilon: [] }, log),
  );
  const unsolved = { value: null, message: 'The target cannot be computed.' };
  connection.onRequest(
    SOLVE,
    runSafe('solve', (p: unknown) => budgets.solve(session, p), unsolved, log),
  );
  connection.listen();
  return session;
}

const never = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };

/** A process that meets an error nobody caught logs it and goes on: one bad document must not take the others along. */
export function keepAlive(session: Session): void {
  process.on('uncaughtException', error => session.log(`uncaught: ${describe(error)}`));
  process.on('unhandledRejection', error => session.log(`unhandled: ${describe(error)}`));
}
