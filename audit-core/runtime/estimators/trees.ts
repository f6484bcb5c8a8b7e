import { RuntimeError } from '../error';
import type { Matrix } from './frame';

/** A binary decision tree in flat arrays; a node whose left child is negative is a leaf. */
export interface Tree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** Values of each node: `[nodes, outputs]`. */
  readonly value: Float64Array;
  readonly outputs: number;
  /** Of nodes that split on categories, whether one goes left; null for nodes that compare. */
  readonly categories?: readonly (((category: number) => boolean) | null)[];
}

/** Refuses a tree with children outside itself, loops, or features that do not exist; an untrusted file may hold anything. */
export function checkTree(tree: Tree, features: number): Tree {
  const nodes = tree.left.length;
  const seen = new Uint8Array(nodes);
  const stack = nodes > 0 ? [0] : [];
  while (stack.length > 0) {
    const node = stack.pop() ?? 0;
    if (node < 0 || node >= nodes || seen[node])
      throw new RuntimeError('A tree of the model is broken: its nodes do not form a tree.');
    seen[node] = 1;
    if ((tree.left[node] ?? -1) < 0) continue;
    if ((tree.feature[node] ?? -1) < 0 || (tree.feature[node] ?? 0) >= features)
      throw new RuntimeError('A tree of the model uses a feature that does not exist.');
    stack.push(tree.left[node] ?? -1, tree.right[node] ?? -1);
  }
  return tree;
}

/** The leaf that a row falls into; `x <= threshold` goes left. */
export function leafOf(tree: Tree, data: Float64Array, offset: number): number {
  let node = 0;
  for (;;) {
    const left = tree.left[node] ?? -1;
    if (left < 0) return node;
    const value = data[offset + (tree.feature[node] ?? 0)] ?? Number.NaN;
    const chosen = tree.categories?.[node];
    const goesLeft =
      chosen && !Number.isNaN(value)
        ? chosen(value)
        : Number.isNaN(value)
          ? tree.missingLeft[node] === 1
          : value <= (tree.threshold[node] ?? 0);
    node = goesLeft ? left : (tree.right[node] ?? 0);
  }
}

/** Adds each tree's value at the row's leaf, times `scale`, into `[rows, outputs]`. */
export function addTrees(
  trees: readonly Tree[],
  x: Matrix,
  out: Float64Array,
  outputs: number,
  scale: number,
  target = 0,
): void {
  for (const tree of trees) {
    for (let row = 0; row < x.rows; row++) {
      const leaf = leafOf(tree, x.data, row * x.width);
      for (let index = 0; index < tree.outputs; index++) {
        const at = row * outputs + target + index;
        out[at] = (out[at] ?? 0) + scale * (tree.value[leaf * tree.outputs + index] ?? 0);
      }
    }
  }
}

/** scikit-learn's trees compare in float32. */
export const float32 = (x: Matrix): Matrix => ({ ...x, data: x.data.map(Math.fround) });
