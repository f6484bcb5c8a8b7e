import { caused, finding, isPeople, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule } from './rule';

export const LEAK009: Rule = {
  id: 'LEAK009',
  name: 'data-published',
  summary: 'A data set of person records is pushed to a hub or public bucket.',
  severity: 'error',
  check: context =>
    caused(context.of('send')).flatMap(event => {
      if ((event.to !== 'hub' && event.to !== 'bucket') || event.what !== 'data-set') return [];
      const people = peopleOf(context, ...event.values);
      if (!isPeople(people)) return [];
      return [
        finding(LEAK009, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            `A data set of people is published (${people.reason}). ` +
            'Published records cannot be called back, and removing names rarely makes them anonymous. ' +
            'Keep it in an access-controlled store, or publish a synthetic set with a privacy report.',
          related: way(event.values[0] ?? null),
        }),
      ];
    }),
};
