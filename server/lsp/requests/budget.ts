import { type BudgetAnswer, BudgetQuestion, Solve, type SolveAnswer, WhatIf, type WhatIfAnswer } from '../../protocol';
import type { Session } from '../session';

/** `epsilint/budget`: the statement nearest to a line (the only or first one without a line), for the explorer. */
export async function budget(session: Session, params: unknown): Promise<BudgetAnswer> {
  const question = BudgetQuestion.parse(params);
  const analysed = await session.analysed(question.uri);
  if (!analysed) return null;
  const { module, analysis } = analysed;
  const line = (start: number): number => module.place({ start, end: start })?.range.start.line ?? 0;
  const wanted = question.line ?? 0;
  const named = analysis.budgets.find(({ event }) => event === question.event);
  const nearest = [...analysis.budgets].sort(
    (a, b) => Math.abs(line(a.span.start) - wanted) - Math.abs(line(b.span.start) - wanted),
  )[0];
  const found = named ?? nearest;
  if (!found) return null;
  const places = Object.fromEntries(
    Object.entries(found.literals).flatMap(([name, span]) => {
      const placed = module.place(span);
      return placed ? [[name, { uri: placed.document.uri, ...placed.range }]] : [];
    }),
  );
  return { ...found.explorer, line: line(found.span.start), places };
}

/** `epsilint/whatIf`: a curve. Computed in a worker. */
export const whatIf = (session: Session, params: unknown): Promise<WhatIfAnswer> =>
  session.host.whatIf(WhatIf.parse(params));

/** `epsilint/solve`: σ for a target ε. Computed in a worker. */
export const solve = (session: Session, params: unknown): Promise<SolveAnswer> =>
  session.host.solve(Solve.parse(params));
