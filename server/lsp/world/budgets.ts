import {
  attackOf,
  type BudgetStatement,
  epochCurve,
  markdownOf,
  type StatedParameter,
  shown,
  titleOf,
} from '../../budget';
import type { Span } from '../../facts/syntax';
import type { BudgetView } from '../host';

/** A statement in the words and numbers that an editor shows. */
export function budgetView(statement: BudgetStatement): BudgetView {
  const epsilon = statement.epsilon.pld;
  return {
    event: statement.event,
    span: statement.span,
    title: titleOf(statement),
    markdown: markdownOf(statement),
    attack: attackOf(statement),
    curve: epochCurve(statement),
    inlay: epsilon === null ? '' : `ε ${shown(epsilon)}`,
    json: jsonOf(statement),
    explorer: explorerOf(statement),
    literals: literalsOf(statement),
  };
}

/** Infinity has no JSON: it is written as text, as everywhere in Epsilint. */
const jsonOf = (statement: BudgetStatement): unknown =>
  JSON.parse(JSON.stringify(statement, (_key, value) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value)));

function explorerOf(statement: BudgetStatement): BudgetView['explorer'] {
  const { parameters, person } = statement;
  const number = (name: string): number | undefined => {
    const value = Number(parameters[name]?.value);
    return parameters[name] !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const steps = number('steps');
  const epochs = number('epochs');
  const input = {
    ...given('noiseMultiplier', number('noiseMultiplier')),
    ...given('sampleRate', number('sampleRate')),
    ...given('steps', steps),
    ...given('delta', number('delta')),
    recordsPerPerson: person?.maxRecords ?? 1,
  };
  return {
    title: titleOf(statement),
    version: 1,
    library: statement.library,
    input,
    stepsPerEpoch: steps !== undefined && epochs !== undefined ? steps / epochs : null,
    epsilon: statement.epsilon.pld,
    unresolved: [...statement.unresolved],
    paragraph: paragraphOf(statement),
    personKey: person?.key ?? null,
  };
}

const literalsOf = ({ parameters }: BudgetStatement): Record<string, Span> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { span }]: [string, StatedParameter]) => (span ? [[name, span]] : [])),
  );

const given = (name: string, value: number | undefined): Record<string, number> =>
  value === undefined ? {} : { [name]: value };

/** For a model card or a protocol: method, relation, sampling, unit, numbers. */
function paragraphOf({ parameters, epsilon, sampling, library, person, unresolved }: BudgetStatement): string {
  if (epsilon.pld === null)
    return `The model is trained by DP-SGD (${library}); its ε cannot be stated until these are known: ${unresolved.join(', ')}.`;
  const value = (name: string): string => String(parameters[name]?.value ?? 'unknown');
  const how =
    sampling === 'poisson'
      ? 'Batches are sampled by Poisson sampling.'
      : 'The sampling of batches does not follow the Poisson assumption of this figure.';
  const people = person
    ? ` One person (${person.key}) has up to ${person.maxRecords} records, so the guarantee for a person is weaker.`
    : '';
  return (
    `The model is trained by DP-SGD (${library}) with noise multiplier ${value('noiseMultiplier')}, sample rate ` +
    `${Number(value('sampleRate')).toPrecision(3)} and ${value('steps')} steps: ε = ${shown(epsilon.pld)} at δ = ` +
    `${value('delta')} for adding or removing one record, by privacy loss distributions. ${how}${people}`
  );
}
