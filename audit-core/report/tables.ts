import type { AttackResult, AuditResult } from '../audit/result';
import { type DpBound, dpBound } from './dp-bound';
import { published } from './published';
import { area, attackNames, checkNames, figure, percent, range, thousands } from './words';

/** A table of the report: the same rows in Markdown and in HTML. `align` marks columns of numbers. */
export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly numeric: number;
  readonly note: string | null;
}

/** `numeric`: columns from this index on hold numbers. */
export function tablesOf(result: AuditResult): Table[] {
  const out: Table[] = [gateTable(result)];
  if (result.attacks.length > 0) out.push(attackTable(result, false), boundTable(result));
  if (result.positivePredictiveValue.length > 0 && result.attacks.length > 0) out.push(priorTable(result));
  if (result.exposure) out.push(survivalTable(result));
  const bound = dpBound(result);
  if (bound) out.push(dpTable(bound));
  if (result.groups.length > 0) out.push(groupTable(result));
  if (result.subgroups.length > 0 && result.attacks.length > 0) out.push(subgroupTable(result));
  if (result.attacks.some(isOtherJoin)) out.push(attackTable(result, true));
  return out;
}

/** Joins that grow with the number of a person's records stand apart. */
const isOtherJoin = ({ join }: AttackResult): boolean => join !== null && join !== 'mean';

const gateTable = (result: AuditResult): Table => ({
  title: result.gate.passed ? 'Gate: passed' : 'Gate: failed',
  header: ['Check', 'Result', 'Finding'],
  rows: result.gate.checks.map(check => [
    checkNames[check.name] ?? check.name,
    check.passed ? 'passed' : 'failed',
    check.message,
  ]),
  numeric: 3,
  note: 'The gate asks whether the two sides differ by membership only. Behind a failed gate no figure can be read as leakage.',
});

function attackTable(result: AuditResult, others: boolean): Table {
  const attacks = result.attacks.filter(attack => isOtherJoin(attack) === others);
  const rates = [...new Set(attacks.flatMap(({ tpr }) => tpr.map(({ fpr }) => fpr)))].sort((a, b) => b - a);
  return {
    title: others ? 'Other ways to join a person’s records' : 'Attacks',
    header: ['Attack', 'Level', 'AUC', 'SE', '95 % CI', ...rates.map(fpr => `TPR at FPR ≤ ${percent(fpr)}`)],
    rows: attacks.map(({ name, level, join, auc, tpr }) => [
      attackNames[name] ?? name,
      join === null ? level : `${level}, ${join}`,
      area(auc.value),
      auc.error === undefined ? '–' : figure(auc.error),
      range(auc),
      ...rates.map(fpr => {
        const point = tpr.find(each => each.fpr === fpr);
        return point ? `${percent(point.tpr)} (${percent(point.low)}–${percent(point.high)})` : '–';
      }),
    ]),
    numeric: 2,
    note: `${result.people ? 'A person’s score is the named join of the scores of all their records. ' : ''}Intervals of AUC by resampling ${result.people ? 'people' : 'records'}, standard errors by DeLong${result.people ? ' summed by person (Obuchowski)' : ''}; of TPR by Clopper–Pearson, with thresholds chosen on the same scores (optimistic). Rates with fewer than ten expected false positives are not shown. The interval of the quantile score is a quarter wider, for the error of its regressors.${others ? ' Maximum and logsumexp grow with the number of a person’s records, leak or no leak.' : ''}`,
  };
}

const boundTable = (result: AuditResult): Table => ({
  title: 'Certified lower bound on ε',
  header: ['Unit', 'Score', 'Direction', 'δ', 'ε at least', 'Largest that could be certified'],
  rows: result.epsilonLowerBounds.map(({ level, score, join, direction, delta, value, ceiling }) => [
    level,
    join === null ? (attackNames[score] ?? score) : `${attackNames[score] ?? score} (${join})`,
    direction,
    figure(delta),
    figure(value),
    figure(ceiling),
  ]),
  numeric: 3,
  note: 'The threshold is chosen on one half of the people and tested on the other, at 95 %. A record bound uses one record per person.',
});

const priorTable = (result: AuditResult): Table => ({
  title: 'If an attacker flags somebody, how often is it a member?',
  header: ['Members among the candidates', 'False positive rate', 'Flagged people who are members'],
  rows: result.positivePredictiveValue.map(({ prior, fpr, value }) => [percent(prior), percent(fpr), percent(value)]),
  numeric: 0,
  note: null,
});

function survivalTable(result: AuditResult): Table {
  const { survival, records, joint } = result.exposure!;
  const rowCount = result.records.members + result.records.nonMembers;
  const total = result.people ? result.people.members + result.people.nonMembers : rowCount;
  // Without a person key all three are the same.
  const others = result.people
    ? [...otherRows('Single records', records, rowCount), ...otherRows('People, one score each', joint, total)]
    : [];
  const noun = result.people ? 'people' : 'records';
  return {
    title: 'Survival: how many reach which exposure',
    header: ['Data', noun, ...survival.map(({ threshold }) => `≥ ${threshold}`)],
    rows: [
      ['This model', thousands(total), ...survival.map(({ people }) => share(people, total))],
      ['By chance', '', ...survival.map(row => share(row.null, total))],
      [
        'By chance, 95 %',
        '',
        ...survival.map(({ nullInterval: [low, high] }) => `${thousands(low)}–${thousands(high)}`),
      ],
      ...others,
      ...published.map(({ name, people, counts }) => [
        name,
        thousands(people),
        ...counts.map(count => share(count, people)),
      ]),
    ],
    numeric: 1,
    note: `Largest record AUC of each person over ${result.exposure!.references} references${result.people ? '; below it every record by its own AUC, and every person by one score a model (logsumexp of the records)' : ''}. The seven clinical sets are from Knolle et al., Nature 656, 192–198 (2026), 200 models each: other models and data, for the shape only. With fewer references more people pass a bar by chance.`,
  };
}

type SurvivalRows = NonNullable<AuditResult['exposure']>['survival'];

const otherRows = (name: string, survival: SurvivalRows, total: number): string[][] => [
  [name, thousands(total), ...survival.map(({ people }) => share(people, total))],
  [`${name}, by chance`, '', ...survival.map(row => share(row.null, total))],
];

const share = (count: number, total: number): string =>
  `${count >= 1 || count === 0 ? thousands(Math.round(count)) : figure(count)} (${figure((100 * count) / total)} %)`;

const dpTable = ({ question, rows, note }: DpBound): Table => ({
  title: question,
  header: ['', 'AUC', 'TPR at FPR 1 %'],
  rows,
  numeric: 1,
  note,
});

const groupTable = (result: AuditResult): Table => ({
  title: 'Groups among the most exposed',
  header: ['Attribute', 'Level', 'People', 'Among the most exposed', 'Expected', 'Ratio', 'p', 'q'],
  rows: result.groups.map(group =>
    group.suppressed
      ? [group.attribute, '(fewer than 30 people: suppressed)', '', '', '', '', '', '']
      : [
          group.attribute,
          group.level ?? '',
          thousands(group.people ?? 0),
          thousands(group.inTop ?? 0),
          figure(group.expected ?? 0),
          figure(group.effect ?? 0),
          figure(group.p ?? 1),
          figure(group.q ?? 1),
        ],
  ),
  numeric: 2,
  note: 'χ² without correction, Fisher’s exact test for small cells; q by Benjamini–Hochberg over all levels.',
});

const subgroupTable = (result: AuditResult): Table => ({
  title: 'The attack within groups',
  header: ['Attribute', 'Level', 'People', 'AUC', '95 % CI'],
  rows: result.subgroups.map(({ attribute, level, people, auc, suppressed }) =>
    suppressed || !auc
      ? [attribute, '(too few people on a side: suppressed)', '', '', '']
      : [attribute, level ?? '', thousands(people ?? 0), area(auc.value), range(auc)],
  ),
  numeric: 2,
  note: 'Members and non-members of the same group, by logit-scaled confidence. Overlapping intervals are no difference.',
});
