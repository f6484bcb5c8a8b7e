import { attackOf, type BudgetStatement, headlineOf, shown, statementJson, titleOf, wordOf, written } from '../budget';

/** A statement with where it stands and the threshold that holds there. */
export interface PlacedStatement {
  readonly statement: BudgetStatement;
  readonly path: string;
  readonly cell: number | null;
  /** 1-based. */
  readonly line: number;
  /** The largest ε that the configuration allows; null where it names none. */
  readonly most: number | null;
  readonly exceeded: boolean;
}

/** JSON has no infinity: the string "Infinity" stands for it. */
export function budgetJson(placed: readonly PlacedStatement[]): string {
  const statements = placed.map(({ statement, most, exceeded, ...place }) => ({
    ...statementJson(statement, place),
    headline: headlineOf(statement),
    maxEpsilon: most,
    exceeded,
  }));
  return `${JSON.stringify({ version: 1, statements }, (_, value) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value), 2)}\n`;
}

/** A table of all statements, then each with its parameters and where they come from. */
export function budgetText(placed: readonly PlacedStatement[]): string {
  if (placed.length === 0) return 'No call of a differential-privacy library was found.\n';
  const over = placed.filter(({ exceeded }) => exceeded).length;
  const open = placed.filter(({ statement }) => headlineOf(statement) === null).length;
  const closing =
    `${placed.length} ${placed.length === 1 ? 'call' : 'calls'}` +
    `${open > 0 ? `, ${open} not resolved` : ''}${over > 0 ? `, ${over} above the threshold` : ''}.\n`;
  return `${tableOf(placed)}\n${placed.map(detailOf).join('\n')}\n${closing}`;
}

function tableOf(placed: readonly PlacedStatement[]): string {
  const head = ['where', 'library', 'ε', 'δ', 'per', 'per person', 'batches', ''];
  const rows = placed.map(({ statement, exceeded, most, ...place }) => {
    const { library, parameters, unit, person, sampling, sweep } = statement;
    const headline = headlineOf(statement);
    const values = sweep ? sweep.points.map(point => shown(point.epsilon)).join(', ') : null;
    const bound = sampling === 'shuffle' && statement.epsilonIfShuffled !== null ? '≤ ' : '';
    return [
      placeOf(place),
      library,
      headline === null ? '–' : (values ?? bound + shown(headline)),
      parameters.delta ? written(parameters.delta) : '–',
      unit,
      person?.epsilon == null ? '' : shown(person.epsilon),
      sampling === 'poisson' ? 'Poisson' : sampling === 'shuffle' ? 'not sampled' : 'not known',
      exceeded ? `above ${shown(most!)}` : '',
    ];
  });
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map(row => row[at]!.length)));
  return [head, ...rows]
    .map(row =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('');
}

function detailOf({ statement, ...place }: PlacedStatement): string {
  const { epsilon, parameters, unknowns, warnings, sweep, range } = statement;
  const lines = [`${placeOf(place)}  ${titleOf(statement)}`];
  if (epsilon.rdp !== null) lines.push(`by RDP ε = ${shown(epsilon.rdp)}`);
  if (epsilon.library)
    lines.push(
      `${epsilon.library.name} itself logs ε = ${shown(epsilon.library.epsilon)} (${epsilon.library.accountant})`,
    );
  const attack = attackOf(statement);
  if (attack)
    lines.push(
      `as an attack: at most ${shown(100 * attack.tprAt1Percent)} % of members found at 1 % false alarms, AUC at most ${shown(attack.auc)}`,
    );
  for (const [name, { value, values, origin, overridable }] of Object.entries(parameters)) {
    const told = (values ?? [value]).map(each => written({ value: each })).join(', ');
    lines.push(`${wordOf(name).padEnd(18)} ${told.padEnd(12)} ${origin}${overridable ? ' (can be overridden)' : ''}`);
  }
  const curve = sweep ?? range;
  if (curve)
    lines.push(
      `ε by ${wordOf(curve.name)}: ${curve.points.map(point => `${written(point)} → ${shown(point.epsilon)}`).join(', ')}`,
    );
  if (unknowns.length > 0)
    lines.push(
      `not resolved: ${unknowns.map(({ name, expression }) => `${wordOf(name)}${expression ? ` (${expression})` : ''}`).join(', ')}`,
    );
  return `${[lines[0]!, ...[...lines.slice(1), ...warnings].map(line => `    ${line}`)].join('\n')}\n`;
}

const placeOf = ({ path, cell, line }: Pick<PlacedStatement, 'path' | 'cell' | 'line'>): string =>
  `${path}${cell === null ? '' : `:cell ${cell}`}:${line}`;
