import erfc from '@stdlib/math-base-special-erfc';
import erfcx from '@stdlib/math-base-special-erfcx';

/** Standard normal upper tail P(Z > z), to full relative precision in the tail. */
export const upperTail = (z: number): number => 0.5 * erfc(z / Math.SQRT2);

/** ln P(Z > z), also where the tail itself underflows. */
export function logUpperTail(z: number): number {
  if (z < 5) return Math.log(upperTail(z));
  return Math.log(0.5 * erfcx(z / Math.SQRT2)) - (z * z) / 2;
}

/** The z with P(Z > z) = `mass`, for tails down to 1e-300; Newton on the logarithm. */
export function tailPoint(mass: number): number {
  if (mass >= 0.5) return 0;
  const wanted = Math.log(mass);
  let z = Math.sqrt(-2 * wanted);
  for (let i = 0; i < 60; i++) {
    const step = (logUpperTail(z) - wanted) / hazard(z);
    z = Math.max(0, z + step);
    if (Math.abs(step) < 1e-13 * (1 + z)) break;
  }
  return z;
}

/** Density over upper tail: the derivative of −ln P(Z > z). */
const hazard = (z: number): number => Math.sqrt(2 / Math.PI) / erfcx(z / Math.SQRT2);

/**
 * δ(ε) of the Gaussian mechanism with sensitivity 1 and standard deviation `sigma` (Balle and Wang 2018, arXiv 1805.06530,
 * theorem 8): Φ(1/2σ − εσ) − e^ε Φ(−1/2σ − εσ). Exact for add/remove; add and remove agree. Result in [0, 1].
 */
export function gaussianDelta(sigma: number, epsilon: number): number {
  const a = epsilon * sigma - 1 / (2 * sigma);
  const b = epsilon * sigma + 1 / (2 * sigma);
  const first = upperTail(a);
  // In the far tail the difference cancels: both terms share exp(−a²/2), which is taken out.
  if (a > 3) return Math.max(0, 0.5 * Math.exp((-a * a) / 2) * (erfcx(a / Math.SQRT2) - erfcx(b / Math.SQRT2)));
  return Math.min(1, Math.max(0, first - Math.exp(epsilon + logUpperTail(b))));
}

/** The smallest ε ≥ 0 with δ(ε) ≤ `delta` for one Gaussian release of noise `sigma`; rounded up by bisection to 1e-14 relative. */
export function gaussianEpsilon(sigma: number, delta: number): number {
  return smallestEpsilon(epsilon => gaussianDelta(sigma, epsilon), delta);
}

/** The smallest ε ≥ 0 at which a falling δ(ε) reaches `delta`; the upper end of the last bracket, so never too small. */
export function smallestEpsilon(deltaAt: (epsilon: number) => number, delta: number): number {
  if (deltaAt(0) <= delta) return 0;
  let high = 1;
  while (deltaAt(high) > delta) {
    high *= 2;
    if (high > 1e15) return Number.POSITIVE_INFINITY;
  }
  let low = high === 1 ? 0 : high / 2;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2;
    if (deltaAt(middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}
