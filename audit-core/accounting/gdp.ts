import { type DpEvent, EventError, leavesOf } from './events';
import { gaussianDelta, gaussianEpsilon, upperTail } from './gaussian';

/**
 * μ of the Gaussian-DP limit of a composition (Dong, Roth and Su 2019, arXiv 1905.02383; Bu et al. 2020, arXiv 1911.11607): √(Σ μ²) with
 * μ² = (distance/σ)² for a Gaussian, exactly, and q²(e^(1/σ²) − 1) for a Poisson-sampled one, by the central limit theorem.
 * **An approximation**: it may lie far below the truth where steps are few, σ is small or q is tiny. @throws EventError for other mechanisms
 */
export function gdpMu(event: DpEvent, distance = 1): number {
  let squares = 0;
  for (const { event: leaf, count } of leavesOf(event)) {
    if (leaf.type === 'gaussian') squares += count * (distance / leaf.noiseMultiplier) ** 2;
    else if (leaf.type === 'poissonSampled' && leaf.event.type === 'gaussian')
      squares += count * leaf.sampleRate ** 2 * Math.expm1((distance / leaf.event.noiseMultiplier) ** 2);
    else throw new EventError(`Gaussian DP knows Gaussians and Poisson-sampled Gaussians, not ${leaf.type}.`);
  }
  return Math.sqrt(squares);
}

/** μ of Bu et al. for batches of a fixed size drawn uniformly: √2·q·√T·√(e^(1/σ²)·Φ(1.5/σ) + 3Φ(−0.5/σ) − 2). An approximation too. */
export function uniformGdpMu(noiseMultiplier: number, sampleRate: number, steps: number): number {
  const inverse = 1 / noiseMultiplier;
  const inner = Math.exp(inverse * inverse) * normalCdf(1.5 * inverse) + 3 * normalCdf(-0.5 * inverse) - 2;
  return Math.SQRT2 * sampleRate * Math.sqrt(steps) * Math.sqrt(Math.max(0, inner));
}

const normalCdf = (x: number): number => upperTail(-x);

/** ε at `delta` of μ-GDP; 0 without any loss. */
export const gdpEpsilon = (mu: number, delta: number): number =>
  mu === 0 ? 0 : mu === Number.POSITIVE_INFINITY ? mu : gaussianEpsilon(1 / mu, delta);

/** δ at `epsilon` of μ-GDP. */
export const gdpDelta = (mu: number, epsilon: number): number =>
  mu === 0 ? 0 : mu === Number.POSITIVE_INFINITY ? 1 : gaussianDelta(1 / mu, epsilon);
