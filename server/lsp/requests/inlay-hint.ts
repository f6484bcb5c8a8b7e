import { type InlayHint, InlayHintKind, type InlayHintParams } from 'vscode-languageserver';
import { before } from '../positions';
import type { Session } from '../session';

/** `textDocument/inlayHint`: ε after each DP call, when the setting asks for it. */
export async function inlayHint(session: Session, params: InlayHintParams): Promise<InlayHint[]> {
  if (!session.settings.inlayHints) return [];
  const uri = params.textDocument.uri;
  const analysed = await session.analysed(uri);
  if (!analysed) return [];
  return analysed.analysis.budgets.flatMap(budget => {
    const placed = analysed.module.place(budget.span);
    if (placed?.document.uri !== uri || budget.inlay === '') return [];
    const position = placed.range.end;
    if (before(position, params.range.start) || before(params.range.end, position)) return [];
    return [{ position, label: budget.inlay, kind: InlayHintKind.Type, paddingLeft: true }];
  });
}
