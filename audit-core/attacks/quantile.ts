import { foldsByPerson } from '../people/folds';
import { binned, fitBoosted } from '../statistics/boosting';
import { condensed } from '../statistics/columns';

export interface QuantileInput {
  /** φ of the target, one per record. */
  readonly confidence: Float64Array;
  /** `[rows, width]` inputs. */
  readonly features: { readonly data: Float32Array; readonly width: number };
  /** Class index per record; empty for targets that are no classes. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly members: Uint8Array;
  readonly people: { readonly codes: Int32Array; readonly count: number } | null;
}

const folds = 5;
const widest = 64;
/** Non-members that a regressor needs to learn from. */
const fewest = 200;
/** E[ln χ²₁] = −(γ + ln 2): the log of a squared normal residual lies so far below the log of its variance. */
const logChiSquare = -1.2703628454614782;

/**
 * The score of quantile regression in its Gaussian form (Bertran et al., arXiv 2307.03694): how far a record's confidence lies above what
 * non-members like it get, z = (φ − μ(x, y)) / σ(x, y). μ and ln σ² are learned by boosted trees on non-members only, cross-fitted by
 * person: no record is scored by a regressor that saw it or another record of its person, so the false positive rate is not in-sample.
 * null where too few non-members are there to learn from.
 */
export function quantileScores(input: QuantileInput): Float64Array | null {
  const { confidence, features, labels, classes, members, people } = input;
  const rows = confidence.length;
  const inside = members.reduce((sum, member) => sum + member, 0);
  if (rows - inside < fewest) return null;
  const narrow = condensed(features.data, rows, features.width, widest);
  const bins = binned(
    withLabels(narrow.values, narrow.columns, labels, classes, rows),
    rows,
    narrow.columns + extra(labels, classes),
  );
  const fold = foldsByPerson(rows, people, folds);
  const scores = new Float64Array(rows);
  const logSquare = new Float64Array(rows);
  for (let held = 0; held < folds; held++) {
    const train = Int32Array.from({ length: rows }, (_, row) => row).filter(
      row => fold[row] !== held && members[row] === 0,
    );
    if (train.length === 0) return null;
    const mean = fitBoosted(bins, train, confidence, { loss: 'squared' });
    let variance = 0;
    for (const row of train) {
      const square = (confidence[row]! - mean(row)) ** 2;
      logSquare[row] = square;
      variance += square / train.length;
    }
    for (const row of train) logSquare[row] = Math.log(logSquare[row]! + 1e-6 * variance + 1e-300);
    const spread = fitBoosted(bins, train, logSquare, { loss: 'squared', rounds: 20 });
    for (let row = 0; row < rows; row++)
      if (fold[row] === held)
        scores[row] = (confidence[row]! - mean(row)) * Math.exp(-0.5 * (spread(row) - logChiSquare));
  }
  return scores;
}

/** Labels beside the inputs: a column per class while they are few, else one with the class number. */
const extra = (labels: Int32Array, classes: number): number => (labels.length === 0 ? 0 : classes <= 16 ? classes : 1);

function withLabels(
  values: Float64Array,
  columns: number,
  labels: Int32Array,
  classes: number,
  rows: number,
): Float64Array {
  const more = extra(labels, classes);
  if (more === 0) return values;
  const out = new Float64Array(rows * (columns + more));
  for (let row = 0; row < rows; row++) {
    const start = row * (columns + more);
    out.set(values.subarray(row * columns, (row + 1) * columns), start);
    if (more === 1) out[start + columns] = labels[row]!;
    else out[start + columns + labels[row]!] = 1;
  }
  return out;
}
