import { multiLabelLoss, squaredErrorScore } from '../attacks/signals';
import { classScores } from '../runtime/logits';
import type { OutputKind, Runtime, Tensor } from '../runtime/runtime';
import type { AuditData, ScoreArrays } from './inputs';

/** A model's answers for all rows. */
export interface Answered {
  readonly runtime: Runtime;
  readonly outputs: Tensor;
}

/**
 * Score arrays of the audited model and of references that saw none of the rows: logits for classes, losses for multi-label and regression
 * targets, right or wrong for models that give labels only.
 */
export function scoresOf(data: AuditData, target: Answered, references: readonly Answered[]): ScoreArrays {
  const models = [target, ...references];
  const members = new Uint8Array(models.length * data.rows);
  members.set(data.members);
  const base = {
    rows: data.rows,
    models: models.length,
    members,
    people: data.people,
    groups: data.groups,
    ids: null,
  };
  if (data.target === 'classes' && givesLabels(target))
    return { ...base, models: 1, members: data.members, ...labelsOnly(data, target.outputs) };
  if (data.target !== 'classes') {
    const losses = models.map(({ outputs, runtime }) => lossesOf(data, outputs, runtime.outputKind));
    return {
      ...base,
      losses: Float64Array.from(
        { length: models.length * data.rows },
        (_, at) => losses[Math.floor(at / data.rows)]![at % data.rows]!,
      ),
      labels: new Int32Array(data.rows),
      logits: null,
      classes: 0,
      lossKind: data.target === 'regression' ? 'squared-error' : 'cross-entropy',
    };
  }
  const scores = models.map(({ outputs, runtime }) => classScores(outputs, runtime.outputKind));
  const { classes } = scores[0]!;
  const wrong = data.labels.findIndex(label => label < 0 || label >= classes);
  if (wrong >= 0)
    throw new RangeError(
      `The model has ${classes} classes, but the label of row ${wrong} is not between 0 and ${classes - 1}; check the label column and its mapping.`,
    );
  const logits = new Float64Array(models.length * data.rows * classes);
  for (const [index, each] of scores.entries()) logits.set(each.logits, index * data.rows * classes);
  return { ...base, logits, classes, losses: null, labels: data.labels };
}

/** True for a model that answers with class indexes: said so, or one whole number a row. */
function givesLabels({ runtime, outputs }: Answered): boolean {
  if (runtime.outputKind === 'labels') return true;
  const width = outputs.shape.slice(1).reduce((product, size) => product * size, 1);
  const port = runtime.outputs.find(each => each.shape.length === outputs.shape.length) ?? runtime.outputs[0];
  return runtime.outputKind === 'unknown' && width === 1 && /^u?int/.test(port?.dtype ?? '');
}

function labelsOnly(
  data: AuditData,
  outputs: Tensor,
): Pick<ScoreArrays, 'logits' | 'classes' | 'losses' | 'labels' | 'correct'> {
  const correct = Float64Array.from({ length: data.rows }, (_, row) =>
    Number(outputs.data[row]) === data.labels[row] ? 1 : 0,
  );
  return { logits: null, classes: 0, losses: null, labels: data.labels, correct };
}

/** Losses per record: cross-entropy summed over labels, or the squared error in units of the targets' variance. */
export function lossesOf(data: AuditData, outputs: Tensor, kind: OutputKind): Float64Array {
  const { targets } = data;
  if (!targets) throw new RangeError('The target column is missing: a multi-label or regression audit needs it.');
  const width = outputs.shape.slice(1).reduce((product, size) => product * size, 1);
  if (width !== targets.width)
    throw new RangeError(`The model gives ${width} outputs per row, but ${targets.width} target columns are named.`);
  const values = Float64Array.from(Array.from(outputs.data as ArrayLike<number | bigint>, Number));
  if (data.target === 'regression') {
    const scale = deviations(targets.data, width);
    const scaled = (numbers: Float64Array): Float64Array => numbers.map((value, at) => value / scale[at % width]!);
    return squaredErrorScore(scaled(values), scaled(targets.data), width).map(score => -score);
  }
  return multiLabelLoss(isProbability(values, kind) ? values.map(logit) : values, targets.data, width).map(
    score => -score,
  );
}

/** Sigmoid outputs lie in [0, 1]; logits of a trained model do not all. */
const isProbability = (values: Float64Array, kind: OutputKind): boolean =>
  kind === 'probabilities' || (kind === 'unknown' && values.every(value => value >= 0 && value <= 1));

/** Standard deviation of each target, so that targets in large units do not drown the others; 1 for constant ones. */
function deviations(targets: Float64Array, width: number): Float64Array {
  const rows = targets.length / width;
  const out = new Float64Array(width);
  for (let at = 0; at < width; at++) {
    let mean = 0;
    let square = 0;
    for (let row = 0; row < rows; row++) mean += targets[row * width + at]! / rows;
    for (let row = 0; row < rows; row++) square += (targets[row * width + at]! - mean) ** 2 / rows;
    out[at] = square > 0 ? Math.sqrt(square) : 1;
  }
  return out;
}

const logit = (p: number): number => {
  const bounded = Math.min(1 - 1e-15, Math.max(1e-15, p));
  return Math.log(bounded / (1 - bounded));
};
