import { calibrate } from '../../accounting/calibrate';
import { ShadowError } from '../engine';
import type { PrivateRecipe } from './recipe';
import { gaussian } from './trainable';

/** Noise, clip norm and divisor of private steps for a model that is trained on so many rows. */
export interface PrivateSteps {
  readonly clipNorm: number;
  /** Standard deviation of the noise on the sum of clipped gradients. */
  readonly deviation: number;
  readonly expectedBatch: number;
}

/**
 * Opacus: the rate of sampling is 1 over the batches of an epoch, the expected batch ⌊rows · rate⌋, and a target ε is reached by its
 * PRV accountant.
 */
export function privateSteps(given: PrivateRecipe, rows: number, batches: number): PrivateSteps {
  const { clipNorm, noise } = given;
  const expectedBatch = Math.max(1, Math.floor(rows / batches));
  const multiplier = noise.kind === 'multiplier' ? noise.value : multiplierFor(noise, batches);
  return { clipNorm, deviation: multiplier * clipNorm, expectedBatch };
}

function multiplierFor(
  { epsilon, delta, epochs }: Extract<PrivateRecipe['noise'], { kind: 'target' }>,
  batches: number,
): number {
  const event = {
    type: 'selfComposed' as const,
    count: epochs * batches,
    event: {
      type: 'poissonSampled' as const,
      sampleRate: 1 / batches,
      event: { type: 'gaussian' as const, noiseMultiplier: 1 },
    },
  };
  try {
    return calibrate(event, 'prv', 'add-or-remove', delta, epsilon);
  } catch (error) {
    throw new ShadowError(`The noise of its privacy budget cannot be solved for: ${(error as Error).message}`);
  }
}

/** min(1, C/(‖g‖ + 1e-6)) of each row, as Opacus's DPOptimizer. */
export const clipFactors = (squares: Float32Array | Float64Array, clipNorm: number): Float32Array =>
  Float32Array.from(squares, square => Math.min(1, clipNorm / (Math.sqrt(square) + 1e-6)));

/** The sum of clipped gradients with noise, over the expected batch, in place. */
export function addNoise(sum: Float32Array, { deviation, expectedBatch }: PrivateSteps, random: () => number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i]! + deviation * gaussian(random)) / expectedBatch;
}
