import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { auc, type Ranking } from './ranking';

/** Structural components of DeLong, DeLong & Clarke-Pearson 1988 by row: V₁ of a member, V₀ of a non-member. */
export function components(ranking: Ranking): Float64Array {
  const out = new Float64Array(ranking.size);
  let insideBelow = 0;
  let outsideBelow = 0;
  for (let run = 0; run + 1 < ranking.runs.length; run++) {
    const start = ranking.runs[run]!;
    const end = ranking.runs[run + 1]!;
    let inside = 0;
    for (let at = start; at < end; at++) inside += ranking.member[at]!;
    const outside = end - start - inside;
    const asMember = (outsideBelow + outside / 2) / ranking.nonMembers;
    const asNonMember = (ranking.members - insideBelow - inside + inside / 2) / ranking.members;
    for (let at = start; at < end; at++) out[ranking.order[at]!] = ranking.member[at] ? asMember : asNonMember;
    insideBelow += inside;
    outsideBelow += outside;
  }
  return out;
}

/** Standard error of the AUC, records independent (DeLong; S² with n − 1). */
export function delongError(ranking: Ranking): number {
  const area = auc(ranking);
  const parts = components(ranking);
  let inside = 0;
  let outside = 0;
  for (let at = 0; at < ranking.size; at++) {
    const deviation = (parts[ranking.order[at]!]! - area) ** 2;
    if (ranking.member[at]) inside += deviation;
    else outside += deviation;
  }
  const { members, nonMembers } = ranking;
  return Math.sqrt(inside / (members - 1) / members + outside / (nonMembers - 1) / nonMembers);
}

/**
 * Standard error of the AUC for records that come in clusters (Obuchowski 1997, without the cross term: nobody is on both sides):
 * I/(I−1) · Σ over people of (sum of components − count · AUC)² / n², on each side.
 */
export function clusteredError(ranking: Ranking, clusters: Int32Array, count: number): number {
  const area = auc(ranking);
  const parts = components(ranking);
  const sums = [new Float64Array(count), new Float64Array(count)] as const;
  const seen = [new Uint8Array(count), new Uint8Array(count)] as const;
  for (let at = 0; at < ranking.size; at++) {
    const row = ranking.order[at]!;
    const side = ranking.member[at] as 0 | 1;
    sums[side][clusters[row]!]! += parts[row]! - area;
    seen[side][clusters[row]!] = 1;
  }
  const variance = (side: 0 | 1, records: number): number => {
    const people = seen[side].reduce((sum, each) => sum + each, 0);
    return ((people / (people - 1)) * sums[side].reduce((sum, each) => sum + each * each, 0)) / records ** 2;
  };
  return Math.sqrt(variance(1, ranking.members) + variance(0, ranking.nonMembers));
}

/** 95 % interval of an AUC built on the logit scale, inside (0, 1). */
export function logitInterval(area: number, error: number): { low: number; high: number } {
  if (area <= 0 || area >= 1) return { low: area, high: area };
  const z = normalQuantile(0.975, 0, 1);
  const centre = Math.log(area / (1 - area));
  const half = (z * error) / (area * (1 - area));
  const inverse = (x: number): number => 1 / (1 + Math.exp(-x));
  return { low: inverse(centre - half), high: inverse(centre + half) };
}

/** Standard error of an AUC from its value and counts (Hanley & McNeil 1982). */
export function hanleyMcNeilError(area: number, members: number, nonMembers: number): number {
  const q0 = area / (2 - area);
  const q1 = (2 * area * area) / (1 + area);
  const square = area * area;
  const variance =
    (area * (1 - area) + (members - 1) * (q0 - square) + (nonMembers - 1) * (q1 - square)) / (members * nonMembers);
  return Math.sqrt(Math.max(0, variance));
}
