import { logBinomial } from './binomial';
import { type DpEvent, EventError, gaussianNoise, leavesOf, type Relation } from './events';
import { logSumExp, rdpToDelta, sampledGaussianRdp } from './rdp';

/** Rényi divergences of an event at each order, and the δ of its (ε, δ) parts that is spent beside them. */
export interface EventRdp {
  readonly rdp: readonly number[];
  readonly delta: number;
}

/** Adds up the Rényi divergences of a tree. @throws EventError where they are not known under this relation */
export function eventRdp(event: DpEvent, relation: Relation, records: number, orders: readonly number[]): EventRdp {
  const rdp = orders.map(() => 0);
  let kept = 0;
  for (const { event: leaf, count } of leavesOf(event)) {
    const own = leafRdp(leaf, relation, records, orders);
    own.rdp.forEach((value, i) => {
      rdp[i]! += count * value;
    });
    kept += count * Math.log1p(-own.delta);
  }
  return { rdp, delta: -Math.expm1(kept) };
}

function leafRdp(event: DpEvent, relation: Relation, records: number, orders: readonly number[]): EventRdp {
  const each = (at: (order: number) => number): EventRdp => ({ rdp: orders.map(at), delta: 0 });
  const moved = records * (relation === 'replace-one' ? 2 : 1);
  if (records !== 1 && event.type !== 'gaussian' && event.type !== 'laplace')
    throw new EventError(
      `The RDP accountant does not know recordsPerPerson above 1 for ${event.type}; ask the PLD accountant.`,
    );
  switch (event.type) {
    case 'gaussian':
      return each(order => (order * moved * moved) / (2 * event.noiseMultiplier ** 2));
    case 'laplace':
      return each(order => laplaceRdp(moved / event.noiseMultiplier, order));
    case 'zcdp':
      return each(order => event.xi + event.rho * order);
    case 'epsilonDelta':
      return { rdp: orders.map(order => pureRdp(event.epsilon, order)), delta: event.delta };
    case 'randomizedResponse':
      return each(order => responseRdp(event.noiseParameter, event.buckets, relation, order));
    case 'poissonSampled': {
      if (event.sampleRate === 0) return each(() => 0);
      const noise = gaussianNoise(event.event);
      if (noise === null) throw new EventError('The RDP accountant knows Poisson sampling of Gaussians only.');
      if (relation === 'replace-one' && event.sampleRate !== 1)
        throw new EventError(
          'The RDP accountant does not know Poisson sampling under replace-one; ask the PLD accountant.',
        );
      return each(order =>
        sampledGaussianRdp(
          { noiseMultiplier: relation === 'replace-one' ? noise / 2 : noise, sampleRate: event.sampleRate },
          order,
        ),
      );
    }
    case 'sampledWithoutReplacement': {
      if (relation !== 'replace-one')
        throw new EventError('sampledWithoutReplacement is known under the relation replace-one.');
      const noise = gaussianNoise(event.event);
      if (noise === null)
        throw new EventError('The RDP accountant knows sampling without replacement of Gaussians only.');
      return each(order => withoutReplacementRdp(event.batchSize / event.records, noise, order));
    }
    case 'treeAggregation': {
      if (relation !== 'replace-special')
        throw new EventError('treeAggregation is known under the relation replace-special.');
      // A record is in one node a level of its tree (Kairouz et al. 2021, arXiv 2103.00039, appendix D).
      const depth = Math.ceil(Math.log2(Math.max(...event.stepCounts) + 1));
      return each(order => (order * depth) / (2 * event.noiseMultiplier ** 2));
    }
    case 'repeatAndSelect': {
      const inner = eventRdp(event.event, relation, records, orders);
      if (inner.delta > 0) throw new EventError('repeatAndSelect over (ε, δ) parts is not known.');
      return { rdp: selectedRdp(orders, inner.rdp, event.mean, event.shape), delta: 0 };
    }
    default:
      throw new EventError(`The RDP accountant does not know ${event.type}; ask the PLD accountant.`);
  }
}

/** Mironov 2017, arXiv 1702.07476, proposition 6. */
const laplaceRdp = (epsilon: number, order: number): number =>
  epsilon + Math.log1p(((order - 1) * Math.expm1(epsilon * (1 - 2 * order))) / (2 * order - 1)) / (order - 1);

/** Randomised response with odds e^ε, the worst (ε, 0)-private mechanism. */
function pureRdp(epsilon: number, order: number): number {
  const log1pExp = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
  return (order * epsilon + log1pExp(epsilon * (1 - 2 * order)) - log1pExp(epsilon)) / (order - 1);
}

function responseRdp(noise: number, buckets: number, relation: Relation, order: number): number {
  if (buckets === 1 || noise === 1) return 0;
  if (noise === 0) return Number.POSITIVE_INFINITY;
  const [kept, other] = [Math.log(1 - noise + noise / buckets), Math.log(noise / buckets)];
  if (relation === 'replace-one')
    return (
      logSumExp([
        order * kept + (1 - order) * other,
        order * other + (1 - order) * kept,
        Math.log(Math.max(0, noise * (1 - 2 / buckets))),
      ]) /
      (order - 1)
    );
  if (relation !== 'replace-special')
    throw new EventError('randomizedResponse is known under the relations replace-one and replace-special.');
  const even = -Math.log(buckets);
  const rest = Math.log(buckets - 1);
  const both = [order, 1 - order].map(
    a => logSumExp([a * kept + (1 - a) * even, rest + a * other + (1 - a) * even]) / (order - 1),
  );
  return Math.max(...both);
}

/**
 * Fixed-size batches without replacement, one record replaced (Wang, Balle and Kasiviswanathan 2019, arXiv 1808.00087, theorem 27 with
 * the Gaussian's divergence; corollary 10 between whole orders): an upper bound.
 */
export function withoutReplacementRdp(rate: number, sigma: number, order: number): number {
  if (rate === 0) return 0;
  if (rate === 1) return order / (2 * sigma * sigma);
  const low = Math.floor(order);
  const share = order - low;
  const logA = (whole: number): number => (whole <= 1 ? 0 : wholeWithoutReplacement(rate, sigma, whole));
  return (share === 0 ? logA(low) : (1 - share) * logA(low) + share * logA(low + 1)) / (order - 1);
}

function wholeWithoutReplacement(rate: number, sigma: number, order: number): number {
  const cgf = (x: number): number => (x * (x + 1)) / (2 * sigma * sigma);
  const two = 2 / (2 * sigma * sigma);
  const logs = [0];
  for (let i = 2; i <= order; i++) {
    const common = i * Math.log(rate) + logBinomial(order, i);
    if (i === 2) logs.push(common + Math.min(Math.log(4) + two + Math.log(-Math.expm1(-two)), two + Math.log(2)));
    else logs.push(common + Math.log(2) + cgf(i - 1), common + logTernary(i, cgf));
    // Both are bounds of the same term: keep the smaller.
    if (i > 2) {
      const [a, b] = [logs.pop()!, logs.pop()!];
      logs.push(Math.min(a, b));
    }
  }
  return logSumExp(logs);
}

/** ln(4·√(Δ_2⌊i/2⌋·Δ_2⌈i/2⌉)): forward differences of e^cgf from above, for they cancel; beyond order 80 only the plain bound is used. */
function logTernary(i: number, cgf: (x: number) => number): number {
  if (i > 80) return Number.POSITIVE_INFINITY;
  const difference = (n: number): number => {
    const top = cgf(n - 1);
    let sum = 0;
    let size = 0;
    for (let k = 0; k <= n; k++) {
      const term = Math.exp(logBinomial(n, k) + cgf(k - 1) - top);
      sum += (n - k) % 2 === 0 ? term : -term;
      size += term;
    }
    // What rounding may have eaten is added back: each term is good to about 1e-14 (log-gamma and exponential).
    return top + Math.log(Math.max(sum, 0) + 1e-14 * size);
  };
  return Math.log(4) + (difference(2 * Math.floor(i / 2)) + difference(2 * Math.ceil(i / 2))) / 2;
}

/**
 * The best of a random number of runs (Papernot and Steinke 2022, arXiv 2110.03620): Poisson for shape ∞ (theorem 6), else truncated
 * negative binomial with that shape, of which 0 is logarithmic and 1 geometric (theorem 2). `mean` runs on average.
 */
function selectedRdp(orders: readonly number[], rdp: readonly number[], mean: number, shape: number): number[] {
  if (shape === Number.POSITIVE_INFINITY)
    return orders.map((order, i) => {
      const delta = rdpToDelta(orders, rdp, Math.log1p(1 / (order - 1)));
      return rdp[i]! + mean * delta + Math.log(mean) / (order - 1);
    });
  const gamma = stoppingChance(shape, mean);
  const constant =
    (1 + shape) * Math.min(...orders.map((order, i) => (1 - 1 / order) * rdp[i]! - Math.log(gamma) / order));
  const selected = orders.map((order, i) => rdp[i]! + Math.log(mean) / (order - 1) + constant);
  // Divergences rise with the order: a higher order's bound holds for the lower ones.
  return orders.map(order => Math.min(...selected.filter((_, j) => orders[j]! >= order)));
}

/** The parameter γ of the distribution whose mean is `mean`, from below (conservative). */
function stoppingChance(shape: number, mean: number): number {
  if (shape === 1) return 1 / mean;
  const meanAt = (gamma: number): number => {
    if (gamma > 1 - 1e-9) return 1;
    return shape === 0
      ? (1 - 1 / gamma) / Math.log(gamma)
      : (shape * (1 / gamma - 1)) / -Math.expm1(shape * Math.log(gamma));
  };
  let [low, high] = [0, Math.min(1, (2 * (shape + 1)) / mean)];
  for (let i = 0; i < 200 && high > low * (1 + 1e-9); i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < mean) high = middle;
    else low = middle;
  }
  return low;
}
