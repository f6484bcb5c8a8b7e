import { type DpEvent, EventError, noiseless, type Relation } from './events';
import { gdpDelta, gdpEpsilon, gdpMu } from './gdp';
import { participationEpsilon } from './participations';
import { basicEpsilonAt, type Directions, deltaAt, epsilonAt } from './pld/accountant';
import { prvBracket } from './pld/brackets';
import { GridError } from './pld/loss';
import { directionsOf } from './pld/mechanisms';
import { type Conversion, DEFAULT_ORDERS, rdpToDelta, rdpToEpsilon } from './rdp';
import { eventRdp } from './rdp-mechanisms';

/**
 * `pld`: privacy loss distributions by connect-the-dots, an upper bound (the headline); `rdp`: Rényi divergences, an upper bound; `prv`:
 * rounded privacy random variables, an upper bound with a lower one beside it; `gdp`: the central-limit approximation, no bound.
 */
export type AccountantName = 'pld' | 'rdp' | 'prv' | 'gdp';
export const ACCOUNTANTS: readonly AccountantName[] = ['pld', 'rdp', 'prv', 'gdp'];

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
  /** PRV only: the additive error of ε that the bounds pay for. Default 0.01, as in Opacus. */
  readonly epsilonError?: number;
  /** RDP only: the orders that are tried; default dp_accounting's. */
  readonly orders?: readonly number[];
  /** RDP only: how Rényi divergences become (ε, δ). Default `improved`. */
  readonly conversion?: Conversion;
}

/** What comes back. `epsilon` is Infinity where nothing finite can be shown, with the reason in `warning`. */
export interface Answer {
  readonly epsilon: number;
  readonly delta: number;
  readonly warning: string | null;
  /** PRV: the true ε is at least this. */
  readonly lower?: number;
  /** PRV: the ε between the bounds. */
  readonly estimate?: number;
  /** RDP: the order that gave ε. */
  readonly order?: number;
  /** GDP: the parameter of the approximating Gaussian. */
  readonly mu?: number;
}

/**
 * The finest automatic grid under replace-one: the interval that dp_accounting takes by default. Values of replace-one with sampling that
 * others computed exist at this interval only; at tiny sample rates a finer grid is tighter (dp_accounting's own, made finer by hand, agrees
 * with ours to a percent), but nobody would find the number again. `interval` refines it.
 */
const COMMON_INTERVAL = 1e-4;

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
  if (accountant === 'rdp') return rdpAnswer(question, records, question.orders ?? DEFAULT_ORDERS);
  if (accountant === 'gdp') return gdpAnswer(question, records);
  if (accountant === 'prv') return prvAnswer(question, records);
  const directions = directionsOf(event, relation, records);
  const options = {
    ...(question.interval !== undefined && { interval: question.interval }),
    ...(question.tolerance !== undefined && { tolerance: question.tolerance }),
    ...(relation === 'replace-one' && records === 1 && { finest: COMMON_INTERVAL }),
  };
  try {
    if (delta === undefined) return { epsilon: epsilon!, delta: deltaAt(directions, epsilon!, options), warning: null };
    const found = epsilonAt(directions, delta, options);
    if (found < Number.POSITIVE_INFINITY) return { epsilon: found, delta, warning: null };
    const other = otherBound(question, directions, delta, records);
    if (other !== null) return other;
    return unbounded('No finite ε reaches this δ: the mass of unbounded losses is larger than δ.');
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    const other = delta === undefined ? null : otherBound(question, directions, delta, records);
    return other ?? unbounded(`The accountant gave up: ${error.message}.`);
  }
}

/** The upper end of the PRV accountant's bracket, on a coarser grid than connect-the-dots asks for; Infinity where none holds it either. */
function roundedBound(directions: Directions, delta: number): number {
  try {
    return prvBracket(directions, delta).upper;
  } catch (error) {
    if (error instanceof GridError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** Where no grid holds the composition: the smallest of other bounds (basic composition, RDP, counted participations, PRV); null where all are infinite. */
function otherBound(question: Question, directions: Directions, delta: number, records: number): Answer | null {
  const basic = basicEpsilonAt(directions, delta);
  let renyi = Number.POSITIVE_INFINITY;
  try {
    renyi = rdpAnswer(question, records, DEFAULT_ORDERS).epsilon;
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
  }
  const counted =
    (records === 1 ? participationEpsilon(question.event, question.relation, delta) : null) ?? Number.POSITIVE_INFINITY;
  const rounded = question.accountant === 'prv' ? Number.POSITIVE_INFINITY : roundedBound(directions, delta);
  const epsilon = Math.min(basic, renyi, counted, rounded);
  if (!Number.isFinite(epsilon)) return null;
  const name =
    epsilon === rounded
      ? 'rounded losses (PRV)'
      : epsilon === counted
        ? 'counted participations'
        : epsilon === basic
          ? 'basic composition'
          : 'Rényi divergences';
  return {
    epsilon,
    delta,
    warning: `No grid of losses holds this composition: ε is the bound of ${name}, which may be loose.`,
  };
}

const APPROXIMATION = 'GDP is a central-limit approximation, not a bound: the true ε may be larger.';

function gdpAnswer({ event, relation, delta, epsilon }: Question, records: number): Answer {
  const mu = gdpMu(event, records * (relation === 'replace-one' ? 2 : 1));
  return delta === undefined
    ? { epsilon: epsilon!, delta: gdpDelta(mu, epsilon!), warning: APPROXIMATION, mu }
    : { epsilon: gdpEpsilon(mu, delta), delta, warning: APPROXIMATION, mu };
}

function prvAnswer({ event, relation, delta, epsilonError }: Question, records: number): Answer {
  if (delta === undefined) throw new EventError('The PRV accountant answers ε at a δ; ask the PLD accountant for δ.');
  const asked = epsilonError ?? 0.01;
  try {
    const found = prvBracket(directionsOf(event, relation, records), delta, { epsilonError: asked });
    const { lower, estimate, upper } = found;
    const wider =
      found.epsilonError > asked * (1 + 1e-9)
        ? `The grid would be too large: the bounds are ±${found.epsilonError.toPrecision(2)} about the estimate.`
        : null;
    return { epsilon: upper, delta, lower, estimate, warning: wider };
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    const other = otherBound(
      { event, accountant: 'prv', relation, delta },
      directionsOf(event, relation, records),
      delta,
      records,
    );
    return other
      ? { ...other, lower: 0 }
      : { epsilon: Number.POSITIVE_INFINITY, delta, lower: 0, warning: `The accountant gave up: ${error.message}.` };
  }
}

function rdpAnswer(question: Question, records: number, orders: readonly number[]): Answer {
  const { event, relation, delta, epsilon } = question;
  const { rdp, delta: spent } = eventRdp(event, relation, records, orders);
  if (delta === undefined)
    return { epsilon: epsilon!, delta: Math.min(1, rdpToDelta(orders, rdp, epsilon!) + spent), warning: null };
  if (spent >= delta)
    return { epsilon: Number.POSITIVE_INFINITY, delta, warning: 'The (ε, δ) parts alone spend more than this δ.' };
  const best = rdpToEpsilon(orders, rdp, delta - spent, question.conversion);
  const end =
    best.atEnd && best.epsilon > 0
      ? `The best order, ${best.order}, is at the end of the grid: the true RDP bound may be smaller.`
      : null;
  return Number.isNaN(best.epsilon)
    ? { epsilon: Number.POSITIVE_INFINITY, delta, warning: 'The Rényi divergences overflow.' }
    : { epsilon: best.epsilon, delta, warning: end, order: best.order };
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
  /** PLD: a fixed grid interval, in nats. */
  readonly interval?: number;
}

/** `steps` Poisson-sampled Gaussian steps as an event. */
export const dpSgdEvent = ({
  noiseMultiplier,
  sampleRate,
  steps,
}: Pick<DpSgd, 'noiseMultiplier' | 'sampleRate' | 'steps'>): DpEvent => ({
  type: 'selfComposed',
  count: steps,
  event: { type: 'poissonSampled', sampleRate, event: { type: 'gaussian', noiseMultiplier } },
});

/** ε of DP-SGD at `delta`. */
export function dpSgdEpsilon(steps: DpSgd): Answer {
  const { delta, accountant = 'pld', relation = 'add-or-remove', recordsPerPerson = 1, tolerance, interval } = steps;
  return account({
    event: dpSgdEvent(steps),
    accountant,
    relation,
    delta,
    recordsPerPerson,
    ...(tolerance !== undefined && { tolerance }),
    ...(interval !== undefined && { interval }),
  });
}
