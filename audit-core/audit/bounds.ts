import type { AttackScores } from '../attacks/attacks';
import { firstRecords, type Join, join, type Units } from '../people/joins';
import { type Candidate, ceiling, splitHalfBound } from '../statistics/epsilon';
import type { Claim } from './inputs';
import type { BoundResult, ClaimResult } from './result';

/** Largest δ of group privacy for `records` records of one person: k·e^{(k−1)ε}·δ (Dwork & Roth 2014, Lemma 2.2 for k). */
export const groupDelta = (epsilon: number, delta: number, records: number): number =>
  records * Math.exp((records - 1) * epsilon) * delta;

/** The claim for the person with most records: k·ε under group privacy; null where its δ reaches 1 and it says nothing. */
export function claimOf(claim: Claim | null, maxRecords: number): ClaimResult | null {
  if (!claim) return null;
  if (claim.unit === 'person') return { ...claim, personValue: claim.value };
  const delta = groupDelta(claim.value, claim.delta ?? 0, maxRecords);
  return { ...claim, personValue: delta < 1 ? claim.value * maxRecords : null };
}

/** δ at which a bound is compared with the claim, per level. */
export function claimDeltas(claim: ClaimResult | null, maxRecords: number): { record: number; person: number } | null {
  if (!claim) return null;
  const delta = claim.delta ?? 0;
  return { record: delta, person: claim.unit === 'person' ? delta : groupDelta(claim.value, delta, maxRecords) };
}

/** Scores that are searched for a bound; the search is honest whatever their number, since it is made on the other half. */
function searchedOf(attacks: readonly AttackScores[]): readonly AttackScores[] {
  const named = (name: string): readonly AttackScores[] => attacks.filter(each => each.name === name);
  const plain = named('confidence').length > 0 ? named('confidence') : attacks.slice(0, 1);
  // A base checkpoint alone allows no LiRA; its log ratio is the strongest then.
  return [...plain, ...(named('lira-online-pooled').length > 0 ? named('lira-online-pooled') : named('rmia'))];
}
const personJoins: readonly Join[] = ['mean', 'min', 'max', 'logsumexp'];

/**
 * Certified lower bounds. Record level: one record a person (lowest id), so that trials are independent; person level: over the joins of
 * a person's records.
 */
export function boundsOf(
  attacks: readonly AttackScores[],
  units: Units | null,
  members: Uint8Array,
  ids: Float64Array | null,
  deltas: { readonly record: readonly number[]; readonly person: readonly number[] },
): BoundResult[] {
  const candidates = searchedOf(attacks);
  const out: BoundResult[] = [];
  const rows = units ? firstRecords(units, ids) : inOrder(members.length, ids);
  const sides = Uint8Array.from(rows, row => members[row]!);
  const perRecord = candidates.map(({ name, scores }) => ({
    name,
    scores: Float64Array.from(rows, row => scores[row]!),
  }));
  for (const delta of deltas.record) push(out, 'record', perRecord, sides, delta);
  if (!units) return out;
  const perPerson = candidates.flatMap(({ name, scores }): Candidate[] =>
    name !== 'lira-online-pooled'
      ? personJoins.map(how => ({ name: `${name}/${how}`, scores: join(scores, units, how) }))
      : [{ name: `${name}/sum`, scores: join(scores, units, 'sum') }],
  );
  for (const delta of deltas.person) push(out, 'person', perPerson, units.members, delta);
  return out;
}

function inOrder(rows: number, ids: Float64Array | null): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  return ids ? order.sort((a, b) => ids[a]! - ids[b]! || a - b) : order;
}

function push(
  out: BoundResult[],
  level: 'record' | 'person',
  candidates: readonly Candidate[],
  members: Uint8Array,
  delta: number,
): void {
  if (delta >= 1) return;
  const found = splitHalfBound(candidates, members, delta);
  if (!found) return;
  const [score = '', how = null] = found.candidate.split('/');
  const { evaluation } = found;
  out.push({
    level,
    score,
    join: how,
    direction: found.direction,
    value: found.value,
    delta,
    confidence: 1 - found.alpha,
    ceiling: ceiling(evaluation.members, evaluation.nonMembers, delta, found.alpha),
  });
}

/** True where a certified bound is above the claim in the same unit; null where nothing is claimed. */
export function isContradicted(
  claim: ClaimResult | null,
  bounds: readonly BoundResult[],
  maxRecords: number,
): boolean | null {
  const deltas = claimDeltas(claim, maxRecords);
  if (!claim || !deltas) return null;
  return bounds.some(bound => {
    // A bound at a smaller δ than the claim's says more than the claim promises; only equal or larger δ may contradict it.
    if (bound.delta < deltas[bound.level]) return false;
    if (bound.level === 'record') return claim.unit === 'record' && bound.value > claim.value;
    return claim.personValue !== null && bound.value > claim.personValue;
  });
}
