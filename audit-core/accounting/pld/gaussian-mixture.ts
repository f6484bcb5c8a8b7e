import { upperTail } from '../gaussian';
import { emptyGrid, GridError, type Loss, type LossGrid, type Sketch, share, shortfall } from './loss';

/** A mixture Σ weight·N(shift, 1) in units of the noise's standard deviation. */
export type Mixture = readonly { readonly shift: number; readonly weight: number }[];

/** The most points of a sketch, tenths of a standard deviation: beyond it ε is of no use to anybody. */
const MOST_SKETCHED = 2 ** 20;

/** Three-point Gauss–Legendre on [−1, 1]: cells that need it are at most 0.1 wide, where its error is below 1e-10 of the mass. */
const NODES = [-0.7745966692414834, 0, 0.7745966692414834];
const WEIGHTS = [5 / 9, 8 / 9, 5 / 9];
const ROOT = Math.sqrt(2 * Math.PI);
const normal = (x: number): number => Math.exp((-x * x) / 2) / ROOT;

/** Mass of a mixture in [a, b], from whichever tails keep the digits. */
function massIn(mixture: Mixture, a: number, b: number): number {
  let mass = 0;
  for (const { shift, weight } of mixture) {
    const [low, high] = [a - shift, b - shift];
    mass += weight * (low > 0 ? upperTail(low) - upperTail(high) : upperTail(-high) - upperTail(-low));
  }
  return mass;
}

type Curve = (x: number) => number;

/** Density of a mixture over that of N(0, 1), less 1: Σ weight·(e^(shift·x − shift²/2) − 1). Asked for thousands of times a grid. */
function excessOf(mixture: Mixture): Curve {
  const spread = spreadOf(mixture);
  if (spread.length === 0) return () => 0;
  const shifts = Float64Array.from(spread, ({ shift }) => shift);
  const weights = Float64Array.from(spread, ({ weight }) => weight);
  const halves = shifts.map(shift => (shift * shift) / 2);
  if (spread.length === 1) {
    const [shift, weight, half] = [shifts[0]!, weights[0]!, halves[0]!];
    return x => weight * Math.expm1(shift * x - half);
  }
  return x => {
    let sum = 0;
    for (let i = 0; i < shifts.length; i++) sum += weights[i]! * Math.expm1(shifts[i]! * x - halves[i]!);
    return sum;
  };
}

/** ln of density over N(0, 1), also where the ratio overflows. */
function logRatioOf(mixture: Mixture): Curve {
  const excess = excessOf(mixture);
  const logs = mixture.map(({ weight }) => Math.log(weight));
  return x => {
    const plain = excess(x);
    if (plain > -0.5 && plain < 1e200) return Math.log1p(plain);
    const terms = mixture.map(({ shift }, i) => logs[i]! + shift * x - (shift * shift) / 2);
    const top = terms.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return top + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - top), 0));
  };
}

/** The x in [low, high] above which `mass` of the mixture lies, rounded up. */
function quantileAbove(mixture: Mixture, mass: number): number {
  let low = 0;
  let high = 45 + Math.max(...mixture.map(({ shift }) => shift));
  for (let i = 0; i < 60 && high - low > 1e-6; i++) {
    const x = (low + high) / 2;
    if (massIn(mixture, x, Number.POSITIVE_INFINITY) > mass) low = x;
    else high = x;
  }
  return high;
}

const mirror = (mixture: Mixture): Mixture => mixture.map(({ shift, weight }) => ({ shift: -shift, weight }));

/**
 * The loss of the mixture P (shifts ≥ 0) against Q (shifts ≤ 0), whose likelihood ratio rises with x; `reverse` gives Q against P.
 * It covers the Gaussian, Poisson-sampled Gaussians, a person's k records, and one record for another.
 */
export function mixtureLoss(name: string, p: Mixture, q: Mixture, reverse = false): Loss {
  const sign = reverse ? -1 : 1;
  const own = reverse ? q : p;
  const other = reverse ? p : q;
  const [ownExcess, otherExcess] = [excessOf(own), excessOf(other)];
  const [logP, logQ] = [logRatioOf(p), logRatioOf(q)];
  const logOwn = reverse ? logQ : logP;
  const lossAt = (x: number): number => sign * (logP(x) - logQ(x));
  const inverse = inverterOf(p, q);
  const only = spreadOf(p);
  const sampled = only.length === 1 && spreadOf(q).length === 0 ? only[0]! : null;
  /** The x range that all but `tail` above (to infinity) and a negligible mass below fall into. */
  const rangeOf = (tail: number): readonly [number, number] => {
    // Masses of low losses are moved up to the lowest cell: harmless, and too few to see.
    const negligible = Math.min(tail, 1e-20);
    return reverse
      ? [-quantileAbove(mirror(own), tail), quantileAbove(own, negligible)]
      : [-quantileAbove(mirror(own), negligible), quantileAbove(own, tail)];
  };
  return {
    name: `${name}${reverse ? ' reversed' : ''}`,
    unbounded: 0,
    costly: inverse.iterates,
    sketch(tail): Sketch {
      const [from, to] = rangeOf(tail);
      const count = Math.ceil((to - from) / 0.1);
      if (!(count <= MOST_SKETCHED)) throw new GridError('the noise is too small against the sensitivity');
      const step = (to - from) / count;
      const losses = new Float64Array(count + 1);
      const masses = new Float64Array(count + 1);
      let total = 0;
      for (let i = 0; i <= count; i++) {
        const x = from + i * step;
        losses[i] = lossAt(x);
        masses[i] = Math.exp(logOwn(x) - (x * x) / 2) * (i === 0 || i === count ? 0.5 : 1);
        total += masses[i]!;
      }
      for (let i = 0; i <= count; i++) masses[i]! /= total;
      return { losses, masses };
    },
    grid(interval, tail): LossGrid {
      const [from, to] = rangeOf(tail);
      const [worst, mildest] = reverse ? [from, to] : [to, from];
      const [low, high] = [lossAt(mildest), lossAt(worst)];
      const { first, masses } = emptyGrid(interval, low, high);
      let cell = Math.floor(low / interval);
      masses[cell + 1 - first]! += reverse
        ? massIn(own, mildest, Number.POSITIVE_INFINITY)
        : massIn(own, Number.NEGATIVE_INFINITY, mildest);
      let left = mildest;
      while (left !== worst) {
        if (sampled) {
          const walked = sampledCells({ ...sampled, reverse, interval, high, worst }, masses, first, cell, left);
          [cell, left] = [walked.cell, walked.left];
        }
        const edge = cell * interval;
        const next = (cell + 1) * interval;
        const wanted = next >= high ? worst : inverse(sign * next, left);
        const right = reverse ? Math.max(worst, Math.min(left, wanted)) : Math.min(worst, Math.max(left, wanted));
        if (right !== left) addCell(masses, cell - first, interval, edge, Math.min(left, right), Math.max(left, right));
        left = right;
        cell++;
      }
      const infinity = reverse
        ? massIn(own, Number.NEGATIVE_INFINITY, worst)
        : massIn(own, worst, Number.POSITIVE_INFINITY);
      return { interval, first, masses, infinity };
    },
    delta(epsilon) {
      const x = inverse(sign * epsilon, 0);
      const [a, b] = reverse ? [Number.NEGATIVE_INFINITY, x] : [x, Number.POSITIVE_INFINITY];
      return Math.max(0, shortfall(massIn(own, a, b), epsilon, massIn(other, a, b)));
    },
    within(from, to) {
      const [a, b] = reverse ? [inverse(-to, 0), inverse(-from, 0)] : [inverse(from, 0), inverse(to, 0)];
      return a < b ? massIn(own, a, b) : 0;
    },
  };

  /** One cell of losses (edge, edge + interval], reached by x in [a, b]. */
  function addCell(masses: Float64Array, at: number, interval: number, edge: number, a: number, b: number): void {
    if (b - a > 0.1 || Math.abs(edge) > 300) {
      const mass = massIn(own, a, b);
      const weight = edge < 700 ? Math.exp(edge) * massIn(other, a, b) : mass * Math.exp(-interval / 2);
      share(masses, at, interval, mass, mass - weight);
      return;
    }
    const half = (b - a) / 2;
    const scale = Math.exp(edge);
    const shifted = Math.expm1(edge);
    let mass = 0;
    let difference = 0;
    for (let i = 0; i < 3; i++) {
      const x = a + half * (1 + NODES[i]!);
      const weight = WEIGHTS[i]! * half * normal(x);
      const risen = ownExcess(x);
      mass += weight * (1 + risen);
      difference += weight * (risen - scale * otherExcess(x) - shifted);
    }
    share(masses, at, interval, mass, difference);
  }
}

/** The components that are not N(0, 1) itself. */
const spreadOf = (mixture: Mixture): Mixture => mixture.filter(({ shift }) => shift !== 0);

/**
 * Cells of (1 − w)·N(0, 1) + w·N(s, 1) against N(0, 1), or of the reverse, from `cell` and x = `left` on, as `addCell` fills them: while they are
 * narrow and small, and before the last one. Written out, since a sweep spends a third of its time here: functions that are handed numbers
 * one by one would put each of them on the heap. Of the three nodes of a cell only the middle one takes exponentials of its own:
 * φ(x ± d) = φ(x)·e^(∓xd − d²/2) and e^(y ± sd) − 1 = E + (1 + E)(e^(±sd) − 1) with E = e^y − 1.
 */
function sampledCells(
  given: {
    readonly shift: number;
    readonly weight: number;
    readonly reverse: boolean;
    readonly interval: number;
    readonly high: number;
    readonly worst: number;
  },
  masses: Float64Array,
  first: number,
  from: number,
  start: number,
): { readonly cell: number; readonly left: number } {
  const { shift, weight, reverse, interval, high, worst } = given;
  const half = (shift * shift) / 2;
  const unit = -Math.expm1(-interval);
  const reach = NODES[2]!;
  const [outer, middle] = [WEIGHTS[0]!, WEIGHTS[1]!];
  let cell = from;
  let left = start;
  let risen = Math.expm1(cell * interval);
  for (; ; cell++) {
    const next = (cell + 1) * interval;
    if (!(next < high && Math.abs(next) < 300)) break;
    const shifted = risen;
    const beyond = Math.expm1(next);
    // e^(−next) − 1 from e^next − 1.
    const ratio = reverse ? -beyond / (1 + beyond) : beyond;
    const inner = weight === 1 ? (reverse ? -next : next) : Math.log1p(ratio / weight);
    const right = Number.isNaN(inner) ? Number.NEGATIVE_INFINITY : (inner + half) / shift;
    const width = reverse ? left - right : right - left;
    if (!(width > 0 && width <= 0.1 && (reverse ? right > worst : right < worst))) break;
    risen = beyond;
    const x = (left + right) / 2;
    const h = width / 2;
    const d = h * reach;
    const t = (d * d) / 2;
    const centre = (Math.exp((-x * x) / 2) / ROOT) * h;
    const wing = centre * outer * (1 - t * (1 - (t / 2) * (1 - (t / 3) * (1 - t / 4))));
    const fall = Math.exp(-x * d);
    const above = wing * fall;
    const below = wing / fall;
    const mid = centre * middle;
    const e = Math.expm1(shift * x - half);
    const up = Math.expm1(shift * d);
    const more = weight * (e + (1 + e) * up);
    const less = weight * (e - ((1 + e) * up) / (1 + up));
    const same = weight * e;
    const plain = mid + above + below;
    const excess = mid * same + above * more + below * less;
    const mass = reverse ? plain : plain + excess;
    const difference = (reverse ? -(1 + shifted) * excess : excess) - plain * shifted;
    const moved = Math.min(mass, Math.max(0, difference / unit));
    masses[cell - first]! += mass - moved;
    masses[cell + 1 - first]! += moved;
    left = right;
  }
  return { cell, left };
}

/** x at which ln P/Q is `value`: in closed form for the sampled Gaussian, else by safeguarded Newton steps from `near`. */
function inverterOf(p: Mixture, q: Mixture): Inverter {
  const closed = closedInverter(p, q);
  return closed ? Object.assign(closed, { iterates: false }) : Object.assign(newtonInverter(p, q), { iterates: true });
}

type Inverter = ((value: number, near: number) => number) & { readonly iterates: boolean };

function closedInverter(p: Mixture, q: Mixture): ((value: number, near: number) => number) | null {
  const [up, down] = [spreadOf(p), spreadOf(q)];
  if (up.length === 1 && (down.length === 0 || (down.length === 1 && down[0]!.shift === -up[0]!.shift))) {
    const { shift, weight } = up[0]!;
    const half = (shift * shift) / 2;
    if (down.length === 0)
      return value => {
        if (weight === 1) return (value + half) / shift;
        const inner = value > 600 ? value - Math.log(weight) : Math.log1p(Math.expm1(value) / weight);
        return Number.isNaN(inner) ? Number.NEGATIVE_INFINITY : (inner + half) / shift;
      };
    if (weight === 1) return value => value / (2 * shift);
    const odds = Math.exp(half) * ((1 - weight) / weight);
    return value => {
      const z = Math.abs(value) / 2;
      const rise =
        z > 300 || !Number.isFinite(odds)
          ? z + half + Math.log((1 - weight) / weight)
          : Math.asinh(odds * Math.sinh(z));
      return (Math.sign(value) * (z + rise)) / shift;
    };
  }
  return null;
}

function newtonInverter(p: Mixture, q: Mixture): (value: number, near: number) => number {
  const [logP, logQ] = [logRatioOf(p), logRatioOf(q)];
  const lossAt = (x: number): number => logP(x) - logQ(x);
  return (value, near) => {
    let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    let x = Number.isFinite(near) ? near : 0;
    for (let i = 0; i < 200; i++) {
      const off = lossAt(x) - value;
      if (off === 0) return x;
      if (off > 0) high = x;
      else low = x;
      const slope = (lossAt(x + 1e-5) - lossAt(x - 1e-5)) / 2e-5;
      let next = slope > 0 ? x - off / slope : Number.NaN;
      if (!(next > low && next < high) || Math.abs(next - x) > 2)
        next = Number.isFinite(low) && Number.isFinite(high) ? (low + high) / 2 : off > 0 ? x - 1 : x + 1;
      if (Math.abs(next - x) < 1e-12 * (1 + Math.abs(x))) return next;
      if (Math.abs(next) > 1e4) return off > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      x = next;
    }
    return x;
  };
}
