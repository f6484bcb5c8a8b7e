import { asNumbers, type Column, cellsOf, Lazy, numbersColumn } from '../column';
import { ReplayError } from '../errors';
import { uniqueCodes } from '../generators/sklearn';
import { column, type Grid } from '../grid';
import { asCells, asGrid, type Fitted, isScalar, type Value } from '../values';

const fitted = (apply: (data: Grid) => Grid): Fitted => ({ kind: 'fitted', apply });

/** Most columns that products of columns may make. */
const mostColumns = 20_000;

/** Combinations of columns by degree, in scikit-learn's order: by degree, then lexicographic. */
function combinations(width: number, low: number, high: number, distinct: boolean): number[][] {
  const out: number[][] = [];
  const grow = (chosen: number[], degree: number): void => {
    if (chosen.length === degree) {
      out.push(chosen);
      if (out.length > mostColumns) throw new ReplayError(`Products of columns make more than ${mostColumns} columns.`);
      return;
    }
    const last = chosen.at(-1);
    for (let i = last === undefined ? 0 : distinct ? last + 1 : last; i < width; i++) grow([...chosen, i], degree);
  };
  for (let degree = low; degree <= high; degree++) grow([], degree);
  return out;
}

/** scikit-learn's `PolynomialFeatures`: products of columns up to a degree. */
export function polynomial(
  data: Grid,
  { degree, interaction, bias }: { readonly degree: Value; readonly interaction: boolean; readonly bias: boolean },
): Fitted {
  const [low, high] = isScalar(degree) ? [0, Number(degree)] : (asCells(degree).map(Number) as [number, number]);
  const first = Math.max(low, bias && low === 0 ? 0 : 1);
  const products = combinations(data.columns.length, first, high, interaction);
  return fitted(grid => ({
    ...grid,
    flat: false,
    names: [],
    columns: products.map(
      factors =>
        new Lazy(() => {
          const out = new Float64Array(grid.height).fill(1);
          for (const at of factors) {
            const values = asNumbers(column(grid, at));
            for (let row = 0; row < out.length; row++) out[row] = out[row]! * values[row]!;
          }
          return numbersColumn(out);
        }),
    ),
  }));
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Score of one column against a target, by the name of scikit-learn's function. Constant columns have none. */
function scoreOf(name: string, values: readonly number[], target: readonly number[], classes: number): number {
  const n = values.length;
  if (name === 'chi2') {
    // Observed sums by class against what the classes' shares would give.
    const total = values.reduce((a, b) => a + b, 0);
    let score = 0;
    for (let c = 0; c < classes; c++) {
      let observed = 0;
      let count = 0;
      for (let i = 0; i < n; i++)
        if (target[i] === c) {
          observed += values[i]!;
          count++;
        }
      const expected = (total * count) / n;
      score += (observed - expected) ** 2 / expected;
    }
    return score;
  }
  if (name === 'f_classif') {
    const overall = mean(values);
    let between = 0;
    let within = 0;
    for (let c = 0; c < classes; c++) {
      const own = values.filter((_, i) => target[i] === c);
      const centre = mean(own);
      between += own.length * (centre - overall) ** 2;
      for (const x of own) within += (x - centre) ** 2;
    }
    return between / (classes - 1) / (within / (n - classes));
  }
  if (name === 'f_regression') {
    const [mx, my] = [mean(values), mean(target)];
    let [xy, xx, yy] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const [dx, dy] = [values[i]! - mx, target[i]! - my];
      xy += dx * dy;
      xx += dx * dx;
      yy += dy * dy;
    }
    const r = xy / Math.sqrt(xx * yy);
    return (r * r * (n - 2)) / (1 - r * r);
  }
  throw new ReplayError(`Columns are chosen by "${name}", which is not replayed.`);
}

/** scikit-learn's `SelectKBest` by its three scores that are plain arithmetic. Near ties are refused: rounding would decide them. */
export function bestColumns(data: Grid, target: Value, score: string, k: Value): Fitted {
  if (target === null) throw new ReplayError('Columns are chosen by a target that was not followed.');
  const labels = cellsOf(column(asGrid(target), 0));
  const codes = uniqueCodes(labels);
  const wanted = score === 'f_regression' ? labels.map(Number) : Array.from(codes.codes);
  const count = k === 'all' ? data.columns.length : Math.min(Number(k), data.columns.length);
  const scores = data.columns.map((lazy: Lazy<Column>) =>
    scoreOf(score, Array.from(asNumbers(lazy.get())), wanted, codes.count),
  );
  const ranked = [...scores.keys()].sort((a, b) => (scores[b]! || 0) - (scores[a]! || 0));
  const [last, next] = [scores[ranked[count - 1]!], scores[ranked[count]!]];
  if (last !== undefined && next !== undefined && Math.abs(last - next) <= 1e-9 * Math.abs(last))
    throw new ReplayError('Columns are chosen by scores that are equal.');
  const keep = ranked.slice(0, count).sort((a, b) => a - b);
  return fitted(grid => ({
    ...grid,
    names: grid.names.length ? keep.map(at => grid.names[at]!) : [],
    columns: keep.map(at => grid.columns[at]!),
  }));
}
