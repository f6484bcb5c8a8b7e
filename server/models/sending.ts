import type { CallModel, EventModel } from './schema';

/**
 * A request to somebody else's model: what is given to it leaves the house. What comes back may still tell of the people
 * in it, but it is the provider's text, not what a model of ours said of them: no score, label or embedding is left.
 */
export const sends = (host: string, values: readonly string[] = ['arguments'], change: Partial<SendEvent> = {}) =>
  ({
    flow: 'derived',
    from: ['arguments'],
    clears: ['confidence', 'perRecordLoss', 'embedding', 'prediction', 'identifier', 'subjectKey', 'quasiIdentifier'],
    events: [{ kind: 'send', to: 'api', values, host, ...change }],
  }) satisfies CallModel;

type SendEvent = Extract<EventModel, { kind: 'send' }>;
