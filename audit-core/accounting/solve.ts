import { type AccountantName, account, dpSgdEvent } from './accountant';
import { calibrate } from './calibrate';
import { type DpEvent, EventError, type Relation } from './events';

/** How ε is counted while something else is solved for. */
export interface Counting {
  readonly accountant: AccountantName;
  readonly relation: Relation;
  /** Records of one person: the target is then for a person. Default 1. */
  readonly recordsPerPerson?: number;
}

/** A run over n examples in batches of B on average, as loaders count it: q = 1/⌈n/B⌉ and ⌈n/B⌉ steps an epoch. */
export interface LoaderRun {
  readonly noiseMultiplier: number;
  readonly batchSize: number;
  readonly examples: number;
  readonly epochs: number;
  readonly delta: number;
}

export const loaderEvent = ({ noiseMultiplier, batchSize, examples, epochs }: Omit<LoaderRun, 'delta'>): DpEvent => {
  const batches = Math.ceil(examples / batchSize);
  return dpSgdEvent({ noiseMultiplier, sampleRate: 1 / batches, steps: Math.ceil(epochs * batches - 1e-9) });
};

const epsilonOf = (event: DpEvent, delta: number, { accountant, relation, recordsPerPerson = 1 }: Counting): number =>
  account({ event, accountant, relation, delta, recordsPerPerson }).epsilon;

/** The smallest δ at which the event is (ε, δ)-private. */
export const solveDelta = (event: DpEvent, epsilon: number, counting: Counting): number =>
  account({
    event,
    accountant: counting.accountant,
    relation: counting.relation,
    epsilon,
    recordsPerPerson: counting.recordsPerPerson ?? 1,
  }).delta;

/** The smallest noise multiplier for a target ε. @throws EventError when none up to 1e6 reaches it */
export const solveNoise = (event: DpEvent, delta: number, target: number, counting: Counting): number =>
  calibrate(event, counting.accountant, counting.relation, delta, target, counting.recordsPerPerson);

/** The most repetitions of `step` whose ε stays within the target. @throws EventError when one is too many */
export const solveSteps = (step: DpEvent, delta: number, target: number, counting: Counting): number =>
  mostWhole(count => epsilonOf({ type: 'selfComposed', count, event: step }, delta, counting), target, 1e9, 'step');

/** The most whole epochs within the target. @throws EventError when one is too many */
export const solveEpochs = (run: Omit<LoaderRun, 'epochs'>, target: number, counting: Counting): number =>
  mostWhole(epochs => epsilonOf(loaderEvent({ ...run, epochs }), run.delta, counting), target, 1e7, 'epoch');

/** The largest batch size within the target, epochs kept. @throws EventError when batches of one record exceed it */
export const solveBatchSize = (run: Omit<LoaderRun, 'batchSize'>, target: number, counting: Counting): number =>
  mostWhole(
    batchSize => epsilonOf(loaderEvent({ ...run, batchSize }), run.delta, counting),
    target,
    run.examples,
    'record a batch',
  );

/** The largest sample rate within the target, to 1e-6 relative from below, steps kept. @throws EventError when none above 1e-9 stays within it */
export function solveSampleRate(
  run: { readonly noiseMultiplier: number; readonly steps: number; readonly delta: number },
  target: number,
  counting: Counting,
): number {
  const within = (sampleRate: number): boolean =>
    epsilonOf(dpSgdEvent({ ...run, sampleRate }), run.delta, counting) <= target;
  if (within(1)) return 1;
  let [low, high] = [1e-9, 1];
  if (!within(low)) throw new EventError(`No sample rate above 1e-9 stays within ε = ${target}.`);
  for (let i = 0; i < 60 && high > low * (1 + 1e-6); i++) {
    const middle = Math.sqrt(low * high);
    if (within(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The largest whole number in [1, most] whose ε is within the target; ε rises with it. */
function mostWhole(epsilonAt: (count: number) => number, target: number, most: number, unit: string): number {
  const within = (count: number): boolean => epsilonAt(count) <= target;
  if (!within(1)) throw new EventError(`A single ${unit} exceeds ε = ${target} already.`);
  let low = 1;
  let high = 2;
  while (high < most && within(high)) {
    low = high;
    high *= 2;
  }
  if (high >= most) {
    if (within(most)) return most;
    high = most;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (within(middle)) low = middle;
    else high = middle;
  }
  return low;
}
