import { type Composed, compose, deltaOf, epsilonOf, type Part } from './compose';
import { GridError, type Loss, type LossGrid, MOST_COSTLY_POINTS } from './loss';
import {
  type Counted,
  cumulants,
  gridCost,
  type Saddle,
  saddleForDelta,
  saddleForEpsilon,
  saddleShare,
  windowOf,
} from './moments';
import { giveBack, giveBackPart } from './scratch';

/** What a caller may choose; everything else follows from the mechanism. */
export interface PldOptions {
  /** A fixed grid interval (in nats); without it the grid is as fine as `tolerance` asks. */
  readonly interval?: number;
  /** The relative excess of ε that the grid may cost, about. Default 2e-5. */
  readonly tolerance?: number;
  /** Where the automatic grid would be finer than this, it is this. */
  readonly finest?: number;
}

/** Window ends are cut where they hold this share of δ, less where the tolerance asks for less. */
const TAIL_SHARE = 1e-7;
const LOOSEST_SHARE = 1e-4;
const shareOf = (tolerance: number): number => Math.min(LOOSEST_SHARE, Math.max(TAIL_SHARE, tolerance / 200));
const MOST_POINTS = 2 ** 20;
/** Smaller δ are answered by this one's bound. */
const LEAST_DELTA = 1e-25;
/** Up to here a finer grid costs milliseconds; beyond, five times the tolerance has to do. */
const USUAL_POINTS = 2 ** 17;
/** Points of one step's own distribution: a rare large loss next to tiny usual ones would ask for millions. */
const MOST_STEP = 2 ** 19;

/** The directions of a neighbouring relation: each a list of losses to compose; the larger result counts. */
export type Directions = readonly (readonly Part[])[];

/** The options with a fixed grid where the automatic one would be finer than they allow. */
function coarsened(directions: Directions, delta: number, options: PldOptions): PldOptions {
  const { finest, interval, tolerance = 2e-5 } = options;
  if (finest === undefined || interval !== undefined) return options;
  const finer = directions.some(parts => {
    if (parts.length === 0 || single(parts)) return false;
    const aim = aimAtDelta(parts, delta);
    return chooseInterval(aim.counted, aim.saddle, frameOf(aim, shareOf(tolerance)).width, tolerance) < finest;
  });
  return finer ? { interval: finest } : options;
}

/** ε at `delta`: an upper bound; Infinity where no finite ε reaches δ. */
export function epsilonAt(directions: Directions, delta: number, given: PldOptions = {}): number {
  const options = coarsened(directions, delta, given);
  // Total variations add up: where even their sum is within δ, nothing is left for ε.
  if (directions.every(parts => parts.reduce((sum, { loss, count }) => sum + count * loss.delta(0), 0) <= delta))
    return 0;
  // The direction that promises more goes first; the other is then refined only while its own upper bound is above.
  const ranked = directions
    .map(parts => ({ parts, aim: single(parts) ? null : aimAtDelta(parts, delta, options.interval) }))
    .sort((a, b) => (b.aim?.saddle.epsilon ?? 0) - (a.aim?.saddle.epsilon ?? 0));
  let best = 0;
  for (const { parts, aim } of ranked) {
    if (aim === null) {
      best = Math.max(best, singleEpsilon(parts[0]!, delta));
      continue;
    }
    const gap = best - aim.saddle.epsilon;
    if (gap > 0.003 * best) {
      const coarse = refinedEpsilon(aim, delta, { tolerance: Math.min(0.3, gap / (3 * best)) });
      if (coarse <= best) continue;
    }
    best = Math.max(best, refinedEpsilon(aim, delta, options));
    if (best === Number.POSITIVE_INFINITY) break;
  }
  return best;
}

/** ε by basic composition, each step with its share of δ: loose, and there where a grid cannot be. */
export const basicEpsilonAt = (directions: Directions, delta: number): number =>
  Math.max(
    0,
    ...directions.map(parts =>
      parts.reduce((sum, part) => sum + part.count * singleEpsilon(part, delta / stepsOf(parts)), 0),
    ),
  );

/** δ at `epsilon`: an upper bound. */
export function deltaAt(directions: Directions, epsilon: number, options: PldOptions = {}): number {
  return Math.max(
    0,
    ...directions.map(parts => {
      if (parts.length === 0) return 0;
      if (single(parts)) return Math.min(1, parts[0]!.loss.delta(epsilon) * (1 + 1e-12));
      // Tails are cut relative to δ: first to what nobody asks for, then to what the saddle promises.
      const wide = countedOf(parts, LEAST_DELTA);
      // No loss but what was cut off reaches ε.
      if (wide.reduce((sum, part) => sum + part.count * largestOf(part), 0) <= epsilon)
        return Math.min(1, LEAST_DELTA + parts.reduce((sum, { loss, count }) => sum + count * loss.unbounded, 0));
      const guess = promised(wide, epsilon);
      if (!(guess > LEAST_DELTA)) return deltaOf(composedAt(aimAtDelta(parts, LEAST_DELTA), options), epsilon);
      const delta = Math.min(0.5, guess / 10);
      const counted = countedOf(parts, delta);
      return deltaOf(
        composedAt({ parts, counted, saddle: saddleForEpsilon(counted, epsilon), delta }, options),
        epsilon,
      );
    }),
  );
}

/** δ at ε as the saddle point sees it. */
function promised(counted: readonly Counted[], epsilon: number): number {
  const { tilt, value, deviation } = saddleForEpsilon(counted, epsilon);
  return Math.exp(value - tilt * epsilon) * saddleShare(tilt, deviation);
}

const single = (parts: readonly Part[]): boolean => parts.length === 1 && parts[0]!.count === 1;

/** ε of one release from its closed form, by bisection from above. */
function singleEpsilon({ loss }: Part, delta: number): number {
  if (loss.delta(0) <= delta) return 0;
  let high = 1;
  while (loss.delta(high) > delta) {
    high *= 2;
    if (high > 1e6) return Number.POSITIVE_INFINITY;
  }
  let low = high > 1 ? high / 2 : 0;
  for (let i = 0; i < 100 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2;
    if (loss.delta(middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}

interface Aim {
  readonly parts: readonly Part[];
  readonly counted: readonly Counted[];
  readonly saddle: Saddle;
  readonly delta: number;
}

const stepsOf = (parts: readonly Part[]): number => parts.reduce((sum, { count }) => sum + count, 0);
const tailOf = (parts: readonly Part[], delta: number): number =>
  Math.max((delta * TAIL_SHARE) / stepsOf(parts), 1e-300);

function countedOf(parts: readonly Part[], delta: number): Counted[] {
  const tail = tailOf(parts, delta);
  return parts.map(({ loss, count }) => ({ sketch: loss.sketch(tail), count }));
}

/** A given grid that is coarser than a step's own spread widens the composition: it is then planned by what the grid makes of the step. */
function asGridded(part: Counted, { loss, count }: Part, interval: number, tail: number): Counted {
  const { variance } = cumulants([{ ...part, count: 1 }], 0);
  if (interval * interval < 4 * variance) return part;
  const { first, masses } = loss.grid(interval, tail);
  const total = masses.reduce((a, b) => a + b, 0);
  return {
    sketch: {
      losses: Float64Array.from(masses, (_, i) => (first + i) * interval),
      masses: masses.map(mass => mass / total),
    },
    count,
  };
}

function aimAtDelta(parts: readonly Part[], delta: number, interval?: number): Aim {
  const counted = countedOf(parts, delta).map((part, i) =>
    interval === undefined ? part : asGridded(part, parts[i]!, interval, tailOf(parts, delta)),
  );
  return { parts, counted, saddle: saddleForDelta(counted, delta), delta };
}

/** ε from a composition about the saddle; again about what came out where that is far from where the saddle was. */
function refinedEpsilon(aim: Aim, delta: number, options: PldOptions): number {
  let { saddle } = aim;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const composed = composedAt({ ...aim, saddle }, options);
    const epsilon = epsilonOf(composed, delta, saddle.epsilon);
    giveBack(composed.masses);
    best = Math.min(best, epsilon);
    if (!Number.isFinite(epsilon) || Math.abs(epsilon - saddle.epsilon) <= 3 * saddle.deviation) break;
    saddle = saddleForEpsilon(aim.counted, epsilon);
  }
  return best;
}

/** Where a composition is looked at before its grid is chosen: window, tilts and the mass that may be cut. */
interface Frame {
  readonly low: number;
  readonly width: number;
  readonly tilt: number;
  readonly highTilt: number;
  readonly bounded: boolean;
  readonly epsilon: number;
  readonly tail: number;
}

function frameOf({ parts, counted, saddle, delta }: Aim, share = TAIL_SHARE): Frame {
  const logTail = Math.log(delta * share);
  const logLow = Math.log(share * saddleShare(saddle.tilt, saddle.deviation));
  const window = windowOf(counted, saddle, logTail, logLow);
  // Room for what the grid itself adds to the spread.
  const margin = 0.02 * (window.high - window.low);
  const low = window.low - margin;
  // Only losses more than a transform's length above ε come back above ε.
  const least = Math.max(0, low, saddle.epsilon - 3 * saddle.deviation);
  const width = Math.max(window.high - low, window.wrap - least, 1e-12) + margin;
  const { tilt, epsilon } = saddle;
  const { highTilt, bounded } = window;
  return { low, width, tilt, highTilt, bounded, epsilon, tail: tailOf(parts, delta) };
}

/** The frame about the ε that `delta` will have, for other grids than connect-the-dots. */
export const planned = (parts: readonly Part[], delta: number): Frame => frameOf(aimAtDelta(parts, delta));

/** Chooses window and grid for an aim and composes there. @throws GridError where even the coarsest grid would not fit */
function composedAt(aim: Aim, { interval, tolerance = 2e-5 }: PldOptions): Composed {
  const { parts, counted, saddle } = aim;
  const { low, width, highTilt, bounded, tail } = frameOf(aim, shareOf(tolerance));
  const most = parts.some(({ loss }) => loss.costly) ? MOST_COSTLY_POINTS : MOST_STEP;
  const coarsest = Math.max(...counted.map(rangeOf)) / most;
  const chosen = interval ?? Math.max(coarsest, chooseInterval(counted, saddle, width, tolerance));
  // Bounded losses: the grid may round each step's largest up by an interval or two.
  const rounding = bounded ? Math.min(4 * stepsOf(parts), width / chosen) : 0;
  // For a curve a few percent over a power of two are not worth twice the points: the grid is then that much coarser instead.
  const lenient = interval === undefined && tolerance > 1e-4 && chosen > coarsest ? 0.08 : 0;
  const size = 2 ** Math.max(5, Math.ceil(Math.log2(width / chosen + rounding + 8) - lenient));
  // The points that the power of two leaves over make the grid finer.
  const spread = Math.max(coarsest, width / (size - rounding - 8));
  // Curves use a ladder of intervals, so that the distribution of one step serves many points.
  const step = interval ?? (lenient > 0 ? Math.max(coarsest, 2 ** (1 / 8) * rung(spread)) : Math.min(chosen, spread));
  if (size > 2 ** 24) throw new GridError(`the composition would need ${size} grid points`);
  const grids = parts.map(({ loss }) =>
    lenient > 0 ? remembered(loss, step, 16 ** Math.floor(Math.log2(tail) / 4)) : loss.grid(step, tail),
  );
  const composed = compose(
    grids,
    parts.map(({ count }) => count),
    saddle.tilt,
    highTilt,
    Math.floor(low / step),
    size,
  );
  if (lenient === 0) for (const { masses } of grids) giveBackPart(masses);
  forgetOld();
  return composed;
}

/**
 * The composed losses themselves, by connect-the-dots: finite ones with their masses, and the mass of unbounded ones, into which what lies
 * beyond the window (at most about 1e-9) is put. For readings of the whole distribution rather than of one δ.
 */
export function spectrumOfLosses(parts: readonly Part[]): {
  readonly losses: Float64Array;
  readonly masses: Float64Array;
  readonly infinity: number;
} {
  const delta = 0.01;
  const counted = countedOf(parts, delta);
  const saddle = saddleForEpsilon(counted, Number.NEGATIVE_INFINITY);
  const composed = composedAt({ parts, counted, saddle, delta }, { tolerance: 1e-3 });
  const { first, interval, masses, infinity } = composed;
  return {
    losses: Float64Array.from(masses, (_, i) => (first + i) * interval),
    masses: Float64Array.from(masses, mass => Math.max(0, mass) * Math.exp(composed.scale)),
    infinity: Math.min(1, infinity + TAIL_SHARE),
  };
}

/** The next lower power of 2^(1/8). */
const rung = (value: number): number => 2 ** (Math.floor(8 * Math.log2(value)) / 8);

const KEPT_GRIDS = 24;
const grids = new Map<string, LossGrid>();

/** One step's distribution, kept for the next point of a curve. */
function remembered(loss: Loss, step: number, tail: number): LossGrid {
  const key = `${loss.name} ${step} ${tail}`;
  const known = grids.get(key);
  if (known) return known;
  const made = loss.grid(step, tail);
  grids.set(key, made);
  return made;
}

/** When no composition uses them. */
function forgetOld(): void {
  for (const [key, { masses }] of grids) {
    if (grids.size <= KEPT_GRIDS) return;
    grids.delete(key);
    giveBackPart(masses);
  }
}

/** The coarsest interval that costs ε at most `tolerance`, relatively, within the points that are allowed. */
function chooseInterval(counted: readonly Counted[], saddle: Saddle, width: number, tolerance: number): number {
  const aim = Math.max(saddle.epsilon, 0.05 * saddle.deviation, 1e-9);
  const fits = (share: number): number => {
    let interval = width / 256;
    for (let i = 0; i < 40 && gridCost(counted, saddle.tilt, interval) > share * aim; i++) interval /= Math.SQRT2;
    return interval;
  };
  const fine = fits(tolerance);
  if (width / fine <= USUAL_POINTS) return fine;
  return Math.max(Math.min(width / USUAL_POINTS, fits(5 * tolerance)), width / MOST_POINTS);
}

const largestOf = ({ sketch: { losses } }: Counted): number =>
  losses.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
const rangeOf = (part: Counted): number =>
  largestOf(part) - part.sketch.losses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
