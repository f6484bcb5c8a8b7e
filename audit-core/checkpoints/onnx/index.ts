import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse, type TensorInfo } from '../inspection';
import type { Limits } from '../limits';
import { type LazyField, lazyFields } from '../protobuf/lazy';
import { fields, text } from '../protobuf/wire';
import { checkGraph } from './check';
import { type OnnxNode, readNode, readValue } from './graph';
import { type Initializer, readInitializer } from './initializers';
import { onnxType } from './types';

/** Newest versions that ONNX Runtime 1.30 reads (onnx/docs/Versioning.md). */
const newestIr = 13;
const newestOpset = 26;

/** True when the head of a file looks like a `ModelProto`: field 1 (ir_version) or 7 (graph) first, binary, no other magic. */
export function looksLikeOnnx(head: Uint8Array): boolean {
  return (
    head[0] === 0x08 &&
    head[1] !== undefined &&
    (head[2] === 0x12 || head[2] === 0x3a || head[2] === 0x42 || head[1] > 127)
  );
}

/** Reads an ONNX model lazily: structure and names; weights stay in the file. Source: onnx/onnx.proto. */
export async function openOnnx(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  if (source.size === 0) refuse('The file is empty.');
  const head: Head = {
    ir: 0,
    producer: '',
    version: '',
    domain: '',
    opsets: new Map(),
    metadata: new Map(),
    functions: new Set(),
    training: false,
  };
  let graphField: LazyField | null = null;
  for await (const field of lazyFields(source, 0, source.size, 'The ONNX file')) {
    if (field.number === 7 && field.wire === 2) graphField = field;
    else await readHead(source, field, head, limits);
  }
  if (!graphField) refuse('The file has no ONNX graph.');
  const graph = await readGraph(source, graphField, limits);
  const weights = graph.initializers;
  const inputs = graph.inputs.filter(value => !weights.some(weight => weight.name === value.name));
  const { warnings, obstacle } = checkGraph(
    graph.nodes,
    graph.inputs.map(v => v.name),
    graph.outputs.map(v => v.name),
    weights,
    head.functions,
    limits,
  );
  const notes = [...warnings];
  if (head.ir > newestIr) notes.push(`The file says IR version ${head.ir}; this reader knows up to ${newestIr}.`);
  for (const [domain, version] of head.opsets) {
    if (domain === '' && version > newestOpset)
      notes.push(`The file says opset ${version}; this reader knows up to ${newestOpset}.`);
  }
  if (weights.some(weight => weight.dtype === 'string'))
    notes.push('The file holds text tensors; text inside a model may be personal data.');
  if (head.training) notes.push('The file carries training information beside the model.');
  const tensors: TensorInfo[] = [
    ...weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    ...attributeTensors(graph.nodes),
  ];
  if (tensors.length > limits.tensors) refuse(`The file has more than ${limits.tensors} tensors.`);
  const operators = new Map<string, number>();
  for (const node of graph.nodes) operators.set(node.operator, (operators.get(node.operator) ?? 0) + 1);
  const tooLarge =
    source.size > limits.modelBytes ? `The model is larger than the limit of ${limits.modelBytes >> 20} MB.` : null;
  const why = obstacle ?? tooLarge;
  const report = inspection('onnx', {
    tensors,
    parameters: tensors
      .filter(t => /float|int8|uint8|int4/.test(t.dtype))
      .reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0),
    inputs,
    outputs: graph.outputs,
    metadata: describe(head, weights),
    architecture: [...operators].map(([name, count]) => (count > 1 ? `${count}× ${name}` : name)).join(', '),
    warnings: notes,
    runnable: why === null,
    why: why ?? 'Runs in this process with ONNX Runtime (WebAssembly).',
  });
  if (why !== null) return { inspection: report };
  return {
    inspection: report,
    load: async assets => {
      const { onnxRuntime } = await import('../../runtime/onnx');
      const { withoutZipMap } = await import('./rewrite');
      const bytes = await source.read(0, source.size);
      const names = new Set(weights.flatMap(weight => (weight.external ? [weight.external.location] : [])));
      const external: { path: string; data: Uint8Array }[] = [];
      for (const path of names) {
        const data = await source.sibling(path);
        if (!data) refuse(`The external data "${path}" is gone.`);
        external.push({ path, data: await data.read(0, data.size) });
      }
      return await onnxRuntime(withoutZipMap(bytes), { inputs, outputs: graph.outputs, external, assets });
    },
  };
}

/** The operators of a model in the order of the file, its weights, inputs and outputs: for those who rebuild its architecture. */
export async function readOnnxGraph(source: ByteSource, limits: Limits) {
  for await (const field of lazyFields(source, 0, source.size, 'The ONNX file'))
    if (field.number === 7 && field.wire === 2) return await readGraph(source, field, limits);
  return refuse('The file has no ONNX graph.');
}

interface Head {
  ir: number;
  producer: string;
  version: string;
  domain: string;
  readonly opsets: Map<string, number>;
  readonly metadata: Map<string, string>;
  readonly functions: Set<string>;
  training: boolean;
}

async function readHead(source: ByteSource, field: LazyField, head: Head, limits: Limits): Promise<void> {
  if (field.number === 1) head.ir = Number(field.varint);
  if (field.number === 20) head.training = true;
  if (field.wire !== 2 || field.end - field.start > limits.structureBytes) return;
  if (![2, 3, 4, 8, 14, 25].includes(field.number)) return;
  const bytes = await source.read(field.start, field.end);
  const value = new TextDecoder().decode(bytes.subarray(0, 1024));
  if (field.number === 2) head.producer = value;
  else if (field.number === 3) head.version = value;
  else if (field.number === 4) head.domain = value;
  else {
    const parts = new Map<number, string>();
    let version = 0;
    for (const part of fields(bytes, 'The ONNX file')) {
      if (part.wire === 2 && part.bytes.length < 65536) parts.set(part.number, text(part));
      else if (part.number === 2) version = Number(part.varint);
    }
    if (field.number === 8) head.opsets.set(parts.get(1) ?? '', version);
    else if (field.number === 14) head.metadata.set(parts.get(1) ?? '', parts.get(2) ?? '');
    else head.functions.add(`${parts.get(10) ?? ''}:${parts.get(1) ?? ''}`);
  }
}

async function readGraph(source: ByteSource, graph: LazyField, limits: Limits) {
  const nodes: OnnxNode[] = [];
  const initializers: Initializer[] = [];
  const inputs: ReturnType<typeof readValue>[] = [];
  const outputs: ReturnType<typeof readValue>[] = [];
  for await (const field of lazyFields(source, graph.start, graph.end, 'The ONNX graph')) {
    if (field.number === 5) initializers.push(await readInitializer(source, field));
    if (field.number !== 1 && field.number !== 11 && field.number !== 12) continue;
    if (field.end - field.start > limits.structureBytes)
      refuse('A node of the ONNX graph is larger than this reader allows.');
    const bytes = await source.read(field.start, field.end);
    if (field.number === 1) nodes.push(readNode(bytes));
    else (field.number === 11 ? inputs : outputs).push(readValue(bytes));
  }
  return { nodes, initializers, inputs, outputs };
}

/** Weights that lie in attributes: constants, and the arrays of tree and linear models. */
function attributeTensors(nodes: readonly OnnxNode[]): TensorInfo[] {
  const tensors: TensorInfo[] = [];
  for (const node of nodes) {
    for (const [key, attribute] of node.attributes) {
      const name = `${node.name || node.outputs[0]}.${key}`;
      if (attribute.floats > 1) tensors.push({ name, shape: [Math.floor(attribute.floats)], dtype: 'float32' });
      if (!attribute.tensor) continue;
      const shape: number[] = [];
      let dtype = 'unknown';
      for (const field of fields(attribute.tensor, 'A constant of the ONNX graph')) {
        if (field.number === 1 && field.wire === 0) shape.push(Number(field.varint));
        if (field.number === 2) dtype = onnxType(Number(field.varint)) ?? 'unknown';
      }
      if (/float|bfloat/.test(dtype)) tensors.push({ name, shape, dtype });
    }
  }
  return tensors;
}

function describe(head: Head, weights: readonly Initializer[]): Record<string, string | number | boolean> {
  const metadata: Record<string, string | number | boolean> = { irVersion: head.ir };
  if (head.producer) metadata.producer = head.producer;
  if (head.version) metadata.producerVersion = head.version;
  for (const [domain, version] of head.opsets) metadata[`opset ${domain || 'ai.onnx'}`] = version;
  metadata.metadataKeys = [...head.metadata.keys()].slice(0, 32).join(', ').slice(0, 500);
  if (weights.some(weight => weight.external)) metadata.externalData = true;
  return metadata;
}
