import { logUpperTail, smallestEpsilon, upperTail } from './gaussian';

/**
 * The smallest δ that one epoch of shuffled batches can have at `epsilon` (Chua et al. 2024, arXiv 2403.17673, section 4): the record
 * moves one of `batches` releases by 2/σ instead of 1/σ, and the sets {largest release ≥ c} tell the two apart. With
 * g(m) = 1 − Φ((c − m)/σ)·Φ(c/σ)^(batches − 1), δ ≥ max_c g(2) − e^ε·g(1). More epochs only add to it.
 */
export function shuffleLowerDelta(noiseMultiplier: number, batches: number, epsilon: number): number {
  const reached = (move: number, c: number): number => {
    const below = logCdf(c - move / noiseMultiplier) + (batches - 1) * logCdf(c);
    return -Math.expm1(below);
  };
  const gain = (c: number): number => reached(2, c) - Math.exp(epsilon) * reached(1, c);
  // The gain has one top: a coarse look, then golden sections about the best.
  const from = -2;
  const to = 3 / noiseMultiplier + epsilon * noiseMultiplier + 12;
  const step = (to - from) / 400;
  let best = from;
  for (let i = 0; i <= 400; i++) if (gain(from + i * step) > gain(best)) best = from + i * step;
  let [low, high] = [best - step, best + step];
  for (let i = 0; i < 80; i++) {
    const [a, b] = [low + 0.382 * (high - low), low + 0.618 * (high - low)];
    if (gain(a) > gain(b)) high = b;
    else low = a;
  }
  return Math.max(0, gain((low + high) / 2));
}

/** ln Φ(x), with full digits where Φ is near 1. */
const logCdf = (x: number): number => (x > 0 ? Math.log1p(-upperTail(x)) : logUpperTail(-x));

/**
 * ε that shuffled batches have at least at `delta`, zero-out relation: what no accountant of shuffling can promise to stay below, for the
 * Poisson figure to be held against. `batches` is steps an epoch.
 */
export function shuffleLowerEpsilon(noiseMultiplier: number, batches: number, delta: number): number {
  if (noiseMultiplier === 0) return Number.POSITIVE_INFINITY;
  // The bracket's upper end meets δ; a hair below it is still a lower bound of what the epoch reveals.
  return smallestEpsilon(epsilon => shuffleLowerDelta(noiseMultiplier, batches, epsilon), delta) * (1 - 1e-9);
}
