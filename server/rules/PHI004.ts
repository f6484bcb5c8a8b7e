import type { Span } from '../facts/syntax';
import { Taint } from '../facts/values';
import { finding, has, here, surely, way, weakest } from './evidence';
import type { Rule } from './rule';

export const PHI004: Rule = {
  id: 'PHI004',
  name: 'identifier-in-path',
  summary: 'A file name, address or run name is built from an identifier of a person.',
  severity: 'warning',
  check: context => {
    const seen: Span[] = [];
    return here(context.of('path')).flatMap(event => {
      // `open(f"{name}.txt")` is one path, made and used.
      const { span } = event;
      if (seen.some(other => other.start < span.end && span.start < other.end)) return [];
      const value = event.values.find(
        each => each.strength !== 'aggregate' && has(each, Taint.identifier | Taint.subjectKey),
      );
      if (!value) return [];
      seen.push(span);
      const direct = has(value, Taint.identifier);
      return [
        finding(PHI004, event, {
          tier: weakest(event.tier, direct ? 'likely' : 'possible', surely(context, value)),
          severity: direct ? 'warning' : 'information',
          message:
            `A path or address is built from ${direct ? 'an identifier' : 'the key'} of a person. ` +
            'Paths end up in logs, listings, histories and backups that nobody treats as patient data. ' +
            'Name files by a random id.',
          related: way(value),
        }),
      ];
    });
  },
};
