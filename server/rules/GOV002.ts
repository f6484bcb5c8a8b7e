import { mentions } from '../facts';
import { finding, here, identifyingColumns, isPeople, listed, peopleOf, way, weakest } from './evidence';
import type { Rule } from './rule';

export const GOV002: Rule = {
  id: 'GOV002',
  name: 'no-subgroup-report',
  summary: 'Performance is reported in aggregate only although protected-group columns are there.',
  severity: 'information',
  check: context => {
    const evaluations = here(context.of('evaluate'));
    if (evaluations.length === 0 || evaluations.some(event => event.grouped)) return [];
    const tables = [
      ...context.of('load').map(event => event.result),
      ...context.of('train').flatMap(event => (event.data ? [event.data] : [])),
    ];
    for (const table of tables) {
      const groups = identifyingColumns(context, table).protected;
      if (groups.length === 0 || !isPeople(peopleOf(context, table))) continue;
      if (groups.some(name => byHand(context.text, name))) return [];
      const last = evaluations.at(-1)!;
      return [
        finding(GOV002, last, {
          tier: weakest(last.tier, 'likely'),
          message:
            `Performance is measured over everybody at once although ${listed(groups)} ${groups.length === 1 ? 'is' : 'are'} in the data. ` +
            'A good mean can hide a group that the model fails, and small groups are the ones it exposes most. ' +
            'Report the metric by group (`MetricFrame` of fairlearn, or `groupby`).',
          related: way(table),
        }),
      ];
    }
    return [];
  },
};

/** The script walks the groups itself: `groupby("race")`, `for group in frame["race"].unique()`. */
function byHand(text: string, column: string): boolean {
  const name = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return mentions(text, new RegExp(`groupby\\([^)\\n]{0,40}["']${name}["']|["']${name}["']\\]\\.unique\\(`));
}
