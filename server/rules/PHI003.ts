import { type Evidence, Taint } from '../facts/values';
import { classifyColumn, isRepeatedKey } from '../models/identifiers';
import { finding, has, here, listed, peopleOf, surely, way, weakest } from './evidence';
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
        // What a form brings is kept where it belongs: a copy is made of rows that were read.
        if (event.sink === 'database' && value.sources.length === 0) continue;
        const found = identifies(context, value);
        if (!found || peopleOf(context, value).people === 'public') continue;
        // Where the columns are not known any more, only what was put in as it is.
        if (found.names.length === 0 && (found.keyOnly || value.strength !== 'same')) continue;
        // A table of a person's rows under the person's key is one of that person, whatever the key is called in the clinic.
        const table = found.keyOnly && isTable(value);
        const possible = found.keyOnly && !table;
        const what = found.names.length > 0 ? listed(found.names) : 'Identifiers of people';
        return [
          finding(PHI003, event, {
            tier: weakest(
              event.tier,
              surely(context, value),
              possible ? 'possible' : found.direct && value.columns?.complete ? 'certain' : 'likely',
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

/** Rows under a person's key with something else beside it; predictions under a key are LEAK003's. */
function isTable(value: Evidence): boolean {
  const names = value.columns?.names ?? [];
  return (
    names.length > 1 &&
    names.some(name => classifyColumn(name) === 'subject-key' && isRepeatedKey(name)) &&
    value.strength === 'same' &&
    !has(value, Taint.confidence | Taint.prediction | Taint.perRecordLoss) &&
    has(value, Taint.records)
  );
}
