import { finding, here, isPeople, peopleOf, peopleTier, weakest } from './evidence';
import type { Rule } from './rule';

export const GOV003: Rule = {
  id: 'GOV003',
  name: 'audit-missing-or-stale',
  summary: 'A checkpoint of person data has no audit, or something changed since.',
  severity: 'information',
  check: context =>
    here(context.of('save')).flatMap(event => {
      const people = peopleOf(context, event.value);
      if (!isPeople(people)) return [];
      const target = event.target?.constant?.value;
      const state = context.audit(typeof target === 'string' ? target : null);
      // Nothing is known of audits here: silent.
      if (!state || (state.audited && state.stale.length === 0)) return [];
      return [
        finding(GOV003, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message: state.audited
            ? `The audit of this checkpoint is stale: ${state.stale.join(' and ')} changed since. Its figures no longer speak of this model. Audit again (\`epsilint audit\`).`
            : 'This checkpoint of person data was never audited: nobody knows whom it exposes. Run a quick audit (`epsilint audit`); it takes seconds.',
        }),
      ];
    }),
};
