import { type DpEvent, EventError, partsOf } from './events';
import { type Part, pldDelta, pldEpsilon, type Relation } from './pld';
import { DEFAULT_ORDERS, OPACUS_ORDERS, rdpToEpsilon, sampledGaussianRdp } from './rdp';

export type AccountantName = 'pld' | 'rdp';

/** What is asked: ε at a δ, or δ at an ε. */
export interface Question {
  readonly event: DpEvent;
  readonly accountant: AccountantName;
  readonly relation: Relation;
  readonly delta?: number;
  readonly epsilon?: number;
}

/** What comes back. `epsilon` is Infinity where nothing finite can be shown, with the reason in `warning`. */
export interface Answer {
  readonly epsilon: number;
  readonly delta: number;
  readonly warning: string | null;
}

/** Answers one question. @throws EventError when the event or relation is outside what this accountant knows */
export function account(question: Question): Answer {
  const { accountant, delta, epsilon } = question;
  const { relation } = question;
  const parts = partsOf(question.event);
  if ((delta === undefined) === (epsilon === undefined)) throw new EventError('Give either delta or epsilon.');
  if (parts.some(part => part.step.noiseMultiplier === 0))
    return {
      epsilon: epsilon ?? Number.POSITIVE_INFINITY,
      delta: delta ?? 1,
      warning: 'A step adds no noise: nothing bounds what it reveals.',
    };
  if (parts.length === 0) return { epsilon: epsilon ?? 0, delta: delta ?? 0, warning: null };
  if (delta !== undefined) {
    if (!(delta > 0 && delta < 1)) throw new EventError('delta must lie between 0 and 1.');
    return accountant === 'pld'
      ? finite(pldEpsilon(parts, delta, relation), delta)
      : rdpAnswer(forRdp(parts, relation), delta, DEFAULT_ORDERS);
  }
  if (!(epsilon! >= 0)) throw new EventError('epsilon must be 0 or more.');
  if (accountant === 'rdp')
    throw new EventError('The RDP accountant answers epsilon at a delta; ask the PLD accountant for a delta.');
  return { epsilon: epsilon!, delta: pldDelta(parts, epsilon!, relation), warning: null };
}

function finite(epsilon: number, delta: number): Answer {
  const usable = Number.isFinite(epsilon);
  return {
    epsilon: usable ? epsilon : Number.POSITIVE_INFINITY,
    delta,
    warning: usable ? null : 'No finite ε reaches this δ: the mass of unbounded losses is larger than δ.',
  };
}

function rdpAnswer(parts: readonly Part[], delta: number, orders: readonly number[]): Answer {
  const rdp = orders.map(order =>
    parts.reduce((sum, part) => sum + part.count * sampledGaussianRdp(part.step, order), 0),
  );
  const best = rdpToEpsilon(orders, rdp, delta);
  const end =
    best.atEnd && best.epsilon > 0
      ? `The best order, ${best.order}, is at the end of the grid: the true RDP bound may be smaller.`
      : null;
  return {
    epsilon: best.epsilon,
    delta,
    warning: Number.isNaN(best.epsilon) ? 'The Rényi divergences overflow.' : end,
  };
}

/** Rényi divergences are known here for add/remove, and for a replacement without sampling (twice the distance). */
function forRdp(parts: readonly Part[], relation: Relation): readonly Part[] {
  if (relation === 'add-or-remove') return parts;
  if (parts.some(part => part.step.sampleRate !== 1))
    throw new EventError(
      'The RDP accountant knows replace-one for steps without sampling only; ask the PLD accountant.',
    );
  return parts.map(part => ({ ...part, step: { ...part.step, noiseMultiplier: part.step.noiseMultiplier / 2 } }));
}

/** The common question: `steps` Poisson-sampled Gaussian steps. */
export interface DpSgd {
  readonly noiseMultiplier: number;
  /** Probability that a record enters a batch, in (0, 1]. */
  readonly sampleRate: number;
  readonly steps: number;
  readonly delta: number;
  readonly accountant?: AccountantName;
}

/** ε of DP-SGD, add/remove, at `delta`. */
export function dpSgdEpsilon({ noiseMultiplier, sampleRate, steps, delta, accountant = 'pld' }: DpSgd): Answer {
  const event: DpEvent = {
    type: 'selfComposed',
    count: steps,
    event: { type: 'poissonSampled', sampleRate, event: { type: 'gaussian', noiseMultiplier } },
  };
  return account({ event, accountant, relation: 'add-or-remove', delta });
}

/** What Opacus' own RDP accountant logs for the same steps (its default orders): beside ours, so that users recognise their log. */
export function opacusRdpEpsilon({ noiseMultiplier, sampleRate, steps, delta }: DpSgd): Answer {
  if (noiseMultiplier === 0) return { epsilon: Number.POSITIVE_INFINITY, delta, warning: 'A step adds no noise.' };
  return rdpAnswer([{ step: { noiseMultiplier, sampleRate }, count: steps }], delta, OPACUS_ORDERS);
}
