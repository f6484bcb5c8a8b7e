import type { LogEvent } from '../facts/events';
import { type Evidence, Taint } from '../facts/values';
import { finding, has, here, identifyingColumns, listed, peopleOf, surely, way, weakest } from './evidence';
import type { Rule, RuleContext } from './rule';

const where: Readonly<Record<LogEvent['sink'], string>> = {
  print: 'printed',
  log: 'logged',
  tracker: 'sent to the experiment tracker',
  display: 'shown in the output',
  autolog: 'sent to the experiment tracker',
  watch: 'sent to the experiment tracker',
  analytics: 'sent to product analytics',
};

/** Direct identifiers count alone; a pseudonymous key counts with a quasi-identifier beside it, and alone is `possible`. */
export function identifies(
  context: RuleContext,
  value: Evidence,
): { names: string[]; direct: boolean; keyOnly: boolean } | null {
  if (value.strength === 'aggregate') return null;
  const { direct, keys, quasi } = identifyingColumns(context, value);
  if (has(value, Taint.identifier) || (direct.length > 0 && has(value, Taint.subjectKey)))
    return { names: direct, direct: true, keyOnly: false };
  if (has(value, Taint.subjectKey))
    return {
      names: [...keys, ...quasi],
      direct: false,
      keyOnly: quasi.length === 0 && !has(value, Taint.quasiIdentifier),
    };
  return null;
}

export const PHI002: Rule = {
  id: 'PHI002',
  name: 'identifier-logged',
  summary: 'Identifiers of people are printed, logged or tracked.',
  severity: 'warning',
  check: context =>
    here(context.of('log')).flatMap(event => {
      for (const value of event.values) {
        const found = identifies(context, value);
        if (!found || peopleOf(context, value).people === 'public') continue;
        const what = found.names.length > 0 ? listed(found.names) : 'Identifiers of people';
        return [
          finding(PHI002, event, {
            tier: weakest(
              event.tier,
              found.keyOnly ? 'possible' : found.direct && value.columns?.complete ? 'certain' : 'likely',
              surely(context, value),
            ),
            severity: found.keyOnly ? 'information' : 'warning',
            message:
              `${found.names.length > 0 ? `${what} of single people` : what} ${found.names.length === 1 ? 'is' : 'are'} ${where[event.sink]}. ` +
              'Output, logs and notebooks are copied, shared and kept where the data itself may not go. ' +
              'Print counts or the schema (`df.shape`, `df.dtypes`), or drop these columns first.',
            related: way(value),
          }),
        ];
      }
      return [];
    }),
};
