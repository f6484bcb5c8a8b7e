import type { MarkEvent } from '../facts/events';
import { Taint } from '../facts/values';
import { finding, has, here, surely, way, weakest } from './evidence';
import type { Rule, RuleContext } from './rule';

/** Something secret goes into the hash besides the identifier. */
const salted = /salt|pepper|secret|hmac|["'`][^"'`]*\{[^}]*\}[^"'`]*\{|\+/i;
/** The hash is a bucket number: it chooses a side and is thrown away. */
const bucket = /%|\bmod\b|split|fold|shard|cache/i;

export const PHI010: Rule = {
  id: 'PHI010',
  name: 'weak-pseudonym',
  summary: 'An unsalted or reversible hash of an identifier is used as de-identification.',
  severity: 'warning',
  check: context =>
    here(context.of('mark')).flatMap(mark => {
      const value = mark.values.find(
        each => each.strength !== 'aggregate' && has(each, Taint.identifier | Taint.subjectKey),
      );
      if (mark.mark !== 'hash' || !value || salted.test(value.text) || bucket.test(lineOf(context, mark))) return [];
      return [
        finding(PHI010, mark, {
          tier: weakest(mark.tier, 'likely', surely(context, value)),
          message:
            'An identifier is replaced by its unsalted hash. ' +
            'There are about 10⁹ social security numbers, and fewer record numbers: all hashes of them are computed in seconds, and the table looked up. ' +
            'Use a random id with the mapping kept elsewhere, or an HMAC with a secret key.',
          related: way(value),
        }),
      ];
    }),
};

function lineOf(context: RuleContext, mark: MarkEvent): string {
  const from = context.text.lastIndexOf('\n', mark.span.start) + 1;
  const to = context.text.indexOf('\n', mark.span.end);
  return context.text.slice(from, to === -1 ? undefined : to);
}
