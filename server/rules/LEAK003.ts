import { Taint } from '../facts/values';
import {
  caused,
  finding,
  isPeople,
  modelOutput,
  outputWords,
  peopleOf,
  peopleTier,
  perRecord,
  way,
  weakest,
} from './evidence';
import type { Rule } from './rule';

const where = {
  file: 'a file',
  database: 'a database',
  'vector-store': 'a vector store',
  'object-store': 'an object store',
} as const;

export const LEAK003: Rule = {
  id: 'LEAK003',
  name: 'per-record-outputs-saved',
  summary: 'Per-record predictions, losses, embeddings or attributions are written down.',
  severity: 'warning',
  check: context =>
    caused(context.of('export')).flatMap(event => {
      const value = event.values.find(each => perRecord(each, modelOutput | Taint.prediction));
      if (!value) return [];
      const people = peopleOf(context, ...event.values);
      if (!isPeople(people)) return [];
      const labels = (value.taint & modelOutput) === 0;
      return [
        finding(LEAK003, event, {
          tier: weakest(event.tier, peopleTier(people)),
          severity: labels ? 'information' : 'warning',
          message:
            `Per-record ${outputWords(value.taint)} of people are written to ${where[event.sink]}. ` +
            `${labels ? 'Predictions are statements about people' : 'Scores are all that a membership attack needs'}, and files outlive the run. ` +
            'Write aggregates, or keep the file private, encrypted and with an end date.',
          related: way(value),
        }),
      ];
    }),
};
