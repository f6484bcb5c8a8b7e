import type { Session } from './session';

/** Tells the client that what it shows may be out of date; each refresh only where the client takes it. */
export function refreshAll(session: Session): void {
  const { connection, client } = session;
  const quietly = (request: Promise<void>): void => void request.catch(() => undefined);
  if (session.pulls) {
    if (client.workspace?.diagnostics?.refreshSupport) quietly(connection.languages.diagnostics.refresh());
  } else for (const listener of session.pushers) listener();
  if (client.workspace?.codeLens?.refreshSupport) quietly(connection.sendRequest('workspace/codeLens/refresh'));
  if (session.settings.inlayHints && client.workspace?.inlayHint?.refreshSupport)
    quietly(connection.languages.inlayHint.refresh());
}
