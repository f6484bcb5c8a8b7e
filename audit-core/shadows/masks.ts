import { shuffle, uniformStream } from '../statistics/random';

/** Who takes part in a shadow audit, by row. */
export interface ShadowPeople {
  /** Person of each row, in `[0, count)`. */
  readonly codes: Int32Array;
  readonly count: number;
  /** 1 where the row may be trained on; rows with 0 (dropped by the script, held for validation) take no part. */
  readonly eligible: Uint8Array;
}

/**
 * The people of one reference model: half of all people, drawn at random; models 2j and 2j+1 are the two halves of pair j, so that each
 * person is in exactly half of the models (auditing by people: complementary 50 % masks). Pair j depends on the seed and j alone: 32 models
 * begin with the 16 that were trained first. Answer by person: 1 = in.
 */
export function peopleMask(people: ShadowPeople, model: number, seed: number): Uint8Array {
  const present = new Uint8Array(people.count);
  for (const [row, code] of people.codes.entries()) if (people.eligible[row]) present[code] = 1;
  const order = Int32Array.from(present.keys()).filter(code => present[code] === 1);
  const pair = model >> 1;
  shuffle(order, uniformStream(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(pair + 1, 0x85ebca77)));
  const half = new Uint8Array(people.count);
  const first = order.length >> 1;
  // With an odd number of people the extra one goes to either half in turn.
  const size = order.length % 2 === 1 && pair % 2 === 1 ? first + 1 : first;
  for (const [place, code] of order.entries()) half[code] = place < size === (model % 2 === 0) ? 1 : 0;
  return half;
}

/** The rows of one reference model: 1 where it is trained on the row. All rows of a person fall on the same side. */
export function rowMask(people: ShadowPeople, model: number, seed: number): Uint8Array {
  const half = peopleMask(people, model, seed);
  return Uint8Array.from(people.codes, (code, row) => (people.eligible[row] ? half[code]! : 0));
}

/** Numbers of models at which partial results are shown: 16, 32, 64, 128 … up to and with `models`. */
export function milestones(models: number): number[] {
  const out: number[] = [];
  for (let each = 16; each < models; each *= 2) out.push(each);
  return [...out, models];
}
