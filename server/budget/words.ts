import { shown, wordOf, written } from './names';
import type { BudgetStatement, CurvePoint, StatedParameter } from './statement';

/** The lens: the headline, or what is missing for one. One line. */
export function titleOf(statement: BudgetStatement): string {
  const { epsilon, unresolved, person, target, sweep, range, unit } = statement;
  const delta = deltaOf(statement);
  const people = person
    ? ` · ${person.key}: up to ${person.maxRecords} records a person${person.epsilon === null ? ', so more per person' : ` ε = ${shown(person.epsilon)}`}`
    : '';
  if (epsilon.pld !== null || (statement.pending && epsilon.rdp !== null)) {
    if (isSpent(statement)) return spentTitle(statement);
    if (sweep)
      return `ε = ${listed(sweep.points)} for ${valuesOf(sweep)}${delta} per ${unit}${caveat(statement)}${people}`;
    const pending = statement.pending ? ' (RDP; the closer figure is being computed)' : '';
    const value = epsilon.pld ?? epsilon.rdp ?? Number.POSITIVE_INFINITY;
    const { sampling, epsilonIfShuffled, parameters } = statement;
    const noise = parameters.noiseMultiplier;
    if (target && sampling !== 'shuffle' && noise?.origin.startsWith('calibrated'))
      return `target ε = ${written(target)}${delta} per ${unit}${caveat(statement)}, noise multiplier about ${written(noise)} by ${statement.library}${people}`;
    if (unit === 'client')
      return sampling === 'shuffle' && epsilonIfShuffled === value
        ? `ε ≤ ${shown(value)}${delta} per client, each taking part in every round`
        : `ε = ${shown(value)}${delta} per client if sampled by Poisson, ≤ ${shown(epsilonIfShuffled ?? Number.POSITIVE_INFINITY)} if not`;
    if (sampling === 'shuffle' && epsilonIfShuffled !== null)
      return `ε ≤ ${shown(epsilonIfShuffled)}${delta} per ${unit}, batches not sampled (${shown(value)} if they were by Poisson)${people}`;
    return `ε = ${shown(value)}${delta} per ${unit}${caveat(statement)}${pending}${people}`;
  }
  if (target)
    return `target ε = ${written(target)}${delta} per ${unit}, noise calibrated by ${statement.library}${people}`;
  if (range) {
    const { name, points } = range;
    const sorted = points.map(point => point.epsilon).sort((a, b) => a - b);
    return `ε = ${shown(sorted[0]!)} … ${shown(sorted.at(-1)!)} for ${wordOf(name)} ${written(points[0]!)} … ${written(points.at(-1)!)}${delta} per ${unit}: ${wordOf(name)} not resolved${expressionOf(statement, name)}`;
  }
  return `ε unknown: ${unresolved.map(wordOf).join(', ')} not resolved`;
}

const spentMechanisms: ReadonlySet<string> = new Set(['estimator', 'output-noise', 'synthesizer', 'local', 'pate']);
const isSpent = ({ mechanism }: BudgetStatement): boolean => spentMechanisms.has(mechanism);

/** A call that is told its ε. */
function spentTitle({ epsilon, sweep, parameters, library, unit, mechanism }: BudgetStatement): string {
  const delta = parameters.delta ? ` (δ = ${written(parameters.delta)})` : '';
  const values = sweep ? listed(sweep.points) : shown(epsilon.pld ?? Number.POSITIVE_INFINITY);
  return `ε = ${values}${delta} per ${unit}${mechanism === 'local' ? ' and release' : ''}, spent by ${library}`;
}

const deltaOf = ({ parameters }: BudgetStatement): string =>
  parameters.delta ? ` (δ = ${written(parameters.delta)})` : '';

/** What the headline assumes, where nothing tells how batches are made. */
function caveat({ sampling, epsilonIfShuffled, mechanism }: BudgetStatement): string {
  if (mechanism === 'dp-ftrl' && sampling === 'unknown') return '';
  if (sampling !== 'unknown') return sampling === 'shuffle' ? ', if batches were sampled by Poisson' : '';
  if (mechanism === 'hand-written' || epsilonIfShuffled === null) return ' if batches are sampled by Poisson';
  return ` if batches are sampled by Poisson, ≤ ${shown(epsilonIfShuffled)} if not`;
}

/** More than these do not fit a line: their range is told, and the hover lists them. */
const MOST_LISTED = 6;

function listed(points: readonly CurvePoint[]): string {
  if (points.length <= MOST_LISTED) return points.map(point => shown(point.epsilon)).join(', ');
  const sorted = points.map(point => point.epsilon).sort((a, b) => a - b);
  return `${shown(sorted[0]!)} … ${shown(sorted.at(-1)!)}`;
}

const valuesOf = ({ name, points }: NonNullable<BudgetStatement['sweep']>): string =>
  points.length <= MOST_LISTED
    ? `${wordOf(name)} ${points.map(point => written(point)).join(', ')}`
    : `${points.length} values of ${wordOf(name)}, ${written(points[0]!)} … ${written(points.at(-1)!)}`;

function expressionOf({ unknowns }: BudgetStatement, name: string): string {
  const found = unknowns.find(each => each.name === name)?.expression;
  return found ? ` (${found})` : '';
}

/** The hover: the five named things, then each parameter with where it came from. Markdown. */
export function markdownOf(statement: BudgetStatement): string {
  const { epsilon, parameters, warnings, sweep, range, unknowns } = statement;
  const rows: [string, string][] = [
    ['accountant', accountantOf(statement)],
    [
      'neighbouring relation',
      statement.unit === 'client'
        ? 'add or remove one client'
        : `add or remove one ${statement.unit}, the larger of both directions`,
    ],
    ['sampling', samplingWords(statement)],
    ['unit', unitOf(statement)],
  ];
  if (epsilon.rdp !== null) rows.push(['RDP', `ε = ${shown(epsilon.rdp)}`]);
  if (epsilon.library)
    rows.push([
      `${epsilon.library.name} logs (${epsilon.library.accountant})`,
      `ε = ${shown(epsilon.library.epsilon)}${reasonOf(epsilon.library.accountant)}`,
    ]);
  if (statement.epsilonIfShuffled !== null && statement.sampling !== 'poisson')
    rows.push(['if batches are fixed or shuffled', `ε ≤ ${shown(statement.epsilonIfShuffled)}`]);
  const places = Object.entries(parameters).map(
    ([name, parameter]) =>
      `| ${wordOf(name)} | ${statedValues(parameter)} | ${escapeCell(parameter.origin)}${parameter.overridable ? ' (can be overridden)' : ''} |`,
  );
  const curve = sweep ?? range;
  const points = curve?.points.map(point => `| ${written(point)} | ${shown(point.epsilon)} |`);
  return [
    `**${escapeCell(titleOf(statement))}**`,
    ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`)].join('\n'),
    ...(places.length > 0 ? [['| parameter | value | from |', '| --- | --- | --- |', ...places].join('\n')] : []),
    ...(curve && points ? [[`| ${wordOf(curve.name)} | ε |`, '| --- | --- |', ...points].join('\n')] : []),
    ...(unknowns.length > 0
      ? [
          `Not resolved: ${unknowns.map(({ name, expression }) => `${wordOf(name)}${expression ? ` (${escapeCell(expression)})` : ''}`).join(', ')}.`,
        ]
      : []),
    ...warnings,
  ].join('\n\n');
}

function accountantOf(statement: BudgetStatement): string {
  if (isSpent(statement)) return 'what the call is told to spend; releases add up';
  if (statement.epsilon.pld === null) return 'none: parameters missing';
  return statement.unit === 'client' && statement.epsilon.pld === statement.epsilonIfShuffled
    ? 'one Gaussian release a round, exact'
    : 'privacy loss distributions (connect-the-dots), an upper bound';
}

function samplingWords(statement: BudgetStatement): string {
  if (isSpent(statement)) return 'none: the whole data in one release';
  if (statement.unit === 'client') return 'a fixed number of clients a round: no amplification is counted';
  const { mechanism, sampling } = statement;
  if (mechanism === 'dp-ftrl' && sampling === 'unknown')
    return 'none is counted: the noise is correlated over the steps';
  if (sampling === 'poisson')
    return mechanism === 'dp-ftrl'
      ? 'Poisson, from one group of examples after the other'
      : 'Poisson, as the library samples';
  return sampling === 'shuffle'
    ? 'shuffled or fixed batches: Poisson accounting does not hold'
    : 'unknown: Poisson assumed, the bound without it stands below';
}

function unitOf({ person, unit }: BudgetStatement): string {
  return person ? `record; a person (${person.key}) has up to ${person.maxRecords} records` : unit;
}

/** Why a library's figure differs from ours. */
function reasonOf(accountant: string): string {
  if (accountant === 'prv') return ', its error bound of 0.01 included';
  if (accountant === 'pld') return ', on its grid of 1e-4';
  if (accountant === 'gdp') return ', a central-limit approximation that may be too small';
  return ', Rényi divergences lose a little';
}

const statedValues = ({ value, values }: StatedParameter): string =>
  (values ?? [value]).map(each => written({ value: each })).join(', ');
const escapeCell = (text: string): string => text.replace(/[|<>\n]/g, ' ');
