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

/** What the explorer starts from: DP-SGD by its parameters; what does not resolve is left open. */
function explorerOf(statement: BudgetStatement): BudgetView['explorer'] {
  const { parameters, person, sampling, unit, library, epsilon } = statement;
  const number = (name: string): number | undefined => {
    const value = Number(parameters[name]?.value);
    return parameters[name] !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const [examples, batchSize, epochs] = ['examples', 'batchSize', 'epochs'].map(number);
  const shuffled = sampling === 'shuffle';
  return {
    title: titleOf(statement),
    version: 1,
    library,
    input: {
      ...given('noiseMultiplier', number('noiseMultiplier')),
      ...given('sampleRate', number('sampleRate')),
      ...given('steps', number('steps')),
      ...given('delta', number('delta')),
      recordsPerPerson: 1,
      sampling: shuffled ? 'shuffle' : 'poisson',
    },
    loader:
      examples !== undefined && batchSize !== undefined && epochs !== undefined
        ? { examples, batchSize, epochs }
        : null,
    named: [
      ['accountant', 'privacy loss distributions (connect-the-dots), an upper bound'],
      ['neighbouring relation', `add or remove one ${unit}, the larger of both directions`],
      [
        'sampling',
        shuffled ? 'batches in a fixed or shuffled order' : sampling === 'poisson' ? 'Poisson' : 'Poisson assumed',
      ],
      ['unit', person ? `record; a person (${person.key}) has up to ${person.maxRecords} records` : unit],
      ...(epsilon.library
        ? [
            [
              `${epsilon.library.name} logs (${epsilon.library.accountant})`,
              `ε = ${shown(epsilon.library.epsilon)}`,
            ] as [string, string],
          ]
        : []),
    ],
    epsilon: epsilon.pld,
    unresolved: [...statement.unresolved],
    paragraph: paragraphOf(statement),
    personKey: person?.key ?? null,
    maxRecords: person?.maxRecords ?? null,
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
