import type { BudgetStatement } from './statement';

/** Three significant digits, as people read them; JSON has all. */
export const shown = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '∞');

/** The lens: the headline, or what is missing for one. */
export function titleOf(statement: BudgetStatement): string {
  const { epsilon, parameters, unresolved, person, target } = statement;
  const delta = parameters.delta ? ` (δ = ${plain(parameters.delta.value)})` : '';
  const people = person
    ? ` · ${person.key}: up to ${person.maxRecords} records a person${person.epsilon === null ? ', so more per person' : ` ε = ${shown(person.epsilon)}`}`
    : '';
  if (epsilon.pld !== null) {
    const shuffled = statement.sampling === 'shuffle' && statement.epsilonIfShuffled !== null;
    return shuffled
      ? `ε ≤ ${shown(statement.epsilonIfShuffled!)}${delta} per record, batches not sampled${people}`
      : `ε = ${shown(epsilon.pld)}${delta} per record${people}`;
  }
  if (target)
    return `target ε = ${plain(target.value)}${delta} per record, noise calibrated by ${statement.library}${people}`;
  return `ε unknown: ${unresolved.map(wordOf).join(', ')} not resolved`;
}

/** The hover: the five named things, then each parameter with where it came from. Markdown. */
export function markdownOf(statement: BudgetStatement): string {
  const { epsilon, parameters, sampling, warnings } = statement;
  const rows: [string, string][] = [
    [
      'accountant',
      epsilon.pld === null
        ? 'none: parameters missing'
        : 'privacy loss distributions (connect-the-dots), an upper bound',
    ],
    ['neighbouring relation', 'add or remove one record, the larger of both directions'],
    [
      'sampling',
      sampling === 'poisson'
        ? 'Poisson, as the library samples'
        : sampling === 'shuffle'
          ? 'shuffled or fixed batches: Poisson accounting does not hold'
          : 'unknown',
    ],
    [
      'unit',
      statement.person
        ? `record; a person (${statement.person.key}) has up to ${statement.person.maxRecords} records`
        : 'record',
    ],
  ];
  if (epsilon.rdp !== null) rows.push(['RDP', `ε = ${shown(epsilon.rdp)}`]);
  if (epsilon.library)
    rows.push([
      `${epsilon.library.name} logs (${epsilon.library.accountant})`,
      `ε = ${shown(epsilon.library.epsilon)}`,
    ]);
  if (statement.epsilonIfShuffled !== null && sampling !== 'poisson')
    rows.push(['if batches are fixed or shuffled', `ε ≤ ${shown(statement.epsilonIfShuffled)}`]);
  const places = Object.entries(parameters).map(
    ([name, { value, origin, overridable }]) =>
      `| ${wordOf(name)} | ${plain(value)} | ${escapeCell(origin)}${overridable ? ' (can be overridden)' : ''} |`,
  );
  return [
    `**${escapeCell(titleOf(statement))}**`,
    ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`)].join('\n'),
    ['| parameter | value | from |', '| --- | --- | --- |', ...places].join('\n'),
    ...(statement.unresolved.length > 0 ? [`Not resolved: ${statement.unresolved.map(wordOf).join(', ')}.`] : []),
    ...warnings,
  ].join('\n\n');
}

const words: Readonly<Record<string, string>> = {
  noiseMultiplier: 'noise multiplier',
  sampleRate: 'sample rate',
  batchSize: 'batch size',
  examples: 'number of examples',
  targetEpsilon: 'target ε',
  maxGradNorm: 'clipping norm',
  delta: 'δ',
};
const wordOf = (name: string): string => words[name] ?? name;
const plain = (value: number | string | boolean): string =>
  typeof value === 'number'
    ? value !== 0 && Math.abs(value) < 1e-3
      ? value.toExponential().replace(/e([+-])(\d)$/, 'e$1$2')
      : shown(value)
    : String(value);
const escapeCell = (text: string): string => text.replace(/[|<>]/g, ' ');
