import { Taint } from '../facts/values';
import { caused, finding, has, isPeople, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule, RuleContext } from './rule';

const loopback =
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|[\w-]+\.(?:local|internal|svc))(?::\d+)?$/i;

/** `*.hospital.local` is every host below, `hospital.local` that one; ports do not count. */
function isInternal({ settings }: RuleContext, host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return settings.internalHosts.some(pattern => {
    const parts = pattern
      .toLowerCase()
      .split('*')
      .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(name);
  });
}

export const LEAK006: Rule = {
  id: 'LEAK006',
  name: 'records-to-third-party',
  summary: 'Text or rows of people are sent to an external API.',
  severity: 'error',
  check: context =>
    caused(context.of('send')).flatMap(event => {
      if (event.to !== 'api' && event.to !== 'mail') return [];
      if (event.host !== null && (loopback.test(event.host) || isInternal(context, event.host))) return [];
      const value = event.values.find(
        each =>
          each.strength !== 'aggregate' &&
          (has(each, Taint.records) || (has(each, Taint.identifier) && each.sources.length > 0)),
      );
      if (!value) return [];
      const people = peopleOf(context, value);
      if (!isPeople(people)) return [];
      return [
        finding(LEAK006, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            `Records of people leave for ${event.host ?? 'an external service'}. ` +
            'The provider sees them in full and may keep them; under HIPAA and GDPR that needs an agreement and a basis. ' +
            'Run a local model, remove identifiers and free text first, or declare the host as internal.',
          related: way(value),
        }),
      ];
    }),
};
