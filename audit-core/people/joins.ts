/** How the scores of a person's records become one score. The minimum is for bounds. */
export type Join = 'mean' | 'max' | 'logsumexp' | 'min' | 'sum';

/** People as units: in ascending order of id. */
export interface Units {
  /** Unit of each record. */
  readonly codes: Int32Array;
  readonly count: number;
  /** 1 where any record of the person was trained on. */
  readonly members: Uint8Array;
  /** Records of each person. */
  readonly records: Int32Array;
}

export function unitsOf(codes: Int32Array, count: number, members: Uint8Array): Units {
  const inside = new Uint8Array(count);
  const records = new Int32Array(count);
  for (let row = 0; row < codes.length; row++) {
    records[codes[row]!]!++;
    if (members[row] === 1) inside[codes[row]!] = 1;
  }
  return { codes, count, members: inside, records };
}

/** One score per person. */
export function join(scores: Float64Array, units: Pick<Units, 'codes' | 'count' | 'records'>, how: Join): Float64Array {
  const { codes, count, records } = units;
  if (how === 'logsumexp') return logSumExp(scores, codes, count);
  const out = new Float64Array(count).fill(how === 'max' ? -Infinity : how === 'min' ? Infinity : 0);
  for (let row = 0; row < codes.length; row++) {
    const unit = codes[row]!;
    const score = scores[row]!;
    if (how === 'max') out[unit] = Math.max(out[unit]!, score);
    else if (how === 'min') out[unit] = Math.min(out[unit]!, score);
    else out[unit]! += score;
  }
  if (how === 'mean') for (let unit = 0; unit < count; unit++) out[unit]! /= records[unit]!;
  return out;
}

/** log Σ exp over the records of a person; stable through the person's maximum. `offset` shifts into a larger matrix. */
export function logSumExp(scores: Float64Array, codes: Int32Array, count: number, offset = 0): Float64Array {
  const largest = new Float64Array(count).fill(-Infinity);
  const sums = new Float64Array(count);
  for (let row = 0; row < codes.length; row++) {
    const score = scores[offset + row]!;
    if (score > largest[codes[row]!]!) largest[codes[row]!] = score;
  }
  for (let row = 0; row < codes.length; row++) {
    const top = largest[codes[row]!]!;
    sums[codes[row]!]! += top === -Infinity ? 0 : Math.exp(scores[offset + row]! - top);
  }
  return sums.map((sum, unit) => (largest[unit] === -Infinity ? -Infinity : largest[unit]! + Math.log(sum)));
}

/** The record with the lowest order value (id) of each person, as row indexes in order of person. */
export function firstRecords(units: Units, order: Float64Array | null): Int32Array {
  const first = new Int32Array(units.count).fill(-1);
  for (let row = 0; row < units.codes.length; row++) {
    const unit = units.codes[row]!;
    const held = first[unit]!;
    if (held < 0 || (order && order[row]! < order[held]!)) first[unit] = row;
  }
  return first;
}
