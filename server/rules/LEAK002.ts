import { Taint } from '../facts/values';
import { finding, here, peopleOf, peopleTier, perRecord, way, weakest } from './evidence';
import type { Rule } from './rule';

export const LEAK002: Rule = {
  id: 'LEAK002',
  name: 'confidence-served',
  summary: 'An endpoint answers with scores or vectors instead of labels.',
  severity: 'warning',
  check: context =>
    here(context.of('serve')).flatMap(event => {
      if (!perRecord(event.response, Taint.confidence | Taint.perRecordLoss | Taint.embedding)) return [];
      const people = peopleOf(context, event.response);
      if (people.people === 'public') return [];
      const what = event.response.taint & Taint.embedding ? 'an embedding' : 'the confidence';
      return [
        finding(LEAK002, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            `The endpoint hands out ${what} of the model with its answer. ` +
            'Whoever may ask can test membership from one score a person, without the weights. ' +
            'Answer with the label, a thresholded decision, or a score rounded to one decimal.',
          related: way(event.response),
        }),
      ];
    }),
};
