import { type AccountantName, account } from './accountant';
import { type DpEvent, EventError, type Relation } from './events';

/** The event with every noise multiplier replaced: what calibration varies. @throws EventError where there is none */
export function withNoise(event: DpEvent, noiseMultiplier: number): DpEvent {
  if ('noiseMultiplier' in event) return { ...event, noiseMultiplier };
  if (event.type === 'composed')
    return { ...event, events: event.events.map(each => withNoise(each, noiseMultiplier)) };
  if ('event' in event) return { ...event, event: withNoise(event.event, noiseMultiplier) };
  throw new EventError(`${event.type} has no noise multiplier to solve for.`);
}

/**
 * The smallest noise multiplier whose ε at `delta` does not exceed `targetEpsilon`, to 1e-6 relative from above: bracket by doubling,
 * then regula falsi (Illinois) on ln ε against ln σ. `tolerance`: the relative excess of ε that PLD's grid may cost. @throws EventError when no noise up to 1e6 reaches the target
 */
export function calibrate(
  event: DpEvent,
  accountant: AccountantName,
  relation: Relation,
  delta: number,
  targetEpsilon: number,
  recordsPerPerson = 1,
  tolerance?: number,
): number {
  if (!(targetEpsilon > 0)) throw new EventError('targetEpsilon must be above 0.');
  const wanted = Math.log(targetEpsilon);
  const above = (noise: number): number => {
    const { epsilon } = account({
      event: withNoise(event, noise),
      accountant,
      relation,
      delta,
      recordsPerPerson,
      ...(tolerance !== undefined && { tolerance }),
    });
    return Math.max(-50, Math.min(50, Math.log(epsilon) - wanted));
  };
  let high = 1;
  let atHigh = above(high);
  let low = high;
  let atLow = atHigh;
  while (atHigh > 0) {
    [low, atLow] = [high, atHigh];
    high *= 2;
    if (high > 1e6) throw new EventError(`No noise multiplier up to 1e6 reaches ε = ${targetEpsilon} at δ = ${delta}.`);
    atHigh = above(high);
  }
  while (atLow <= 0) {
    [high, atHigh] = [low, atLow];
    low /= 2;
    if (low < 1e-4) return high;
    atLow = above(low);
  }
  let side = 0;
  for (let i = 0; i < 60 && high / low > 1 + 1e-6; i++) {
    const [a, b] = [Math.log(low), Math.log(high)];
    const secant = a + ((b - a) * atLow) / (atLow - atHigh);
    // Steps that hardly move an end are left to bisection; a secant just above the root closes the bracket from above.
    const inside = i % 3 === 2 ? (a + b) / 2 : Math.min(b - 4e-7, Math.max(a + 4e-7, secant + 3e-7));
    const noise = Math.exp(inside);
    const value = above(noise);
    if (value > 0) {
      [low, atLow] = [noise, value];
      if (side === -1) atHigh /= 2;
      side = -1;
    } else {
      [high, atHigh] = [noise, value];
      if (side === 1) atLow /= 2;
      side = 1;
    }
  }
  return high;
}
