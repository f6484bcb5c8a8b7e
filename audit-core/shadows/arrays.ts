import { takeRows } from '../audit/checkpoint';
import type { AuditData, ScoreArrays } from '../audit/inputs';
import { lossesOf } from '../audit/targets';
import { classScores } from '../runtime/logits';
import type { OutputKind, Tensor } from '../runtime/runtime';
import { ShadowError, type ShadowScores } from './engine';
import { rowMask, type ShadowPeople } from './masks';

/** Who takes part: rows that the script neither trains on nor leaves out for testing have no part in reference models either. */
export function peopleOf(data: AuditData): ShadowPeople {
  return {
    codes: data.people?.codes ?? Int32Array.from({ length: data.rows }, (_, row) => row),
    count: data.people?.count ?? data.rows,
    eligible: data.members.map(side => (side === 2 ? 0 : 1)),
  };
}

/**
 * Score arrays of the target (first) and its reference models over the rows that take part, as `--scores` would read them.
 * `target`: the outputs of the audited checkpoint for all rows of the data; `scores[k]`: those of reference model k.
 */
export function shadowArrays(
  data: AuditData,
  target: { readonly outputs: Tensor; readonly kind: OutputKind },
  scores: readonly ShadowScores[],
  seed: number,
): { arrays: ScoreArrays; taken: AuditData } {
  const people = peopleOf(data);
  const rows = Int32Array.from(people.eligible.keys()).filter(row => people.eligible[row] === 1);
  const taken = takeRows(data, rows);
  const all = [
    own(target.outputs, rows),
    ...scores.map(({ outputs, width }) => own({ data: outputs, shape: [data.rows, width] }, rows)),
  ];
  const members = new Uint8Array(all.length * rows.length);
  members.set(taken.members);
  for (let model = 0; model < scores.length; model++) {
    const mask = rowMask(people, model, seed);
    for (const [at, row] of rows.entries()) members[(model + 1) * rows.length + at] = mask[row]!;
  }
  const base = {
    rows: rows.length,
    models: all.length,
    members,
    people: taken.people,
    groups: taken.groups,
    ids: null,
  };
  if (data.target !== 'classes') {
    const losses = new Float64Array(all.length * rows.length);
    for (const [model, outputs] of all.entries())
      losses.set(lossesOf(taken, outputs, target.kind), model * rows.length);
    const lossKind = data.target === 'regression' ? 'squared-error' : 'cross-entropy';
    const labels = new Int32Array(rows.length);
    return { taken, arrays: { ...base, losses, lossKind, logits: null, classes: 0, labels } };
  }
  // The target may give logits and the script probabilities, or the other way round: each model's numbers say what they are.
  const first = classScores(all[0]!, target.kind);
  const { classes } = first;
  const logits = new Float32Array(all.length * rows.length * classes);
  for (const [model, outputs] of all.entries()) {
    const one = model === 0 ? first : classScores(outputs, 'unknown');
    if (one.classes !== classes)
      throw new ShadowError(
        `Reference model ${model} gives ${one.classes} classes, the audited model ${classes}; both must be trained on the same labels.`,
      );
    logits.set(one.logits, model * rows.length * classes);
  }
  return { taken, arrays: { ...base, logits, classes, losses: null, labels: taken.labels } };
}

/** The outputs of the given rows. */
function own(outputs: Tensor, rows: Int32Array): Tensor {
  const width = outputs.shape.slice(1).reduce((product, size) => product * size, 1);
  const data = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries())
    for (let column = 0; column < width; column++)
      data[at * width + column] = Number(outputs.data[row * width + column]);
  return { data, shape: [rows.length, ...outputs.shape.slice(1)] };
}
