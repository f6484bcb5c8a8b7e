import type { Evidence } from '../facts/values';
import { tokensOf } from '../models/identifiers';
import { finding, here, isPeople, listed, peopleOf, way, weakest } from './evidence';
import type { Rule } from './rule';

const place =
  /^(?:zip|zipcode|postal|postcode|post|county|city|precinct|latitude|longitude|lat|lng|tract|fips|neighbourhood|neighborhood)$/;
const born = /^(?:dob|birth|birthdate|birthday|age)$/;
const sex = /^(?:sex|gender|ptgender)$/;

/** The three columns that together single out most people, when all are there (Sweeney 2000: 87 % of the US). */
function trio(value: Evidence): string[] | null {
  if (value.strength === 'aggregate') return null;
  const names = value.columns?.names ?? [];
  const find = (pattern: RegExp) => names.find(name => tokensOf(name).some(token => pattern.test(token)));
  const found = [find(place), find(born), find(sex)];
  return found.every(name => name !== undefined) ? (found as string[]) : null;
}

export const PHI009: Rule = {
  id: 'PHI009',
  name: 'quasi-identifier-set',
  summary: 'Fine geography, birth date or age, and sex stand together in features or exports.',
  severity: 'information',
  check: context =>
    [...here(context.of('train')), ...here(context.of('export'))].flatMap(event => {
      const values = event.kind === 'train' ? [event.data] : event.values;
      for (const value of values) {
        const names = value ? trio(value) : null;
        if (!value || !names || !isPeople(peopleOf(context, value))) continue;
        return [
          finding(PHI009, event, {
            tier: weakest(event.tier, 'likely'),
            message:
              `${listed(names)} stand together in the ${event.kind === 'train' ? 'features' : 'exported rows'}. ` +
              'Fine geography, birth date and sex single out most people in a register (Sweeney: 87 % of the US). ' +
              'Coarsen them: three-digit postcodes, age bands, or drop one.',
            related: way(value),
          }),
        ];
      }
      return [];
    }),
};
