import { type CodeAction, CodeActionKind, type TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { rangeOf } from '../positions';
import type { Analysed, Session } from '../session';

const TITLE = 'Make this script auditable';
const ANNOTATION = 'epsilint.auditable';

/**
 * The lines that let a training script train reference models by its own code, as one action on the whole script. The editor shows
 * them before they are written, where it can; without the variables of an audit the script does what it did before.
 */
export async function auditableActions(
  session: Session,
  analysed: Analysed,
  document: TextDocument,
): Promise<CodeAction[]> {
  const auditable = analysed.analysis.saves ? await session.auditable(analysed) : null;
  if (auditable === null || auditable.length === 0) return [];
  const edits: TextEdit[] = auditable.map(edit => ({ range: rangeOf(document, edit), newText: edit.text }));
  const action = { title: TITLE, kind: CodeActionKind.RefactorRewrite };
  const can = session.client.workspace?.workspaceEdit;
  if (!can?.documentChanges) return [{ ...action, edit: { changes: { [document.uri]: edits } } }];
  const { uri, version } = document;
  const textDocument = { uri, version };
  if (!can.changeAnnotationSupport) return [{ ...action, edit: { documentChanges: [{ textDocument, edits }] } }];
  const changeAnnotations = {
    [ANNOTATION]: {
      label: TITLE,
      description: 'Trains on the people that EPSILINT_MEMBERS names and writes the scores of all rows',
      needsConfirmation: true,
    },
  };
  const annotated = edits.map(edit => ({ ...edit, annotationId: ANNOTATION }));
  return [{ ...action, edit: { documentChanges: [{ textDocument, edits: annotated }], changeAnnotations } }];
}
