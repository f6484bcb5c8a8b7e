import type { Comparison } from '../audit/compare';
import type { AttackResult, AuditResult, BoundResult } from '../audit/result';
import { independentOfCount, toldApart } from '../audit/told';

/** What the audit was of: names only, never contents. */
export interface Subject {
  /** Base name of the checkpoint or score file. */
  readonly name: string;
  /** Base name of the script, if any. */
  readonly script: string | null;
  /** ISO date of the run. */
  readonly date: string;
  readonly version: string;
  /** Findings under the project's configuration, with their places. */
  readonly findings?: readonly ReportedFinding[];
  /** How many findings are suppressed in the script. */
  readonly suppressed?: number;
  /** Beside an earlier audit. */
  readonly comparison?: Comparison | null;
}

export interface ReportedFinding {
  readonly rule: string;
  readonly name: string;
  readonly severity: string;
  /** File and line. */
  readonly place: string;
  readonly message: string;
}

/** Three significant digits; what is below a thousandth by its power of ten, as budgets write δ. */
export const figure = (value: number): string =>
  !Number.isFinite(value)
    ? '∞'
    : value !== 0 && Math.abs(value) < 1e-3
      ? value.toExponential(2).replace(/\.?0+e/, 'e')
      : String(Number(value.toPrecision(3)));

export const percent = (share: number): string => `${figure(100 * share)} %`;

/** An area under the ROC curve: three decimals, so that columns of them line up. */
export const area = (value: number): string => value.toFixed(3);

/** An interval of an area. */
export const range = ({ low, high }: { low: number; high: number }): string => `${area(low)}–${area(high)}`;

export const thousands = (count: number): string => count.toLocaleString('en-US');

/** The words for an attack. */
export const attackNames: Readonly<Record<string, string>> = {
  confidence: 'Logit-scaled confidence',
  loss: 'Loss',
  'modified-entropy': 'Modified entropy',
  hinge: 'Hinge',
  gap: 'Right or wrong (gap)',
  quantile: 'Cross-fitted quantile',
  difference: 'Difference to references',
  rmia: 'RMIA, offline',
  'rmia-online': 'RMIA, online',
  'lira-online': 'LiRA, online, variance per record',
  'lira-online-pooled': 'LiRA, online, pooled variance',
  'lira-offline': 'LiRA, offline, one-sided',
};

/** A title within a sentence: its first letter small, unless it is an abbreviation (LiRA, RMIA). */
export const inSentence = (title: string): string =>
  /^[A-Z][a-z]+\b/.test(title) && !title.startsWith('LiRA') ? title[0]!.toLowerCase() + title.slice(1) : title;

/** How often out of 100: 100 only where it is certain, 0 only where it never happens. */
export function outOf100(share: number): string {
  const rounded = Math.round(100 * share);
  if (rounded === 100 && share < 1) return 'more than 99';
  return rounded === 0 && share > 0 ? 'less than 1' : String(rounded);
}

/** The attack in a table's first column. */
export const attackTitle = ({ name, level }: AttackResult): string =>
  `${attackNames[name] ?? name}${level === 'person' ? ', by person' : ''}`;

export const checkNames: Readonly<Record<string, string>> = {
  'person-overlap': 'Nobody on both sides',
  duplicates: 'No copies across sides',
  'label-shift': 'Same mix of labels',
  'blind-baseline': 'Not separable without the model',
};

export const headlineOf = (result: AuditResult): AttackResult | undefined => result.attacks[0];

/** The strongest attack by AUC at a level. */
export function strongest(result: AuditResult, level: 'record' | 'person'): AttackResult | undefined {
  return result.attacks
    .filter(attack => attack.level === level && independentOfCount(attack))
    .reduce<AttackResult | undefined>(
      (best, each) => (best && best.auc.value >= each.auc.value ? best : each),
      undefined,
    );
}

/** The bound that is shown: at δ = 1e-5 where there is one. */
export const boundOf = (result: AuditResult, level: 'record' | 'person'): BoundResult | undefined =>
  result.epsilonLowerBounds.find(bound => bound.level === level && bound.delta === 1e-5) ??
  result.epsilonLowerBounds.find(bound => bound.level === level);

/** "3 people are exposed". */
export function exposedWords({ people }: AuditResult, named: number): string {
  const noun = people ? (named === 1 ? 'person' : 'people') : named === 1 ? 'record' : 'records';
  return `${thousands(named)} ${noun} ${named === 1 ? 'is' : 'are'} exposed`;
}

/** One sentence for a diagnostic or a status line. */
export function sentence(result: AuditResult): string {
  const headline = headlineOf(result);
  if (!headline) {
    const failed = result.gate.checks.filter(check => !check.passed).map(check => check.message);
    return `The audit stopped at its gate: ${failed.join(' ')}`;
  }
  const people = result.people ? ' by person' : '';
  const told = toldApart(result);
  // What tells them apart may be another attack than the headline.
  const shown = told ?? headline;
  const by = shown === headline ? '' : ` by ${inSentence(attackNames[shown.name] ?? shown.name)}`;
  const point = shown.tpr.at(-1);
  const parts = [
    `${told ? 'Members are told from non-members' : 'Members are not told from non-members by this probe'}: AUC ${area(shown.auc.value)}${by} (95 % CI ${range(shown.auc)}${people})`,
  ];
  if (point) parts.push(`TPR ${percent(point.tpr)} at FPR ${percent(point.fpr)}`);
  const bound = boundOf(result, result.people ? 'person' : 'record');
  const named = result.exposure?.named ?? 0;
  const exposed = named > 0 ? `; ${exposedWords(result, named)} beyond chance` : '';
  const certified = bound ? `; ε ≥ ${figure(bound.value)} per ${bound.level} certified by this attack` : '';
  const claim = result.claimedEpsilon;
  const claimed = claim ? `, the code claims ε = ${figure(claim.value)} per ${claim.unit}` : '';
  return `${parts.join(', ')}${exposed}${certified}${claimed}.`;
}

/** The first paragraph of every report, for a reader who knows no statistics. */
export function plainWords(result: AuditResult): string {
  const { records, people } = result;
  const who = people
    ? `${thousands(people.members)} people whose records trained the model and ${thousands(people.nonMembers)} whose records did not`
    : `${thousands(records.members)} records that trained the model and ${thousands(records.nonMembers)} that did not`;
  const headline = headlineOf(result);
  if (!headline)
    return `The audit compared ${who}, and stopped before any number: the two sides differ in ways that have nothing to do with the model, so a difference in its answers would prove nothing. The table says what to change.`;
  const best = strongest(result, people ? 'person' : 'record') ?? headline;
  const rate = outOf100(best.auc.value);
  const opening = `The audit compared ${who}.`;
  const told =
    toldApart(result) !== undefined
      ? `The model’s answers give away who was in its training data: shown one ${people ? 'person' : 'record'} of each kind, an attacker with these means picks the right one ${rate} times out of 100 (50 is a coin toss).`
      : `With these means an attacker could not tell the two apart better than by tossing a coin. This is not evidence of safety: a few people can be fully exposed while the average stays here.`;
  const named = result.exposure ? ` ${exposedWords(result, result.exposure.named)} beyond chance.` : '';
  const contradicted =
    result.contradicted === true
      ? ` The privacy that the code claims (ε = ${figure(result.claimedEpsilon!.value)}) is contradicted: the attack proves more leakage than the claim allows, so the mechanism is not effective.`
      : '';
  return `${opening} ${told}${named}${contradicted}`;
}

/** The paragraph for a model card. */
export function modelCard(result: AuditResult, subject: Subject): string {
  const headline = headlineOf(result);
  if (!headline)
    return `Privacy audit of ${subject.name} (${subject.date.slice(0, 10)}): not interpretable, the validity gate failed.`;
  const count = result.references ?? 0;
  const models = count === 0 ? 'no reference models' : `${count} reference ${count === 1 ? 'model' : 'models'}`;
  return `Privacy audit of ${subject.name} (${subject.date.slice(0, 10)}, Epsilint ${subject.version}): membership inference with ${models}, ${thousands(result.records.members)} member and ${thousands(result.records.nonMembers)} non-member records${result.people ? ` of ${thousands(result.people.members + result.people.nonMembers)} people` : ''}. ${sentence(result)} These figures are lower bounds for the attacks that were run; they are no guarantee.`;
}

/** Findings as lines: rule, place, message. */
export const findingLines = ({ findings = [], suppressed = 0 }: Subject): string[] => [
  ...findings.map(({ rule, name, severity, place, message }) => `${rule} ${name} (${severity}, ${place}): ${message}`),
  ...(suppressed > 0
    ? [`${suppressed} ${suppressed === 1 ? 'finding is' : 'findings are'} suppressed in the script.`]
    : []),
];

/** What the audit cannot show. */
export function limitsOf(result: AuditResult): string[] {
  const out = [
    'Stronger attacks may exist: every figure is the least that the model gives away.',
    'Whether values can be rebuilt from the model, and leaks through logs or files (those are the linter’s findings), are not measured.',
  ];
  if (!result.exposure) out.push('Without reference models nobody can say who is exposed.');
  if (!result.people) out.push('Without a person key the audit speaks of records, not of people.');
  return out;
}
