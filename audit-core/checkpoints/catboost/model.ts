import { boostedRuntime, type Link } from '../../runtime/estimators/boosted';
import type { Checkpoint } from '../checkpoint';
import { inspection } from '../inspection';

/** One split: `value > border` goes right; a missing value is below everything or above everything. */
export interface Split {
  readonly feature: number;
  readonly border: number;
}

/** A tree that grew unevenly. */
export type Grown =
  | { readonly values: ArrayLike<number> }
  | { readonly split: Split; readonly left: Grown; readonly right: Grown };

/** A tree that asks the same question at each level: the answers are the bits of the leaf's number. */
export interface Oblivious {
  readonly splits: readonly Split[];
  /** `[leaves, outputs]` */
  readonly leaves: ArrayLike<number>;
}

/** A CatBoost model over numbers, from whichever of its formats. */
export interface CatboostModel {
  /** Of each numeric feature: its column, and whether a missing value counts as above every border. */
  readonly features: readonly { readonly column: number; readonly missingHigh: boolean }[];
  readonly oblivious: readonly Oblivious[];
  readonly grown: readonly Grown[];
  readonly outputs: number;
  readonly scale: number;
  readonly biases: readonly number[];
  /** The loss that it was trained with (`Logloss`, `MultiClass`, `RMSE`, …). */
  readonly loss: string;
}

function linkOf(loss: string): Link {
  if (loss === 'MultiClass') return 'softmax';
  if (/^(?:MultiClassOneVsAll|MultiLogloss|MultiCrossEntropy)$/.test(loss)) return 'ovr';
  if (loss === 'Logloss' || loss === 'CrossEntropy' || loss === 'Focal') return 'sigmoid';
  if (loss === 'RMSEWithUncertainty') return 'variance';
  return loss === 'Poisson' || loss === 'Tweedie' ? 'exp' : 'identity';
}

/** The checkpoint of a model: what is in it, and its runtime. */
export function catboostCheckpoint(model: CatboostModel, format: string): Checkpoint {
  const trees = model.oblivious.length + model.grown.length;
  const columns = Math.max(0, ...model.features.map(each => each.column + 1));
  const { outputs, loss } = model;
  const report = inspection(format, {
    tensors: model.oblivious.map(({ leaves }, index) => ({
      name: `tree ${index}`,
      shape: [leaves.length],
      dtype: 'float64',
    })),
    parameters: model.oblivious.reduce((sum, { leaves }) => sum + leaves.length, 0) || model.grown.length,
    inputs: [{ name: 'X', shape: [-1, columns], dtype: 'float32' }],
    metadata: { loss, trees },
    architecture: `${trees} trees, ${columns} features, ${outputs} output${outputs > 1 ? 's' : ''}`,
    runnable: true,
    why: 'Runs in this process: the trees are read from the file.',
  });
  return { inspection: report, load: async () => run(model, columns) };
}

function run(model: CatboostModel, columns: number) {
  const { outputs, features, scale, biases } = model;
  const link = linkOf(model.loss);
  const above = (split: Split, data: Float64Array, offset: number): boolean => {
    const feature = features[split.feature];
    const value = Math.fround(data[offset + (feature?.column ?? 0)] ?? Number.NaN);
    return Number.isNaN(value) ? (feature?.missingHigh ?? false) : value > split.border;
  };
  const kind = /^(?:sigmoid|softmax|ovr)$/.test(link) ? 'probabilities' : 'regression';
  return boostedRuntime(columns, outputs, link, kind, (x, out) => {
    for (let row = 0; row < x.rows; row++) {
      const offset = row * x.width;
      const add = (values: ArrayLike<number>, from: number): void => {
        for (let each = 0; each < outputs; each++)
          out[row * outputs + each] = (out[row * outputs + each] ?? 0) + (values[from + each] ?? 0);
      };
      for (const tree of model.oblivious) {
        let leaf = 0;
        for (const [bit, split] of tree.splits.entries()) if (above(split, x.data, offset)) leaf |= 1 << bit;
        add(tree.leaves, leaf * outputs);
      }
      for (const tree of model.grown) {
        let each = tree;
        while ('split' in each) each = above(each.split, x.data, offset) ? each.right : each.left;
        add(each.values, 0);
      }
      for (let each = 0; each < outputs; each++)
        out[row * outputs + each] = (out[row * outputs + each] ?? 0) * scale + (biases[each] ?? biases[0] ?? 0);
    }
  });
}
