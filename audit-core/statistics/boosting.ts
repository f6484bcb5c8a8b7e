import { below, uniformStream } from './random';

/** Columns of numbers as codes of at most 32 bins, column by column: `codes[column · rows + row]`. Code 0 is a missing value. */
export interface Binned {
  readonly codes: Uint8Array;
  readonly rows: number;
  readonly columns: number;
}

const most = 32;
/** Codes 0 to 32. */
const stride = most + 1;

/** Bins between quantiles of each column of `values [rows, columns]`; equal values share a bin. */
export function binned(values: Float64Array, rows: number, columns: number): Binned {
  const codes = new Uint8Array(rows * columns);
  const column = new Float64Array(rows);
  for (let c = 0; c < columns; c++) {
    let present = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + c]!;
      if (!Number.isNaN(value)) column[present++] = value;
    }
    const sorted = column.slice(0, present).sort();
    const edges: number[] = [];
    for (let bin = 1; bin < most; bin++) {
      const edge = sorted[Math.floor((bin * present) / most)];
      if (edge !== undefined && edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY) && edge > sorted[0]!)
        edges.push(edge);
    }
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + c]!;
      codes[c * rows + row] = Number.isNaN(value) ? 0 : 1 + above(edges, value);
    }
  }
  return { codes, rows, columns };
}

/** How many of the ascending edges are at or below a value. */
function above(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface BoostingOptions {
  readonly loss: 'squared' | 'logistic';
  readonly rounds?: number;
  readonly rate?: number;
  /** L2 penalty on the leaves. */
  readonly penalty?: number;
  /** Rows that one tree is grown on at most, drawn anew for each (stochastic boosting, Friedman 2002). */
  readonly sample?: number;
}

const depth = 3;
const nodes = 1 << depth;

interface Tree {
  /** Column and highest code that goes left, per inner node in the order of a heap; column −1: all go left. */
  readonly column: Int32Array;
  readonly code: Uint8Array;
  readonly leaf: Float64Array;
}

/**
 * Gradient boosting with trees of depth 3 over histograms (Friedman 2001, 2002; second-order leaves as in Chen & Guestrin, arXiv
 * 1603.02754): fitted on `train` rows to `target[row]`, numbers for `squared`, 0/1 for `logistic`. The answer predicts any row: a number, or
 * log-odds. Seeded.
 */
export function fitBoosted(
  data: Binned,
  train: Int32Array,
  target: ArrayLike<number>,
  { loss, rounds = 32, rate = 0.18, penalty = 5, sample = 4000 }: BoostingOptions,
): (row: number) => number {
  const start = startOf(train, target, loss);
  const scores = new Float64Array(train.length).fill(start);
  const order = Int32Array.from(train.keys());
  const uniform = uniformStream(17);
  const size = Math.min(sample, train.length);
  const held = gathered(size, data.columns);
  const trees: Tree[] = [];
  for (let round = 0; round < rounds; round++) {
    // The first `size` places of a partial shuffle are a draw without replacement.
    if (size < train.length) shuffleFirst(order, size, uniform);
    for (let at = 0; at < size; at++) {
      const place = order[at]!;
      const row = train[place]!;
      const wanted = target[row]!;
      const p = loss === 'squared' ? 0 : 1 / (1 + Math.exp(-scores[place]!));
      held.gradient[at] = loss === 'squared' ? scores[place]! - wanted : p - wanted;
      held.hessian[at] = loss === 'squared' ? 1 : Math.max(p * (1 - p), 1e-6);
      for (let c = 0; c < data.columns; c++) held.codes[c * size + at] = data.codes[c * data.rows + row]!;
    }
    const tree = grow(held, { penalty, least: loss === 'squared' ? 20 : 5 });
    for (let at = 0; at < nodes; at++) tree.leaf[at]! *= rate;
    for (let place = 0; place < train.length; place++) scores[place]! += tree.leaf[leafOf(tree, data, train[place]!)]!;
    trees.push(tree);
  }
  return row => {
    let sum = start;
    for (const tree of trees) sum += tree.leaf[leafOf(tree, data, row)]!;
    return sum;
  };
}

/** The rows that a tree is grown on, side by side. */
interface Gathered {
  readonly size: number;
  readonly columns: number;
  readonly codes: Uint8Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly node: Uint8Array;
}

const gathered = (size: number, columns: number): Gathered => ({
  size,
  columns,
  codes: new Uint8Array(size * columns),
  gradient: new Float64Array(size),
  hessian: new Float64Array(size),
  node: new Uint8Array(size),
});

function shuffleFirst(order: Int32Array, size: number, uniform: () => number): void {
  for (let at = 0; at < size; at++) {
    const other = at + below(uniform, order.length - at);
    const held = order[at]!;
    order[at] = order[other]!;
    order[other] = held;
  }
}

function startOf(train: Int32Array, target: ArrayLike<number>, loss: BoostingOptions['loss']): number {
  let sum = 0;
  for (const row of train) sum += target[row]!;
  const mean = sum / Math.max(1, train.length);
  if (loss === 'squared') return mean;
  const bounded = Math.min(1 - 1e-6, Math.max(1e-6, mean));
  return Math.log(bounded / (1 - bounded));
}

function leafOf({ column, code }: Tree, { codes, rows }: Binned, row: number): number {
  let at = 0;
  for (let level = 0; level < depth; level++) {
    const inner = (1 << level) - 1 + at;
    const c = column[inner]!;
    at = 2 * at + (c >= 0 && codes[c * rows + row]! > code[inner]! ? 1 : 0);
  }
  return at;
}

function grow(
  { size, columns, codes, gradient, hessian, node }: Gathered,
  { penalty, least }: { readonly penalty: number; readonly least: number },
): Tree {
  const tree: Tree = {
    column: new Int32Array(nodes - 1).fill(-1),
    code: new Uint8Array(nodes - 1),
    leaf: new Float64Array(nodes),
  };
  node.fill(0);
  for (let level = 0; level < depth; level++) {
    const width = 1 << level;
    const best = new Float64Array(width).fill(1e-9);
    const sums = new Float64Array(2 * width * stride);
    for (let c = 0; c < columns; c++) {
      sums.fill(0);
      const offset = c * size;
      for (let at = 0; at < size; at++) {
        const place = 2 * (node[at]! * stride + codes[offset + at]!);
        sums[place]! += gradient[at]!;
        sums[place + 1]! += hessian[at]!;
      }
      for (let each = 0; each < width; each++) {
        const found = bestSplit(sums, 2 * each * stride, penalty, least);
        if (found.gain <= best[each]!) continue;
        best[each] = found.gain;
        tree.column[width - 1 + each] = c;
        tree.code[width - 1 + each] = found.code;
      }
    }
    for (let at = 0; at < size; at++) {
      const inner = width - 1 + node[at]!;
      const c = tree.column[inner]!;
      node[at] = 2 * node[at]! + (c >= 0 && codes[c * size + at]! > tree.code[inner]! ? 1 : 0);
    }
  }
  const total = new Float64Array(2 * nodes);
  for (let at = 0; at < size; at++) {
    total[2 * node[at]!]! += gradient[at]!;
    total[2 * node[at]! + 1]! += hessian[at]!;
  }
  for (let at = 0; at < nodes; at++) tree.leaf[at] = -total[2 * at]! / (total[2 * at + 1]! + penalty);
  return tree;
}

function bestSplit(sums: Float64Array, from: number, penalty: number, least: number): { gain: number; code: number } {
  let g = 0;
  let h = 0;
  for (let bin = 0; bin < stride; bin++) {
    g += sums[from + 2 * bin]!;
    h += sums[from + 2 * bin + 1]!;
  }
  let left = 0;
  let weight = 0;
  let gain = 0;
  let code = 0;
  for (let bin = 0; bin < stride - 1; bin++) {
    left += sums[from + 2 * bin]!;
    weight += sums[from + 2 * bin + 1]!;
    if (weight < least || h - weight < least) continue;
    const right = g - left;
    const here = left ** 2 / (weight + penalty) + right ** 2 / (h - weight + penalty) - g ** 2 / (h + penalty);
    if (here > gain) {
      gain = here;
      code = bin;
    }
  }
  return { gain, code };
}
