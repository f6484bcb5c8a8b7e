import { type Directions, planned } from './accountant';
import { type Composed, compose, epsilonOf, type Part } from './compose';
import { GridError, MOST_COSTLY_POINTS, MOST_STEP_POINTS } from './loss';
import { type Rounding, rounded } from './rounded';

/** ε between two bounds, with the estimate between them. */
export interface EpsilonBracket {
  readonly lower: number;
  readonly estimate: number;
  readonly upper: number;
  /** The additive error of ε and δ that the bracket pays for. */
  readonly epsilonError: number;
  readonly deltaError: number;
}

/** The most points of a composition: beyond it the grid is coarser and the error of ε larger, and the bracket says so. */
const MOST_POINTS = 2 ** 22;

/** Points of a step whose edges are iterated, twice a cell here. */
const MOST_COSTLY = MOST_COSTLY_POINTS / 16;

/** What the bracket may cost; Opacus' PRV accountant takes 0.01 and δ/1000. */
export interface BracketErrors {
  readonly epsilonError?: number;
  readonly deltaError?: number;
}

function rangeOf({ loss }: Part, tail: number): number {
  const { losses } = loss.sketch(tail);
  return losses.reduce((a, b) => Math.max(a, b), -Infinity) - losses.reduce((a, b) => Math.min(a, b), Infinity);
}

const stepsOf = (parts: readonly Part[]): number => parts.reduce((sum, { count }) => sum + count, 0);

/**
 * Two-sided bounds of ε at `delta` (Gopi, Lee and Wutschitz 2021, arXiv 2106.02848): losses are rounded to the nearest point of a grid and
 * the mean is put back, so that the error of a sum of k of them exceeds e with a probability of at most d for an interval of
 * e/√(k/2·ln(12/d)) (Hoeffding). Then ε(δ + d) − e ≤ true ε ≤ ε(δ − d) + e, here for the larger of both directions.
 */
export function prvBracket(directions: Directions, delta: number, errors: BracketErrors = {}): EpsilonBracket {
  const { deltaError = delta / 1000 } = errors;
  let bracket: EpsilonBracket = {
    lower: 0,
    estimate: 0,
    upper: 0,
    epsilonError: errors.epsilonError ?? 0.01,
    deltaError,
  };
  for (const parts of directions) {
    if (parts.length === 0) continue;
    const spread = Math.sqrt((stepsOf(parts) / 2) * Math.log(12 / deltaError));
    const plan = planned(parts, delta);
    const smallest =
      Math.max(
        plan.width / MOST_POINTS,
        ...parts.map(part => rangeOf(part, plan.tail) / (part.loss.costly ? MOST_COSTLY : MOST_STEP_POINTS)),
      ) * 1.1;
    const wanted = Math.max(smallest, (errors.epsilonError ?? 0.01) / spread);
    const epsilonError = Math.max(errors.epsilonError ?? 0.01, wanted * spread);
    // A grid that is finer than the error asks for does no harm, and rare large losses next to tiny ones need it.
    const interval = Math.max(smallest, Math.min(wanted, plan.width / 2048));
    const { composed, near } = roundedComposition(parts, delta, interval, 'nearest', plan);
    const at = (d: number): number => (d > 0 ? (d < 1 ? epsilonOf(composed, d, near) : 0) : Number.POSITIVE_INFINITY);
    // What was cut off at the top counts against the upper bound already; against the lower one it is added to δ.
    const lower = at(delta + deltaError + composed.infinity * 2) - epsilonError;
    bracket = {
      lower: Math.max(bracket.lower, lower),
      estimate: Math.max(bracket.estimate, at(delta)),
      upper: Math.max(bracket.upper, at(delta - deltaError) + epsilonError),
      epsilonError: Math.max(bracket.epsilonError, epsilonError),
      deltaError,
    };
  }
  return bracket;
}

/** ε by privacy buckets of a fixed interval: every loss rounded up (`upper`, a bound from above) or down (`lower`, from below). */
export function bucketEpsilons(
  directions: Directions,
  delta: number,
  interval: number,
): { readonly lower: number; readonly upper: number } {
  const worst = (rounding: Rounding): number =>
    Math.max(
      0,
      ...directions.map(parts => {
        if (parts.length === 0) return 0;
        const { composed, near } = roundedComposition(parts, delta, interval, rounding);
        return epsilonOf(composed, rounding === 'down' ? delta + composed.infinity : delta, near);
      }),
    );
  return { lower: worst('down'), upper: worst('up') };
}

/** @throws GridError where the grid would not fit */
function roundedComposition(
  parts: readonly Part[],
  delta: number,
  interval: number,
  rounding: Rounding,
  plan = planned(parts, delta),
): { readonly composed: Composed; readonly near: number } {
  for (const part of parts)
    if (part.loss.costly && !(rangeOf(part, plan.tail) / interval <= 2 * MOST_COSTLY))
      throw new GridError('one step of a person with several records would need too many grid points');
  const rounds = parts.map(({ loss }) => rounded(loss, interval, plan.tail, rounding));
  const counts = parts.map(({ count }) => count);
  const shift = rounding === 'nearest' ? rounds.reduce((sum, each, i) => sum + each.shift * counts[i]!, 0) : 0;
  // Rounding moves and widens the distribution, and the ends of bounded losses with it.
  const steps = stepsOf(parts);
  const wider =
    (rounding !== 'nearest' ? steps : Math.min(steps, Math.sqrt((steps / 2) * Math.log(1e6 / delta)))) * interval;
  const low = plan.low + shift - wider - 2 * interval;
  const size = 2 ** Math.max(5, Math.ceil(Math.log2((plan.width + 2 * wider) / interval + 12)));
  if (size > 2 ** 23) throw new GridError(`the composition would need ${size} grid points`);
  const composed = compose(
    rounds.map(({ grid }) => grid),
    counts,
    plan.tilt,
    plan.highTilt,
    Math.floor(low / interval),
    size,
  );
  // The whole distribution is moved back: its places, and the weights that tilting gave them.
  return {
    composed: { ...composed, first: composed.first - shift / interval, scale: composed.scale - plan.tilt * shift },
    near: plan.epsilon,
  };
}
