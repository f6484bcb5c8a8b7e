import type { Session } from '../session';

/** What a script's analysis comes to: rule ids with counts, budgets as figures. No message, name or value is in it. */
export interface Summary {
  readonly findings: Readonly<Record<string, number>>;
  readonly budgets: readonly { readonly line: number; readonly epsilon: number | null }[];
  readonly checkpoints: number;
  readonly limited: boolean;
}

/** `epsilint.summary`: for language-model tools and scripts; null where the script is not open. */
export async function summary(session: Session, uri: unknown): Promise<Summary | null> {
  const analysed = typeof uri === 'string' ? await session.analysed(uri) : null;
  if (!analysed) return null;
  const { module, analysis } = analysed;
  const findings: Record<string, number> = {};
  for (const { rule } of analysis.findings) findings[rule] = (findings[rule] ?? 0) + 1;
  return {
    findings,
    budgets: analysis.budgets.map(({ span, explorer }) => ({
      line: (module.place(span)?.range.start.line ?? 0) + 1,
      epsilon: explorer.epsilon,
    })),
    checkpoints: analysis.checkpoints.length,
    limited: analysis.limited !== null,
  };
}
