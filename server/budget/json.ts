import type { BudgetStatement } from './statement';

/** One statement as `epsilint budget --format json` has it; lines are 1-based, `cell` is null outside notebooks. */
export function statementJson(
  statement: BudgetStatement,
  place: { readonly path: string; readonly cell: number | null; readonly line: number },
): object {
  const { library, mechanism, unit, parameters, unresolved, epsilon, sampling, epsilonIfShuffled } = statement;
  const { person, target, sweep, range, warnings, unknowns } = statement;
  return {
    ...place,
    library,
    mechanism,
    unit,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, { value, values, origin }]) => [
        name,
        { value, ...(values && { values }), origin },
      ]),
    ),
    unresolved,
    unknowns: unknowns.map(({ name, expression }) => ({ name, expression })),
    epsilon,
    sampling,
    epsilonIfShuffled,
    person,
    target: target && { value: target.value, origin: target.origin },
    sweep,
    range,
    warnings,
  };
}
