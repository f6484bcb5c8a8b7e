import { account, dpSgdEvent } from './accountant';
import { deterministicBatchesEpsilon } from './attack';
import { EventError } from './events';

/** A run as an explorer holds it. */
export interface WhatIfRun {
  readonly noiseMultiplier: number;
  readonly sampleRate: number;
  readonly steps: number;
  readonly delta: number;
  /** Default 1. */
  readonly recordsPerPerson?: number;
  /** `shuffle`: batches in a fixed or shuffled order, one Gaussian release an epoch of 1/q steps. Default `poisson`. */
  readonly sampling?: 'poisson' | 'shuffle';
}

export type WhatIfAxis = 'steps' | 'noiseMultiplier' | 'sampleRate' | 'delta' | 'recordsPerPerson';

/** What a curve's grid may cost ε: a tenth of a percent, always upwards. */
const TOLERANCE = 1e-3;

/**
 * ε (PLD, add/remove; the bound without sampling where batches are shuffled) at each value of one parameter, the others kept. Upper bounds
 * within about a tenth of a percent, a millisecond or two each; Infinity where none is finite or the parameters make no run.
 */
export const whatIf = (run: WhatIfRun, axis: WhatIfAxis, values: readonly number[]): number[] =>
  values.map(value => epsilonAt({ ...run, [axis]: value }));

function epsilonAt(run: WhatIfRun): number {
  const { noiseMultiplier, delta, sampling = 'poisson' } = run;
  const records = Math.max(1, Math.round(run.recordsPerPerson ?? 1));
  const steps = Math.round(run.steps);
  const sampleRate = Math.min(1, run.sampleRate);
  if (!(noiseMultiplier > 0 && sampleRate > 0 && steps >= 1 && delta > 0 && delta < 1)) return Number.POSITIVE_INFINITY;
  const relation = 'add-or-remove';
  if (sampling === 'shuffle')
    return deterministicBatchesEpsilon(
      noiseMultiplier,
      Math.max(1, steps * sampleRate - 1e-9),
      delta,
      relation,
      records,
    );
  const event = dpSgdEvent({ noiseMultiplier, sampleRate, steps });
  try {
    return account({ event, accountant: 'pld', relation, delta, recordsPerPerson: records, tolerance: TOLERANCE })
      .epsilon;
  } catch (error) {
    if (error instanceof EventError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
