import { boostedRuntime, type Link } from '../../runtime/estimators/boosted';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { asArray, asNumber, asObject, asString, type Json, parseJson, utf8 } from '../text/json';

/** One split: `value > border` goes right; a missing value is below everything or above everything. */
interface Split {
  readonly feature: number;
  readonly border: number;
}

type Grown =
  | { readonly values: readonly number[] }
  | { readonly split: Split; readonly left: Grown; readonly right: Grown };

/** Opens a CatBoost model in its JSON format (catboost docs, "JSON model"). */
export async function openCatboostJson(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.structureBytes * 4) refuse('The model is larger than this reader allows.');
  const model = asObject(
    parseJson(utf8(await source.read(0, source.size), 'The CatBoost model'), limits.depth, 'The CatBoost model'),
  );
  const info = asObject(model?.features_info);
  const floats = (asArray(info?.float_features) ?? []).map(each => asObject(each));
  if ((asArray(info?.categorical_features) ?? []).length > 0)
    return notRun('The CatBoost model uses categorical features, which are not run here.');
  const flat = floats.map(
    each => asNumber(each?.flat_feature_index) ?? refuse('The CatBoost model has a broken feature.'),
  );
  const missingHigh = floats.map(each => asString(each?.nan_value_treatment) === 'AsTrue');
  const features = Math.max(0, ...flat) + 1;
  const [scale, bias] = asArray(model?.scale_and_bias) ?? refuse('The CatBoost model has no scale.');
  const biases = (asArray(bias) ?? [bias ?? 0]).map(each => asNumber(each) ?? 0);
  const oblivious = (asArray(model?.oblivious_trees) ?? []).map(tree => readOblivious(tree, floats.length));
  const grown = (asArray(model?.trees) ?? []).map(tree => readGrown(tree, floats.length, 0));
  if (oblivious.length + grown.length === 0) refuse('The CatBoost model has no trees.');
  const sizes = new Set(oblivious.map(tree => tree.leaves.length / 2 ** tree.splits.length));
  const outputs = oblivious.length > 0 ? ([...sizes][0] ?? 1) : leafSize(grown[0]);
  if (sizes.size > 1 || !Number.isInteger(outputs)) refuse('The CatBoost model has trees of different sizes.');
  const loss = asString(asObject(asObject(asObject(model?.model_info)?.params)?.loss_function)?.type) ?? '';
  const link: Link =
    outputs > 1
      ? loss === 'MultiClassOneVsAll'
        ? 'ovr'
        : 'softmax'
      : loss === 'Logloss' || loss === 'CrossEntropy'
        ? 'sigmoid'
        : loss === 'Poisson'
          ? 'exp'
          : 'identity';
  const above = (split: Split, data: Float64Array, offset: number): boolean => {
    const value = Math.fround(data[offset + (flat[split.feature] ?? 0)] ?? Number.NaN);
    return Number.isNaN(value) ? (missingHigh[split.feature] ?? false) : value > split.border;
  };
  const runtime = () =>
    boostedRuntime(
      features,
      outputs,
      link,
      link === 'identity' || link === 'exp' ? 'regression' : 'probabilities',
      (x, out) => {
        for (let row = 0; row < x.rows; row++) {
          const offset = row * x.width;
          const add = (values: readonly number[], from: number): void => {
            for (let each = 0; each < outputs; each++)
              out[row * outputs + each] = (out[row * outputs + each] ?? 0) + (values[from + each] ?? 0);
          };
          for (const tree of oblivious) {
            let leaf = 0;
            for (const [bit, split] of tree.splits.entries()) if (above(split, x.data, offset)) leaf |= 1 << bit;
            add(tree.leaves, leaf * outputs);
          }
          for (const tree of grown) {
            let each = tree;
            while ('split' in each) each = above(each.split, x.data, offset) ? each.right : each.left;
            add(each.values, 0);
          }
          for (let each = 0; each < outputs; each++)
            out[row * outputs + each] =
              (out[row * outputs + each] ?? 0) * (asNumber(scale) ?? 1) + (biases[each] ?? biases[0] ?? 0);
        }
      },
    );
  const report = inspection('catboost json', {
    tensors: oblivious.map((tree, index) => ({ name: `tree ${index}`, shape: [tree.leaves.length], dtype: 'float64' })),
    parameters: oblivious.reduce((sum, tree) => sum + tree.leaves.length, 0) || grown.length,
    inputs: [{ name: 'X', shape: [-1, features], dtype: 'float32' }],
    metadata: { loss, trees: oblivious.length + grown.length },
    architecture: `${oblivious.length + grown.length} trees, ${features} features, ${outputs} output${outputs > 1 ? 's' : ''}`,
    runnable: true,
    why: 'Runs in this process: the trees are read from the file.',
  });
  return { inspection: report, load: async () => runtime() };
}

const notRun = (why: string): Checkpoint => ({ inspection: inspection('catboost json', { why }) });

function readSplit(value: Json | undefined, features: number): Split {
  const entry = asObject(value);
  if (asString(entry?.split_type) !== 'FloatFeature')
    refuse('The CatBoost model splits on something else than numbers, which is not run here.');
  const feature = asNumber(entry?.float_feature_index) ?? -1;
  if (!Number.isInteger(feature) || feature < 0 || feature >= features)
    refuse('The CatBoost model splits on a feature that does not exist.');
  return { feature, border: asNumber(entry?.border) ?? refuse('The CatBoost model has a split without a border.') };
}

function readOblivious(value: Json, features: number): { splits: Split[]; leaves: number[] } {
  const entry = asObject(value) ?? refuse('The CatBoost model has a broken tree.');
  const splits = (asArray(entry.splits) ?? []).map(split => readSplit(split, features));
  const leaves = (asArray(entry.leaf_values) ?? []).map(
    each => asNumber(each) ?? refuse('The CatBoost model has a leaf that is no number.'),
  );
  if (splits.length > 30 || leaves.length === 0 || leaves.length % 2 ** splits.length !== 0)
    refuse(`A tree of the CatBoost model has ${leaves.length} leaves for ${splits.length} splits.`);
  return { splits, leaves };
}

function readGrown(value: Json | undefined, features: number, depth: number): Grown {
  const entry = asObject(value) ?? refuse('The CatBoost model has a broken tree.');
  if (depth > 100) refuse('A tree of the CatBoost model is too deep.');
  if (entry.value !== undefined)
    return {
      values: (asArray(entry.value) ?? [entry.value]).map(
        each => asNumber(each) ?? refuse('The CatBoost model has a leaf that is no number.'),
      ),
    };
  return {
    split: readSplit(entry.split, features),
    left: readGrown(entry.left, features, depth + 1),
    right: readGrown(entry.right, features, depth + 1),
  };
}

function leafSize(tree: Grown | undefined): number {
  let each = tree;
  while (each && 'split' in each) each = each.left;
  return each?.values.length ?? 1;
}

/** `inspect` of the binary format: `CBM1`, then a flatbuffer that is not taken apart here. */
export async function openCatboostBinary(source: ByteSource, _limits: Limits): Promise<Checkpoint> {
  const head = await source.read(0, 8);
  const size = new DataView(head.buffer, head.byteOffset, 8).getUint32(4, true);
  if (head.length < 8 || size + 8 > source.size || size < 64) refuse('The CatBoost model is cut off or broken.');
  const root = await source.read(8, 12);
  const table = new DataView(root.buffer, root.byteOffset, 4).getUint32(0, true);
  if (table + 4 > size) refuse('The CatBoost model is broken: its root lies beyond its end.');
  return {
    inspection: inspection('catboost cbm', {
      metadata: { bytes: size },
      parameters: 0,
      why: 'The binary CatBoost format is not run here; save_model(…, format="json") or "onnx" can be.',
    }),
  };
}
