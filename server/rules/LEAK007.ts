import { Taint } from '../facts/values';
import { caused, finding, has, isPeople, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule } from './rule';

export const LEAK007: Rule = {
  id: 'LEAK007',
  name: 'model-published',
  summary: 'A model of person data is pushed to a hub or bucket with no DP and no audit.',
  severity: 'warning',
  check: context =>
    caused(context.of('send')).flatMap(event => {
      if ((event.to !== 'hub' && event.to !== 'bucket') || event.what !== 'model') return [];
      if (event.values.some(value => has(value, Taint.privateModel))) return [];
      const people = peopleOf(context, ...event.values);
      if (!isPeople(people)) return [];
      if (context.audit(null)?.audited) return [];
      return [
        finding(LEAK007, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            'A model that learned from people is published with neither differential privacy nor an audit. ' +
            'Weights cannot be called back, and every white-box attack applies to them. ' +
            'Train with DP or run `epsilint audit` first, and publish the result with the model card.',
          related: way(event.values[0] ?? null),
        }),
      ];
    }),
};
