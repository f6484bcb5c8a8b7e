import { type Answer, account, type DpSgd, dpSgdEvent } from './accountant';
import { gdpEpsilon, gdpMu } from './gdp';
import { OPACUS_ORDERS, TF_PRIVACY_ORDERS } from './rdp';

/** What other libraries' own accountants log for the same steps: beside our number, so that users recognise their log. */
type Steps = Pick<DpSgd, 'noiseMultiplier' | 'sampleRate' | 'steps' | 'delta'>;

const rdp = (steps: Steps, orders: readonly number[]): Answer =>
  account({
    event: dpSgdEvent(steps),
    accountant: 'rdp',
    relation: 'add-or-remove',
    delta: steps.delta,
    orders,
  });

/** Opacus' `RDPAccountant` with its default orders. */
export const opacusRdpEpsilon = (steps: Steps): Answer => rdp(steps, OPACUS_ORDERS);

/** TensorFlow Privacy's `compute_dp_sgd_privacy` with its orders; `doubled`: microbatches of several examples, at half the noise. */
export const tfPrivacyEpsilon = (steps: Steps, doubled = false): Answer =>
  rdp(doubled ? { ...steps, noiseMultiplier: steps.noiseMultiplier / 2 } : steps, TF_PRIVACY_ORDERS);

/** Opacus' `PRVAccountant` (default since 1.3): the upper end at ε_error 0.01 and δ_error δ/1000. */
export const opacusPrvEpsilon = (steps: Steps): Answer =>
  account({ event: dpSgdEvent(steps), accountant: 'prv', relation: 'add-or-remove', delta: steps.delta });

/** Opacus' `GaussianAccountant` (Poisson): the central-limit μ, also without sampling, where it is larger than the exact one. */
export function opacusGdpEpsilon(steps: Steps): number {
  if (steps.noiseMultiplier === 0) return Number.POSITIVE_INFINITY;
  return gdpEpsilon(gdpMu(dpSgdEvent(steps)), steps.delta);
}

/** The accountants' names in Opacus' `PrivacyEngine(accountant=…)`. */
export type OpacusAccountant = 'prv' | 'rdp' | 'gdp';

/** What Opacus logs with that accountant. */
export function opacusEpsilon(accountant: OpacusAccountant, steps: Steps): number {
  if (accountant === 'gdp') return opacusGdpEpsilon(steps);
  return (accountant === 'rdp' ? opacusRdpEpsilon(steps) : opacusPrvEpsilon(steps)).epsilon;
}
