import { finding, here, isPeople, peopleOf, peopleTier, weakest } from './evidence';
import type { Rule } from './rule';

export const LEAK008: Rule = {
  id: 'LEAK008',
  name: 'model-shipped',
  summary: 'A model of person data is delivered whole to clients.',
  severity: 'information',
  check: context =>
    here(context.of('send')).flatMap(event => {
      if (event.to !== 'browser' || event.what !== 'model') return [];
      const people = peopleOf(context, ...event.values);
      if (!isPeople(people)) return [];
      return [
        finding(LEAK008, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            'The whole model is handed to the browser: every visitor holds its weights. ' +
            'White-box membership and inversion attacks need nothing more. ' +
            'Serve labels from a server, or ship a model trained with DP and audited.',
        }),
      ];
    }),
};
