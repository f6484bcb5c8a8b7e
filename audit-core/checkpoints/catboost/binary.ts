import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { FlatBuffer } from '../flatbuffer';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { asObject, asString, parseJson } from '../text/json';
import { type CatboostModel, catboostCheckpoint, type Grown, type Oblivious, type Split } from './model';

/** Opens CatBoost's binary format: `CBM1`, the size of its core, and the core as a FlatBuffer (catboost/libs/model/flatbuffers). */
export async function openCatboostBinary(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.modelBytes / 2) refuse('The model is larger than this reader allows.');
  return catboostOf(await source.read(0, source.size), limits);
}

/** The model in bytes that start with `CBM1`, from a file of its own or from inside a pickle. */
export function catboostOf(bytes: Uint8Array, limits: Limits): Checkpoint {
  const size = bytes.length < 8 ? 0 : new DataView(bytes.buffer, bytes.byteOffset, 8).getUint32(4, true);
  if (bytes[0] !== 0x43 || bytes[3] !== 0x31 || size + 8 > bytes.length || size < 64)
    refuse('The CatBoost model is cut off or broken.');
  const buffer = new FlatBuffer(bytes.subarray(8, 8 + size), 'The CatBoost model');
  const core = buffer.indirect(0);
  const trees = buffer.inner(core, slots.trees) ?? refuse('The CatBoost model has no trees.');
  const unread = unreadFeatures.find(([slot]) => buffer.count(trees, slot) > 0);
  if (unread)
    return {
      inspection: inspection('catboost cbm', {
        metadata: { bytes: size },
        why: `The CatBoost model uses ${unread[1]}, which are not run here; save_model(…, format="onnx") may be.`,
      }),
    };
  return catboostCheckpoint(readModel(buffer, core, trees, limits), 'catboost cbm');
}

/** Fields by their number in model.fbs and features.fbs. */
const slots = {
  trees: 1,
  information: 2,
  outputs: 0,
  splits: 1,
  sizes: 2,
  features: 5,
  leaves: 8,
  steps: 10,
  leafOfNode: 11,
  scale: 14,
  bias: 15,
  biases: 16,
} as const;

const unreadFeatures: readonly (readonly [number, string])[] = [
  [6, 'one-hot encoded categories'],
  [7, 'statistics of categories'],
  [13, 'features estimated from text'],
];

function readModel(buffer: FlatBuffer, core: number, trees: number, limits: Limits): CatboostModel {
  const outputs = buffer.int32(trees, slots.outputs, 1);
  if (outputs < 1 || outputs > 10_000) refuse('The CatBoost model has an impossible number of outputs.');
  const splits: Split[] = [];
  const features = buffer.tables(trees, slots.features, limits.tensors).map((table, feature) => {
    for (const border of buffer.floats(table, 3)) splits.push({ feature, border });
    const treatment = buffer.field(table, 5);
    return {
      column: Math.max(0, buffer.int32(table, 2, feature)),
      missingHigh: treatment !== 0 && buffer.byte(treatment) === 2,
    };
  });
  const asked = buffer
    .integers(trees, slots.splits)
    .map(index => splits[index] ?? refuse('The CatBoost model splits on a border that does not exist.'));
  const sizes = buffer.integers(trees, slots.sizes);
  const leaves = buffer.doubles(trees, slots.leaves);
  const steps = buffer.shortPairs(trees, slots.steps);
  const many = buffer.doubles(trees, slots.biases);
  const shared = {
    features,
    outputs,
    scale: buffer.float64(trees, slots.scale, 1),
    loss: lossOf(buffer, core, limits),
  };
  const biases = many.length > 0 ? [...many] : [buffer.float64(trees, slots.bias, 0)];
  if (sizes.reduce((sum, each) => sum + Math.max(0, each), 0) > Math.max(asked.length, 0))
    refuse('The CatBoost model has trees that go beyond its splits.');
  if (steps.length > 0) {
    const leafOf = buffer.integers(trees, slots.leafOfNode);
    return { ...shared, biases, oblivious: [], grown: grownTrees(sizes, asked, steps, leafOf, leaves, outputs) };
  }
  return { ...shared, biases, oblivious: obliviousTrees(sizes, asked, leaves, outputs), grown: [] };
}

function obliviousTrees(
  sizes: readonly number[],
  asked: readonly Split[],
  leaves: Float64Array,
  outputs: number,
): Oblivious[] {
  let split = 0;
  let leaf = 0;
  return sizes.map(depth => {
    if (depth < 0 || depth > 30) refuse('A tree of the CatBoost model has an impossible depth.');
    const count = outputs * 2 ** depth;
    if (leaf + count > leaves.length) refuse('The CatBoost model has fewer leaves than its trees need.');
    const tree = { splits: asked.slice(split, split + depth), leaves: leaves.subarray(leaf, leaf + count) };
    split += depth;
    leaf += count;
    return tree;
  });
}

/** Nodes one after the other: how far ahead each side goes on; a side of 0 ends in the node's own leaf. */
function grownTrees(
  sizes: readonly number[],
  asked: readonly Split[],
  steps: readonly (readonly [number, number])[],
  leafOf: readonly number[],
  leaves: Float64Array,
  outputs: number,
): Grown[] {
  let start = 0;
  return sizes.map(size => {
    const end = start + size;
    const node = (at: number, depth: number): Grown => {
      const step = steps[at];
      const split = asked[at];
      if (at >= end || !step || depth > 1000) refuse('A tree of the CatBoost model is broken.');
      const leaf = (): Grown => {
        const from = leafOf[at] ?? -1;
        if (from < 0 || from + outputs > leaves.length)
          refuse('A tree of the CatBoost model ends in a leaf that does not exist.');
        return { values: leaves.subarray(from, from + outputs) };
      };
      const [left, right] = step;
      if (left === 0 && right === 0) return leaf();
      if (!split) refuse('A tree of the CatBoost model is broken.');
      return {
        split,
        left: left === 0 ? leaf() : node(at + left, depth + 1),
        right: right === 0 ? leaf() : node(at + right, depth + 1),
      };
    };
    const tree = node(start, 0);
    start = end;
    return tree;
  });
}

/** The loss, from the training parameters that the model carries as JSON. */
function lossOf(buffer: FlatBuffer, core: number, limits: Limits): string {
  for (const entry of buffer.tables(core, slots.information, limits.tensors)) {
    if (buffer.text(entry, 0) !== 'params') continue;
    const parameters = asObject(
      parseJson(buffer.text(entry, 1, limits.structureBytes), limits.depth, 'The parameters of the model'),
    );
    return asString(asObject(parameters?.loss_function)?.type) ?? '';
  }
  return '';
}
