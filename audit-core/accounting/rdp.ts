/** One step of Poisson-sampled DP-SGD in units of the clipping norm. */
export interface SampledGaussian {
  /** Noise standard deviation over clipping norm, > 0. */
  readonly noiseMultiplier: number;
  /** Probability q in (0, 1] that a record enters a batch. */
  readonly sampleRate: number;
}

/** dp_accounting's default orders (Opacus' end at 63): recognisable, and fine enough for ε between .01 and 100. */
export const DEFAULT_ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  128,
  256,
  512,
  1024,
];

/** The orders of TensorFlow Privacy's `compute_dp_sgd_privacy` helpers. */
export const TF_PRIVACY_ORDERS: readonly number[] = [
  ...[1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 4.5],
  ...Array.from({ length: 59 }, (_, i) => 5 + i),
  128,
  256,
  512,
];

/** Opacus' default orders: 1.1 … 10.9 by .1, 12 … 63. */
export const OPACUS_ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 52 }, (_, i) => 12 + i),
];

/**
 * Rényi divergence of order α > 1 of one Poisson-sampled Gaussian step, add/remove (Mironov, Talwar and Zhang 2019, arXiv
 * 1908.10530, section 3.3): ln E_{x~N(0,σ²)} [(1 + q(e^((2x−1)/2σ²) − 1))^α] / (α − 1). Whole orders by the binomial sum, all of whose
 * terms beyond 1 are positive; others by the trapezoidal rule, which converges geometrically on this integrand.
 */
export function sampledGaussianRdp({ noiseMultiplier: sigma, sampleRate: q }: SampledGaussian, order: number): number {
  if (q === 1) return order / (2 * sigma * sigma);
  // Divergences rise with their order: the next whole one is a bound where a quadrature would need millions of points.
  if (!Number.isInteger(order) && sigma < LEAST_QUADRATURE)
    return sampledGaussianRdp({ noiseMultiplier: sigma, sampleRate: q }, Math.ceil(order));
  return (Number.isInteger(order) ? wholeOrder(sigma, q, order) : fractionalOrder(sigma, q, order)) / (order - 1);
}

const LEAST_QUADRATURE = 1e-2;

/** ln A(α) from A − 1 = Σ_{k≥2} C(α,k) q^k (1−q)^(α−k) (e^((k²−k)/2σ²) − 1). */
function wholeOrder(sigma: number, q: number, order: number): number {
  const terms: number[] = [];
  let logBinomial = Math.log(order);
  for (let k = 2; k <= order; k++) {
    logBinomial += Math.log((order - k + 1) / k);
    const exponent = (k * k - k) / (2 * sigma * sigma);
    const logExpm1 = exponent > 30 ? exponent + Math.log1p(-Math.exp(-exponent)) : Math.log(Math.expm1(exponent));
    terms.push(logBinomial + k * Math.log(q) + (order - k) * Math.log1p(-q) + logExpm1);
  }
  return log1pExp(logSumExp(terms));
}

/** ln A(α) by quadrature of A − 1 = E[(1 + u)^α − 1 − αu] with u = q(e^… − 1), whose mean is 0. */
function fractionalOrder(sigma: number, q: number, order: number): number {
  // The integrand is a bell about 0 with another about α: both reached with 10 σ to spare.
  const from = -10 * sigma;
  const to = order + 10 * sigma;
  const points = Math.max(200, Math.ceil(((to - from) / sigma) * 12));
  const h = (to - from) / points;
  const logs: number[] = [];
  for (let i = 0; i <= points; i++) {
    const x = from + i * h;
    const exponent = (2 * x - 1) / (2 * sigma * sigma);
    logs.push(logExcess(order, q, exponent) - (x * x) / (2 * sigma * sigma));
  }
  return log1pExp(logSumExp(logs) + Math.log(h) - Math.log(sigma * Math.sqrt(2 * Math.PI)));
}

/** ln((1 + u)^α − 1 − αu), u = q·(e^exponent − 1) > −1: non-negative by Bernoulli's inequality. */
function logExcess(order: number, q: number, exponent: number): number {
  if (exponent > 40) {
    const logU = Math.log(q) + exponent;
    if (logU > 20) return order * Math.log(q) + order * exponent;
  }
  const u = q * Math.expm1(exponent);
  if (Math.abs(u) < 1e-3) {
    // Binomial series from the square on: what the plain difference would cancel.
    let term = (order * (order - 1) * u * u) / 2;
    let sum = term;
    for (let k = 3; k < 12; k++) {
      term *= ((order - k + 1) * u) / k;
      sum += term;
    }
    return Math.log(Math.max(sum, 0));
  }
  const power = order * Math.log1p(u);
  if (power > 30) return power + Math.log1p(-Math.exp(-power) * (1 + order * u));
  return Math.log(Math.max(Math.expm1(power) - order * u, 0));
}

const log1pExp = (value: number): number =>
  value > 30 ? value + Math.log1p(Math.exp(-value)) : Math.log1p(Math.exp(value));

/** ln Σ e^value. */
export function logSumExp(values: readonly number[]): number {
  const top = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

/** An ε and the order that gave it; a best order at either end of the grid means that a wider grid may give less. */
export interface RdpEpsilon {
  readonly epsilon: number;
  readonly order: number;
  readonly atEnd: boolean;
}

/**
 * How Rényi divergences become (ε, δ): `improved` below; `classic` ε = ρ(α) − ln δ/(α − 1) (Mironov 2017, arXiv 1702.07476, proposition
 * 3), which older libraries and tutorials print.
 */
export type Conversion = 'improved' | 'classic';

/**
 * From RDP to (ε, δ)-DP: ε = ρ(α) + ln((α−1)/α) − (ln δ + ln α)/(α − 1), the smallest over the orders (Canonne, Kamath and Steinke
 * 2020, arXiv 2004.00010, proposition 12; Balle et al. 2020, arXiv 1905.09982). 0 where total variation alone is below δ.
 */
export function rdpToEpsilon(
  orders: readonly number[],
  rdp: readonly number[],
  delta: number,
  conversion: Conversion = 'improved',
): RdpEpsilon {
  let best: RdpEpsilon = { epsilon: Number.POSITIVE_INFINITY, order: orders[0] ?? 0, atEnd: true };
  orders.forEach((order, i) => {
    const divergence = rdp[i]!;
    let epsilon = Number.POSITIVE_INFINITY;
    if (conversion === 'classic') epsilon = divergence - Math.log(delta) / (order - 1);
    else if (delta * delta + Math.expm1(-divergence) > 0) epsilon = 0;
    else if (order > 1.01) epsilon = divergence + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
    if (epsilon < best.epsilon) best = { epsilon, order, atEnd: i === 0 || i === orders.length - 1 };
  });
  return { ...best, epsilon: Math.max(0, best.epsilon) };
}

/** δ at ε ≥ 0 from RDP: the same conversion read the other way, and total variation by Bretagnolle–Huber where that is less. */
export function rdpToDelta(orders: readonly number[], rdp: readonly number[], epsilon: number): number {
  let best = 0;
  orders.forEach((order, i) => {
    const divergence = rdp[i]!;
    let log = divergence === 0 ? Number.NEGATIVE_INFINITY : 0.5 * Math.log(-Math.expm1(-divergence));
    if (order > 1.01)
      log = Math.min(log, (order - 1) * (divergence - epsilon + Math.log1p(-1 / order)) - Math.log(order));
    best = Math.min(best, log);
  });
  return Math.exp(best);
}
