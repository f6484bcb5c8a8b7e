import { emptyGrid, type Loss, share } from './loss';

/** An outcome of a discrete pair: its loss ln P/Q and its mass under both hypotheses (an infinite loss has q = 0, −∞ has p = 0). */
export interface Atom {
  readonly loss: number;
  readonly p: number;
  readonly q: number;
}

/** The other direction: Q against P. */
export const swapped = (atoms: readonly Atom[]): Atom[] => atoms.map(({ loss, p, q }) => ({ loss: -loss, p: q, q: p }));

/** The pair after Poisson sampling at `rate`: (1 − rate)·Q + rate·P against Q. */
export const sampledAtoms = (atoms: readonly Atom[], rate: number): Atom[] =>
  atoms.map(({ loss, p, q }) => ({
    loss: loss > 600 ? loss + Math.log(rate) : Math.log1p(rate * Math.expm1(loss)),
    p: (1 - rate) * q + rate * p,
    q,
  }));

/** A loss distribution of finitely many losses. */
export function atomicLoss(name: string, atoms: readonly Atom[]): Loss {
  const finite = atoms.filter(({ loss, p }) => p > 0 && Number.isFinite(loss));
  const infinity = atoms.reduce((sum, { loss, p }) => (loss === Number.POSITIVE_INFINITY ? sum + p : sum), 0);
  const losses = Float64Array.from(finite, atom => atom.loss);
  const masses = Float64Array.from(finite, atom => atom.p);
  return {
    name,
    unbounded: infinity,
    sketch: () => ({ losses, masses }),
    grid(interval) {
      const { first, masses: out } = emptyGrid(interval, Math.min(...losses), Math.max(...losses));
      for (let i = 0; i < losses.length; i++) {
        const nearest = Math.round(losses[i]! / interval);
        // A loss on the grid up to rounding stays there: splitting would only widen it.
        if (Math.abs(losses[i]! / interval - nearest) < 1e-9) {
          out[nearest - first]! += masses[i]!;
          continue;
        }
        const cell = Math.floor(losses[i]! / interval);
        const difference = -masses[i]! * Math.expm1(cell * interval - losses[i]!);
        share(out, cell - first, interval, masses[i]!, difference);
      }
      return { interval, first, masses: out, infinity };
    },
    delta(epsilon) {
      let delta = infinity;
      for (let i = 0; i < losses.length; i++)
        if (losses[i]! > epsilon) delta -= masses[i]! * Math.expm1(epsilon - losses[i]!);
      return delta;
    },
    within(from, to) {
      let sum = 0;
      for (let i = 0; i < losses.length; i++) if (losses[i]! > from && losses[i]! <= to) sum += masses[i]!;
      return sum;
    },
  };
}

/** A public choice between mechanisms: the loss of branch i with probability `weight`. */
export function mixedLoss(branches: readonly { readonly weight: number; readonly loss: Loss }[]): Loss {
  return {
    name: `mixed(${branches.map(({ weight, loss }) => `${weight}·${loss.name}`).join('+')})`,
    unbounded: branches.reduce((sum, { weight, loss }) => sum + weight * loss.unbounded, 0),
    sketch(tail) {
      const parts = branches.map(({ weight, loss }) => ({ weight, ...loss.sketch(tail) }));
      return {
        losses: Float64Array.from(parts.flatMap(({ losses }) => [...losses])),
        masses: Float64Array.from(parts.flatMap(({ weight, masses }) => [...masses].map(mass => weight * mass))),
      };
    },
    grid(interval, tail) {
      const grids = branches.map(({ loss }) => loss.grid(interval, tail));
      const first = Math.min(...grids.map(grid => grid.first));
      const end = Math.max(...grids.map(grid => grid.first + grid.masses.length));
      const masses = new Float64Array(end - first);
      let infinity = 0;
      grids.forEach((grid, g) => {
        const { weight } = branches[g]!;
        infinity += weight * grid.infinity;
        for (let i = 0; i < grid.masses.length; i++) masses[grid.first - first + i]! += weight * grid.masses[i]!;
      });
      return { interval, first, masses, infinity };
    },
    delta: epsilon => branches.reduce((sum, { weight, loss }) => sum + weight * loss.delta(epsilon), 0),
    within: (from, to) => branches.reduce((sum, { weight, loss }) => sum + weight * loss.within(from, to), 0),
  };
}
