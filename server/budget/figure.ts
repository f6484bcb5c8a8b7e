import type { BudgetFigure } from '../rules/rule';
import type { BudgetStatement } from './statement';

/** A statement as the rules read it: per record, with the ε that holds for the batches as they are made. */
export function figureOf(statement: BudgetStatement): BudgetFigure {
  const { event, span, epsilon, parameters, person } = statement;
  const delta = Number(parameters.delta?.value);
  const stated = Object.entries(parameters);
  return {
    event,
    span,
    epsilon: epsilon.pld,
    delta: parameters.delta !== undefined && Number.isFinite(delta) ? delta : null,
    overridable: stated.some(([, { overridable }]) => overridable),
    origins: stated.map(([name, { origin }]) => `${name}: ${origin}`),
    person,
  };
}
