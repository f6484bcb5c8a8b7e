import { finding, here, listed, peopleOf, way, weakest } from './evidence';
import { identifies } from './PHI002';
import type { Rule } from './rule';

export const PHI003: Rule = {
  id: 'PHI003',
  name: 'identifier-exported',
  summary: 'Identifiers of people are written to a file or table.',
  severity: 'warning',
  check: context =>
    here(context.of('export')).flatMap(event => {
      for (const value of event.values) {
        const found = identifies(context, value);
        if (!found || found.names.length === 0 || peopleOf(context, value).people === 'public') continue;
        const what = found.names.length > 0 ? listed(found.names) : 'Identifiers of people';
        return [
          finding(PHI003, event, {
            tier: weakest(
              event.tier,
              found.keyOnly ? 'possible' : found.direct && value.columns?.complete ? 'certain' : 'likely',
            ),
            severity: found.keyOnly ? 'information' : 'warning',
            message:
              `${what} ${found.names.length === 1 ? 'is' : 'are'} written out with the rows. ` +
              'Every copy is one more place that must be protected and deleted. ' +
              'Drop the columns, or write a random study id and keep the mapping elsewhere.',
            related: way(value),
          }),
        ];
      }
      return [];
    }),
};
