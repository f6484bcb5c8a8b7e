import { leavesOf, type Recipe } from './recipe';
import type { Replay } from './replay';
import type { DataStore } from './store';

/** The records that an audit counts: those of the files that training or evaluation rows come from, in reading order. */
export interface Records {
  readonly total: number;
  /** Whether a record of the store is counted. */
  has(raw: number): boolean;
  /** Its number here. */
  one(raw: number): number;
  compact(raw: Int32Array): Int32Array;
  /** Distinct and ascending. */
  distinct(raw: Int32Array): Int32Array;
  /** Back to the store's numbers. */
  expand(rows: Int32Array): Int32Array;
}

/** Files without a record of the features (look-up tables, label files) are not counted; tables of the same columns are. */
export function recordsOf(recipe: Recipe, replay: Replay, store: DataStore): Records {
  // Files count their records when they are opened: all leaves first.
  const leaves = [recipe, ...(recipe.evaluated ?? [])]
    .flatMap(({ features }) => leavesOf(features))
    .map(leaf => replay.rows(leaf));
  const { runs } = store;
  const used = new Set<number>();
  const runOf = (raw: number): number => runs.findIndex(run => raw >= run.offset && raw < run.offset + run.rows);
  const mark = (rows: Int32Array | null): void => {
    if (!rows) return;
    let [from, to] = [0, -1];
    for (const raw of rows) {
      if (raw >= from && raw < to) continue;
      const at = runOf(raw);
      if (at < 0) continue;
      used.add(at);
      [from, to] = [runs[at]!.offset, runs[at]!.offset + runs[at]!.rows];
    }
  };
  leaves.forEach(mark);
  const names = [...store.opened()].flatMap(({ grid, offset }) =>
    used.has(runOf(offset)) ? [grid.names.join('\n')] : [],
  );
  for (const { grid, offset } of store.opened()) if (names.includes(grid.names.join('\n'))) used.add(runOf(offset));
  let total = 0;
  const kept = runs.flatMap((run, i) => {
    if (!used.has(i)) return [];
    const entry = { ...run, start: total };
    total += run.rows;
    return [entry];
  });
  const find = (raw: number) => kept.find(run => raw >= run.offset && raw < run.offset + run.rows);
  let last = kept[0];
  const one = (raw: number): number => {
    if (!last || raw < last.offset || raw >= last.offset + last.rows) last = find(raw) ?? last;
    return last ? raw - last.offset + last.start : raw;
  };
  return {
    total,
    has: raw => find(raw) !== undefined,
    one,
    compact: raw => raw.map(one),
    distinct: raw => {
      const seen = new Uint8Array(total);
      let count = 0;
      for (const each of raw) {
        const row = one(each);
        if (seen[row] === 0) count++;
        seen[row] = 1;
      }
      const out = new Int32Array(count);
      for (let row = 0, at = 0; row < total; row++) if (seen[row] === 1) out[at++] = row;
      return out;
    },
    expand: rows =>
      Int32Array.from(rows, row => {
        const run = kept.find(each => row >= each.start && row < each.start + each.rows)!;
        return row - run.start + run.offset;
      }),
  };
}
