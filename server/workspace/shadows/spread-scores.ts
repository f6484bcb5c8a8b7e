import type { NumpyArray } from '../../../audit-core/datasets/npy';
import { ShadowError, type ShadowScores } from '../../../audit-core/shadows/engine';

/** Scores of the rows that a script divides, put at their rows of the data; NaN elsewhere. */
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
  for (const [at, row] of divided.entries()) outputs.set(values.subarray(at * width, (at + 1) * width), row * width);
  return { outputs, width };
}
