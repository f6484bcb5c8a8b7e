import erfcx from '@stdlib/math-base-special-erfcx';
import type { Sketch } from './loss';

/** A sketch that is composed `count` times. */
export interface Counted {
  readonly sketch: Sketch;
  readonly count: number;
}

/** The cumulant function Σ count·ln E[e^(λL)] of a composition and its first two derivatives. */
export interface Cumulants {
  readonly value: number;
  readonly mean: number;
  readonly variance: number;
}

export function cumulants(parts: readonly Counted[], tilt: number): Cumulants {
  let [value, mean, variance] = [0, 0, 0];
  for (const { sketch, count } of parts) {
    const { losses, masses } = sketch;
    let top = 0;
    for (let i = 0; i < losses.length; i++) top = Math.max(top, tilt * losses[i]!);
    let [rest, first, second] = [0, 0, 0];
    // ln(1 + Σ m(e^… − 1)) keeps the digits of small exponents.
    const small = top < 1;
    for (let i = 0; i < losses.length; i++) {
      const loss = losses[i]!;
      const weight = masses[i]! * Math.exp(tilt * loss - (small ? 0 : top));
      rest += small ? masses[i]! * Math.expm1(tilt * loss) : weight;
      first += weight * loss;
      second += weight * loss * loss;
    }
    const total = small ? 1 + rest : rest;
    value += count * (small ? Math.log1p(rest) : top + Math.log(rest));
    mean += (count * first) / total;
    variance += count * Math.max(0, second / total - (first / total) ** 2);
  }
  return { value, mean, variance };
}

/** ½(erfcx(λs/√2) − erfcx((λ+1)s/√2)): E[(1 − e^−Y)⁺·e^(−λY)] for a normal Y with deviation s, the saddle point's share of e^(K − λK′). */
export function saddleShare(tilt: number, deviation: number): number {
  const a = erfcx((tilt * deviation) / Math.SQRT2) - erfcx(((tilt + 1) * deviation) / Math.SQRT2);
  return Math.max(a / 2, 1e-12);
}

/** Where a composition is looked at: the tilt whose tilted mean is the loss of interest. */
export interface Saddle {
  readonly tilt: number;
  readonly epsilon: number;
  readonly deviation: number;
  /** K(tilt). */
  readonly value: number;
}

const at = (tilt: number, { value, mean, variance }: Cumulants): Saddle => ({
  tilt,
  epsilon: mean,
  deviation: Math.sqrt(variance),
  value,
});

/** The saddle at which δ is about `delta` (Daniels' approximation with the kink of the hockey stick kept): never trusted, only aimed by. */
export function saddleForDelta(parts: readonly Counted[], delta: number): Saddle {
  const wanted = Math.log(delta);
  return search(
    parts,
    (tilt, { value, mean, variance }) =>
      value - tilt * mean + Math.log(saddleShare(tilt, Math.sqrt(variance))) > wanted,
  );
}

/** The saddle whose mean is `epsilon`. */
export const saddleForEpsilon = (parts: readonly Counted[], epsilon: number): Saddle =>
  search(parts, (_, { mean }) => mean < epsilon);

/** The largest tilt (by bisection of its logarithm) at which `below` still holds; 0 when it holds at none. */
function search(parts: readonly Counted[], below: (tilt: number, cumulants: Cumulants) => boolean): Saddle {
  const zero = cumulants(parts, 0);
  if (!below(0, zero)) return at(0, zero);
  const scale = 1 / Math.sqrt(Math.max(zero.variance, 1e-300));
  let low = 0;
  let high = scale;
  let found = at(0, zero);
  for (let i = 0; i < 60; i++) {
    const here = cumulants(parts, high);
    if (!below(high, here) || high > 1e9) break;
    low = high;
    found = at(high, here);
    high *= 2;
  }
  for (let i = 0; i < 24 && high - low > 2e-3 * high; i++) {
    const tilt = (low + high) / 2;
    const here = cumulants(parts, tilt);
    if (below(tilt, here)) {
      low = tilt;
      found = at(tilt, here);
    } else high = tilt;
  }
  return found;
}

/**
 * What the grid adds to ε at a tilt λ, to first order: ½(λ + 1)·Σ count·E_λ[(L − a)(b − L)] with a, b the grid points around L. (A loss
 * shared between a and b so that 1 and e^−L are kept raises the tilted mean of e^(λL) by λ(λ + 1)/2·(L − a)(b − L).)
 */
export function gridCost(parts: readonly Counted[], tilt: number, interval: number): number {
  let cost = 0;
  for (const { sketch, count } of parts) {
    let [sum, total] = [0, 0];
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < sketch.losses.length; i++) top = Math.max(top, tilt * sketch.losses[i]!);
    for (let i = 0; i < sketch.losses.length; i++) {
      const loss = sketch.losses[i]!;
      const weight = sketch.masses[i]! * Math.exp(tilt * loss - top);
      const above = loss - Math.floor(loss / interval + 1e-9) * interval;
      sum += weight * Math.max(0, above * (interval - above));
      total += weight;
    }
    cost += (count * sum) / total;
  }
  return ((tilt + 1) / 2) * cost;
}

/**
 * Where to cut a composition. Above `high` lies at most e^`logTail` of P. Under the tilted measure at most e^`logLow` lies below `low` and
 * above `wrap`: what is cut there wraps around by the transform's length, and tilting back makes it larger or smaller.
 */
export function windowOf(
  parts: readonly Counted[],
  saddle: Saddle,
  logTail: number,
  logLow: number,
): {
  readonly low: number;
  readonly high: number;
  readonly wrap: number;
  readonly highTilt: number;
  readonly bounded: boolean;
} {
  const unit = 1 / Math.max(saddle.deviation, 1e-300);
  let [high, highTilt, wrap, low] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const share of [0.1, 0.3, 0.7, 1.2, 2, 3, 4.5, 6, 8, 12, 20, 60]) {
    const up = saddle.tilt + share * unit;
    const { value } = cumulants(parts, up);
    const bound = (value - logTail) / up;
    wrap = Math.min(wrap, (value - saddle.value - logLow) / (share * unit));
    if (bound < high) [high, highTilt] = [bound, up];
    const down = share * unit;
    low = Math.max(low, (logLow + saddle.value - cumulants(parts, saddle.tilt - down).value) / down);
  }
  let [most, least] = [0, 0];
  for (const { sketch, count } of parts) {
    most += count * sketch.losses.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    least += count * sketch.losses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  }
  return {
    low: Math.max(low, least),
    high: Math.min(high, most),
    wrap: Math.min(wrap, most),
    highTilt,
    bounded: high >= most,
  };
}
