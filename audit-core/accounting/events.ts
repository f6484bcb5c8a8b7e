/**
 * What happened to the data, as a tree: a closed vocabulary that never changes meaning. An event that an accountant does not
 * know is refused with its name, never approximated. Noise multipliers are standard deviation (Laplace: scale) over sensitivity.
 */
export type DpEvent =
  | { readonly type: 'gaussian'; readonly noiseMultiplier: number }
  | { readonly type: 'laplace'; readonly noiseMultiplier: number }
  | { readonly type: 'discreteLaplace'; readonly noiseParameter: number; readonly sensitivity: number }
  | { readonly type: 'discreteGaussian'; readonly sigma: number; readonly sensitivity: number }
  | { readonly type: 'randomizedResponse'; readonly noiseParameter: number; readonly buckets: number }
  | {
      readonly type: 'mixtureOfGaussians';
      readonly noiseMultiplier: number;
      readonly sensitivities: readonly number[];
      readonly probabilities: readonly number[];
    }
  | { readonly type: 'epsilonDelta'; readonly epsilon: number; readonly delta: number }
  | { readonly type: 'zcdp'; readonly rho: number; readonly xi: number }
  | { readonly type: 'treeAggregation'; readonly noiseMultiplier: number; readonly stepCounts: readonly number[] }
  | {
      readonly type: 'truncatedPoissonGaussian';
      readonly records: number;
      readonly sampleRate: number;
      readonly maxBatchSize: number;
      readonly noiseMultiplier: number;
    }
  /**
   * DP-FTRL with a banded strategy: noise over the strategy's column norm, `bands` of them; a record enters a batch with probability
   * `sampleRate` on average and takes part at most once in `bands` steps.
   */
  | {
      readonly type: 'bandedMatrixFactorization';
      readonly noiseMultiplier: number;
      readonly bands: number;
      readonly iterations: number;
      readonly sampleRate: number;
    }
  | { readonly type: 'repeatAndSelect'; readonly mean: number; readonly shape: number; readonly event: DpEvent }
  | {
      readonly type: 'sampledWithoutReplacement';
      readonly records: number;
      readonly batchSize: number;
      readonly event: DpEvent;
    }
  | { readonly type: 'poissonSampled'; readonly sampleRate: number; readonly event: DpEvent }
  | { readonly type: 'selfComposed'; readonly count: number; readonly event: DpEvent }
  | { readonly type: 'composed'; readonly events: readonly DpEvent[] };

/**
 * Neighbouring relation: one record added or removed (the larger ε of both directions), one replaced by another, one replaced by an
 * empty record.
 */
export type Relation = 'add-or-remove' | 'replace-one' | 'replace-special';
export const RELATIONS: readonly Relation[] = ['add-or-remove', 'replace-one', 'replace-special'];

/** An event or question that cannot be answered; the message says which part and why. */
export class EventError extends Error {}

const MOST_NODES = 10_000;
const FOREVER = Number.POSITIVE_INFINITY;

/** Checks an event from outside, field by field. @throws EventError */
export function parseEvent(value: unknown, place = 'event', budget = { nodes: MOST_NODES }): DpEvent {
  if (--budget.nodes < 0) throw new EventError(`The event has more than ${MOST_NODES} parts.`);
  if (typeof value !== 'object' || value === null) throw new EventError(`${place} must be an object with a "type".`);
  const event = value as Record<string, unknown>;
  const number = (name: string, low: number, high = FOREVER): number =>
    numberIn(event[name], `${place}.${name}`, low, high);
  const whole = (name: string, low: number, high = 1e12): number => {
    const given = number(name, low, high);
    if (!Number.isInteger(given)) throw new EventError(`${place}.${name} must be a whole number.`);
    return given;
  };
  const numbers = (name: string, low: number, high = FOREVER): number[] => {
    const given = event[name];
    if (!Array.isArray(given) || given.length === 0 || given.length > 100_000)
      throw new EventError(`${place}.${name} must be a list of numbers.`);
    return given.map((each, i) => numberIn(each, `${place}.${name}[${i}]`, low, high));
  };
  const inner = (): DpEvent => parseEvent(event.event, `${place}.event`, budget);
  switch (event.type) {
    case 'gaussian':
    case 'laplace':
      return { type: event.type, noiseMultiplier: number('noiseMultiplier', 0) };
    case 'discreteLaplace':
      return {
        type: 'discreteLaplace',
        noiseParameter: number('noiseParameter', 1e-9, 700),
        sensitivity: whole('sensitivity', 1, 1e6),
      };
    case 'discreteGaussian':
      return { type: 'discreteGaussian', sigma: number('sigma', 0.01, 1e5), sensitivity: whole('sensitivity', 1, 1e6) };
    case 'randomizedResponse':
      return {
        type: 'randomizedResponse',
        noiseParameter: number('noiseParameter', 0, 1),
        buckets: whole('buckets', 1, 1e9),
      };
    case 'mixtureOfGaussians': {
      const sensitivities = numbers('sensitivities', 0);
      const probabilities = numbers('probabilities', 0, 1);
      const total = probabilities.reduce((a, b) => a + b, 0);
      if (sensitivities.length !== probabilities.length || Math.abs(total - 1) > 1e-9)
        throw new EventError(`${place}: as many probabilities as sensitivities, with the sum 1, are needed.`);
      return {
        type: 'mixtureOfGaussians',
        noiseMultiplier: number('noiseMultiplier', 0),
        sensitivities,
        probabilities,
      };
    }
    case 'epsilonDelta':
      return { type: 'epsilonDelta', epsilon: number('epsilon', 0), delta: number('delta', 0, 1) };
    case 'zcdp':
      return { type: 'zcdp', rho: number('rho', 0), xi: event.xi === undefined ? 0 : number('xi', 0) };
    case 'treeAggregation':
      return {
        type: 'treeAggregation',
        noiseMultiplier: number('noiseMultiplier', 0),
        stepCounts: Array.isArray(event.stepCounts) ? numbers('stepCounts', 0, 1e12) : [number('stepCounts', 1, 1e12)],
      };
    case 'truncatedPoissonGaussian':
      return {
        type: 'truncatedPoissonGaussian',
        records: whole('records', 1, 1e9),
        sampleRate: number('sampleRate', 0, 1),
        maxBatchSize: whole('maxBatchSize', 1, 1e9),
        noiseMultiplier: number('noiseMultiplier', 0),
      };
    case 'bandedMatrixFactorization':
      return {
        type: 'bandedMatrixFactorization',
        noiseMultiplier: number('noiseMultiplier', 0),
        bands: whole('bands', 1),
        iterations: whole('iterations', 1),
        sampleRate: number('sampleRate', 0, 1),
      };
    case 'repeatAndSelect':
      return {
        type: 'repeatAndSelect',
        mean: number('mean', 1),
        shape: event.shape === 'Infinity' ? FOREVER : number('shape', 0),
        event: inner(),
      };
    case 'sampledWithoutReplacement': {
      const records = whole('records', 1);
      return { type: 'sampledWithoutReplacement', records, batchSize: whole('batchSize', 0, records), event: inner() };
    }
    case 'poissonSampled':
      return { type: 'poissonSampled', sampleRate: number('sampleRate', 0, 1), event: inner() };
    case 'selfComposed':
      return { type: 'selfComposed', count: whole('count', 0), event: inner() };
    case 'composed':
      if (!Array.isArray(event.events)) throw new EventError(`${place}.events must be a list of events.`);
      return {
        type: 'composed',
        events: event.events.map((each, i) => parseEvent(each, `${place}.events[${i}]`, budget)),
      };
    default:
      throw new EventError(
        `${place} has the type ${JSON.stringify(event.type)?.slice(0, 40)}, which no accountant here knows.`,
      );
  }
}

/** A number in [low, high]. @throws EventError */
export function numberIn(value: unknown, place: string, low: number, high: number): number {
  if (typeof value !== 'number' || Number.isNaN(value) || value < low || value > high)
    throw new EventError(`${place} must be a number from ${low} to ${high === FOREVER ? 'infinity' : high}.`);
  return value;
}

/** Every leaf of a tree with how often it happens; sampling, selection and the like stay leaves with what is inside them. */
export function leavesOf(event: DpEvent, count = 1): { readonly event: DpEvent; readonly count: number }[] {
  if (event.type === 'composed') return event.events.flatMap(each => leavesOf(each, count));
  if (event.type === 'selfComposed') return leavesOf(event.event, count * event.count);
  if (event.type === 'bandedMatrixFactorization') return leavesOf(bandedSteps(event), count);
  return count === 0 ? [] : [{ event, count }];
}

/**
 * Banded matrix factorisation is as private as ⌈iterations/bands⌉ steps of the sampled Gaussian at the rate of a whole cycle of bands
 * (Choquette-Choo et al. 2023, arXiv 2306.08153, theorem 4).
 */
function bandedSteps(event: Extract<DpEvent, { type: 'bandedMatrixFactorization' }>): DpEvent {
  const { noiseMultiplier, bands, iterations, sampleRate } = event;
  return {
    type: 'selfComposed',
    count: Math.ceil(iterations / bands),
    event: {
      type: 'poissonSampled',
      sampleRate: Math.min(1, sampleRate * bands),
      event: { type: 'gaussian', noiseMultiplier },
    },
  };
}

/** The noise multiplier of the one Gaussian that nested unsampled Gaussians compose to; null for anything else. */
export function gaussianNoise(event: DpEvent): number | null {
  let precision = 0;
  for (const { event: leaf, count } of leavesOf(event)) {
    if (leaf.type !== 'gaussian') return null;
    precision += count / leaf.noiseMultiplier ** 2;
  }
  return precision ** -0.5;
}

/** True where some Gaussian or Laplace has no noise: nothing bounds what it reveals. */
export function noiseless(event: DpEvent): boolean {
  return leavesOf(event).some(({ event: leaf }) => {
    if (leaf.type === 'poissonSampled') return leaf.sampleRate > 0 && noiseless(leaf.event);
    if (leaf.type === 'sampledWithoutReplacement') return leaf.batchSize > 0 && noiseless(leaf.event);
    if (leaf.type === 'repeatAndSelect') return noiseless(leaf.event);
    return 'noiseMultiplier' in leaf && leaf.noiseMultiplier === 0;
  });
}
