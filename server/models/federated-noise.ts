import type { CallModel, EventModel, PrivacyField } from './schema';

type Parameters = Readonly<Partial<Record<PrivacyField, string>>>;

/** Noise on the aggregate of the clients of a round: the unit is a client. */
export const noisedAggregate = (
  library: string,
  protection: string,
  positional: readonly string[],
  parameters: Parameters,
): CallModel => ({
  parameters: positional,
  flow: 'none',
  events: [
    { kind: 'federate', role: 'server', library, protection },
    { kind: 'privatise', library, mechanism: 'central-aggregation', parameters },
  ],
});

/** Noise that a client adds to its own update before anybody sees it: the ε is that of one release. */
export const localNoise = (
  library: string,
  protection: string | null,
  positional: readonly string[],
  parameters: Parameters,
  defaults: Extract<EventModel, { kind: 'privatise' }>['defaults'] = {},
): CallModel => ({
  parameters: positional,
  flow: 'none',
  events: [
    ...(protection === null ? [] : [{ kind: 'federate', role: 'client', library, protection } as const]),
    { kind: 'privatise', library, mechanism: 'local', parameters, defaults },
  ],
});

/** A call that says how many rounds a federation runs. */
export const saysRounds = (...positional: readonly string[]): CallModel => ({
  parameters: positional,
  flow: 'none',
  events: [{ kind: 'mark', mark: 'federated-rounds', values: ['num_rounds'] }],
});
