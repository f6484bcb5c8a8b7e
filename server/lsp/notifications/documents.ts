import type {
  DidChangeNotebookDocumentParams,
  DidChangeTextDocumentParams,
  DidCloseNotebookDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenNotebookDocumentParams,
  DidOpenTextDocumentParams,
} from 'vscode-languageserver';
import { configurationDiagnostics } from '../configuration/diagnostics';
import { configurationKind } from '../configuration/files';
import type { Pusher } from '../push';
import { refreshAll } from '../refresh';
import { pathOf, type Session } from '../session';

export function didOpen(session: Session, pusher: Pusher, params: DidOpenTextDocumentParams): void {
  session.documents.add(params);
  pusher.soon(params.textDocument.uri, 0);
}

export function didChange(session: Session, pusher: Pusher, params: DidChangeTextDocumentParams): void {
  if (!session.documents.change(params)) return;
  pusher.soon(params.textDocument.uri);
  if (configurationKind(params.textDocument.uri)) configurationChanged(session, params.textDocument.uri);
  else session.changed(params.textDocument.uri);
}

/** A configuration counts as it stands in the editor, a moment after the last key, once it says nothing wrong. */
function configurationChanged(session: Session, uri: string): void {
  session.later('configuration', 400, () => {
    if (configurationDiagnostics(session, uri).length > 0) return;
    session.host.forget([pathOf(uri) ?? uri]);
    session.epoch++;
    refreshAll(session);
  });
}

export function didClose(session: Session, pusher: Pusher, params: DidCloseTextDocumentParams): void {
  session.documents.remove(params);
  session.forget(params.textDocument.uri);
  pusher.clear(params.textDocument.uri);
}

export function didOpenNotebook(session: Session, pusher: Pusher, params: DidOpenNotebookDocumentParams): void {
  session.notebooks.add(params, session.documents);
  for (const cell of params.cellTextDocuments) pusher.soon(cell.uri, 0);
}

/** A change in one cell may change what another cell's findings are: the others are asked for again. */
export function didChangeNotebook(session: Session, pusher: Pusher, params: DidChangeNotebookDocumentParams): void {
  const notebook = session.notebooks.change(params, session.documents);
  if (!notebook) return;
  for (const cell of notebook.cells) pusher.soon(cell);
  if (notebook.cells.length > 1) session.later(`notebook ${notebook.uri}`, 300, () => refreshAll(session));
}

export function didCloseNotebook(session: Session, pusher: Pusher, params: DidCloseNotebookDocumentParams): void {
  for (const cell of session.notebooks.remove(params, session.documents)) pusher.clear(cell);
  session.forget(params.notebookDocument.uri);
}
