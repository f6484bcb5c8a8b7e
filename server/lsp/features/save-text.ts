import { wholeEdit } from '../documents';
import { rangeOf } from '../positions';
import { refreshAll } from '../refresh';
import { type Session, uriOf } from '../session';

/**
 * Gives a file of the project a new text after a person's yes. What the editor holds open is changed there, so that it can be
 * undone and unsaved words are kept; else the file is written whole. True when it was done.
 */
export async function saveText(session: Session, path: string, text: string): Promise<boolean> {
  const uri = uriOf(path);
  const document = session.documents.get(uri);
  if (document) {
    const edit = wholeEdit(document.getText(), text);
    const change = { range: rangeOf(document, edit), newText: edit.text };
    const { applied } = await session.connection.workspace.applyEdit({
      label: 'Epsilint',
      edit: session.client.workspace?.workspaceEdit?.documentChanges
        ? { documentChanges: [{ textDocument: { uri, version: document.version }, edits: [change] }] }
        : { changes: { [uri]: [change] } },
    });
    return applied;
  }
  await session.host.write(path, text);
  session.host.forget([path]);
  session.epoch++;
  refreshAll(session);
  return true;
}
