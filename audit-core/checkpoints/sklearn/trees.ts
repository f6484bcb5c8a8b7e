import { checkTree, type Tree } from '../../runtime/estimators/trees';
import { refuse } from '../inspection';
import { arrayOf } from '../pickle/numpy';
import { items } from '../pickle/values';
import { EstimatorState, fieldOf } from './state';

/** scikit-learn's `sklearn.tree._tree.Tree` of a fitted decision tree; class counts become fractions. */
export async function readTree(estimator: EstimatorState, features: number, fractions: boolean): Promise<Tree> {
  const tree = estimator.child('tree_') ?? refuse('A decision tree in the file was not fitted.');
  const nodes = tree.array('nodes') ?? refuse('A decision tree in the file has no nodes.');
  const bytes = await nodes.bytes();
  const left = await fieldOf(nodes, bytes, 'left_child');
  const right = await fieldOf(nodes, bytes, 'right_child');
  const feature = await fieldOf(nodes, bytes, 'feature');
  const threshold = await fieldOf(nodes, bytes, 'threshold');
  const missing = await fieldOf(nodes, bytes, 'missing_go_to_left');
  if (!left || !right || !feature || !threshold)
    return refuse('A decision tree in the file has nodes of an unknown layout.');
  const values = await tree.numbers('values');
  const shape = tree.shape('values');
  if (shape[1] !== 1 && fractions)
    refuse('A decision tree in the file has several targets with classes, which is not run here.');
  // Of several regression targets each node has a value.
  const outputs = fractions ? (shape[2] ?? 1) : (shape[1] ?? 1);
  if (values.length < left.length * outputs) refuse('A decision tree in the file has too few values.');
  if (fractions) {
    for (let node = 0; node < left.length; node++) {
      const part = values.subarray(node * outputs, (node + 1) * outputs);
      const sum = part.reduce((a, b) => a + b, 0) || 1;
      for (let index = 0; index < outputs; index++) part[index] = (part[index] ?? 0) / sum;
    }
  }
  const flat = {
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    feature: Int32Array.from(feature),
    threshold,
    missingLeft: missing ? Uint8Array.from(missing) : new Uint8Array(left.length),
    value: values,
    outputs,
  };
  return checkTree(flat, features);
}

/** The trees of a histogram gradient boosting model: `[iterations][classes]`. */
export async function readHistTrees(estimator: EstimatorState, features: number): Promise<Tree[][]> {
  const rounds: Tree[][] = [];
  for (const round of items(estimator.get('_predictors')) ?? []) {
    const trees: Tree[] = [];
    for (const value of items(round) ?? []) {
      const predictor = EstimatorState.of(value, estimator.source);
      const nodes =
        arrayOf(predictor?.get('nodes'), estimator.source) ?? refuse('A boosting model in the file has no nodes.');
      const bytes = await nodes.bytes();
      const field = async (...names: string[]): Promise<Float64Array> =>
        (await fieldOf(nodes, bytes, ...names)) ??
        refuse('A boosting model in the file has nodes of an unknown layout.');
      const isLeaf = await field('is_leaf');
      const categorical = await fieldOf(nodes, bytes, 'is_categorical');
      const categories = categorical?.some(each => each !== 0)
        ? await categoriesOf(predictor, categorical, await field('bitset_idx'))
        : undefined;
      const left = Int32Array.from(await field('left'));
      for (const [node, leaf] of isLeaf.entries()) if (leaf) left[node] = -1;
      trees.push(
        checkTree(
          {
            left,
            right: Int32Array.from(await field('right')),
            feature: Int32Array.from(await field('feature_idx')),
            threshold: await field('num_threshold', 'threshold'),
            missingLeft: Uint8Array.from(await field('missing_go_to_left')),
            value: await field('value'),
            outputs: 1,
            ...(categories ? { categories } : {}),
          },
          features,
        ),
      );
    }
    rounds.push(trees);
  }
  return rounds;
}

/** The categories that go left at each categorical node: eight words of 32 bits a node (sklearn's `raw_left_cat_bitsets`). */
async function categoriesOf(
  predictor: EstimatorState | null,
  categorical: Float64Array,
  positions: Float64Array,
): Promise<(((category: number) => boolean) | null)[]> {
  const words = (await predictor?.optional('raw_left_cat_bitsets')) ?? new Float64Array(0);
  return Array.from(categorical, (flag, node) => {
    if (flag === 0) return null;
    const at = positions[node] ?? 0;
    const left = new Set<number>();
    for (let word = 0; word < 8; word++) {
      const bits = words[at * 8 + word] ?? refuse('A boosting model in the file has no categories for a node.');
      for (let bit = 0; bit < 32; bit++) if (Math.floor(bits / 2 ** bit) % 2 === 1) left.add(word * 32 + bit);
    }
    return category => left.has(category);
  });
}
