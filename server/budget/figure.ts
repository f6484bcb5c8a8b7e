import type { BudgetStatement } from './statement';

/** A statement as the rules read it (`BudgetFigure` of `server/rules`): per record, with the ε of the sampling that the library assumes. */
export function figureOf(statement: BudgetStatement) {
  const { event, span, epsilon, parameters, person } = statement;
  const delta = Number(parameters.delta?.value);
  const stated = Object.entries(parameters);
  return {
    event,
    span,
    epsilon: epsilon.pld,
    bound: statement.epsilonIfShuffled,
    delta: parameters.delta !== undefined && Number.isFinite(delta) ? delta : null,
    overridable: stated.some(([, { overridable }]) => overridable),
    origins: stated.map(([name, { origin }]) => `${name}: ${origin}`),
    person,
  };
}
