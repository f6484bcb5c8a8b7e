import { shuffle, uniformStream } from '../statistics/random';
import type { AuditData } from './inputs';

/** Rows that take part: excluded ones are left out, and beyond `maxRows` whole people are left out at random (seeded), evenly from both sides. */
export function limitPeople(
  data: AuditData,
  maxRows: number,
  reason = 'the limit',
): { rows: Int32Array; notes: string[] } {
  const notes: string[] = [];
  const all = Int32Array.from({ length: data.rows }, (_, row) => row).filter(row => data.members[row]! < 2);
  if (all.length < data.rows)
    notes.push(`${data.rows - all.length} rows take no part (neither members nor non-members).`);
  if (all.length <= maxRows) return { rows: all, notes };
  const count = data.people?.count ?? data.rows;
  const order = Int32Array.from({ length: count }, (_, unit) => unit);
  shuffle(order, uniformStream(13));
  const place = new Int32Array(count);
  for (const [index, unit] of order.entries()) place[unit] = index;
  const unitOf = (row: number): number => (data.people ? data.people.codes[row]! : row);
  const sorted = all.slice().sort((a, b) => place[unitOf(a)]! - place[unitOf(b)]! || a - b);
  const kept: number[] = [];
  const used = [0, 0];
  let last = -1;
  for (const row of sorted) {
    const side = data.members[row]!;
    const unit = unitOf(row);
    // A person who has begun is kept whole.
    if (used[side]! >= maxRows / 2 && unit !== last) continue;
    used[side]!++;
    kept.push(row);
    last = unit;
  }
  notes.push(
    `${kept.length} of ${all.length} records are audited (whole people at random, seed 13), to keep to ${reason}.`,
  );
  return { rows: Int32Array.from(kept).sort(), notes };
}
