import {
  type Answer,
  calibrate,
  type DpEvent,
  type DpSgd,
  deterministicBatchesEpsilon,
  dpSgdEvent,
  EventError,
  type OpacusAccountant,
} from '../../audit-core/accounting';
import {
  accountEpsilon,
  dpSgdEpsilon,
  gaussianEpsilon,
  opacusGdpEpsilon,
  opacusRdpEpsilon,
  remembered,
  tfPrivacyEpsilon,
} from './memo';
import type { BudgetStatement, Sampling } from './statement';

/** Answers a question about DP-SGD; null where the answer is not there yet and will be asked for again. */
export type Ask = (question: DpSgd) => Answer | null;

/** Computes at once. */
export const atOnce: Ask = question => dpSgdEpsilon(question);

/** The parameters of DP-SGD, all known. */
export type Steps = Pick<DpSgd, 'noiseMultiplier' | 'sampleRate' | 'steps' | 'delta'>;

/** ε by PLD: null while it is not there. Noise 0 is ∞. */
export const pldOf = (steps: Steps, ask: Ask, tolerance?: number): Answer | null =>
  ask({ ...steps, ...(tolerance !== undefined && { tolerance }) });

export const rdpOf = (steps: Steps): Answer => dpSgdEpsilon({ ...steps, accountant: 'rdp' });

/** The bound where batches are not sampled: every epoch one Gaussian release. */
export const shuffledEpsilon = (noiseMultiplier: number, epochs: number, delta: number): number | null =>
  noiseMultiplier > 0 ? gaussianEpsilon(noiseMultiplier / Math.sqrt(Math.max(1, Math.ceil(epochs))), delta) : null;

/**
 * What the library's own accountant logs. Opacus' PRV is the upper end of a bracket of ±0.01 at δ less a thousandth, which the loss
 * distributions give to four digits in a tenth of its time.
 */
export function libraryEpsilon(
  library: string,
  accountant: string | null,
  steps: Steps,
  ask: Ask,
): BudgetStatement['epsilon']['library'] {
  if (steps.noiseMultiplier <= 0) return null;
  if (library === 'opacus') {
    const name: OpacusAccountant = accountant === 'rdp' || accountant === 'gdp' ? accountant : 'prv';
    if (name === 'gdp') return { name: 'Opacus', accountant: name, epsilon: opacusGdpEpsilon(steps) };
    if (name === 'rdp') return { name: 'Opacus', accountant: name, epsilon: opacusRdpEpsilon(steps).epsilon };
    const found = ask({ ...steps, delta: steps.delta * 0.999 });
    return found && { name: 'Opacus', accountant: name, epsilon: found.epsilon + 0.01 };
  }
  if (library === 'private_transformers' || library === 'fastDP')
    return {
      name: library === 'fastDP' ? 'fastDP' : 'private-transformers',
      accountant: 'rdp',
      epsilon: opacusRdpEpsilon(steps).epsilon,
    };
  if (library === 'tensorflow-privacy' && accountant === 'orders')
    return { name: 'TensorFlow Privacy', accountant: 'rdp', epsilon: tfPrivacyEpsilon(steps).epsilon };
  const name = accountantNames[library];
  if (name === undefined) return null;
  if (accountant === 'rdp') return { name, accountant, epsilon: rdpOf(steps).epsilon };
  const found = accountant === 'pld' ? ask({ ...steps, interval: PEERS_INTERVAL }) : null;
  return found && { name, accountant: 'pld', epsilon: found.epsilon };
}

/** Libraries whose figures come from dp_accounting, on its usual grid. */
const accountantNames: Readonly<Record<string, string>> = {
  dp_accounting: 'dp_accounting',
  jax_privacy: 'dp_accounting',
  'tensorflow-privacy': 'TensorFlow Privacy',
};
const PEERS_INTERVAL = 1e-4;

/** A target that a library solves for by its own accountant. */
export interface Calibration extends Omit<Steps, 'noiseMultiplier'> {
  readonly accountant: 'pld' | 'rdp' | 'gdp';
  readonly target: number;
}

/** Solves for noise, from above as libraries do: null where none reaches the target, `later` where the answer will be asked for again. */
export type Solve = (question: Calibration) => number | null | 'later';

/** What a library solves for when it is told a target. */
export function calibrationOf(
  library: string,
  accountant: string | null,
  target: number,
  steps: Omit<Steps, 'noiseMultiplier'>,
): Calibration {
  const rdp = accountant === 'rdp' || library === 'private_transformers' || library === 'fastDP';
  const name = accountant === 'gdp' ? 'gdp' : rdp ? 'rdp' : 'pld';
  // Opacus' PRV reports 0.01 more than what is spent.
  return { ...steps, accountant: name, target: library === 'opacus' && name === 'pld' ? target - 0.01 : target };
}

/** Solves at once. */
export const solvedAtOnce: Solve = remembered(({ accountant, target, ...steps }: Calibration): number | null => {
  if (!(target > 0)) return null;
  try {
    const event = dpSgdEvent({ ...steps, noiseMultiplier: 1 });
    return calibrate(event, accountant, 'add-or-remove', steps.delta, target, 1, 1e-3);
  } catch (error) {
    if (error instanceof EventError) return null;
    throw error;
  }
});

/** Who answers: at once by default. */
export interface Accountants {
  readonly ask: Ask;
  readonly solve: Solve;
}

export const allAtOnce: Accountants = { ask: atOnce, solve: solvedAtOnce };

/** ε of any composition, by PLD and RDP. */
export const composedEpsilon = (event: DpEvent, accountant: 'pld' | 'rdp', delta: number): Answer =>
  accountEpsilon({ event, accountant, relation: 'add-or-remove', delta });

/** ε for a person with `records` records: a mixture over how many of them a batch holds, or all of them where batches are not sampled. */
export function personEpsilon(
  steps: Steps,
  sampling: Sampling,
  epochs: number | null,
  records: number,
  ask: Ask,
): number | null {
  // Beyond this a person is in nearly every batch, and the mixture costs more than it says.
  if (records > 200) return null;
  if (sampling === 'shuffle')
    return epochs === null || steps.noiseMultiplier <= 0
      ? null
      : deterministicBatchesEpsilon(steps.noiseMultiplier, Math.max(1, epochs), steps.delta, 'add-or-remove', records);
  return ask({ ...steps, recordsPerPerson: records, tolerance: 1e-3 })?.epsilon ?? null;
}
