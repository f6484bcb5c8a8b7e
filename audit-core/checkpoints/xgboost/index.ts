import { boostedRuntime, type Link } from '../../runtime/estimators/boosted';
import { checkTree, leafOf, type Tree } from '../../runtime/estimators/trees';
import type { Runtime } from '../../runtime/runtime';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { parseJson, utf8 } from '../text/json';
import { parseUbjson, type Ubj } from '../text/ubjson';

type Node = { [key: string]: Ubj };
const isNode = (value: Ubj | undefined): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
const node = (value: Ubj | undefined, what: string): Node =>
  isNode(value) ? value : refuse(`The XGBoost model has no ${what}.`);
const numeric = (value: Ubj | undefined): number =>
  typeof value === 'string' ? Number(value) : typeof value === 'number' ? value : Number.NaN;

/** A list of numbers, of whatever layout. */
function list(value: Ubj | undefined, what: string): ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return value as unknown as ArrayLike<number>;
  if (Array.isArray(value) && value.every(each => typeof each === 'number' || typeof each === 'boolean'))
    return value.map(Number);
  return refuse(`The XGBoost model has a tree without ${what}.`);
}

/** Opens an XGBoost model in JSON or UBJSON (doc/model.schema). */
export async function openXgboost(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.structureBytes * 4) refuse('The model is larger than this reader allows.');
  return xgboostOf(await source.read(0, source.size), limits);
}

/** Tells JSON from UBJSON by the second byte. */
export function parseXgboost(bytes: Uint8Array, limits: Limits): { model: Node; format: string } {
  const text = /[\s"]/.test(String.fromCharCode(bytes[1] ?? 0)) || bytes[1] === 0x7d;
  const parsed = text
    ? (parseJson(utf8(bytes, 'The XGBoost model'), limits.depth, 'The XGBoost model') as Ubj)
    : parseUbjson(bytes, limits.depth, 'The XGBoost model');
  const root = node(parsed, 'content');
  // A pickled booster wraps the model in {"Config", "Model"}.
  return { model: isNode(root.Model) ? root.Model : root, format: text ? 'xgboost json' : 'xgboost ubjson' };
}

/** `estimator`: the booster is that of an estimator of scikit-learn's interface. */
export function xgboostOf(bytes: Uint8Array, limits: Limits, estimator = false): Checkpoint {
  const { model, format } = parseXgboost(bytes, limits);
  const learner = node(model.learner, 'learner');
  const parameters = node(learner.learner_model_param, 'parameters');
  const features = numeric(parameters.num_feature);
  const classes = Math.max(1, numeric(parameters.num_class) || 0, numeric(parameters.num_target) || 0);
  if (!Number.isSafeInteger(features) || features < 0 || classes > 1e6)
    refuse('The XGBoost model has impossible parameters.');
  const objective = String(node(learner.objective, 'objective').name ?? '');
  const scores = baseScores(parameters.base_score, classes);
  const booster = node(learner.gradient_booster, 'booster');
  const name = String(booster.name ?? 'gbtree');
  const trees: Tree[] = [];
  const tensors: { name: string; shape: number[]; dtype: string }[] = [];
  const warnings: string[] = [];
  let linear: ArrayLike<number> | null = null;
  let info: ArrayLike<number> = [];
  let drop: ArrayLike<number> | null = null;
  if (name === 'gblinear') {
    linear = list(node(booster.model, 'weights').weights, 'weights');
    if (linear.length < (features + 1) * classes) refuse('The XGBoost model has too few weights.');
    tensors.push({ name: 'weights', shape: [linear.length], dtype: 'float32' });
  } else {
    const inner = name === 'dart' ? node(booster.gbtree, 'trees') : booster;
    const holder = node(inner.model, 'trees');
    const all = Array.isArray(holder.trees) ? holder.trees : refuse('The XGBoost model has no trees.');
    info = list(holder.tree_info, 'classes');
    drop = name === 'dart' ? list(booster.weight_drop, 'weights') : null;
    if (info.length !== all.length || (drop && drop.length !== all.length))
      refuse('The XGBoost model has trees without a class.');
    for (const [index, each] of all.entries()) {
      const tree = readTree(node(each, 'tree'), features, warnings);
      trees.push(tree);
      tensors.push({ name: `tree ${index}`, shape: [tree.left.length], dtype: 'float32' });
    }
  }
  const used = bestOf(learner, trees.length, classes, estimator);
  const link = linkOf(objective);
  if (link === null)
    warnings.push(`The objective "${objective.slice(0, 60)}" is not known; margins are given as they are.`);
  const runtime = (): Runtime => {
    const outputs = classes;
    const kind = link === 'sigmoid' || link === 'softmax' ? 'probabilities' : link === null ? 'unknown' : 'regression';
    const starts = scores.map(score => marginOf(score, link));
    return boostedRuntime(features, outputs, link ?? 'identity', kind, (x, out) => {
      const data = x.data.map(Math.fround);
      for (let row = 0; row < x.rows; row++) {
        for (let output = 0; output < outputs; output++) {
          // The linear booster adds the first score to every output (src/gbm/gblinear.cc, `BaseScore(…)(0)`).
          let sum = starts[linear ? 0 : output] ?? starts[0] ?? 0;
          if (linear) {
            sum += linear[features * outputs + output] ?? 0;
            for (let index = 0; index < features; index++) {
              const value = data[row * x.width + index] ?? 0;
              if (!Number.isNaN(value)) sum += value * (linear[index * outputs + output] ?? 0);
            }
          }
          out[row * outputs + output] = sum;
        }
        for (const [index, tree] of trees.slice(0, used).entries()) {
          const at = row * outputs + (info[index] ?? 0);
          out[at] = (out[at] ?? 0) + (drop?.[index] ?? 1) * (tree.value[leafOf(tree, data, row * x.width)] ?? 0);
        }
      }
    });
  };
  const report = inspection(format, {
    tensors,
    inputs: [{ name: 'X', shape: [-1, features], dtype: 'float32' }],
    metadata: {
      ...(used < trees.length ? { used } : {}),
      objective,
      booster: name,
      trees: trees.length,
      version:
        Array.isArray(model.version) || ArrayBuffer.isView(model.version)
          ? Array.from(model.version as ArrayLike<number>).join('.')
          : 'unknown',
    },
    architecture: linear
      ? `linear booster, ${features} features`
      : `${trees.length} trees${used < trees.length ? ` (the first ${used} answer: early stopping)` : ''}, ${features} features, ${classes} output${classes > 1 ? 's' : ''}`,
    warnings,
    runnable: true,
    why: 'Runs in this process: the trees are read from the file.',
  });
  return { inspection: report, load: async () => runtime() };
}

/**
 * How many trees answer. The estimators of scikit-learn's interface stop at the best iteration of early stopping, which they leave in the file;
 * a booster of the library's own interface uses all (python-package/xgboost/sklearn.py, `_get_iteration_range`).
 */
function bestOf(learner: Node, trees: number, classes: number, estimator: boolean): number {
  const attributes = isNode(learner.attributes) ? learner.attributes : {};
  const best =
    attributes.scikit_learn === undefined && !estimator ? Number.NaN : Number(attributes.best_iteration ?? Number.NaN);
  if (!Number.isSafeInteger(best) || best < 0) return trees;
  return Math.min(trees, (best + 1) * classes * (numeric(parallelOf(learner)) || 1));
}

/** How many trees a round grows for one output (random forests). */
function parallelOf(learner: Node): Ubj | undefined {
  const booster = isNode(learner.gradient_booster) ? learner.gradient_booster : {};
  const inner = isNode(booster.gbtree) ? booster.gbtree : booster;
  const model = isNode(inner.model) ? inner.model : {};
  return isNode(model.gbtree_model_param) ? model.gbtree_model_param.num_parallel_tree : undefined;
}

/** `base_score` is one number, or since 3.0 a list in a text. */
function baseScores(value: Ubj | undefined, classes: number): number[] {
  const parts = String(value ?? '0.5')
    .replace(/[[\]]/g, '')
    .split(',')
    .map(Number);
  if (!parts.every(Number.isFinite)) refuse('The XGBoost model has a base score that is no number.');
  return parts.length === 1 ? new Array<number>(classes).fill(parts[0] ?? 0.5) : parts;
}

function linkOf(objective: string): Link | null {
  if (objective === 'binary:logistic' || objective === 'reg:logistic') return 'sigmoid';
  if (objective.startsWith('multi:soft')) return 'softmax';
  if (objective === 'binary:hinge') return 'step';
  if (/^(?:count:poisson|reg:gamma|reg:tweedie|survival:cox|survival:aft)$/.test(objective)) return 'exp';
  if (
    /^(?:reg:(?:squarederror|linear|absoluteerror|pseudohubererror|quantileerror|squaredlogerror)|binary:logitraw|rank:\w+)$/.test(
      objective,
    )
  )
    return 'identity';
  return null;
}

const marginOf = (score: number, link: Link | null): number =>
  link === 'sigmoid' ? -Math.log(1 / score - 1) : link === 'exp' ? Math.log(score) : score;

/** One tree: `value < threshold` in float32 goes left, which is `value <= the float32 below`. */
function readTree(tree: Node, features: number, warnings: string[]): Tree {
  const left = list(tree.left_children, 'children');
  const right = list(tree.right_children, 'children');
  const feature = list(tree.split_indices, 'features');
  const conditions = list(tree.split_conditions, 'thresholds');
  const defaults = list(tree.default_left, 'defaults');
  const size = left.length;
  const told = numeric(node(tree.tree_param, 'parameters').num_nodes);
  if (
    told !== size ||
    right.length !== size ||
    feature.length !== size ||
    conditions.length !== size ||
    defaults.length !== size
  )
    refuse('A tree of the XGBoost model has lists of different lengths.');
  if (numeric(node(tree.tree_param, 'parameters').size_leaf_vector) > 1)
    refuse('A tree of the XGBoost model has several targets a leaf, which is not run here.');
  const categories = categoriesOf(tree, size);
  const shared = new Set<number>();
  for (let index = 0; index < size; index++) {
    const child = left[index] ?? -1;
    if (
      !Number.isInteger(child) ||
      !Number.isInteger(right[index]) ||
      child < -1 ||
      child >= size ||
      (right[index] ?? 0) < -1 ||
      (right[index] ?? 0) >= size
    )
      refuse('A tree of the XGBoost model has a child outside the tree.');
    if (child >= 0 && child === right[index]) shared.add(index);
    if (!Number.isFinite(conditions[index] ?? Number.NaN))
      refuse('A tree of the XGBoost model has a threshold that is no number.');
  }
  if (shared.size > 0) refuse('A tree of the XGBoost model has a node whose children are the same.');
  void warnings;
  const below = Float64Array.from(conditions, value => nextBelow(Math.fround(value)));
  return checkTree(
    {
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      feature: Int32Array.from(feature),
      threshold: below,
      missingLeft: Uint8Array.from(defaults),
      value: Float64Array.from(conditions, Math.fround),
      outputs: 1,
      ...(categories ? { categories } : {}),
    },
    features,
  );
}

/** Nodes that split on categories: those in the node's list go right, all others left (common/categorical.h, `Decision`). */
function categoriesOf(tree: Node, size: number): (((category: number) => boolean) | null)[] | null {
  if (!tree.split_type || Array.from(list(tree.split_type, 'types')).every(type => type === 0)) return null;
  const nodes = list(tree.categories_nodes, 'categories');
  const starts = list(tree.categories_segments, 'categories');
  const counts = list(tree.categories_sizes, 'categories');
  const all = Array.from(list(tree.categories, 'categories'));
  const out = new Array<((category: number) => boolean) | null>(size).fill(null);
  for (const [index, at] of Array.from(nodes).entries()) {
    const start = starts[index] ?? -1;
    const right = new Set(all.slice(start, start + (counts[index] ?? 0)));
    if (!(at >= 0 && at < size) || start < 0) refuse('A tree of the XGBoost model has categories outside itself.');
    out[at] = category => !right.has(Math.trunc(category));
  }
  return out;
}

const word = new DataView(new ArrayBuffer(4));
/** The largest float32 below a float32. */
function nextBelow(value: number): number {
  if (value === 0) return -(2 ** -149);
  word.setFloat32(0, value);
  const bits = word.getInt32(0);
  word.setInt32(0, value > 0 ? bits - 1 : bits + 1);
  return word.getFloat32(0);
}
