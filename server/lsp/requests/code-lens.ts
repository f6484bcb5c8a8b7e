import { basename } from 'node:path';
import type { CodeLens, CodeLensParams, Command } from 'vscode-languageserver';
import { CLIENT_COMMANDS, COMMANDS } from '../../protocol';
import type { CheckpointPlace, ModuleAnalysis } from '../host';
import { lineRange } from '../positions';
import type { Analysed, Session } from '../session';

/** What a lens needs to find its words again in `codeLens/resolve`. */
interface LensData {
  readonly uri: string;
  readonly kind: 'budget' | 'audit' | 'report';
  /** The how-manieth of its kind in the module. */
  readonly index: number;
}

/**
 * `textDocument/codeLens`: the budget above each DP call, `Quick audit` above each save or load of a checkpoint. Places
 * only; words come with `codeLens/resolve`. While the text is broken the lenses of the last whole text stay, so that
 * lines do not jump under the hands.
 */
export async function codeLens(session: Session, params: CodeLensParams): Promise<CodeLens[]> {
  const uri = params.textDocument.uri;
  if (!session.settings.codeLens) return [];
  const analysed = await lensSource(session, uri);
  if (!analysed) return [];
  const { module, analysis } = analysed;
  const document = session.documents.get(uri);
  const lenses: CodeLens[] = [];
  const add = (span: { start: number; end: number }, data: Omit<LensData, 'uri'>): void => {
    const placed = module.place(span);
    if (!document || placed?.document.uri !== uri) return;
    const line = Math.min(placed.range.start.line, document.lineCount - 1);
    lenses.push({ range: lineRange(line), data: { uri, ...data } satisfies LensData });
  };
  for (const [index, budget] of analysis.budgets.entries()) add(budget.span, { kind: 'budget', index });
  const lines = new Set<number>();
  for (const [index, place] of analysis.checkpoints.entries()) {
    // Two saves on one line would say the same thing twice.
    const line = module.place(place.span)?.range.start.line ?? -1;
    if (lines.has(line)) continue;
    lines.add(line);
    add(place.span, { kind: 'audit', index });
    if (reported(session, place)) add(place.span, { kind: 'report', index });
  }
  return lenses;
}

/** `codeLens/resolve`: the words of a lens, from the analysis as it is now. */
export async function codeLensResolve(session: Session, lens: CodeLens): Promise<CodeLens> {
  const data = lens.data as LensData | undefined;
  if (typeof data?.uri !== 'string') return lens;
  const analysed = await lensSource(session, data.uri);
  const command = analysed ? commandOf(session, data, analysed.analysis) : null;
  return { ...lens, command: command ?? { title: '…', command: '' } };
}

/** The current analysis, or the last whole one while the current text is broken and shows fewer places. */
async function lensSource(session: Session, uri: string): Promise<Analysed | null> {
  const now = await session.analysed(uri);
  if (!now) return null;
  const count = ({ budgets, checkpoints }: ModuleAnalysis): number => budgets.length + checkpoints.length;
  const whole = session.whole.get(now.module.uri);
  return now.analysis.broken && whole && count(whole.analysis) > count(now.analysis) ? whole : now;
}

function commandOf(session: Session, data: LensData, analysis: ModuleAnalysis): Command | null {
  const panels = session.options.panels;
  if (data.kind === 'budget') {
    const budget = analysis.budgets[data.index];
    if (!budget) return null;
    const argument = { uri: data.uri, event: budget.event };
    return {
      title: budget.title,
      command: panels ? CLIENT_COMMANDS.showBudget : COMMANDS.readBudget,
      arguments: [argument],
    };
  }
  const place = analysis.checkpoints[data.index];
  if (!place) return null;
  const target = { uri: data.uri, ...(place.path !== null && { checkpoint: place.path }) };
  if (data.kind === 'report')
    return {
      title: 'Show report',
      command: panels ? CLIENT_COMMANDS.showReport : COMMANDS.readReport,
      arguments: [target],
    };
  const name = place.name === null ? '' : ` of ${basename(place.name)}`;
  return {
    title: `Quick audit${name}`,
    command: panels ? CLIENT_COMMANDS.quickAudit : COMMANDS.quickAudit,
    arguments: [target],
  };
}

const reported = (session: Session, place: CheckpointPlace): boolean =>
  place.path !== null && session.audits.last(place.path)?.html != null;
