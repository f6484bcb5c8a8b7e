import { boostedRuntime, type Link } from '../../runtime/estimators/boosted';
import type { Matrix } from '../../runtime/estimators/frame';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { asArray, asNumber, asObject, asString, parseJson, utf8 } from '../text/json';

/** True for the text that `Booster.save_model` writes. */
export const looksLikeLightgbm = (head: Uint8Array): boolean =>
  /^tree\r?\nversion=/.test(new TextDecoder('latin1').decode(head.subarray(0, 64)));

/** Opens a LightGBM text model. */
export async function openLightgbm(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.structureBytes * 4) refuse('The model is larger than this reader allows.');
  return lightgbmOf(new TextDecoder().decode(await source.read(0, source.size)));
}

interface LeafTree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly decision: Int32Array;
  readonly leaves: Float64Array;
  readonly categories: { readonly starts: number[]; readonly bits: number[] } | null;
  readonly linear: {
    readonly constants: Float64Array;
    readonly features: number[][];
    readonly weights: number[][];
  } | null;
}

/** Parses the text model (LightGBM src/io/gbdt_model_text.cpp, tree.cpp); `iterations`: how many of its rounds answer, null for all. */
export function lightgbmOf(text: string, iterations: number | null = null): Checkpoint {
  const sections = text.split(/\r?\n(?=Tree=\d+\r?\n|end of trees)/);
  const head = fields(sections[0] ?? '');
  const count = (key: string): number => integer(head.get(key), key);
  const classes = count('num_tree_per_iteration');
  const features = count('max_feature_idx') + 1;
  if (classes < 1 || classes > 1e5 || features < 1 || features > 1e8)
    refuse('The LightGBM model has impossible sizes.');
  if (!/end of trees/.test(text)) refuse('The LightGBM model is cut off: the end of its trees is missing.');
  const objective = head.get('objective') ?? '';
  const parts = sections.slice(1).filter(section => section.startsWith('Tree='));
  const warnings: string[] = [];
  const all = parts.map(section => readTree(fields(section), features, warnings));
  const sizes = head.get('tree_sizes')?.trim().split(/\s+/).length ?? all.length;
  if (all.length === 0 || sizes !== all.length || all.length % classes !== 0)
    refuse('The LightGBM model is cut off or broken: trees are missing.');
  const trees = iterations === null ? all : all.slice(0, iterations * classes);
  const link = linkOf(objective);
  const scale = Number(/sigmoid:([\d.eE+-]+)/.exec(objective)?.[1] ?? 1);
  // A random forest says so on a line of its own; its trees are averaged.
  const average = /^average_output$/m.test(sections[0] ?? '');
  const runtime = () =>
    boostedRuntime(
      features,
      classes,
      link,
      /^(?:sigmoid|softmax|ovr)$/.test(link) ? 'probabilities' : 'regression',
      (x, out) => {
        for (let row = 0; row < x.rows; row++) {
          for (const [index, tree] of trees.entries()) {
            const at = row * classes + (index % classes);
            out[at] = (out[at] ?? 0) + treeValue(tree, x, row * x.width);
          }
        }
        const factor = (average ? classes / trees.length : 1) * (link === 'sigmoid' || link === 'ovr' ? scale : 1);
        for (let at = 0; at < out.length; at++) out[at] = (out[at] ?? 0) * factor;
      },
    );
  const report = inspection('lightgbm text', {
    tensors: trees.map((tree, index) => ({ name: `tree ${index}`, shape: [tree.leaves.length], dtype: 'float64' })),
    inputs: [{ name: 'X', shape: [-1, features], dtype: 'float64' }],
    metadata: { objective, trees: trees.length, version: head.get('version') ?? 'unknown' },
    architecture: `${trees.length} trees, ${features} features, ${classes} output${classes > 1 ? 's' : ''}${average ? ', averaged' : ''}`,
    warnings,
    runnable: true,
    why: 'Runs in this process: the trees are read from the file.',
  });
  return { inspection: report, load: async () => runtime() };
}

function linkOf(objective: string): Link {
  const [name = ''] = objective.split(' ');
  if (name === 'binary' || name === 'cross_entropy') return 'sigmoid';
  if (name === 'multiclass') return 'softmax';
  if (name === 'multiclassova') return 'ovr';
  if (name === 'cross_entropy_lambda') return 'softplus';
  if (/ sqrt(?: |$)/.test(objective)) return 'squared';
  return /^(?:poisson|gamma|tweedie)$/.test(name) ? 'exp' : 'identity';
}

function fields(section: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const line of section.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at > 0) out.set(line.slice(0, at), line.slice(at + 1));
  }
  return out;
}

function integer(text: string | undefined, key: string): number {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : refuse(`The LightGBM model has no valid ${key}.`);
}

function numbers(section: ReadonlyMap<string, string>, key: string, count: number, whole: boolean): Float64Array {
  const text = section.get(key);
  if (text === undefined && count > 0) refuse(`A tree of the LightGBM model has no ${key}.`);
  const values = (text ?? '').trim() === '' ? [] : (text ?? '').trim().split(/\s+/).map(parseNumber);
  if (values.length !== count)
    refuse(`A tree of the LightGBM model has ${values.length} values of ${key}; it needs ${count}.`);
  if (values.some(value => (whole ? !Number.isSafeInteger(value) : Number.isNaN(value))))
    refuse(`A tree of the LightGBM model has a value of ${key} that is no number.`);
  return Float64Array.from(values);
}

const parseNumber = (text: string): number =>
  /^[+-]?inf(?:inity)?$/i.test(text)
    ? text.startsWith('-')
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY
    : Number(text);

function readTree(section: ReadonlyMap<string, string>, features: number, warnings: string[]): LeafTree {
  const size = integer(section.get('num_leaves'), 'num_leaves');
  if (size < 1 || size > 1e7) refuse('A tree of the LightGBM model has an impossible number of leaves.');
  const leaves = numbers(section, 'leaf_value', size, false);
  if (leaves.some(value => !Number.isFinite(value)))
    refuse('A tree of the LightGBM model has a leaf that is no finite number.');
  const nodes = size - 1;
  const feature = Int32Array.from(numbers(section, 'split_feature', nodes, true));
  const left = Int32Array.from(numbers(section, 'left_child', nodes, true));
  const right = Int32Array.from(numbers(section, 'right_child', nodes, true));
  const threshold = numbers(section, 'threshold', nodes, false);
  const decision = Int32Array.from(numbers(section, 'decision_type', nodes, true));
  const seen = new Set<number>();
  const stack = nodes > 0 ? [0] : [];
  while (stack.length > 0) {
    const each = stack.pop() ?? 0;
    if (each >= nodes || seen.has(each))
      refuse('A tree of the LightGBM model is broken: its nodes do not form a tree.');
    seen.add(each);
    if ((feature[each] ?? -1) < 0 || (feature[each] ?? 0) >= features)
      refuse('A tree of the LightGBM model uses a feature that does not exist.');
    for (const child of [left[each] ?? 0, right[each] ?? 0]) {
      if (child < 0 && -child - 1 >= size) refuse('A tree of the LightGBM model has a leaf that does not exist.');
      if (child >= 0) stack.push(child);
    }
  }
  const categorical = integer(section.get('num_cat') ?? '0', 'num_cat');
  const categories =
    categorical > 0
      ? {
          starts: [...numbers(section, 'cat_boundaries', categorical + 1, true)],
          bits: (section.get('cat_threshold') ?? '').trim().split(/\s+/).map(Number),
        }
      : null;
  void warnings;
  return {
    left,
    right,
    feature,
    threshold,
    decision,
    leaves,
    categories,
    linear: section.get('is_linear') === '1' ? readLinear(section, size, features) : null,
  };
}

/** Linear models in the leaves: a constant, and per leaf its features and coefficients. */
function readLinear(
  section: ReadonlyMap<string, string>,
  size: number,
  features: number,
): NonNullable<LeafTree['linear']> {
  const counts = numbers(section, 'num_features', size, true);
  const split = (key: string): number[] => (section.get(key) ?? '').trim().split(/\s+/).filter(Boolean).map(Number);
  const flatFeatures = split('leaf_features');
  const flatWeights = split('leaf_coeff');
  const total = counts.reduce((a, b) => a + b, 0);
  if (counts.some(each => each < 0) || flatFeatures.length !== total || flatWeights.length !== total)
    refuse('A tree of the LightGBM model has linear leaves with wrong counts.');
  if (flatFeatures.some(each => !Number.isInteger(each) || each < 0 || each >= features))
    refuse('A linear leaf of the LightGBM model uses a feature that does not exist.');
  let at = 0;
  const cut = Array.from(counts, each => {
    at += each;
    return [at - each, at] as const;
  });
  return {
    constants: numbers(section, 'leaf_const', size, false),
    features: cut.map(([from, to]) => flatFeatures.slice(from, to)),
    weights: cut.map(([from, to]) => flatWeights.slice(from, to)),
  };
}

/** The value of a tree for one row; decision types as in LightGBM tree.h: bit 0 categorical, bit 1 default left, bits 2–3 missing type. */
function treeValue(tree: LeafTree, x: Matrix, offset: number): number {
  let node = tree.left.length > 0 ? 0 : -1;
  while (node >= 0) {
    const type = tree.decision[node] ?? 0;
    const value = x.data[offset + (tree.feature[node] ?? 0)] ?? Number.NaN;
    node = (type & 1 ? inCategories(tree, node, value) : goesLeft(type, value, tree.threshold[node] ?? 0))
      ? (tree.left[node] ?? -1)
      : (tree.right[node] ?? -1);
  }
  const leaf = -node - 1;
  if (!tree.linear) return tree.leaves[leaf] ?? 0;
  let sum = tree.linear.constants[leaf] ?? 0;
  for (const [index, feature] of (tree.linear.features[leaf] ?? []).entries()) {
    const value = x.data[offset + feature] ?? Number.NaN;
    if (Number.isNaN(value)) return tree.leaves[leaf] ?? 0;
    sum += value * (tree.linear.weights[leaf]?.[index] ?? 0);
  }
  return sum;
}

function goesLeft(type: number, given: number, threshold: number): boolean {
  const missing = (type >> 2) & 3;
  const value = Number.isNaN(given) && missing !== 2 ? 0 : given;
  if ((missing === 1 && Math.abs(value) <= 1e-35) || (missing === 2 && Number.isNaN(value))) return (type & 2) !== 0;
  return value <= threshold;
}

function inCategories(tree: LeafTree, node: number, value: number): boolean {
  if (Number.isNaN(value) || value < 0 || !tree.categories) return false;
  const category = Math.trunc(value);
  const set = tree.threshold[node] ?? 0;
  const from = tree.categories.starts[set] ?? 0;
  const to = tree.categories.starts[set + 1] ?? 0;
  const word = Math.floor(category / 32);
  return from + word < to && ((tree.categories.bits[from + word] ?? 0) & (1 << (category % 32))) !== 0;
}

/** `inspect` of `Booster.dump_model()` as JSON; LightGBM itself cannot load this form. */
export async function openLightgbmDump(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.structureBytes) refuse('The model is larger than this reader allows.');
  const model = asObject(
    parseJson(utf8(await source.read(0, source.size), 'The LightGBM dump'), limits.depth, 'The LightGBM dump'),
  );
  const trees = asArray(model?.tree_info) ?? refuse('The LightGBM dump has no trees.');
  const tensors = trees.map((tree, index) => ({
    name: `tree ${index}`,
    shape: [asNumber(asObject(tree)?.num_leaves) ?? 0],
    dtype: 'float64',
  }));
  const features = (asNumber(model?.max_feature_idx) ?? -1) + 1;
  return {
    inspection: inspection('lightgbm json dump', {
      tensors,
      inputs: [{ name: 'X', shape: [-1, features], dtype: 'float64' }],
      metadata: { objective: asString(model?.objective) ?? '', trees: trees.length },
      why: 'A dump for reading, which LightGBM cannot load either; the text model (save_model) can be run.',
    }),
  };
}
