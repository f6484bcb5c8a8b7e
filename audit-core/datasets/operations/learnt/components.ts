import { Lazy } from '../../column';
import { ReplayError } from '../../errors';
import type { Grid } from '../../grid';
import type { Fitted } from '../../values';
import { type Columns, completeNumbers, fitted, type Options, sameWidth, withNumbers } from './matrix';

/** Wider tables would take too long here. */
const widest = 512;
/** Directions whose variances lie nearer to each other, relative to the largest, are turned by rounding. */
const nearest = 1e-7;

/**
 * scikit-learn's `PCA` where it is exact (`full`, `covariance_eigh`, and `auto` where that means one of them). The sign of a direction is that of
 * version 1.5 and later: its entry of largest size is positive. What rounding would decide is refused.
 */
export function principalComponents(data: Grid, options: Options): Fitted {
  const columns = completeNumbers(data, 'PCA');
  const [n, d] = [data.height, columns.length];
  const wanted = options.get('n_components') ?? null;
  if (wanted !== null && typeof wanted !== 'number')
    throw new ReplayError('The number of components of PCA is not replayed.');
  checkSolver(String(options.get('svd_solver') ?? 'auto'), wanted, n, d);
  if (d > widest || n < 2) throw new ReplayError(`PCA of more than ${widest} columns is not replayed.`);
  const means = columns.map(each => sum(each) / n);
  const { values, vectors } = symmetricEigen(covariance(columns, means), d);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  const variances = order.map(at => Math.max(0, values[at]!));
  const kept = countOf(wanted, variances, Math.min(n, d));
  const largest = variances[0] ?? 0;
  for (let c = 0; c < kept; c++) {
    const gap = Math.min(variances[c - 1] ?? Infinity, Infinity) - variances[c]!;
    const next = variances[c]! - (variances[c + 1] ?? -Infinity);
    if (Math.min(c === 0 ? Infinity : gap, next) <= nearest * largest || variances[c]! <= nearest * largest)
      throw new ReplayError('PCA keeps components of (nearly) equal or no variance; their directions are not certain.');
  }
  const whiten = options.flag('whiten', false);
  const directions = order.slice(0, kept).map((at, c) => {
    const direction = Float64Array.from({ length: d }, (_, i) => vectors[i * d + at]!);
    const sign = signOf(direction);
    const scale = whiten ? Math.sqrt(variances[c]!) : 1;
    return direction.map(x => (x * sign) / scale);
  });
  return fitted(grid => {
    sameWidth(grid, d, 'PCA');
    const given = new Lazy(() => completeNumbers(grid, 'PCA'));
    return withNumbers(
      grid,
      directions.map(
        direction =>
          new Lazy(() => {
            const out = new Float64Array(grid.height);
            given.get().forEach((each, i) => {
              const [weight, mean] = [direction[i]!, means[i]!];
              for (let row = 0; row < out.length; row++) out[row] = out[row]! + weight * (each[row]! - mean);
            });
            return out;
          }),
      ),
    );
  });
}

/** scikit-learn's choice (1.5 and later). */
function checkSolver(solver: string, wanted: number | null, n: number, d: number): void {
  const small = Math.max(n, d) <= 500 || (d <= 1000 && n >= 10 * d);
  const few = wanted !== null && wanted >= 1 && wanted < 0.8 * Math.min(n, d);
  if (['full', 'covariance_eigh'].includes(solver) || (solver === 'auto' && (small || !few))) return;
  throw new ReplayError('PCA by a randomized or iterative method is not replayed; svd_solver="full" is.');
}

function countOf(wanted: number | null, variances: readonly number[], most: number): number {
  if (wanted === null) return most;
  if (wanted >= 1) return Math.min(most, wanted);
  const total = variances.reduce((a, b) => a + b, 0);
  let share = 0;
  for (const [c, variance] of variances.entries()) {
    share += variance / total;
    if (Math.abs(share - wanted) < 1e-9)
      throw new ReplayError('The number of components of PCA is decided by rounding.');
    if (share > wanted) return c + 1;
  }
  return variances.length;
}

function signOf(direction: Float64Array): number {
  let at = 0;
  for (let i = 1; i < direction.length; i++) if (Math.abs(direction[i]!) > Math.abs(direction[at]!)) at = i;
  const rival = direction.some((x, i) => i !== at && x * direction[at]! < 0 && Math.abs(x + direction[at]!) < 1e-8);
  if (rival) throw new ReplayError('The sign of a component of PCA is decided by rounding.');
  return direction[at]! < 0 ? -1 : 1;
}

const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};

function covariance(columns: Columns, means: readonly number[]): Float64Array {
  const d = columns.length;
  const n = columns[0]?.length ?? 0;
  const centred = columns.map((each, i) => Float64Array.from(each, x => x - means[i]!));
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = i; j < d; j++) {
      const [a, b] = [centred[i]!, centred[j]!];
      let total = 0;
      for (let row = 0; row < n; row++) total += a[row]! * b[row]!;
      out[i * d + j] = out[j * d + i] = total / (n - 1);
    }
  return out;
}

/** Values and vectors (by column) of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, "Matrix Computations", 8.5). */
export function symmetricEigen(matrix: Float64Array, d: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const v = new Float64Array(d * d);
  for (let i = 0; i < d; i++) v[i * d + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) {
        const square = a[i * d + j]! ** 2;
        all += square;
        if (i !== j) off += square;
      }
    if (off <= 1e-32 * all) break;
    for (let p = 0; p < d - 1; p++)
      for (let q = p + 1; q < d; q++) {
        const apq = a[p * d + q]!;
        if (apq === 0) continue;
        const theta = (a[q * d + q]! - a[p * d + p]!) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, v, d, p, q, c, t * c);
      }
  }
  return { values: Float64Array.from({ length: d }, (_, i) => a[i * d + i]!), vectors: v };
}

function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < d; k++) {
    const [x, y] = [a[k * d + p]!, a[k * d + q]!];
    a[k * d + p] = c * x - s * y;
    a[k * d + q] = s * x + c * y;
    const [f, g] = [v[k * d + p]!, v[k * d + q]!];
    v[k * d + p] = c * f - s * g;
    v[k * d + q] = s * f + c * g;
  }
  for (let k = 0; k < d; k++) {
    const [x, y] = [a[p * d + k]!, a[q * d + k]!];
    a[p * d + k] = c * x - s * y;
    a[q * d + k] = s * x + c * y;
  }
}
