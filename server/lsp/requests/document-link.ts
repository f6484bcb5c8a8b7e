import type { DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import type { Session } from '../session';
import { uriOf } from '../session';

/** `textDocument/documentLink`: the path of each checkpoint. Nothing is read from disk to say so. */
export async function documentLink(session: Session, params: DocumentLinkParams): Promise<DocumentLink[]> {
  const analysed = await session.analysed(params.textDocument.uri);
  if (!analysed) return [];
  return analysed.analysis.checkpoints.flatMap(({ path, nameSpan }) => {
    const placed = path !== null && nameSpan !== null ? analysed.module.place(nameSpan) : null;
    return path !== null && placed?.document.uri === params.textDocument.uri
      ? [{ range: placed.range, target: uriOf(path), tooltip: 'Open the checkpoint' }]
      : [];
  });
}
