import { mentions } from '../facts';
import type { SplitEvent } from '../facts/events';
import { Taint } from '../facts/values';
import { isRepeatedKey } from '../models/identifiers';
import { digits, finding, has, here, isPeople, peopleOf, repeatedKey, way, weakest } from './evidence';
import type { Rule } from './rule';

export const MEM004: Rule = {
  id: 'MEM004',
  name: 'person-on-both-sides',
  summary: 'Rows are split at random although a person key exists.',
  severity: 'warning',
  check: context => {
    // The whole text is searched once, however many splits ask.
    let inText: string | null | undefined;
    const elsewhere = (): string | null => {
      if (inText === undefined) inText = keyInText(context.text);
      return inText;
    };
    return here(context.of('split')).flatMap(event => {
      if (event.unit !== 'row' || event.groups !== null) return [];
      const repeated = repeatedKey(context, event.input);
      if (repeated && repeated.maxRecords <= 1) return [];
      const people = peopleOf(context, event.input);
      const key = repeated?.key ?? keyOf(event, elsewhere);
      if (!isPeople(people) || (!key && !has(event.input, Taint.subjectKey))) return [];
      if (key && !repeated && !isRepeatedKey(key)) return [];
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
    });
  },
};

const literal = /["'](patient[_ ]?ids?|patient_nbr|subject[_ ]?id|participant[_ ]?id|person_id|uniquepid)["']/i;

/** The key of the rows' own source, or one that the script names elsewhere. */
function keyOf(event: SplitEvent, elsewhere: () => string | null): string | null {
  return event.input.sources.find(source => source.subjectKey)?.subjectKey ?? elsewhere();
}

/** A key that the script names and does not use to keep one row a person. */
function keyInText(text: string): string | null {
  const named = literal.exec(text)?.[1];
  if (!named) return null;
  const onePerPerson = new RegExp(
    `(?:drop_duplicates|groupby|unique|set)\\([^)\\n]{0,60}${named}|${named}["']\\]\\.(?:unique|nunique)`,
    'i',
  );
  return mentions(text, onePerPerson) ? null : named;
}
