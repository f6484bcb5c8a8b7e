import { type AccountantName, account } from './accountant';
import { type DpEvent, EventError } from './events';
import type { Relation } from './pld';

/** The event with every Gaussian's noise multiplier replaced: what calibration varies. */
function withNoise(event: DpEvent, noiseMultiplier: number): DpEvent {
  switch (event.type) {
    case 'gaussian':
      return { ...event, noiseMultiplier };
    case 'composed':
      return { ...event, events: event.events.map(each => withNoise(each, noiseMultiplier)) };
    default:
      return { ...event, event: withNoise(event.event, noiseMultiplier) };
  }
}

/**
 * The smallest noise multiplier whose ε at `delta` does not exceed `targetEpsilon`, to 1e-6 relative from above: bracket by doubling,
 * then bisection on the logarithm. @throws EventError when no noise up to 1e6 reaches the target
 */
export function calibrate(
  event: DpEvent,
  accountant: AccountantName,
  relation: Relation,
  delta: number,
  targetEpsilon: number,
): number {
  if (!(targetEpsilon > 0)) throw new EventError('targetEpsilon must be above 0.');
  const epsilonAt = (noise: number): number =>
    account({ event: withNoise(event, noise), accountant, relation, delta }).epsilon;
  let high = 1;
  while (epsilonAt(high) > targetEpsilon) {
    high *= 2;
    if (high > 1e6) throw new EventError(`No noise multiplier up to 1e6 reaches ε = ${targetEpsilon} at δ = ${delta}.`);
  }
  let low = high / 2;
  while (low > 1e-4 && epsilonAt(low) <= targetEpsilon) {
    high = low;
    low /= 2;
  }
  for (let i = 0; i < 40 && high / low > 1 + 1e-6; i++) {
    const middle = Math.sqrt(low * high);
    if (epsilonAt(middle) > targetEpsilon) low = middle;
    else high = middle;
  }
  return high;
}
