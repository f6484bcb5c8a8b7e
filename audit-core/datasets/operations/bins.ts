import { type Cell, type Column, mapCells, mapNumbers } from '../column';
import { ReplayError } from '../errors';
import { column, mapColumns, vector } from '../grid';
import { present, sortedQuantile } from '../statistics';
import { asCells, isGrid, isList } from '../values';
import type { Operations } from './index';

const spaced = (from: number, to: number, n: number): number[] =>
  Array.from({ length: n + 1 }, (_, i) => (i === n ? to : from + ((to - from) * i) / n));

/** Labels as categories in their own order. */
function labelled(codes: Column, names: readonly Cell[]): Column {
  const made = mapCells(codes, cell => (cell === null ? null : (names[Number(cell)] ?? null)));
  if (!made.levels) return made;
  const levels = names.map(String);
  const places = made.levels.map(level => levels.indexOf(level));
  return {
    type: 'text',
    levels,
    category: true,
    data: Int32Array.from(made.data, code => (code < 0 ? -1 : places[code]!)),
  };
}

/** Numbers put into bins, as pandas and numpy do it. Bins without labels are their number. */
export const bins: Operations = {
  cut: step => {
    const given = step.value(1);
    if (!isList(given) && !isGrid(given)) throw new ReplayError('The edges of bins were not followed.');
    const edges = asCells(given).map(Number);
    const labels = step.named('labels');
    const right = (step.named('right') ?? 1) !== 0;
    const lowest = step.named('include_lowest') === 1;
    const names = labels === undefined || labels === null || labels === 0 ? null : asCells(labels);
    if (names && names.length !== edges.length - 1) throw new ReplayError('Bins have another number of labels.');
    return mapColumns(step.grid(0), each => {
      const codes = mapCells(each, cell => {
        if (cell === null) return null;
        const x = Number(cell);
        for (let i = 1; i < edges.length; i++) {
          const [low, high] = [edges[i - 1]!, edges[i]!];
          const inside = right ? (x > low || (lowest && i === 1 && x === low)) && x <= high : x >= low && x < high;
          if (inside) return i - 1;
        }
        return null;
      });
      return names ? labelled(codes, names) : codes;
    });
  },
  /** Edges of n bins of equal width (`pandas.cut`): the outer one is moved by a thousandth. */
  'equal-edges': step => {
    const values = present(column(step.grid(0), 0));
    const n = step.number(1);
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    if (low === high) throw new ReplayError('A column that does not vary is put into bins.');
    const edges = spaced(low, high, n);
    const shift = (high - low) * 0.001;
    if ((step.named('right') ?? 1) !== 0) edges[0] = edges[0]! - shift;
    else edges[n] = edges[n]! + shift;
    return vector(Float64Array.from(edges));
  },
  /** Quantiles as edges (`pandas.qcut`). */
  'quantile-edges': step => {
    const sorted = Float64Array.from(present(column(step.grid(0), 0))).sort();
    const parts = step.value(1);
    const shares = isList(parts) || isGrid(parts) ? asCells(parts).map(Number) : spaced(0, 1, Number(parts));
    const edges = shares.map(share => sortedQuantile(sorted, share));
    const distinct = edges.filter((edge, i) => i === 0 || edge !== edges[i - 1]);
    if (distinct.length < edges.length && step.named('duplicates') !== 'drop')
      throw new ReplayError('Quantiles that are equal are edges of bins.');
    return vector(Float64Array.from(distinct));
  },
  digitize: step => {
    const edges = asCells(step.value(1)).map(Number);
    return mapColumns(step.grid(0), each => mapNumbers(each, x => edges.filter(edge => x >= edge).length, 'int'));
  },
};

/** Text as a category: its levels are those of all its rows, in sorted order. Numbers are marked only: their levels are those at hand. */
export function asCategory(each: Column): Column {
  if (each.category) return each;
  if (!each.levels) return { ...each, category: true };
  const used = new Set(each.data);
  const levels = each.levels.filter((_, code) => used.has(code)).sort();
  const places = each.levels.map(level => levels.indexOf(level));
  const data = Int32Array.from(each.data, code => (code < 0 ? -1 : places[code]!));
  return { type: 'text', levels, category: true, data };
}
