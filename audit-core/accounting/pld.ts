import FFT from 'fft.js';
import { gaussianDelta, gaussianEpsilon } from './gaussian';
import { type Direction, densityAt, type LossGrid, lossAt, lossGrid, type SampledGaussian } from './sampled-gaussian';

/** Steps of one kind, done `count` times. */
export interface Part {
  readonly step: SampledGaussian;
  readonly count: number;
}

/** A composed privacy loss distribution: masses at `(first + i)·interval`, unbounded losses in `infinity`. */
export type ComposedLoss = LossGrid;

/** Neighbouring relation: one record added or removed, or one record replaced by another. */
export type Relation = 'add-or-remove' | 'replace-one';

/** What the answer may assume of δ: tails far below it are cut, always upwards. */
const TAIL_SHARE = 1e-7;
/** The default grid of the field (dp_accounting). */
const DEFAULT_INTERVAL = 1e-4;
/** A grid this share of one step's standard deviation adds less than 1e-4 of its variance (Δ²/6 a step). */
const FINE_SHARE = 0.02;
const USUAL_POINTS = 2 ** 17;
const MOST_POINTS = 2 ** 20;

/** Both directions of add/remove, or the one of a replacement. */
const directionsOf = (relation: Relation): readonly Direction[] =>
  relation === 'add-or-remove' ? ['remove', 'add'] : ['replace'];

/** Exact where everything composes to one Gaussian (no sampling); null otherwise. A replacement moves it by twice the clipping norm. */
function exactEpsilon(parts: readonly Part[], delta: number, relation: Relation): number | null {
  if (parts.every(part => part.step.sampleRate === 1)) return gaussianEpsilon(composedNoise(parts, relation), delta);
  return null;
}

/** Noise multiplier of the one Gaussian that unsampled Gaussians compose to. */
const composedNoise = (parts: readonly Part[], relation: Relation): number =>
  1 /
  Math.sqrt(parts.reduce((sum, { step, count }) => sum + count / step.noiseMultiplier ** 2, 0)) /
  (relation === 'replace-one' ? 2 : 1);

/**
 * ε at `delta` of a composition of sampled Gaussian steps by privacy loss distributions, add/remove: the larger of both directions.
 * An upper bound; Infinity when no finite ε reaches δ.
 */
export function pldEpsilon(
  parts: readonly Part[],
  delta: number,
  relation: Relation = 'add-or-remove',
  interval?: number,
): number {
  const exact = exactEpsilon(parts, delta, relation);
  if (exact !== null) return exact;
  return Math.max(
    ...directionsOf(relation).map(direction => epsilonOf(compose(parts, direction, delta, interval), delta)),
  );
}

/** δ at `epsilon`; `hint` is the order of magnitude of δ that tails are cut against. */
export function pldDelta(
  parts: readonly Part[],
  epsilon: number,
  relation: Relation = 'add-or-remove',
  interval?: number,
): number {
  if (parts.every(part => part.step.sampleRate === 1)) return gaussianDelta(composedNoise(parts, relation), epsilon);
  // Tails are cut relative to the answer: once with a guess, once with what came out.
  let hint = 1e-8;
  let delta = 1;
  for (let round = 0; round < 3; round++) {
    const assumed = hint;
    delta = Math.max(
      ...directionsOf(relation).map(direction => deltaOf(compose(parts, direction, assumed, interval), epsilon)),
    );
    if (delta > assumed * 0.1 && delta < assumed * 1e4) break;
    hint = Math.max(delta, 1e-14);
  }
  return delta;
}

/** Composes by one FFT a part: the transform of each step's distribution to the power of its count (Koskela et al. 2020, arXiv 1906.03049). */
export function compose(parts: readonly Part[], direction: Direction, delta: number, wanted?: number): ComposedLoss {
  const tail = delta * TAIL_SHARE;
  const steps = parts.reduce((sum, part) => sum + part.count, 0);
  const shape = shapeOf(parts, direction, tail);
  const interval = wanted ?? chooseInterval(shape);
  const grids = parts.map(part => lossGrid(part.step, direction, interval, Math.max(tail / (4 * steps), 1e-300)));
  const window = windowOf(grids, parts, tail / 4);
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, (window.high - window.low) / interval + 3)));
  const first = Math.floor(window.low / interval);
  const masses = powers(grids, parts, size, first);
  let infinity = 0;
  parts.forEach((part, i) => {
    infinity -= Math.expm1(part.count * Math.log1p(-grids[i]!.infinity));
  });
  return { interval, first, masses, infinity: Math.min(1, infinity + tail / 2) };
}

interface Shape {
  readonly deviation: number;
  readonly width: number;
}

/** Sampled losses and weights of one step, for moments and exponential tail bounds before any grid is chosen. */
function samplesOf(step: SampledGaussian, direction: Direction): { losses: Float64Array; weights: Float64Array } {
  const sigma = step.noiseMultiplier;
  const points = 1200;
  const to = 10 * sigma + (direction === 'add' ? 0 : 1);
  const from = direction === 'replace' ? -to : -10 * sigma;
  const h = (to - from) / points;
  const losses = new Float64Array(points + 1);
  const weights = new Float64Array(points + 1);
  let total = 0;
  for (let i = 0; i <= points; i++) {
    const x = from + i * h;
    const weight = densityAt(step, direction, x);
    losses[i] = lossAt(step, direction, x);
    weights[i] = weight;
    total += weight;
  }
  for (let i = 0; i <= points; i++) weights[i]! /= total;
  return { losses, weights };
}

/** One step's typical deviation and the width of the composed distribution between its tails. */
function shapeOf(parts: readonly Part[], direction: Direction, tail: number): Shape {
  const samples = parts.map(part => samplesOf(part.step, direction));
  let deviation = Number.POSITIVE_INFINITY;
  for (const { losses, weights } of samples) {
    let mean = 0;
    let square = 0;
    losses.forEach((loss, i) => {
      mean += weights[i]! * loss;
      square += weights[i]! * loss * loss;
    });
    deviation = Math.min(deviation, Math.sqrt(Math.max(square - mean * mean, 1e-300)));
  }
  const bounds = chernoff(
    samples.map(({ losses, weights }, i) => ({ losses, weights, count: parts[i]!.count, spread: 0 })),
    tail,
  );
  return { deviation, width: bounds.high - bounds.low };
}

/** The default grid, or a finer one where a step's losses are smaller than it; coarser where the window would not fit. */
function chooseInterval({ deviation, width }: Shape): number {
  const fine = Math.min(DEFAULT_INTERVAL, FINE_SHARE * deviation);
  const usual = width / USUAL_POINTS;
  if (usual <= fine) return fine;
  // A window that does not fit the usual number of points: more points while the grid is coarse against one step.
  return usual <= 0.1 * deviation ? Math.max(fine, usual / 2) : Math.max(fine, width / MOST_POINTS);
}

interface Weighted {
  readonly losses: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly count: number;
  /** Width of the group that each loss stands for, as its mean; 0 where it is the loss itself. */
  readonly spread: number;
}

/** Values that the sum leaves with at most `tail` on either side (Chernoff): min over t of (ln tail⁻¹ + Σ n·ln E e^(tL)) / t. */
function chernoff(parts: readonly Weighted[], tail: number): { low: number; high: number } {
  const cost = -Math.log(tail);
  const bound = (sign: 1 | -1): number => {
    const at = (t: number): number =>
      (cost +
        parts.reduce((sum, part) => sum + part.count * (logMoment(part, sign * t) + (t * part.spread) ** 2 / 8), 0)) /
      t;
    let best = Number.POSITIVE_INFINITY;
    let bestAt = 1;
    for (let power = -4; power <= 32; power++) {
      const t = 2 ** (power / 1.6);
      const value = at(t);
      if (value < best) [best, bestAt] = [value, t];
    }
    for (const factor of [0.75, 0.87, 1.15, 1.33]) best = Math.min(best, at(bestAt * factor));
    return best;
  };
  return { low: -bound(-1), high: bound(1) };
}

/** ln Σ w·e^(tL), about the mean so that small exponents keep their digits. */
function logMoment({ losses, weights }: Weighted, t: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < losses.length; i++) if (weights[i]! > 0) top = Math.max(top, t * losses[i]!);
  if (top < 1) {
    let sum = 0;
    for (let i = 0; i < losses.length; i++) sum += weights[i]! * Math.expm1(t * losses[i]!);
    return Math.log1p(sum);
  }
  let sum = 0;
  for (let i = 0; i < losses.length; i++) sum += weights[i]! * Math.exp(t * losses[i]! - top);
  return top + Math.log(sum);
}

/** The window from the grids themselves, so that what is cut is bounded for what is composed. */
function windowOf(grids: readonly LossGrid[], parts: readonly Part[], tail: number): { low: number; high: number } {
  return chernoff(
    grids.map((grid, i) => {
      const stride = Math.max(1, Math.floor(grid.masses.length / 4096));
      return { ...strided(grid, stride), count: parts[i]!.count, spread: (stride - 1) * grid.interval };
    }),
    tail,
  );
}

/** Neighbouring masses gathered at their mean; what that hides of the moments is bounded by Hoeffding's lemma (t²w²/8). */
function strided(grid: LossGrid, stride: number): { losses: Float64Array; weights: Float64Array } {
  const groups = Math.ceil(grid.masses.length / stride);
  const losses = new Float64Array(groups);
  const weights = new Float64Array(groups);
  for (let group = 0; group < groups; group++) {
    const start = group * stride;
    const end = Math.min(grid.masses.length, start + stride);
    let mass = 0;
    let moment = 0;
    for (let i = start; i < end; i++) {
      mass += grid.masses[i]!;
      moment += grid.masses[i]! * (grid.first + i);
    }
    weights[group] = mass;
    losses[group] = mass > 0 ? (moment / mass) * grid.interval : 0;
  }
  return { losses, weights };
}

/** Masses of the sum at `first…first + size`, by transforms of length `size`; what lies outside wraps around. */
function powers(grids: readonly LossGrid[], parts: readonly Part[], size: number, first: number): Float64Array {
  const fft = new FFT(size);
  const logs = new Float64Array(size + 2);
  let shift = 0;
  grids.forEach((grid, g) => {
    const centre = grid.first + centreOf(grid);
    const input = new Float64Array(size);
    for (let i = 0; i < grid.masses.length; i++) input[modulo(grid.first + i - centre, size)]! += grid.masses[i]!;
    // Without the unit impulse the transform is small where all mass sits in few cells, and ln(1 + y) keeps its digits.
    input[0]! -= 1;
    const out = fft.createComplexArray();
    fft.realTransform(out, input);
    const count = parts[g]!.count;
    for (let k = 0; k <= size; k += 2) {
      const re = out[k]!;
      const im = out[k + 1]!;
      const excess = 2 * re + re * re + im * im;
      // Near the unit circle ln(1 + y) keeps the digits, near zero the plain logarithm does.
      logs[k]! += (count * (excess > -0.5 ? Math.log1p(excess) : Math.log((1 + re) ** 2 + im * im))) / 2;
      logs[k + 1]! += count * Math.atan2(im, 1 + re);
    }
    shift += centre * count;
  });
  const spectrum = fft.createComplexArray();
  const offset = modulo(shift - first, size);
  for (let k = 0; k <= size / 2; k++) {
    const magnitude = Math.exp(logs[2 * k]!);
    const angle = logs[2 * k + 1]! - (2 * Math.PI * ((k * offset) % size)) / size;
    spectrum[2 * k] = magnitude * Math.cos(angle);
    spectrum[2 * k + 1] = magnitude * Math.sin(angle);
  }
  fft.completeSpectrum(spectrum);
  const complex = fft.createComplexArray();
  fft.inverseTransform(complex, spectrum);
  const masses = new Float64Array(size);
  for (let i = 0; i < size; i++) masses[i] = complex[2 * i]!;
  return masses;
}

const modulo = (value: number, size: number): number => ((value % size) + size) % size;

function centreOf(grid: LossGrid): number {
  let mean = 0;
  grid.masses.forEach((mass, i) => {
    mean += mass * i;
  });
  return Math.round(mean);
}

/** δ(ε) = mass at infinity + Σ over losses above ε of mass·(1 − e^(ε − loss)). */
export function deltaOf({ interval, first, masses, infinity }: ComposedLoss, epsilon: number): number {
  let delta = infinity;
  for (let i = masses.length - 1; i >= 0; i--) {
    const loss = (first + i) * interval;
    if (loss <= epsilon) break;
    delta -= masses[i]! * Math.expm1(epsilon - loss);
  }
  return Math.min(1, Math.max(0, delta));
}

/** The smallest ε ≥ 0 with δ(ε) ≤ `delta`: between grid points δ is S − e^ε·W, which is solved for ε. */
export function epsilonOf({ interval, first, masses, infinity }: ComposedLoss, delta: number): number {
  if (infinity > delta) return Number.POSITIVE_INFINITY;
  let mass = infinity;
  // Σ mass·e^(−loss) relative to the current grid point, so that nothing over- or underflows.
  let weighted = 0;
  const decay = Math.exp(-interval);
  for (let i = masses.length - 1; i >= 0; i--) {
    mass += masses[i]!;
    weighted = weighted + masses[i]!;
    const below = (first + i - 1) * interval;
    // δ at the next lower grid point.
    if (mass - weighted * decay > delta || below < 0) {
      if (weighted <= 0 || mass <= delta) return 0;
      const epsilon = (first + i) * interval + Math.log((mass - delta) / weighted);
      return Math.max(0, epsilon);
    }
    weighted *= decay;
  }
  return 0;
}
