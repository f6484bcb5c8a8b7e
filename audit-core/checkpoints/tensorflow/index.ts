import type { Port } from '../../runtime/runtime';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { CheckpointError, type Hazard, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { fields, text } from '../protobuf/wire';
import type { LazyTensor } from '../tensors';
import { typeName } from './attributes';
import { readBundle } from './bundle';
import { type FlatGraph, flatten, packWeights } from './flatten';
import { readSavedGraph } from './graph';
import { restoredKeys } from './restore';

/** Operators that read files, run code or reach the network when a SavedModel is called. */
const reaching =
  /^(?:PyFunc|EagerPyFunc|PyFuncStateless|ReadFile|WriteFile|MatchingFiles|Save|SaveV2|Print|PrintV2|DebugIdentity.*|.*Dataset.*File.*|TFRecord.*|RemoteCall|XlaHostCompute)$/;

/** `inspect` of a TensorFlow SavedModel: its graph's operators, its variables, what it may reach. */
export async function openSavedModel(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size > limits.modelBytes / 4) refuse('The saved_model.pb is larger than this reader allows.');
  const bytes = await source.read(0, source.size);
  const operators = new Map<string, number>();
  let graphs = 0;
  let version = '';
  let first: Uint8Array | null = null;
  for (const field of fields(bytes, 'The SavedModel')) {
    if (field.number !== 2 || field.wire !== 2) continue;
    graphs++;
    first ??= field.bytes;
    for (const part of fields(field.bytes, 'The SavedModel')) {
      if (part.number === 1)
        for (const info of fields(part.bytes, 'The SavedModel')) if (info.number === 5) version = text(info);
      if (part.number === 2) countNodes(part.bytes, operators);
    }
  }
  if (graphs === 0) refuse('The file is no SavedModel: it holds no graph.');
  const hazards: Hazard[] = [...operators.keys()]
    .filter(name => reaching.test(name) && name !== 'SaveV2' && name !== 'Save')
    .map(name => ({
      kind: 'executable-content',
      message: `The graph has a ${name.slice(0, 60)} node: calling the model would reach outside it. Do not call it unless you trust its author.`,
    }));
  const index = await source.sibling('variables/variables.index');
  const bundle = index ? await bundleOf(index, source, limits) : new Map<string, LazyTensor>();
  const tensors = [...bundle.values()].map(({ name, shape, dtype }) => ({ name: plainName(name), shape, dtype }));
  const named = tensors.filter(tensor => !optimizer.test(tensor.name));
  const runs =
    hazards.length > 0
      ? { why: 'The graph reaches outside itself; it is not run.' }
      : first && index
        ? runnable(first, bundle, limits)
        : { why: 'The variables of the SavedModel are not beside it.' };
  const report = inspection('tf SavedModel', {
    tensors,
    inputs: 'flat' in runs ? runs.inputs : [],
    parameters: named
      .filter(tensor => /float/.test(tensor.dtype))
      .reduce((sum, tensor) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0),
    metadata: { tensorflow: version, graphs },
    architecture: [...operators]
      .filter(([name]) => /MatMul|Conv|Relu|Softmax|Sigmoid|LSTM|GRU|Pool|Norm/i.test(name))
      .map(([name, count]) => (count > 1 ? `${count}× ${name}` : name))
      .join(', '),
    hazards,
    warnings: index ? [] : ['The variables of the SavedModel are not beside it.'],
    runnable: 'flat' in runs,
    why:
      'flat' in runs
        ? 'Its graph is made flat and runs in this process with TensorFlow.js (WebAssembly).'
        : `${runs.why} The .keras file, or an export to ONNX, can be run.`,
  });
  if (!('flat' in runs)) return { inspection: report };
  const { flat, inputs } = runs;
  return {
    inspection: report,
    load: async assets => {
      const { specs, bytes: packed } = await packWeights(flat.weights);
      const { graphRuntime } = await import('../../runtime/tfjs');
      const topology = { node: [...flat.nodes], versions: { producer: 1 } };
      return await graphRuntime({ modelTopology: topology, signature: flat.signature }, specs, packed, inputs, assets);
    },
  };
}

const optimizer = /^_CHECKPOINTABLE|\.OPTIMIZER_SLOT|save_counter|optimizer/i;
const plainName = (key: string): string => key.replace(/\/\.ATTRIBUTES\/VARIABLE_VALUE$/, '');

const bundleOf = (index: ByteSource, source: ByteSource, limits: Limits): Promise<Map<string, LazyTensor>> =>
  readBundle({ ...index, name: 'variables.index', read: (from, to) => index.read(from, to) }, limits, name =>
    source.sibling(`variables/${name}`),
  );

/** Operators that TensorFlow.js' graph models run and that need no more than their inputs. */
const known = new Set(
  `Placeholder PlaceholderWithDefault Const Abs Add AddV2 AddN All Any ArgMax ArgMin AvgPool BatchMatMul BatchMatMulV2 BiasAdd BroadcastTo Cast
  Ceil ClipByValue Concat ConcatV2 Conv1D Conv2D Conv2DBackpropInput Cos Cumsum DepthwiseConv2dNative Einsum Elu Equal Erf Exp ExpandDims Expm1
  Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 Gather GatherNd GatherV2 Greater GreaterEqual L2Loss
  LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul Max MaxPool Maximum Mean Min Minimum MirrorPad Mod Mul
  Neg NotEqual OneHot OnesLike Pack Pad PadV2 Pow Prelu Prod Range Rank RealDiv Reciprocal Relu Relu6 Reshape ResizeBilinear
  ResizeNearestNeighbor Reverse ReverseV2 Round Rsqrt Select SelectV2 Selu Shape Sigmoid Sign Sin Size Slice Softmax Softplus Split SplitV
  Sqrt Square SquaredDifference Squeeze StridedSlice Sub Sum Tanh Tile TopKV2 Transpose Unpack Where ZerosLike`.split(
    /\s+/,
  ),
);

/** The graph behind the signature that serves, or why it cannot be run here. */
function runnable(
  meta: Uint8Array,
  bundle: ReadonlyMap<string, LazyTensor>,
  limits: Limits,
): { readonly flat: FlatGraph; readonly inputs: readonly Port[] } | { readonly why: string } {
  try {
    const graph = readSavedGraph(meta);
    const signature =
      graph.signatures.get('serving_default') ??
      [...graph.signatures].find(([name, { inputs }]) => !name.startsWith('__') && inputs.size > 0)?.[1];
    if (!signature) return { why: 'The SavedModel has no signature that could be called.' };
    const keys = restoredKeys(graph);
    const flat = flatten(graph, signature, node => bundle.get(keys.get(node) ?? '') ?? null, limits);
    const unknown = [...flat.operators].find(name => !known.has(name));
    if (unknown !== undefined) return { why: `The operator ${unknown.slice(0, 60)} of its graph is not run here.` };
    const inputs = [...signature.inputs.values()].map(place => ({
      name: place.tensor.split(':')[0] ?? '',
      shape: [...place.shape],
      dtype: /INT/.test(typeName(place.dtype)) ? 'int32' : 'float32',
    }));
    return { flat, inputs };
  } catch (error) {
    if (error instanceof CheckpointError) return { why: error.message };
    throw error;
  }
}

/** Counts the operators of a GraphDef and of its function library. */
function countNodes(graph: Uint8Array, operators: Map<string, number>): void {
  const count = (node: Uint8Array): void => {
    for (const field of fields(node, 'The SavedModel')) {
      if (field.number !== 2 || field.wire !== 2) continue;
      const name = text(field);
      operators.set(name, (operators.get(name) ?? 0) + 1);
    }
  };
  for (const field of fields(graph, 'The SavedModel')) {
    if (field.number === 1) count(field.bytes);
    if (field.number !== 2) continue;
    for (const library of fields(field.bytes, 'The SavedModel')) {
      if (library.number === 1)
        for (const part of fields(library.bytes, 'The SavedModel')) if (part.number === 3) count(part.bytes);
    }
  }
}

/** `inspect` of a TensorFlow checkpoint: from its index, or the `checkpoint` file that names it. */
export async function openTfCheckpoint(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  let index: ByteSource | null = source;
  if (source.name === 'checkpoint') {
    const named = /model_checkpoint_path:\s*"([^"\\/]{1,200})"/.exec(
      new TextDecoder().decode(await source.read(0, 4096)),
    )?.[1];
    index = named ? await source.sibling(`${named}.index`) : null;
    if (!index) refuse('The checkpoint file names no index beside it.');
  }
  const tensors = [...(await readBundle(index, limits, () => Promise.resolve(null))).values()].map(
    ({ name, shape, dtype }) => ({ name: plainName(name), shape, dtype }),
  );
  const trained = tensors.filter(
    tensor => !/\.OPTIMIZER_SLOT|optimizer|save_counter/i.test(tensor.name) && /float/.test(tensor.dtype),
  );
  return {
    inspection: inspection('tf checkpoint', {
      tensors,
      parameters: trained.reduce((sum, tensor) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0),
      why: 'Weights without an architecture; the .keras file, or an export to ONNX, can be run.',
    }),
  };
}
