import { GridError, type Loss, type LossGrid, MOST_STEP_POINTS } from './loss';

/**
 * How losses are put on a grid where connect-the-dots is not asked for. `up` and `down`: privacy buckets, whose ε is an upper and a lower
 * bound that drift apart by about count·interval. `nearest`: to the nearest point, which the PRV accountant's error bound is about.
 */
export type Rounding = 'up' | 'down' | 'nearest';

/** A rounded loss, and by how much rounding moved the mean of the finite losses up. */
export interface Rounded {
  readonly grid: LossGrid;
  readonly shift: number;
}

/** @throws GridError where the step does not fit on the grid */
export function rounded(loss: Loss, interval: number, tail: number, rounding: Rounding): Rounded {
  const { losses, masses: weights } = loss.sketch(tail);
  let [low, high, mean, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < losses.length; i++) {
    low = Math.min(low, losses[i]!);
    high = Math.max(high, losses[i]!);
    mean += losses[i]! * weights[i]!;
    total += weights[i]!;
  }
  const offset = rounding === 'nearest' ? 0.5 : 0;
  const first = Math.floor(low / interval - offset);
  const count = Math.ceil(high / interval) - first + 2;
  if (!(count <= MOST_STEP_POINTS))
    throw new GridError(
      Number.isNaN(count) ? 'one step’s losses overflow' : `one step would need ${count} grid points`,
    );
  const masses = new Float64Array(count);
  // Cell i holds the losses in (edge i, edge i + 1]; it is put at its upper end, its lower end or its middle.
  const edge = (i: number): number => (first + i + offset) * interval;
  const up = rounding === 'down' ? 0 : 1;
  let sum = 0;
  let moved = 0;
  for (let i = 0; i + up < count; i++) {
    const mass = loss.within(edge(i), edge(i + 1));
    masses[i + up] = mass;
    sum += mass;
    moved += mass * (first + i + up) * interval;
  }
  const rest = Math.max(0, 1 - loss.unbounded - sum);
  // What lies outside the cells: unbounded for an upper bound, at the far low end for a lower one.
  if (rounding !== 'up') masses[0]! += rest;
  return {
    grid: { interval, first, masses, infinity: loss.unbounded + (rounding === 'up' ? rest : 0) },
    shift: total > 0 && sum > 0 ? moved / sum - mean / total : 0,
  };
}
