import { type DpEvent, EventError, noiseless, type Relation } from './events';
import { deltaAt, epsilonAt } from './pld/accountant';
import { GridError } from './pld/loss';
import { directionsOf } from './pld/mechanisms';
import { DEFAULT_ORDERS, OPACUS_ORDERS, rdpToDelta, rdpToEpsilon } from './rdp';
import { eventRdp } from './rdp-mechanisms';

export type AccountantName = 'pld' | 'rdp';

/** What is asked: ε at a δ, or δ at an ε. */
export interface Question {
  readonly event: DpEvent;
  readonly accountant: AccountantName;
  readonly relation: Relation;
  readonly delta?: number;
  readonly epsilon?: number;
  /** How many records one person has at most: the answer is then for a person. Default 1. */
  readonly recordsPerPerson?: number;
  /** PLD only: a fixed grid interval, in nats. Without it the grid is chosen. */
  readonly interval?: number;
  /** PLD only: the relative excess of ε that the grid may cost, about. Default 2e-5; 1e-3 is several times faster. */
  readonly tolerance?: number;
}

/** What comes back. `epsilon` is Infinity where nothing finite can be shown, with the reason in `warning`. */
export interface Answer {
  readonly epsilon: number;
  readonly delta: number;
  readonly warning: string | null;
}

/** Answers one question. @throws EventError when the event or relation is outside what this accountant knows */
export function account(question: Question): Answer {
  const { event, accountant, delta, epsilon, relation, recordsPerPerson: records = 1 } = question;
  if ((delta === undefined) === (epsilon === undefined)) throw new EventError('Give either delta or epsilon.');
  if (delta !== undefined && !(delta > 0 && delta < 1)) throw new EventError('delta must lie between 0 and 1.');
  if (epsilon !== undefined && !(epsilon >= 0)) throw new EventError('epsilon must be 0 or more.');
  if (!Number.isInteger(records) || records < 1 || records > 10_000)
    throw new EventError('recordsPerPerson must be a whole number from 1 to 10000.');
  const unbounded = (warning: string): Answer => ({
    epsilon: epsilon ?? Number.POSITIVE_INFINITY,
    delta: delta ?? 1,
    warning,
  });
  if (noiseless(event)) return unbounded('A step adds no noise: nothing bounds what it reveals.');
  if (accountant === 'rdp') return rdpAnswer(question, records, DEFAULT_ORDERS);
  const directions = directionsOf(event, relation, records);
  const options = {
    ...(question.interval !== undefined && { interval: question.interval }),
    ...(question.tolerance !== undefined && { tolerance: question.tolerance }),
  };
  try {
    if (delta === undefined) return { epsilon: epsilon!, delta: deltaAt(directions, epsilon!, options), warning: null };
    const found = epsilonAt(directions, delta, options);
    if (found < Number.POSITIVE_INFINITY) return { epsilon: found, delta, warning: null };
    return unbounded('No finite ε reaches this δ: the mass of unbounded losses is larger than δ.');
  } catch (error) {
    if (error instanceof GridError) return unbounded(`The accountant gave up: ${error.message}.`);
    throw error;
  }
}

function rdpAnswer(question: Question, records: number, orders: readonly number[]): Answer {
  const { event, relation, delta, epsilon } = question;
  const { rdp, delta: spent } = eventRdp(event, relation, records, orders);
  if (delta === undefined)
    return { epsilon: epsilon!, delta: Math.min(1, rdpToDelta(orders, rdp, epsilon!) + spent), warning: null };
  if (spent >= delta)
    return { epsilon: Number.POSITIVE_INFINITY, delta, warning: 'The (ε, δ) parts alone spend more than this δ.' };
  const best = rdpToEpsilon(orders, rdp, delta - spent);
  const end =
    best.atEnd && best.epsilon > 0
      ? `The best order, ${best.order}, is at the end of the grid: the true RDP bound may be smaller.`
      : null;
  return Number.isNaN(best.epsilon)
    ? { epsilon: Number.POSITIVE_INFINITY, delta, warning: 'The Rényi divergences overflow.' }
    : { epsilon: best.epsilon, delta, warning: end };
}

/** The common question: `steps` Poisson-sampled Gaussian steps. */
export interface DpSgd {
  readonly noiseMultiplier: number;
  /** Probability that a record enters a batch, in (0, 1]. */
  readonly sampleRate: number;
  readonly steps: number;
  readonly delta: number;
  readonly accountant?: AccountantName;
  /** Default add-or-remove. */
  readonly relation?: Relation;
  /** Records of one person: ε for persons. Default 1. */
  readonly recordsPerPerson?: number;
  /** PLD: relative excess that the grid may cost; 1e-3 for sliders and sweeps. */
  readonly tolerance?: number;
}

const eventOf = ({ noiseMultiplier, sampleRate, steps }: DpSgd): DpEvent => ({
  type: 'selfComposed',
  count: steps,
  event: { type: 'poissonSampled', sampleRate, event: { type: 'gaussian', noiseMultiplier } },
});

/** ε of DP-SGD at `delta`. */
export function dpSgdEpsilon(steps: DpSgd): Answer {
  const { delta, accountant = 'pld', relation = 'add-or-remove', recordsPerPerson = 1, tolerance } = steps;
  return account({
    event: eventOf(steps),
    accountant,
    relation,
    delta,
    recordsPerPerson,
    ...(tolerance !== undefined && { tolerance }),
  });
}

/** What Opacus' own RDP accountant logs for the same steps (its default orders): beside ours, so that users recognise their log. */
export function opacusRdpEpsilon(steps: DpSgd): Answer {
  const { delta } = steps;
  if (steps.noiseMultiplier === 0)
    return { epsilon: Number.POSITIVE_INFINITY, delta, warning: 'A step adds no noise.' };
  return rdpAnswer({ event: eventOf(steps), accountant: 'rdp', relation: 'add-or-remove', delta }, 1, OPACUS_ORDERS);
}
