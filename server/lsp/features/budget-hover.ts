import type { BudgetView } from '../host';
import type { SourceModule } from '../modules';
import { epochChart } from './budget-chart';

/** Parameters by the names that the statement's table has for them. */
const words: Readonly<Record<string, string>> = {
  noiseMultiplier: 'noise multiplier',
  sampleRate: 'sample rate',
  batchSize: 'batch size',
  maxGradNorm: 'clipping norm',
  delta: 'δ',
  targetEpsilon: 'target ε',
};

/** The hover of a budget: the statement, what it allows an attacker, where its numbers stand, and ε over the epochs. */
export function budgetHover(budget: BudgetView, module: SourceModule, pictures: boolean): string {
  const { attack, curve, literals } = budget;
  const parts = [budget.markdown];
  if (attack)
    parts.push(
      `Of the whole run the best possible attack on one record has a true-positive rate of at most ${percent(attack.tprAt1Percent)} at a false-positive rate of 1 %, and a membership AUC of at most ${attack.auc.toFixed(3)}.`,
    );
  const places = Object.entries(literals).flatMap(([name, span]) => {
    const placed = module.place(span);
    if (!placed) return [];
    const line = placed.range.start.line + 1;
    return [`[${words[name] ?? name}, line ${line}](${placed.document.uri}#L${line})`];
  });
  if (places.length > 0) parts.push(`Set here: ${places.join(' · ')}`);
  const chart = pictures ? epochChart(curve) : '';
  if (chart !== '') parts.push(chart);
  return parts.join('\n\n');
}

const percent = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;
