import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { asArray, asNumber, asObject, asString, type Json, parseJson, utf8 } from '../text/json';
import { catboostCheckpoint, type Grown, type Oblivious, type Split } from './model';

export { openCatboostBinary } from './binary';

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
  const features = floats.map(each => ({
    column: asNumber(each?.flat_feature_index) ?? refuse('The CatBoost model has a broken feature.'),
    missingHigh: asString(each?.nan_value_treatment) === 'AsTrue',
  }));
  const [scale, bias] = asArray(model?.scale_and_bias) ?? refuse('The CatBoost model has no scale.');
  const biases = (asArray(bias) ?? [bias ?? 0]).map(each => asNumber(each) ?? 0);
  const oblivious = (asArray(model?.oblivious_trees) ?? []).map(tree => readOblivious(tree, floats.length));
  const grown = (asArray(model?.trees) ?? []).map(tree => readGrown(tree, floats.length, 0));
  if (oblivious.length + grown.length === 0) refuse('The CatBoost model has no trees.');
  const sizes = new Set(oblivious.map(tree => tree.leaves.length / 2 ** tree.splits.length));
  const outputs = oblivious.length > 0 ? ([...sizes][0] ?? 1) : leafSize(grown[0]);
  if (sizes.size > 1 || !Number.isInteger(outputs)) refuse('The CatBoost model has trees of different sizes.');
  const loss = asString(asObject(asObject(asObject(model?.model_info)?.params)?.loss_function)?.type) ?? '';
  return catboostCheckpoint(
    { features, oblivious, grown, outputs, scale: asNumber(scale) ?? 1, biases, loss },
    'catboost json',
  );
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

function readOblivious(value: Json, features: number): Oblivious {
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
