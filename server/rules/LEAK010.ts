import { Taint } from '../facts/values';
import { finding, has, here, modelOutput, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule } from './rule';

export const LEAK010: Rule = {
  id: 'LEAK010',
  name: 'records-logged',
  summary: 'Raw records, images or notes of people go to a tracker or log.',
  severity: 'warning',
  check: context =>
    here(context.of('log')).flatMap(event => {
      if (event.sink !== 'tracker' && event.sink !== 'log') return [];
      const value = event.values.find(
        each => each.strength === 'same' && has(each, Taint.records) && !has(each, modelOutput | Taint.identifier),
      );
      if (!value) return [];
      // One clinical word in the module is not enough to call any logged row a person's.
      const people = peopleOf(context, value);
      if (value.sources.length === 0 || (people.people !== 'declared' && people.people !== 'inferred')) return [];
      return [
        finding(LEAK010, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            `Raw records of people go to ${event.sink === 'tracker' ? 'the experiment tracker' : 'the log'}. ` +
            'Trackers and logs are read by more people than the data is, and are seldom deleted. ' +
            'Log counts, shapes or aggregates.',
          related: way(value),
        }),
      ];
    }),
};
