import {
  attackOf,
  type BudgetStatement,
  epochCurve,
  headlineOf,
  markdownOf,
  type StatedParameter,
  shown,
  titleOf,
  wordOf,
} from '../../budget';
import type { Span } from '../../facts/syntax';
import type { BudgetView } from '../host';
import { VERSION } from '../version';

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
    places: Object.fromEntries(
      Object.entries(statement.parameters).flatMap(([name, { place }]) => (place ? [[name, place]] : [])),
    ),
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
  // Its releases follow from the epochs by another rule than steps of DP-SGD do.
  const correlated = statement.mechanism === 'dp-ftrl';
  const tree = correlated && sampling === 'unknown';
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
    loader: loaderOf(
      correlated ? { examples: undefined, batchSize: undefined, epochs: undefined } : { examples, batchSize, epochs },
      number('sampleRate') !== undefined && number('steps') !== undefined,
    ),
    named: [
      ['accountant', 'privacy loss distributions (connect-the-dots), an upper bound'],
      ['neighbouring relation', `add or remove one ${unit}, the larger of both directions`],
      [
        'sampling',
        tree
          ? 'none is counted'
          : shuffled
            ? 'batches in a fixed or shuffled order'
            : sampling === 'poisson'
              ? 'Poisson'
              : 'Poisson assumed',
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
    epsilon: headlineOf(statement),
    unresolved: [...statement.unresolved],
    paragraph: paragraphOf(statement),
    personKey: person?.key ?? null,
    maxRecords: person?.maxRecords ?? null,
  };
}

/** What the sample rate and the steps follow from: all three, or what is known of them where the two themselves are not. */
function loaderOf(
  given: { readonly [name in 'examples' | 'batchSize' | 'epochs']: number | undefined },
  told: boolean,
): NonNullable<BudgetView['explorer']>['loader'] {
  const { examples = null, batchSize = null, epochs = null } = given;
  const parts = [examples, batchSize, epochs];
  const known = parts.filter(part => part !== null).length;
  return known === parts.length || (known > 0 && !told) ? { examples, batchSize, epochs } : null;
}

const literalsOf = ({ parameters }: BudgetStatement): Record<string, Span> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { span }]: [string, StatedParameter]) => (span ? [[name, span]] : [])),
  );

const given = (name: string, value: number | undefined): Record<string, number> =>
  value === undefined ? {} : { [name]: value };

/** For a model card or a protocol: method, relation, sampling, unit, version, numbers. */
function paragraphOf(statement: BudgetStatement): string {
  const { parameters, epsilon, sampling, epsilonIfShuffled, library, person, unresolved, unit, target } = statement;
  const by = `Computed with Epsilint ${VERSION}.`;
  if (epsilon.pld === null)
    return target
      ? `The model is trained by DP-SGD (${library}), whose noise the library calibrates to ε = ${String(target.value)} at δ = ${String(parameters.delta?.value ?? 'not resolved')}, as adding or removing one ${unit} counts and if batches are sampled by Poisson. ${by}`
      : `The model is trained by DP-SGD (${library}); its ε cannot be stated until these are known: ${unresolved.map(wordOf).join(', ')}. ${by}`;
  const value = (name: string): string => String(parameters[name]?.value ?? 'unknown');
  const bound = sampling === 'poisson' ? null : epsilonIfShuffled;
  const how =
    statement.mechanism === 'dp-ftrl'
      ? sampling === 'poisson'
        ? 'The noise is correlated over the steps in bands; batches are Poisson samples of one group of examples after the other.'
        : 'The noise is correlated over the steps (DP-FTRL); no sampling is counted.'
      : sampling === 'poisson'
        ? 'Batches are sampled by Poisson sampling.'
        : `Batches are ${sampling === 'shuffle' ? 'shuffled, not sampled by Poisson' : 'made in a way that the code does not show'}: ${
            bound === null ? 'the figure assumes Poisson sampling' : `without that assumption ε ≤ ${shown(bound)}`
          }.`;
  const people = person
    ? ` One person (${person.key}) has up to ${person.maxRecords} records${person.epsilon === null ? ', so the guarantee for a person is weaker' : `: for a person ε = ${shown(person.epsilon)}`}.`
    : '';
  return (
    `The model is trained by DP-SGD (${library}) with noise multiplier ${value('noiseMultiplier')}, sample rate ` +
    `${Number(value('sampleRate')).toPrecision(3)} and ${value('steps')} steps: ε = ${shown(epsilon.pld)} at δ = ` +
    `${value('delta')} for adding or removing one ${unit}, by privacy loss distributions (connect-the-dots, an upper bound). ${how}${people} ${by}`
  );
}
