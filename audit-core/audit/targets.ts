import { multiLabelLoss, squaredErrorScore } from '../attacks/signals';
import type { OutputKind, Tensor } from '../runtime/runtime';
import type { AuditData, ScoreArrays } from './inputs';

/** Losses per record of models whose target is no single class: summed cross-entropy per label, or the squared error. */
export function asLosses(data: AuditData, outputs: Tensor, kind: OutputKind): Pick<ScoreArrays, 'losses' | 'labels'> {
  const { targets } = data;
  if (!targets) throw new RangeError('The target column is missing: a multi-label or regression audit needs it.');
  const width = outputs.shape.slice(1).reduce((product, size) => product * size, 1);
  if (width !== targets.width)
    throw new RangeError(`The model gives ${width} outputs per row, but ${targets.width} target columns are named.`);
  const values = Float64Array.from(Array.from(outputs.data as ArrayLike<number | bigint>, Number));
  const scores =
    data.target === 'regression'
      ? squaredErrorScore(values, targets.data, width)
      : multiLabelLoss(kind === 'probabilities' ? values.map(logit) : values, targets.data, width);
  return { losses: scores.map(score => -score), labels: new Int32Array(data.rows) };
}

const logit = (p: number): number => {
  const bounded = Math.min(1 - 1e-15, Math.max(1e-15, p));
  return Math.log(bounded / (1 - bounded));
};
