import { binomialMass } from './binomial';
import { type DpEvent, gaussianNoise, leavesOf, type Relation } from './events';
import { gaussianDelta, smallestEpsilon } from './gaussian';

/** Masses that are counted as certain loss instead of being followed. */
const NEGLIGIBLE = 1e-6;

/**
 * ε of Poisson-sampled Gaussian steps by how often a record takes part: the hockey-stick divergence is jointly convex, so δ(ε) is at most
 * the mean over K ~ Bin(steps, q) of δ of K unsampled steps (Gaussians at σ/√K). No amplification within a step is seen, so it is loose at
 * usual noise, and close where the noise is so small that one participation already tells: there no grid of losses fits.
 *
 * null where the event is anything else than one kind of sampled Gaussian step and unsampled Gaussians.
 */
export function participationEpsilon(event: DpEvent, relation: Relation, delta: number): number | null {
  let fixed = 0;
  let sampled: { readonly precision: number; readonly rate: number; readonly count: number } | null = null;
  for (const { event: leaf, count } of leavesOf(event)) {
    const noise = gaussianNoise(leaf.type === 'poissonSampled' ? leaf.event : leaf);
    if (noise === null) return null;
    const precision = (relation === 'replace-one' ? 4 : 1) / noise ** 2;
    if (leaf.type !== 'poissonSampled' || leaf.sampleRate === 1) fixed += count * precision;
    else if (sampled !== null) return null;
    else sampled = { precision, rate: leaf.sampleRate, count };
  }
  if (sampled === null) return null;
  const { precision, rate, count } = sampled;
  const mean = count * rate;
  const reach = 12 * Math.sqrt(mean + 1) + 40;
  const parts: { readonly mass: number; readonly sigma: number }[] = [];
  let rest = 1;
  for (let k = Math.max(0, Math.floor(mean - reach)); k <= Math.min(count, Math.ceil(mean + reach)); k++) {
    const mass = binomialMass(count, rate, k);
    rest -= mass;
    if (mass > delta * NEGLIGIBLE * 1e-3) parts.push({ mass, sigma: (fixed + k * precision) ** -0.5 });
  }
  // What is not followed is lost for certain; masses are good to about 1e-12.
  const lost = Math.max(0, 1 - parts.reduce((sum, part) => sum + part.mass, 0)) + 1e-12;
  if (!(lost < delta / 2) || rest > delta) return null;
  const deltaAt = (epsilon: number): number =>
    lost +
    parts.reduce((sum, { mass, sigma }) => sum + mass * (sigma === Infinity ? 0 : gaussianDelta(sigma, epsilon)), 0);
  const epsilon = smallestEpsilon(deltaAt, delta);
  return Number.isFinite(epsilon) ? epsilon : null;
}
