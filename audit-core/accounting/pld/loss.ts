import { borrowPart } from './scratch';

/** A privacy loss distribution on the grid `(first + i)·interval`; `infinity` is the mass of an unbounded loss. */
export interface LossGrid {
  readonly interval: number;
  readonly first: number;
  readonly masses: Float64Array;
  readonly infinity: number;
}

/** Losses with their masses: exact for atoms, a quadrature of a density otherwise. */
export interface Sketch {
  readonly losses: Float64Array;
  readonly masses: Float64Array;
}

/**
 * The privacy loss L = ln P/Q of one release under P, in one direction: for `remove` P is with the record, for `add` without it.
 * Every room of the composition needs just these readings of it.
 */
export interface Loss {
  /** Equal names are the same distribution. */
  readonly name: string;
  /** True where the edges of cells are found by iteration: grids are then kept to fewer points. */
  readonly costly?: boolean;
  /** Mass of outcomes that only P can give: no ε covers them. */
  readonly unbounded: number;
  /** For planning (moments, windows): losses up to the one that `tail` of the mass exceeds. */
  sketch(tail: number): Sketch;
  /**
   * Connect-the-dots on the grid (Doroshenko et al. 2022, arXiv 2207.04380): an upper bound of every δ(ε). At most `tail` of the
   * mass may be moved up to infinity.
   */
  grid(interval: number, tail: number): LossGrid;
  /** δ(ε) of this one release: P(L > ε) − e^ε Q(L > ε), in closed form. */
  delta(epsilon: number): number;
  /** Mass under P of finite losses in (from, to], in closed form: what rounding to a grid asks for. */
  within(from: number, to: number): number;
}

/** p − e^loss·q, the mass that `q` falls short of; `p` alone, which is more, where q is too small to be told. */
export const shortfall = (p: number, loss: number, q: number): number =>
  loss <= 700 ? p - Math.exp(loss) * q : q > 0 ? p - Math.exp(loss + Math.log(q)) : p;

/** The most points of one step on the grid: beyond it the grid is refused. */
export const MOST_STEP_POINTS = 2 ** 22;

/** The most points of one step for a loss whose cells cost iterations. */
export const MOST_COSTLY_POINTS = 2 ** 16;

/** A grid that would not fit in memory. */
export class GridError extends Error {}

/** An empty grid from loss `low` to `high`. @throws GridError */
export function emptyGrid(interval: number, low: number, high: number): { first: number; masses: Float64Array } {
  const first = Math.floor(low / interval + 1e-9) - 1;
  const count = Math.ceil(high / interval - 1e-9) - first + 3;
  if (!(count <= MOST_STEP_POINTS)) throw new GridError(`one step would need ${count} grid points`);
  return { first, masses: borrowPart(count) };
}

/**
 * Shares the mass `p` under P and `q` under Q of a cell [low, low + interval] between its ends so that both are kept: the upper end
 * gets (p − q·e^low)/(1 − e^−interval). `difference` is p − q·e^low where the caller knows it without cancellation.
 */
export function share(masses: Float64Array, at: number, interval: number, p: number, difference: number): void {
  const up = Math.min(p, Math.max(0, difference / -Math.expm1(-interval)));
  masses[at]! += p - up;
  masses[at + 1]! += up;
}
