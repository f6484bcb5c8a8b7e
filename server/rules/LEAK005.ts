import { finding, here, peopleOf, peopleTier, weakest } from './evidence';
import type { Rule } from './rule';

export const LEAK005: Rule = {
  id: 'LEAK005',
  name: 'unprotected-updates',
  summary: 'A federated client or strategy sends updates with neither DP nor secure aggregation.',
  severity: 'warning',
  check: context => {
    const events = here(context.of('federate'));
    if (events.some(event => event.protections.length > 0)) return [];
    // Local DP-SGD on the client protects what it sends; where a flag turns it off, DP002 says so.
    if (context.of('privatise').length > 0) return [];
    const clients = events.filter(event => event.role === 'client' && !event.connects);
    return events.flatMap(event => {
      if (event.connects && clients.length > 0) return [];
      const people = peopleOf(context);
      // Where nothing shows whose data the clients hold, the finding is possible only.
      if (people.people === 'public') return [];
      return [
        finding(LEAK005, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            `${event.role === 'client' ? 'The client hands out' : 'The strategy collects'} model updates in the clear: neither differential privacy nor secure aggregation is set. ` +
            'From one update of a small batch the server can rebuild records (gradient inversion). ' +
            'Add central or local DP, or a secure-aggregation workflow; TLS and robust aggregation do not protect from the server.',
        }),
      ];
    });
  },
};
