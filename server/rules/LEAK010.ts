import { Taint } from '../facts/values';
import { finding, has, here, isPeople, modelOutput, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule } from './rule';

const where = { tracker: 'the experiment tracker', analytics: 'product analytics', log: 'the log' } as const;

export const LEAK010: Rule = {
  id: 'LEAK010',
  name: 'records-logged',
  summary: 'Raw records, images or notes of people go to a tracker or log.',
  severity: 'warning',
  check: context =>
    here(context.of('log')).flatMap(event => {
      if (event.sink !== 'tracker' && event.sink !== 'log' && event.sink !== 'analytics') return [];
      const value = event.values.find(
        each => each.strength === 'same' && has(each, Taint.records) && !has(each, modelOutput | Taint.identifier),
      );
      if (!value) return [];
      const people = peopleOf(context, value);
      if (!isPeople(people)) return [];
      return [
        finding(LEAK010, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            `Raw records of people go to ${where[event.sink]}. ` +
            'Trackers and logs are read by more people than the data is, and are seldom deleted. ' +
            'Log counts, shapes or aggregates.',
          related: way(value),
        }),
      ];
    }),
};
