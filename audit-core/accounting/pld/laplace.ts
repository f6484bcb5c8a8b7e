import { emptyGrid, type Loss, share, shortfall } from './loss';

/**
 * Laplace noise of scale `scale` (over the L1 sensitivity), Poisson-sampled at `rate`: (1 − rate)·Q + rate·P against Q, where the
 * unsampled loss u lies in [−1/b, 1/b] with P(u ≤ l) = ½e^(−(1 − bl)/2b) below 1/b and Q(u ≤ l) = 1 − ½e^(−(1 + bl)/2b) above −1/b.
 */
export function laplaceLoss(scale: number, rate: number, reverse: boolean): Loss {
  const bound = 1 / scale;
  const sign = reverse ? -1 : 1;
  const unsampled = (loss: number): number => (rate === 1 ? loss : Math.log1p(Math.expm1(loss) / rate));
  const sampled = (u: number): number => (rate === 1 ? u : Math.log1p(rate * Math.expm1(u)));
  /** Masses of u ≥ l under the unsampled P and Q. */
  const above = (l: number): readonly [number, number] =>
    l > bound
      ? [0, 0]
      : l <= -bound
        ? [1, 1]
        : [
            1 - (l === bound ? 0.5 : 0.5 * Math.exp(-(1 - scale * l) / (2 * scale))),
            0.5 * Math.exp(-(1 + scale * l) / (2 * scale)),
          ];
  const pair = ([p, q]: readonly [number, number]): readonly [number, number] => [rate * p + (1 - rate) * q, q];
  /** Masses of the open interval (a, b) inside the bounds. */
  const within = (a: number, b: number): readonly [number, number] => {
    const p = 0.5 * Math.exp(-(1 - scale * b) / (2 * scale)) * -Math.expm1((a - b) / 2);
    const q = 0.5 * Math.exp(-(1 + scale * a) / (2 * scale)) * -Math.expm1((a - b) / 2);
    return pair([p, q]);
  };
  const ends = [
    { loss: sampled(bound), masses: pair([0.5, 0.5 * Math.exp(-bound)]) },
    { loss: sampled(-bound), masses: pair([0.5 * Math.exp(-bound), 0.5]) },
  ] as const;
  const own = (masses: readonly [number, number]): number => masses[reverse ? 1 : 0];
  const other = (masses: readonly [number, number]): number => masses[reverse ? 0 : 1];
  return {
    name: `laplace ${scale} at ${rate}${reverse ? ' reversed' : ''}`,
    unbounded: 0,
    sketch() {
      const count = 400;
      const losses = new Float64Array(count + 2);
      const masses = new Float64Array(count + 2);
      for (let i = 0; i < count; i++) {
        const a = -bound + (2 * bound * i) / count;
        losses[i] = sign * sampled(a + bound / count);
        masses[i] = own(within(a, a + (2 * bound) / count));
      }
      ends.forEach(({ loss, masses: pairMasses }, i) => {
        losses[count + i] = sign * loss;
        masses[count + i] = own(pairMasses);
      });
      return { losses, masses };
    },
    grid(interval) {
      const [a, b] = [sampled(-bound), sampled(bound)].map(each => sign * each) as [number, number];
      const { first, masses } = emptyGrid(interval, Math.min(a, b), Math.max(a, b));
      for (const { loss, masses: pairMasses } of ends) {
        const cell = Math.floor((sign * loss) / interval);
        const p = own(pairMasses);
        share(masses, cell - first, interval, p, shortfall(p, cell * interval, other(pairMasses)));
      }
      for (let cell = first; cell < first + masses.length - 1; cell++) {
        const edges = [cell * interval, (cell + 1) * interval].map(edge => {
          const u = unsampled(sign * edge);
          return Number.isNaN(u) ? -bound : Math.min(bound, Math.max(-bound, u));
        });
        const [low, high] = [Math.min(edges[0]!, edges[1]!), Math.max(edges[0]!, edges[1]!)];
        if (low === high) continue;
        const inside = within(low, high);
        const p = own(inside);
        share(masses, cell - first, interval, p, shortfall(p, cell * interval, other(inside)));
      }
      return { interval, first, masses, infinity: 0 };
    },
    delta(epsilon) {
      const u = unsampled(sign * epsilon);
      if (Number.isNaN(u)) return reverse ? 0 : -Math.expm1(epsilon);
      const [p, q] = pair(above(u));
      return Math.max(0, reverse ? shortfall(1 - q, epsilon, 1 - p) : shortfall(p, epsilon, q));
    },
    within(from, to) {
      const edge = (l: number): number => {
        const u = unsampled(sign * l);
        return Number.isNaN(u) ? -bound : Math.min(bound, Math.max(-bound, u));
      };
      const [a, b] = [edge(from), edge(to)].sort((x, y) => x - y) as [number, number];
      const atoms = ends.filter(({ loss }) => sign * loss > from && sign * loss <= to);
      return (a < b ? own(within(a, b)) : 0) + atoms.reduce((sum, { masses }) => sum + own(masses), 0);
    },
  };
}
