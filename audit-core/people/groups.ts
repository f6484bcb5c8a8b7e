import type { GroupColumn } from '../audit/inputs';
import { benjaminiHochberg, chiSquareTest, fisherTest } from '../statistics/tests';

/** Fewest people of a level that is shown. */
export const smallestGroup = 30;

/** One level of a protected attribute among the most exposed people. */
export interface GroupRow {
  readonly attribute: string;
  /** null where the level is suppressed. */
  readonly level: string | null;
  readonly people: number | null;
  readonly inTop: number | null;
  readonly expected: number | null;
  /** Observed over expected share: 2 = twice as many as by chance. */
  readonly effect: number | null;
  /** Pearson residual (observed − expected)/√expected. */
  readonly residual: number | null;
  readonly p: number | null;
  readonly q: number | null;
  readonly suppressed: boolean;
}

/** The most exposed people: the top 1 %, at least 50, at most half. Ties by id ascending. */
export function mostExposed(scores: Float64Array): Int32Array {
  const count = scores.length;
  const size = Math.min(Math.floor(count / 2), Math.max(50, Math.ceil(count / 100)));
  const order = Int32Array.from({ length: count }, (_, unit) => unit);
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  return order.subarray(0, size);
}

/** Levels of one group column by person (the level of the person's first record). */
export function levelsByPerson(column: GroupColumn, codes: Int32Array, people: number): Int32Array {
  const levels = new Int32Array(people).fill(-1);
  for (let row = 0; row < codes.length; row++) if (levels[codes[row]!] === -1) levels[codes[row]!] = column.codes[row]!;
  return levels;
}

/**
 * Over-representation of each level among the most exposed: χ² without continuity correction, Fisher's exact test where a cell expects
 * fewer than 5; Benjamini–Hochberg over all levels of all attributes. Levels with fewer than 30 people are suppressed.
 */
export function groupsAmong(
  top: Int32Array,
  groups: readonly GroupColumn[],
  codes: Int32Array,
  people: number,
): GroupRow[] {
  const isTop = new Uint8Array(people);
  for (const unit of top) isTop[unit] = 1;
  const rows: GroupRow[] = [];
  for (const column of groups) {
    const levels = levelsByPerson(column, codes, people);
    let hidden = 0;
    for (const [index, level] of column.levels.entries()) {
      let size = 0;
      let inTop = 0;
      for (let unit = 0; unit < people; unit++)
        if (levels[unit] === index) {
          size++;
          inTop += isTop[unit]!;
        }
      if (size < smallestGroup) {
        hidden += size > 0 ? 1 : 0;
        continue;
      }
      rows.push(rowOf(column.name, level, size, inTop, top.length, people));
    }
    for (let each = 0; each < hidden; each++)
      rows.push({
        attribute: column.name,
        level: null,
        people: null,
        inTop: null,
        expected: null,
        effect: null,
        residual: null,
        p: null,
        q: null,
        suppressed: true,
      });
  }
  const tested = rows.filter(row => row.p !== null);
  const q = benjaminiHochberg(tested.map(row => row.p!));
  const byRow = new Map(tested.map((row, index) => [row, q[index]!]));
  return rows.map(row => (row.p === null ? row : { ...row, q: byRow.get(row)! }));
}

function rowOf(attribute: string, level: string, size: number, inTop: number, top: number, people: number): GroupRow {
  const expected = (size * top) / people;
  const cells = [expected, size - expected, top - expected, people - size - top + expected];
  const [a, b, c, d] = [inTop, top - inTop, size - inTop, people - size - top + inTop];
  const p = size === people ? 1 : cells.some(cell => cell < 5) ? fisherTest(a, b, c, d) : chiSquareTest(a, b, c, d);
  return {
    attribute,
    level,
    people: size,
    inTop,
    expected,
    effect: inTop / expected,
    residual: (inTop - expected) / Math.sqrt(expected),
    p,
    q: null,
    suppressed: false,
  };
}
