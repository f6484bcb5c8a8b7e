import { Taint } from '../facts/values';
import { digits, finding, has, here, isPeople, peopleOf, repeatedKey, way, weakest } from './evidence';
import type { Rule } from './rule';

export const MEM004: Rule = {
  id: 'MEM004',
  name: 'person-on-both-sides',
  summary: 'Rows are split at random although a person key exists.',
  severity: 'warning',
  check: context =>
    here(context.of('split')).flatMap(event => {
      if (event.unit !== 'row' || event.groups !== null) return [];
      const repeated = repeatedKey(context, event.input);
      if (repeated && repeated.maxRecords <= 1) return [];
      const people = peopleOf(context, event.input);
      const key = repeated?.key ?? event.input.sources.find(source => source.subjectKey)?.subjectKey ?? null;
      // A policy or a claim is a contract, mostly one row each.
      if (key && !repeated && /policy|claim/i.test(key)) return [];
      if (!isPeople(people) || (!key && !has(event.input, Taint.subjectKey))) return [];
      const number = repeated ? `, and one person has up to ${digits(repeated.maxRecords)} of them` : '';
      return [
        finding(MEM004, event, {
          tier: weakest(event.tier, repeated ? 'certain' : 'likely'),
          message:
            `Rows are split at random although ${key ? `\`${key}\`` : 'a key'} tells people apart${number}: the same person lands on both sides. ` +
            'The test score then measures memory, and every membership figure is wrong. ' +
            'Split by person (`GroupShuffleSplit(...).split(X, y, groups=key)`).',
          related: way(event.input),
        }),
      ];
    }),
};
