import type { DocumentDiagnosticParams, DocumentDiagnosticReport } from 'vscode-languageserver';
import { diagnosticsOf, resultIdOf } from '../diagnostics';
import type { Session } from '../session';

/** `textDocument/diagnostic`: the whole list, or `unchanged` when the client already has it. */
export async function diagnostic(
  session: Session,
  params: DocumentDiagnosticParams,
): Promise<DocumentDiagnosticReport> {
  const items = await diagnosticsOf(session, params.textDocument.uri);
  const resultId = resultIdOf(items);
  return params.previousResultId === resultId ? { kind: 'unchanged', resultId } : { kind: 'full', resultId, items };
}
