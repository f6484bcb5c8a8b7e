import type { BudgetStatement } from './statement';

/** A statement as the rules read it (`BudgetFigure` of `server/rules`): per record, with the ε of the sampling that the library assumes. */
export function figureOf(statement: BudgetStatement) {
  const { event, span } = statement;
  return {
    event,
    span,
    /** The figures are computed when a rule reads them. */
    get epsilon() {
      return statement.epsilon.pld;
    },
    get bound() {
      return statement.epsilonIfShuffled;
    },
    get delta() {
      const { delta } = statement.parameters;
      return delta !== undefined && Number.isFinite(Number(delta.value)) ? Number(delta.value) : null;
    },
    get overridable() {
      return Object.values(statement.parameters).some(({ overridable }) => overridable);
    },
    get origins() {
      return Object.entries(statement.parameters).map(([name, { origin }]) => `${name}: ${origin}`);
    },
    get person() {
      return statement.person;
    },
  };
}
