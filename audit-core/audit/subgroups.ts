import { levelsByPerson, smallestGroup } from '../people/groups';
import type { Units } from '../people/joins';
import { bootstrapAuc } from '../statistics/bootstrap';
import { auc, rank } from '../statistics/ranking';
import type { GroupColumn } from './inputs';
import type { SubgroupRow } from './result';

/**
 * How well the attack separates within each level of a group column: the level's own non-members are the control, so that a group that is
 * harder for the model is not mistaken for one that leaks more. At least 30 people a side, else suppressed.
 */
export function subgroupsOf(
  scores: Float64Array,
  members: Uint8Array,
  units: Units,
  groups: readonly GroupColumn[],
  resamples: number,
): SubgroupRow[] {
  const out: SubgroupRow[] = [];
  for (const column of groups) {
    const levels = levelsByPerson(column, units.codes, units.count);
    for (const [index, level] of column.levels.entries()) {
      const sides = [0, 0];
      for (let unit = 0; unit < units.count; unit++) if (levels[unit] === index) sides[units.members[unit]!]!++;
      if (sides[0]! + sides[1]! === 0) continue;
      if (Math.min(...sides) < smallestGroup) {
        out.push({ attribute: column.name, level: null, people: null, auc: null, suppressed: true });
        continue;
      }
      const rows = Int32Array.from(units.codes.keys()).filter(row => levels[units.codes[row]!] === index);
      const ranking = rank(
        Float64Array.from(rows, row => scores[row]!),
        Uint8Array.from(rows, row => members[row]!),
      );
      const clusters = { codes: Int32Array.from(rows, row => units.codes[row]!), count: units.count };
      const { low, high } = bootstrapAuc(ranking, clusters, { resamples: Math.round(resamples) });
      out.push({
        attribute: column.name,
        level,
        people: sides[0]! + sides[1]!,
        auc: { value: auc(ranking), low, high },
        suppressed: false,
      });
    }
  }
  return out;
}
