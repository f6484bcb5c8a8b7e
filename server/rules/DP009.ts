import { digits, finding, here, peopleOf, repeatedKey, weakest } from './evidence';
import type { Rule } from './rule';

export const DP009: Rule = {
  id: 'DP009',
  name: 'record-not-person',
  summary: 'The guarantee protects one record, and people have several.',
  severity: 'warning',
  check: context =>
    here(context.of('privatise')).flatMap(dp => {
      if (dp.mechanism !== 'dp-sgd') return [];
      const figure = context.budgets.find(each => each.event === dp.id);
      const data =
        dp.loader ?? here(context.of('train')).find(train => train.privatisedBy.includes(dp.id))?.data ?? null;
      const repeated = repeatedKey(context, data);
      const grouped = here(context.of('split')).find(split => split.unit === 'person');
      const key = figure?.person?.key ?? repeated?.key ?? peopleOf(context, data).subjectKey;
      const records = figure?.person?.maxRecords ?? repeated?.maxRecords ?? null;
      if (records !== null && records <= 1) return [];
      // A key alone may be one row per person; a split by person says that rows repeat.
      if (records === null && !(grouped && (key || grouped.groups))) return [];
      const person = figure?.person?.epsilon;
      const number =
        person != null && figure?.epsilon != null
          ? ` Per record ε = ${digits(figure.epsilon)}; per person${records ? ` (up to ${records} records)` : ''} it is ${digits(person)}.`
          : records
            ? ` One person has up to ${records} records, so a person's ε is much larger than a record's.`
            : '';
      return [
        finding(DP009, dp, {
          tier: weakest(dp.tier, records === null ? 'likely' : 'certain'),
          message:
            `The guarantee is per record, but ${key ? `\`${key}\`` : 'the split'} shows that people have several.${number} ` +
            'Report the ε per person, cap the records of a person, or sample and clip by person.',
          related: grouped ? [{ span: grouped.span, message: 'rows are grouped by person here' }] : [],
        }),
      ];
    }),
};
