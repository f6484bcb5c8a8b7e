import {
  dpSgdEvent,
  EventError,
  whatIf as epsilonsOf,
  solveDelta,
  solveNoise,
  solveSampleRate,
  solveSteps,
} from '../../../audit-core/accounting';
import type { Solve, SolveAnswer, WhatIf, WhatIfAnswer } from '../../protocol/budgets';

/** ε of each run: PLD, add or remove; the bound without sampling where batches are not sampled. */
export function whatIf({ points }: WhatIf): WhatIfAnswer {
  const epsilon = points.flatMap(point => epsilonsOf(point, 'steps', [point.steps]));
  return { epsilon: epsilon.map(value => (Number.isFinite(value) ? value : null)) };
}

/** The value of one parameter at which ε does not exceed the target. */
export function solve({ input, solveFor, targetEpsilon, loader }: Solve): SolveAnswer {
  if (input.sampling === 'shuffle') return bySearch(input, solveFor, targetEpsilon);
  if (solveFor === 'batchSize')
    return loader ? batchSize(input, loader, targetEpsilon) : { value: null, message: 'There is no loader to fill.' };
  const { delta, recordsPerPerson, noiseMultiplier, sampleRate } = input;
  const counting = { accountant: 'pld', relation: 'add-or-remove', recordsPerPerson } as const;
  try {
    switch (solveFor) {
      case 'noiseMultiplier':
        return found(solveNoise(dpSgdEvent(input), delta, targetEpsilon, counting));
      case 'steps':
        return found(solveSteps(dpSgdEvent({ noiseMultiplier, sampleRate, steps: 1 }), delta, targetEpsilon, counting));
      case 'sampleRate':
        return found(solveSampleRate(input, targetEpsilon, counting));
      case 'delta':
        return found(solveDelta(dpSgdEvent(input), targetEpsilon, counting));
    }
  } catch (error) {
    if (error instanceof EventError) return { value: null, message: error.message };
    throw error;
  }
}

const found = (value: number): SolveAnswer =>
  Number.isFinite(value) && value > 0
    ? { value, message: '' }
    : { value: null, message: 'No value of this parameter reaches the target.' };

/** The largest batch within the target, epochs kept: ε grows with it. */
function batchSize(input: Solve['input'], loader: NonNullable<Solve['loader']>, target: number): SolveAnswer {
  const { examples, epochs, wholeBatches } = loader;
  const within = (size: number): boolean => {
    const batches = Math.ceil(examples / size);
    const sampleRate = wholeBatches ? 1 / batches : size / examples;
    const steps = Math.max(1, Math.ceil(epochs * batches - 1e-9));
    return epsilonsOf({ ...input, sampleRate }, 'steps', [steps])[0]! <= target;
  };
  if (!within(1)) return found(Number.NaN);
  if (within(examples)) return found(examples);
  let [good, bad] = [1, examples];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (within(middle)) good = middle;
    else bad = middle;
  }
  return found(good);
}

/** Ranges that are searched where there is no closed form; ε falls with the noise and grows with the steps. */
const ranges = { noiseMultiplier: [1e-2, 1e4], steps: [1, 1e8] } as const;

function bySearch(input: Solve['input'], solveFor: Solve['solveFor'], target: number): SolveAnswer {
  if (solveFor !== 'noiseMultiplier' && solveFor !== 'steps')
    return { value: null, message: 'Where batches are not sampled, solve for the noise multiplier or the steps.' };
  const epsilonAt = (value: number): number => epsilonsOf(input, solveFor, [value])[0] ?? Number.POSITIVE_INFINITY;
  const falls = solveFor === 'noiseMultiplier';
  let [good, bad]: number[] = falls ? [ranges[solveFor][1], ranges[solveFor][0]] : [...ranges[solveFor]];
  if (epsilonAt(good!) > target) return found(Number.NaN);
  for (let i = 0; i < 60 && Math.abs(good! / bad! - 1) > 1e-6; i++) {
    const middle = Math.sqrt(good! * bad!);
    if (epsilonAt(middle) <= target) good = middle;
    else bad = middle;
  }
  return found(falls ? good! : Math.floor(good!));
}
