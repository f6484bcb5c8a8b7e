import { type Hover, type HoverParams, MarkupKind } from 'vscode-languageserver';
import { configurationKind } from '../configuration/files';
import { configurationHover } from '../configuration/hover';
import { findingsOf } from '../diagnostics';
import { budgetHover } from '../features/budget-hover';
import { checkpointMarkdown } from '../features/checkpoint-words';
import { dataMarkdown } from '../features/data-words';
import { ruleMarkdown } from '../features/rule-page';
import { contains, firstLineRange } from '../positions';
import { pathOf, type Session } from '../session';

/** `textDocument/hover`: the budget of the DP call under the cursor, and what each finding there means and wants. */
export async function hover(session: Session, params: HoverParams): Promise<Hover | null> {
  const uri = params.textDocument.uri;
  if (configurationKind(uri)) return configurationHover(session, params);
  const document = session.documents.get(uri);
  const analysed = await session.analysed(uri);
  if (!document || !analysed) return null;
  const { module, analysis } = analysed;
  const offset = module.offsetOf(uri, document.offsetAt(params.position));
  if (offset === null) return null;
  const parts: string[] = [];
  let range: Hover['range'];
  for (const budget of analysis.budgets)
    if (offset >= budget.span.start && offset <= budget.span.end) {
      parts.push(budgetHover(budget, module, session.options.panels));
      const placed = module.place(budget.span);
      if (placed) range = firstLineRange(placed.document, placed.span);
    }
  for (const { path, nameSpan } of analysis.checkpoints) {
    if (path === null || nameSpan === null || offset < nameSpan.start || offset > nameSpan.end) continue;
    const page = session.trusted ? await session.inspections.of(path, pathOf(module.uri)) : null;
    const placed = module.place(nameSpan);
    if (!page || !placed) continue;
    parts.push(checkpointMarkdown(page));
    range = placed.range;
  }
  for (const { path, span } of analysis.data) {
    if (offset < span.start || offset > span.end) continue;
    const page = await session.inspections.dataOf(path);
    const placed = module.place(span);
    if (!page || !placed) continue;
    parts.push(dataMarkdown(page));
    range = placed.range;
  }
  for (const { finding, range: where } of findingsOf(uri, analysed))
    if (contains(where, params.position)) {
      parts.push(ruleMarkdown(finding.rule, finding.tier, session.host.rulePage(finding.rule)));
      range ??= where;
    }
  for (const found of session.audits.diagnostics(uri, analysed))
    if (contains(found.range, params.position) && typeof found.code === 'string') {
      parts.push(ruleMarkdown(found.code, 'certain', session.host.rulePage(found.code)));
      range ??= found.range;
    }
  if (parts.length === 0) return null;
  const plain = !session.client.textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown);
  const value = [...new Set(parts)].join('\n\n---\n\n');
  return {
    contents: plain
      ? { kind: MarkupKind.PlainText, value: value.replace(/[*`]/g, '') }
      : { kind: MarkupKind.Markdown, value },
    ...(range && { range }),
  };
}
