import { list, literal, operation, type Recipe, type Term } from '../datasets/recipe';
import type { DeclaredStep } from './request';

/**
 * The recipe of declared inputs: the feature columns of a table with declared steps, fitted on the member rows and done to all, as a
 * script with `fit` on its training rows would.
 */
export function declaredRecipe(
  table: string,
  features: readonly string[],
  label: readonly string[],
  steps: readonly DeclaredStep[],
  members: Uint8Array,
): Recipe {
  const whole = operation('table', [literal(table)]);
  const rows = list(Array.from(members.keys()).flatMap(row => (members[row] === 1 ? [literal(row)] : [])));
  let columns: Term = operation('columns', [whole, list(features.map(literal))]);
  for (const step of steps) {
    const chosen = step.columns ?? features;
    const unknown = chosen.find(name => !features.includes(name));
    if (unknown !== undefined) throw new RangeError(`The step for "${unknown}" is for no feature of the audit.`);
    const part = operation('columns', [columns, list(chosen.map(literal))]);
    const done = stepOf(step, part, operation('rows', [part, rows]));
    if (step.columns === null) columns = done;
    else
      for (const name of chosen)
        columns = operation('set', [columns, literal(name), operation('columns', [done, literal(name)])]);
  }
  return {
    features: columns,
    label: operation('columns', [whole, label.length === 1 ? literal(label[0]!) : list(label.map(literal))]),
  };
}

function stepOf(step: DeclaredStep, all: Term, members: Term): Term {
  if (step.kind === 'scale') {
    const scaler = step.how === 'standard' ? 'StandardScaler' : 'MinMaxScaler';
    return operation('transform', [operation('fit', [literal(scaler), members]), all]);
  }
  const value = step.with;
  return operation('fillna', [
    all,
    typeof value === 'number' ? literal(value) : operation('statistic', [members, literal(value)]),
  ]);
}
