import type { Event, PrivatiseEvent } from '../facts/events';
import { pldOf, rdpOf, shuffledEpsilon } from './answers';
import { Found, type Name, ofKind } from './found';
import { type Setting, spanOf } from './setting';
import { type BudgetStatement, numberIn } from './statement';

/**
 * The statement of a federated mechanism: the unit is a client. Servers pick a number of clients a round, not each by a coin, so the
 * headline counts every round as if the client took part (no amplification); the Poisson figure stands beside it where the number of
 * clients is known.
 */
export function clientStatement(event: PrivatiseEvent, { run, ask }: Setting): BudgetStatement {
  const found = new Found();
  for (const name of ['noiseMultiplier', 'maxGradNorm', 'clientsPerRound', 'clients', 'rounds', 'delta'] as const)
    found.take(name, event.parameters[name]);
  roundsOf(found, run.events);
  for (const asked of ofKind(run.events, 'budget')) found.take('delta', asked.parameters.delta);
  const needed: readonly Name[] = ['noiseMultiplier', 'rounds', 'delta'];
  const unresolved = needed.filter(name => numberIn(found.get(name)) === null);
  const [noise, rounds, delta, picked, clients] = (
    ['noiseMultiplier', 'rounds', 'delta', 'clientsPerRound', 'clients'] as const
  ).map(name => numberIn(found.get(name)));
  const complete = noise != null && rounds != null && delta != null && delta > 0 && delta < 1;
  const every = complete ? shuffledEpsilon(noise, rounds, delta) : null;
  const sampled =
    complete && picked != null && clients != null && picked <= clients && noise >= 0
      ? { noiseMultiplier: noise, sampleRate: picked / clients, steps: Math.max(1, Math.round(rounds)), delta }
      : null;
  const noiseless = noise === 0;
  return {
    event: event.id,
    path: run.path,
    span: spanOf(event),
    library: event.library,
    mechanism: event.mechanism,
    unit: 'client',
    parameters: found.entries(),
    unresolved,
    unknowns: unresolved.map(name => found.unknown(name)),
    epsilon: {
      pld: noiseless ? Number.POSITIVE_INFINITY : sampled ? (pldOf(sampled, ask)?.epsilon ?? null) : every,
      rdp: sampled ? rdpOf(sampled).epsilon : null,
      library: null,
    },
    sampling: 'shuffle',
    epsilonIfShuffled: noiseless ? Number.POSITIVE_INFINITY : every,
    person: null,
    target: null,
    sweep: null,
    range: null,
    pending: false,
    warnings: ['Metrics that clients send beside their updates are not covered.'],
  };
}

/** Rounds of the server's configuration. */
function roundsOf(found: Found, events: readonly Event[]): void {
  for (const mark of ofKind(events, 'mark'))
    if (mark.mark === 'federated-rounds') found.takeEvidence('rounds', mark.values[0]);
}
