import { caused, digits, finding, here, numberOf, overlap, weakest } from './evidence';
import type { Rule } from './rule';

const repeats: ReadonlySet<string> = new Set(['dp-sgd', 'estimator', 'hand-written']);

export const DP010: Rule = {
  id: 'DP010',
  name: 'uncomposed-runs',
  summary: 'Several private runs on the same data whose budgets are not added up.',
  severity: 'warning',
  check: context => {
    const composed = here(context.of('mark')).some(mark => mark.mark === 'budget-composed');
    if (composed) return [];
    const runs = caused(context.of('privatise')).filter(dp => repeats.has(dp.mechanism));
    return runs.flatMap((dp, index) => {
      const loop = dp.loops.find(each => each.path === undefined && each.over !== 'batches' && each.over !== 'clients');
      const count = loop ? numberOf(loop.count) : null;
      const before = runs.slice(0, index).find(other => other.loader && dp.loader && overlap(other.loader, dp.loader));
      if (!(loop && loop.over !== 'other') && !before) return [];
      const times = count ? `${digits(count)} times` : 'several times';
      return [
        finding(DP010, dp, {
          tier: weakest(dp.tier, 'likely'),
          message:
            `The same data goes through the mechanism ${before && !loop ? 'again' : times} and the budgets are not composed: each run spends anew. ` +
            `${count ? `By basic composition ${digits(count)} runs spend up to ${digits(count)} times the ε of one. ` : ''}` +
            'Use one accountant over all runs, and count the search itself.',
          related: loop
            ? [{ span: loop.span, message: 'the loop that repeats it' }]
            : before
              ? [{ span: before.span, message: 'the same data was used here' }]
              : [],
        }),
      ];
    });
  },
};
