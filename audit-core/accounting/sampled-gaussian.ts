import { tailPoint, upperTail } from './gaussian';

/**
 * One step of Poisson-sampled DP-SGD in units of the clipping norm: with the record in the data the release is
 * (1 − q)·N(0, σ²) + q·N(1, σ²), without it N(0, σ²).
 */
export interface SampledGaussian {
  /** Noise standard deviation over clipping norm, > 0. */
  readonly noiseMultiplier: number;
  /** Probability q in (0, 1] that a record enters a batch. */
  readonly sampleRate: number;
}

/**
 * `remove`: losses of the mixture against the Gaussian; `add`: of the Gaussian against the mixture; `replace`: of the mixture
 * about +1 against the mixture about −1 (one record for another at twice the distance; its own mirror image).
 */
export type Direction = 'remove' | 'add' | 'replace';

/** The log-likelihood ratio of a release `x` under the two hypotheses of a direction; falls with x for `add`. */
export function lossAt(step: SampledGaussian, direction: Direction, x: number): number {
  if (direction === 'remove') return logRatio(step, x);
  return direction === 'add' ? -logRatio(step, x) : logRatio(step, x) - logRatio(step, -x);
}

/** Density of a release under the first hypothesis of a direction. */
export function densityAt(
  { noiseMultiplier: sigma, sampleRate: q }: SampledGaussian,
  direction: Direction,
  x: number,
): number {
  return direction === 'add' ? density(sigma, x) : (1 - q) * density(sigma, x) + q * density(sigma, x - 1);
}

/** A privacy loss distribution on the grid `(first + i)·interval`, with `infinity` as the mass of an unbounded loss. */
export interface LossGrid {
  readonly interval: number;
  readonly first: number;
  readonly masses: Float64Array;
  readonly infinity: number;
}

/** ln(1 − q + q·e^((2x − 1)/2σ²)): the log-likelihood ratio of a release `x`. */
export function logRatio({ noiseMultiplier: sigma, sampleRate: q }: SampledGaussian, x: number): number {
  const exponent = (2 * x - 1) / (2 * sigma * sigma);
  if (q === 1) return exponent;
  if (exponent > 600) return Math.log(q) + exponent;
  return Math.log1p(q * Math.expm1(exponent));
}

/** The release at which the log-ratio is `value` (> ln(1 − q)). */
function release({ noiseMultiplier: sigma, sampleRate: q }: SampledGaussian, value: number): number {
  const inner = value > 600 ? value - Math.log(q) : Math.log1p(Math.expm1(value) / q);
  return sigma * sigma * inner + 0.5;
}

/** The release at which the `replace` loss is `value`: it rises everywhere, so bisection from a bracket that doubles. */
function replaceRelease(step: SampledGaussian, value: number, near: number): number {
  const at = (x: number): number => lossAt(step, 'replace', x) - value;
  let low = near;
  let high = near;
  let width = 0.01 * step.noiseMultiplier;
  while (at(low) > 0) low -= width *= 2;
  width = 0.01 * step.noiseMultiplier;
  while (at(high) < 0) high += width *= 2;
  for (let i = 0; i < 60 && high - low > 1e-15 * Math.max(1, Math.abs(high)); i++) {
    const middle = (low + high) / 2;
    if (at(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}

const density = (sigma: number, x: number): number =>
  Math.exp((-x * x) / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI));

/** Nodes and weights of Gauss–Legendre quadrature on [−1, 1] (Abramowitz and Stegun, table 25.4). */
const three = [
  [-0.7745966692414834, 0.5555555555555556],
  [0, 0.8888888888888888],
  [0.7745966692414834, 0.5555555555555556],
] as const;
const six = [
  [-0.932469514203152, 0.1713244923791704],
  [-0.6612093864662645, 0.3607615730481386],
  [-0.2386191860831969, 0.467913934572691],
  [0.2386191860831969, 0.467913934572691],
  [0.6612093864662645, 0.3607615730481386],
  [0.932469514203152, 0.1713244923791704],
] as const;

/**
 * The loss distribution of one step by connect-the-dots (Doroshenko et al. 2022, arXiv 2207.04380): on every grid point δ(ε) is
 * that of the mechanism, between them it lies above, so compositions are upper bounds. The mass of a cell (l, l + Δ] goes to
 * its two ends such that the masses under both hypotheses are kept: the right end gets ∫(1 − e^(l − L))dP / (1 − e^−Δ).
 *
 * @param tail mass that may be moved: upwards to the next grid point, or to infinity where losses have no bound
 */
export function lossGrid(step: SampledGaussian, direction: Direction, interval: number, tail: number): LossGrid {
  const { noiseMultiplier: sigma, sampleRate: q } = step;
  const reach = tailPoint(tail) * sigma;
  const to = direction === 'add' ? reach : 1 + reach;
  const from = direction === 'replace' ? -to : -reach;
  const sign = direction === 'add' ? -1 : 1;
  const ends = [lossAt(step, direction, from), lossAt(step, direction, to)].sort((a, b) => a - b);
  const bound = direction === 'add' && q < 1 ? -Math.log1p(-q) : ends[1]!;
  const first = Math.floor(ends[0]! / interval);
  const last = Math.ceil(Math.max(ends[1]!, Math.min(bound, ends[1]! + interval)) / interval) + 1;
  const masses = new Float64Array(last - first + 1);
  const whole = -Math.expm1(-interval);
  let left = sign > 0 ? from : to;
  for (let cell = first; cell < last; cell++) {
    const low = cell * interval;
    const edge = low + interval;
    const wanted = edge >= ends[1]! ? (sign > 0 ? to : from) : releaseAt(step, direction, edge, left);
    const right = Math.min(to, Math.max(from, wanted));
    if (right === left) continue;
    const [mass, above] = integrate(step, direction, low, Math.min(left, right), Math.max(left, right));
    const up = Math.min(mass, above / whole);
    masses[cell - first]! += mass - up;
    masses[cell - first + 1]! += up;
    left = right;
  }
  return withTails(step, direction, { interval, first, masses, infinity: 0 }, from, to);
}

/** The release whose loss is `value`; `near` is a release close to it. */
function releaseAt(step: SampledGaussian, direction: Direction, value: number, near: number): number {
  if (direction === 'replace') return replaceRelease(step, value, near);
  const ratio = direction === 'add' ? -value : value;
  if (step.sampleRate === 1) return step.noiseMultiplier ** 2 * ratio + 0.5;
  return ratio <= Math.log1p(-step.sampleRate) ? Number.NEGATIVE_INFINITY : release(step, ratio);
}

/** Mass under P of the releases (a, b), and ∫(1 − e^(low − loss))dP over them. Panels of at most a quarter σ. */
function integrate(
  step: SampledGaussian,
  direction: Direction,
  low: number,
  a: number,
  b: number,
): readonly [number, number] {
  const sigma = step.noiseMultiplier;
  const panels = Math.max(1, Math.ceil((b - a) / (0.25 * sigma)));
  const rule = b - a < 0.05 * sigma ? three : six;
  const half = (b - a) / panels / 2;
  let mass = 0;
  let above = 0;
  for (let panel = 0; panel < panels; panel++) {
    const centre = a + (2 * panel + 1) * half;
    for (const [node, weight] of rule) {
      const x = centre + node * half;
      const part = weight * half * densityAt(step, direction, x);
      mass += part;
      above -= part * Math.expm1(Math.min(0, low - lossAt(step, direction, x)));
    }
  }
  return [mass, above];
}

/** Puts the mass beyond the integration's ends where it can only raise δ, and what rounding lost at the top. */
function withTails(step: SampledGaussian, direction: Direction, grid: LossGrid, from: number, to: number): LossGrid {
  const { noiseMultiplier: sigma, sampleRate: q } = step;
  const { masses } = grid;
  const mixed = (z: number, shift: number): number =>
    (1 - q) * upperTail(z / sigma) + q * upperTail((z + shift) / sigma);
  const below = direction === 'add' ? upperTail(-from / sigma) : mixed(-from, 1);
  const above = direction === 'add' ? upperTail(to / sigma) : mixed(to, -1);
  let infinity = 0;
  if (direction !== 'add') {
    infinity = above;
    const lowest = Math.ceil(lossAt(step, direction, from) / grid.interval) - grid.first;
    masses[Math.max(0, lowest)]! += below;
  } else {
    masses[masses.findIndex(mass => mass > 0)]! += above;
    // Losses of `add` are bounded by −ln(1 − q); without sampling they are not.
    const highest = q < 1 ? Math.ceil(-Math.log1p(-q) / grid.interval) - grid.first : masses.length;
    if (highest < masses.length) masses[highest]! += below;
    else infinity = below;
  }
  let total = infinity;
  for (const mass of masses) total += mass;
  const missing = 1 - total;
  if (missing > 0) masses[largest(masses)]! += missing;
  return { ...grid, infinity };
}

function largest(masses: Float64Array): number {
  let at = 0;
  for (let i = 1; i < masses.length; i++) if (masses[i]! > masses[at]!) at = i;
  return at;
}
