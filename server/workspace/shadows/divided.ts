import type { NumpyArray } from '../../../audit-core/datasets/npy';
import { ShadowError, type ShadowJob, type ShadowScores } from '../../../audit-core/shadows/engine';
import { uniformStream } from '../../../audit-core/statistics/random';

/**
 * Rows of the audit for the records that a script divides; −1 for those that a thinned audit leaves out. `origin`: record by row of the audit,
 * null where they are the same.
 */
export function auditedRows(records: Int32Array, origin: Int32Array | null): Int32Array {
  if (!origin) return records;
  const row = new Map(Array.from(origin, (record, at) => [record, at] as const));
  return records.map(record => row.get(record) ?? -1);
}

/** Members by record of the data files; records that a thinned audit leaves out are no members. */
export function recordFlags(members: Uint8Array, origin: Int32Array | null, total: number): Uint8Array {
  if (!origin) return members;
  const out = new Uint8Array(total);
  for (const [row, record] of origin.entries()) out[record] = members[row]!;
  return out;
}

/**
 * The mask that a script is given, in the order of the rows that it divides. Those that the audit leaves out are trained on or not by a draw
 * of their own, the other way round in the other model of the pair, so that models see as many rows as the script's do.
 */
export function scriptMask(divided: Int32Array, { model, members }: ShadowJob): Uint8Array {
  const random = uniformStream(Math.imul((model >> 1) + 1, 0x9e3779b1));
  return Uint8Array.from(divided, row => (row >= 0 ? members[row]! : random() < 0.5 === (model % 2 === 0) ? 1 : 0));
}

/** Scores of the rows that a script divides, put at their rows of the audit; NaN elsewhere. */
export async function spreadScores(
  array: NumpyArray,
  divided: Int32Array,
  rows: number,
  script: string,
): Promise<ShadowScores> {
  if (array.shape[0] !== divided.length)
    throw new ShadowError(
      `${script} wrote scores of ${array.shape[0] ?? 0} rows; its split divides ${divided.length}.`,
    );
  const width = array.shape.slice(1).reduce((product, size) => product * size, 1);
  const values = await array.numbers();
  const outputs = new Float32Array(rows * width).fill(Number.NaN);
  for (const [at, row] of divided.entries())
    if (row >= 0) outputs.set(values.subarray(at * width, (at + 1) * width), row * width);
  return { outputs, width };
}
