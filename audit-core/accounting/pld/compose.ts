import type { Loss, LossGrid } from './loss';
import { realOf, type Spectrum, spectrumOf } from './real-fft';
import { borrow, borrowUsed, giveBack } from './scratch';

/** One loss, composed `count` times. */
export interface Part {
  readonly loss: Loss;
  readonly count: number;
}

/**
 * Part of a composed distribution, tilted: the mass of the loss `(first + i)·interval` is `masses[i]·e^(scale − tilt·loss)`. Tilting
 * (weights e^(tilt·L) before the transform) puts the peak where the answer is: rounding and what wraps around stay small
 * against δ itself, however small it is.
 */
export interface Composed {
  readonly interval: number;
  readonly first: number;
  readonly masses: Float64Array;
  readonly tilt: number;
  readonly scale: number;
  /** Mass of unbounded losses and of those above the window. */
  readonly infinity: number;
  /** Bound of the rounding error of a sum of tilted masses. */
  readonly noise: number;
}

/** Exponents that underflow against everything else in the sum. */
const NOTHING = -80;

/** Composes grids on a common interval by one transform each: spectra to the power of the counts (Koskela et al. 2020, arXiv 1906.03049). */
export function compose(
  grids: readonly LossGrid[],
  counts: readonly number[],
  tilt: number,
  highTilt: number,
  first: number,
  size: number,
): Composed {
  const interval = grids[0]!.interval;
  const half = size / 2;
  const logs = borrow(half + 1);
  const angles = borrow(half);
  let scale = 0;
  let upper = 0;
  let certain = 0;
  let shift = 0;
  let steps = 0;
  grids.forEach((grid, g) => {
    const count = counts[g]!;
    const weights = tilted(grid, tilt);
    scale += count * weights.log;
    upper += count * (highTilt > 0 ? tilted(grid, highTilt).log : 0);
    certain += count * Math.log1p(-Math.min(1, grid.infinity));
    steps += count;
    const centre = grid.first + weights.centre;
    shift += centre * count;
    const input = borrow(size);
    for (let i = 0; i < grid.masses.length; i++) input[modulo(grid.first + i - centre, size)]! += weights.values[i]!;
    // Without the unit impulse the transform is small where all mass sits in few cells, and ln(1 + y) keeps its digits.
    input[0]! -= 1;
    const spectrum = spectrumOf(input);
    addPower(spectrum, count, logs, angles);
    giveBack(input, weights.values, spectrum.re, spectrum.im);
  });
  const spectrum = powered(logs, angles);
  const masses = realOf(spectrum);
  giveBack(logs, angles, spectrum.re, spectrum.im);
  const start = modulo(first - shift, size);
  const inOrder = borrowUsed(size);
  inOrder.set(masses.subarray(start));
  inOrder.set(masses.subarray(0, start), size - start);
  giveBack(masses);
  const top = (first + size) * interval;
  const most = grids.reduce((sum, grid, g) => sum + counts[g]! * (grid.first + grid.masses.length) * interval, 0);
  const beyond = most <= top ? 0 : highTilt > 0 ? Math.exp(Math.min(0, upper - highTilt * top)) : 1;
  return {
    interval,
    first,
    masses: inOrder,
    tilt,
    scale,
    infinity: Math.min(1, -Math.expm1(certain) + beyond),
    noise: 4e-16 * (steps + 32),
  };
}

/** Weights mass·e^(tilt·loss) normalised (as many as there are masses, at the start of a longer array), the logarithm of what they were divided by, and the index of their mean. */
function tilted(grid: LossGrid, tilt: number): { values: Float64Array; log: number; centre: number } {
  const { masses, interval, first } = grid;
  // Of a power of two: grids of a sweep all have other lengths, and none would find an array that fits.
  const values = borrowUsed(2 ** Math.ceil(Math.log2(masses.length)));
  const step = Math.exp(tilt * interval);
  let last = masses.length - 1;
  while (last > 0 && !(masses[last]! > 0)) last--;
  const top = tilt * (first + last) * interval;
  let weight = 0;
  let total = 0;
  let moment = 0;
  for (let i = 0; i < masses.length; i++) {
    // A fresh exponential every so often: a running product would gather rounding.
    weight = i % 32 === 0 || !(weight > 1e-290) ? Math.exp(tilt * (first + i) * interval - top) : weight * step;
    values[i] = masses[i]! * weight;
    total += values[i]!;
    moment += values[i]! * i;
  }
  for (let i = 0; i < masses.length; i++) values[i]! /= total;
  return { values, log: top + Math.log(total), centre: Math.round(moment / total) };
}

/** Adds count·ln of the spectrum 1 + y to the running logarithms and angles. */
function addPower({ re, im }: Spectrum, count: number, logs: Float64Array, angles: Float64Array): void {
  const half = re.length;
  const logOf = (a: number, b: number): number => {
    const excess = 2 * a + a * a + b * b;
    return (count / 2) * (excess > -0.5 ? Math.log1p(excess) : Math.log((1 + a) ** 2 + b * b));
  };
  const edge = im[0]!;
  logs[0]! += logOf(re[0]!, 0);
  logs[half]! += logOf(edge, 0);
  if (1 + edge < 0 && count % 2 === 1) angles[0]! += Math.PI;
  // Of many steps only few frequencies are left: the others are told from their modulus alone.
  const least = Math.exp((2 * NOTHING) / count);
  for (let p = 1; p < half; p++) {
    const a = re[p]!;
    const b = im[p]!;
    const modulus = (1 + a) * (1 + a) + b * b;
    if (modulus < least) {
      logs[p] = Number.NEGATIVE_INFINITY;
      continue;
    }
    logs[p]! += logOf(a, b);
    angles[p]! += count * Math.atan2(b, 1 + a);
  }
}

function powered(logs: Float64Array, angles: Float64Array): Spectrum {
  const half = angles.length;
  const [re, im] = [borrow(half), borrow(half)];
  re[0] = Math.exp(logs[0]!);
  im[0] = Math.exp(logs[half]!) * Math.cos(angles[0]!);
  for (let p = 1; p < half; p++) {
    if (logs[p]! < NOTHING) continue;
    const magnitude = Math.exp(logs[p]!);
    re[p] = magnitude * Math.cos(angles[p]!);
    im[p] = magnitude * Math.sin(angles[p]!);
  }
  return { re, im };
}

const modulo = (value: number, size: number): number => ((value % size) + size) % size;

/** The smallest ε ≥ 0 with δ(ε) ≤ `delta`: between grid points δ is S − e^ε·W, which is solved for ε. `near` keeps exponents small. */
export function epsilonOf(composed: Composed, delta: number, near: number): number {
  const { interval, first, masses, tilt, scale, infinity, noise } = composed;
  const unit = scale - tilt * near;
  // δ less what is certain to be lost, in units of e^unit, where masses are masses[i]·e^(−tilt(loss − near)).
  const left = (delta * (1 - 1e-12) - infinity) * Math.exp(-unit) - noise;
  if (!(left > 0)) return Number.POSITIVE_INFINITY;
  const decay = Math.exp(-interval);
  const rise = Math.exp(tilt * interval);
  let mass = 0;
  let weighted = 0;
  let untilt = 0;
  for (let i = masses.length - 1; i >= 0; i--) {
    const loss = (first + i) * interval;
    if (loss <= 0) return Number.isNaN(mass) ? Number.POSITIVE_INFINITY : 0;
    // A fresh exponential every so often, as in `tilted`.
    untilt = i % 32 === 0 || !(untilt > 1e-290) ? Math.exp(-tilt * (loss - near)) : untilt * rise;
    const own = Math.max(0, masses[i]!) * untilt;
    mass += own;
    weighted += own;
    // δ at the next lower grid point.
    if (mass - weighted * decay > left) return Math.max(0, loss + Math.log((mass - left) / weighted));
    weighted *= decay;
  }
  // Numbers that went wrong are no bound.
  if (Number.isNaN(mass)) return Number.POSITIVE_INFINITY;
  return Math.max(0, first * interval);
}

/** δ(ε) = mass of unbounded losses + Σ over losses above ε of mass·(1 − e^(ε − loss)), with the rounding added. */
export function deltaOf(composed: Composed, epsilon: number): number {
  const { interval, first, masses, tilt, scale, infinity, noise } = composed;
  let sum = noise;
  for (let i = masses.length - 1; i >= 0; i--) {
    const loss = (first + i) * interval;
    if (loss <= epsilon) break;
    sum -= Math.max(0, masses[i]!) * Math.exp(-tilt * (loss - epsilon)) * Math.expm1(epsilon - loss);
  }
  const delta = infinity + sum * Math.exp(scale - tilt * epsilon);
  return delta < 1 ? Math.max(0, delta) : 1;
}
