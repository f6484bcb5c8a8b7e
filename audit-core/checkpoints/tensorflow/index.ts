import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { type Hazard, inspection, refuse, type TensorInfo } from '../inspection';
import type { Limits } from '../limits';
import { fields, text } from '../protobuf/wire';
import { readTable } from './table';

/** tensorflow/core/framework/types.proto, DataType. */
const types: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  5: 'int16',
  6: 'int8',
  7: 'string',
  8: 'complex64',
  9: 'int64',
  10: 'bool',
  14: 'bfloat16',
  17: 'uint16',
  19: 'float16',
  22: 'uint32',
  23: 'uint64',
};

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
  for (const field of fields(bytes, 'The SavedModel')) {
    if (field.number !== 2 || field.wire !== 2) continue;
    graphs++;
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
  const tensors = index ? await readTensors(index, limits) : [];
  const named = tensors.filter(
    tensor => !/^_CHECKPOINTABLE|\.OPTIMIZER_SLOT|save_counter|optimizer/i.test(tensor.name),
  );
  return {
    inspection: inspection('tf SavedModel', {
      tensors,
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
      why: 'SavedModels are inspected here, not run; the .keras file, or an export to ONNX, can be.',
    }),
  };
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
  const tensors = await readTensors(index, limits);
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

/** Names, shapes and types from the index (`BundleEntryProto` of tensor_bundle.proto by key). */
async function readTensors(index: ByteSource, limits: Limits): Promise<TensorInfo[]> {
  if (index.size > limits.structureBytes) refuse('The index of the variables is larger than this reader allows.');
  const tensors: TensorInfo[] = [];
  for (const [key, value] of readTable(await index.read(0, index.size), limits)) {
    if (key === '' || key.startsWith('_CHECKPOINTABLE')) continue;
    let dtype = 'unknown';
    const shape: number[] = [];
    for (const field of fields(value, 'The index')) {
      if (field.number === 1) dtype = types[Number(field.varint)] ?? 'unknown';
      if (field.number !== 2) continue;
      for (const dimension of fields(field.bytes, 'The index')) {
        if (dimension.number === 2) shape.push(sizeOf(dimension.bytes));
      }
    }
    tensors.push({ name: key.replace(/\/\.ATTRIBUTES\/VARIABLE_VALUE$/, ''), shape, dtype });
  }
  return tensors;
}

function sizeOf(dimension: Uint8Array): number {
  for (const field of fields(dimension, 'The index')) if (field.number === 1) return Number(field.varint);
  return 0;
}
