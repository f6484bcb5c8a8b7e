import { basename, isAbsolute } from 'node:path';
import type { BudgetView } from '../host';
import type { SourceModule } from '../modules';
import { uriOf } from '../session';
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
  const { attack, curve, places } = budget;
  const parts = [budget.markdown];
  if (attack)
    parts.push(
      `Of the whole run the best possible attack on one record has a true-positive rate of at most ${percent(attack.tprAt1Percent)} at a false-positive rate of 1 %, and a membership AUC of at most ${attack.auc.toFixed(3)}.`,
    );
  const links = Object.entries(places).flatMap(([name, place]) => linkTo(words[name] ?? name, place, module));
  if (links.length > 0) parts.push(`Where they come from: ${links.join(' · ')}`);
  const chart = pictures ? epochChart(curve) : '';
  if (chart !== '') parts.push(chart);
  return parts.join('\n\n');
}

/** A link to where a value stands: the line in this module, or the file where it comes from another one. */
function linkTo(name: string, { path, span }: BudgetView['places'][string], module: SourceModule): string[] {
  const placed = path === null && span !== null ? module.place(span) : null;
  if (placed) {
    const line = placed.range.start.line + 1;
    return [`[${name}, line ${line}](${placed.document.uri}#L${line})`];
  }
  return path !== null && isAbsolute(path) ? [`[${name}, ${basename(path)}](${uriOf(path)})`] : [];
}

const percent = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;
