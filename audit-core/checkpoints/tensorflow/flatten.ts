import type { WeightEntry } from '../../runtime/tfjs';
import { refuse } from '../inspection';
import type { Limits } from '../limits';
import type { LazyTensor } from '../tensors';
import type { Json } from '../text/json';
import { attributeJson, typeName } from './attributes';
import { functionOf, type GraphFunction, type GraphNode, type SavedGraph, type Signature } from './graph';
import { type Constant, readConstant } from './tensor-proto';

type Entry = { [key: string]: Json };

/** A weight of the flat graph: a constant of the file, or a variable that stays in its data file until it is asked for. */
export type FlatWeight = { readonly constant: Constant } | { readonly variable: LazyTensor };

/** A signature of a SavedModel as one graph without functions and variables, as TensorFlow.js' graph models are. */
export interface FlatGraph {
  readonly nodes: readonly Entry[];
  readonly operators: ReadonlySet<string>;
  readonly weights: ReadonlyMap<string, FlatWeight>;
  readonly signature: Entry;
}

const calls = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
const variables = new Set(['VarHandleOp', 'VariableV2', 'Variable']);
/** Operators that give what they take. */
const through = new Set([
  'ReadVariableOp',
  'Identity',
  'StopGradient',
  'PreventGradient',
  'Snapshot',
  'EnsureShape',
  'Enter',
  'CheckNumerics',
]);
/** Outputs of operators with more than one named output, in order; the others have one, or one list. */
const outputNames: Readonly<Record<string, readonly string[]>> = {
  FusedBatchNorm: ['y', 'batch_mean', 'batch_variance'],
  FusedBatchNormV2: ['y', 'batch_mean', 'batch_variance'],
  FusedBatchNormV3: ['y', 'batch_mean', 'batch_variance'],
  TopKV2: ['values', 'indices'],
  Unique: ['y', 'idx'],
};

/** Attributes that exporters leave out because they are TensorFlow's defaults, and that TensorFlow.js wants written. */
const ones: Entry = { list: { i: [1, 1, 1, 1] } };
const defaults: Readonly<Record<string, Entry>> = {
  Conv2D: { dilations: ones, data_format: { s: btoa('NHWC') } },
  DepthwiseConv2dNative: { dilations: ones, data_format: { s: btoa('NHWC') } },
  Conv2DBackpropInput: { dilations: ones, data_format: { s: btoa('NHWC') } },
  MaxPool: { data_format: { s: btoa('NHWC') } },
  AvgPool: { data_format: { s: btoa('NHWC') } },
  FusedBatchNorm: { epsilon: { f: 1e-4 } },
  FusedBatchNormV2: { epsilon: { f: 1e-4 } },
  FusedBatchNormV3: { epsilon: { f: 1e-4 } },
  LeakyRelu: { alpha: { f: 0.2 } },
  OneHot: { axis: { i: -1 } },
};

/** Names of the surrounding call: what each argument is bound to, and the results of its nodes. */
interface Frame {
  readonly prefix: string;
  readonly function: GraphFunction | null;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly arguments: ReadonlyMap<string, string>;
  readonly depth: number;
  readonly calls: Map<string, Frame>;
}

/** Inlines every call behind a signature's outputs; `variable` finds what a variable's node holds. */
export function flatten(
  graph: SavedGraph,
  signature: Signature,
  variable: (node: string) => LazyTensor | null,
  limits: Limits,
): FlatGraph {
  const nodes = new Map<string, Entry>();
  const weights = new Map<string, FlatWeight>();
  const operators = new Set<string>();
  const main: Frame = {
    prefix: '',
    function: null,
    nodes: graph.nodes,
    arguments: new Map(),
    depth: 0,
    calls: new Map(),
  };

  /** The flat tensor behind a reference of a frame. */
  const resolve = (reference: string, frame: Frame): string => {
    const [name = '', second = '0', third] = reference.split(':');
    if (third === undefined && !reference.includes(':')) {
      const bound = frame.arguments.get(name);
      if (bound !== undefined) return bound;
    }
    const node = frame.nodes.get(name) ?? refuse(`The graph reads "${name.slice(0, 80)}", which nothing computes.`);
    const list = outputNames[node.operator];
    const index = third === undefined ? Number(second) : list ? Math.max(0, list.indexOf(second)) : Number(third);
    if (calls.has(node.operator)) {
      const inner = enter(node, frame);
      const called = inner.function as GraphFunction;
      // Within a function a call's outputs are counted over all of `output`.
      const output =
        called.outputs[third === undefined ? Number(second) : Number(third)] ?? called.outputs[index] ?? '';
      return resolve(called.returns.get(output) ?? refuse('A function of the graph returns nothing.'), inner);
    }
    if (variables.has(node.operator)) return keepVariable(node, frame);
    if (through.has(node.operator) || (node.operator === 'IdentityN' && node.inputs.length > 0))
      return resolve(node.inputs[node.operator === 'IdentityN' ? index : 0] ?? '', frame);
    const flat = emit(node, frame);
    return index === 0 ? flat : `${flat}:${index}`;
  };

  const enter = (node: GraphNode, frame: Frame): Frame => {
    const known = frame.calls.get(node.name);
    if (known) return known;
    const called =
      graph.functions.get(functionOf(node, 'f') ?? '') ?? refuse('The graph calls a function that it does not have.');
    if (frame.depth > 50) refuse('The functions of the graph call each other too deeply.');
    const inputs = node.inputs.filter(each => !each.startsWith('^'));
    const bound = new Map(called.inputs.map((name, index) => [name, lazily(inputs[index] ?? '', frame)] as const));
    const inner: Frame = {
      prefix: `${frame.prefix}${node.name}/`,
      function: called,
      nodes: new Map(called.nodes.map(each => [each.name, each])),
      arguments: bound,
      depth: frame.depth + 1,
      calls: new Map(),
    };
    frame.calls.set(node.name, inner);
    return inner;
  };
  const lazily = (reference: string, frame: Frame): string => resolve(reference, frame);

  const keepVariable = (node: GraphNode, frame: Frame): string => {
    const name = `${frame.prefix}${node.name}`;
    if (!weights.has(name)) {
      const found =
        variable(node.name) ?? refuse(`The variable "${node.name.slice(0, 80)}" has no values beside the graph.`);
      weights.set(name, { variable: found });
      nodes.set(name, constantNode(name, found.dtype));
    }
    return name;
  };

  const emit = (node: GraphNode, frame: Frame): string => {
    const name = `${frame.prefix}${node.name}`;
    if (nodes.has(name)) return name;
    if (nodes.size > limits.tensors) refuse('The graph has more nodes than this reader allows (limits.tensors).');
    if (node.operator === 'Const') {
      const constant = readConstant(tensorOf(node));
      weights.set(name, { constant });
      nodes.set(name, constantNode(name, constant.dtype));
      return name;
    }
    nodes.set(name, {});
    const inputs = node.inputs.filter(each => !each.startsWith('^')).map(each => resolve(each, frame));
    const attr: Entry = { ...defaults[node.operator] };
    for (const [key, value] of node.attributes) {
      const json = key.startsWith('_') ? null : attributeJson(value);
      if (json) attr[key] = json;
    }
    if (/^FusedBatchNorm/.test(node.operator) && trains(attr))
      ownStatistics(name, inputs, attr, nodes, weights, operators);
    else {
      operators.add(node.operator);
      nodes.set(name, { name, op: node.operator, input: inputs, attr });
    }
    return name;
  };

  const outputs: Entry = {};
  for (const [key, place] of signature.outputs) {
    const tensor = resolve(place.tensor, main);
    outputs[key] = { name: tensor.includes(':') ? tensor : `${tensor}:0`, dtype: typeName(place.dtype) };
  }
  const inputs: Entry = {};
  for (const [key, place] of signature.inputs) {
    const [name = ''] = place.tensor.split(':');
    if (!nodes.has(name)) continue;
    inputs[key] = {
      name: place.tensor,
      dtype: typeName(place.dtype),
      tensorShape: { dim: place.shape.map(size => ({ size })) },
    };
  }
  return { nodes: [...nodes.values()], operators, weights, signature: { inputs, outputs } };
}

const tensorOf = (node: GraphNode): Uint8Array => {
  const value = node.attributes.get('value');
  if (!value) return refuse('A constant of the graph has no value.');
  // AttrValue.tensor is field 8: its tag is one byte, then the length.
  let at = 1;
  while ((value[at] ?? 0) > 127) at++;
  return value[0] === 0x42 ? value.subarray(at + 1) : refuse('A constant of the graph has no value.');
};

const constantNode = (name: string, dtype: string): Entry => ({
  name,
  op: 'Const',
  input: [],
  attr: {
    dtype: {
      type:
        dtype === 'bool' ? 'DT_BOOL' : dtype === 'string' ? 'DT_STRING' : /int/.test(dtype) ? 'DT_INT32' : 'DT_FLOAT',
    },
  },
});

const trains = (attr: Entry): boolean => {
  const flag = attr.is_training as Entry | undefined;
  // The operator's default is to train; exporters leave defaults out.
  return flag === undefined || flag.b === true;
};

/**
 * Keras writes LayerNormalization as a batch normalisation that takes the statistics of its own input, which TensorFlow.js does not compute:
 * the same in single steps, (x - mean) / √(variance + ε) · scale + offset over all dimensions but the channels.
 */
function ownStatistics(
  name: string,
  [x = '', scale = '', offset = '']: readonly string[],
  attr: Entry,
  nodes: Map<string, Entry>,
  weights: Map<string, FlatWeight>,
  operators: Set<string>,
): void {
  const layout = (attr.data_format as Entry | undefined)?.s;
  if (typeof layout === 'string' && atob(layout) === 'NCHW')
    return void alongChannels(name, x, scale, offset, attr, nodes, weights, operators);
  steps(name, x, scale, offset, [0, 1, 2], attr, nodes, weights, operators);
}

/** With channels first the scale and offset lie along dimension 1. */
function alongChannels(
  name: string,
  x: string,
  scale: string,
  offset: string,
  attr: Entry,
  nodes: Map<string, Entry>,
  weights: Map<string, FlatWeight>,
  operators: Set<string>,
): void {
  const shape = constant(`${name}/channels`, [1, -1, 1, 1], nodes, weights);
  const wide = (each: string, at: string): string =>
    add(`${name}/${at}`, 'Reshape', [each, shape], {}, nodes, operators);
  steps(name, x, wide(scale, 'scale'), wide(offset, 'offset'), [0, 2, 3], attr, nodes, weights, operators);
}

function steps(
  name: string,
  x: string,
  scale: string,
  offset: string,
  axes: readonly number[],
  attr: Entry,
  nodes: Map<string, Entry>,
  weights: Map<string, FlatWeight>,
  operators: Set<string>,
): void {
  const over = constant(`${name}/axes`, axes, nodes, weights);
  const epsilon = (attr.epsilon as Entry | undefined)?.f;
  const small = `${name}/epsilon`;
  weights.set(small, {
    constant: { dtype: 'float32', shape: [], values: [typeof epsilon === 'number' ? epsilon : 1e-4], texts: [] },
  });
  nodes.set(small, constantNode(small, 'float32'));
  const run = (at: string, op: string, inputs: readonly string[], more: Entry = {}): string =>
    add(at === '' ? name : `${name}/${at}`, op, inputs, more, nodes, operators);
  const keep: Entry = { keep_dims: { b: true } };
  const mean = run('mean', 'Mean', [x, over], keep);
  const variance = run('variance', 'Mean', [run('squared', 'SquaredDifference', [x, mean]), over], keep);
  const inverse = run('inverse', 'Rsqrt', [run('shifted', 'AddV2', [variance, small])]);
  const normal = run('normal', 'Mul', [run('centred', 'Sub', [x, mean]), inverse]);
  run('', 'AddV2', [run('scaled', 'Mul', [normal, scale]), offset]);
}

function add(
  name: string,
  op: string,
  inputs: readonly string[],
  attr: Entry,
  nodes: Map<string, Entry>,
  operators: Set<string>,
): string {
  operators.add(op);
  nodes.set(name, { name, op, input: [...inputs], attr });
  return name;
}

function constant(
  name: string,
  values: readonly number[],
  nodes: Map<string, Entry>,
  weights: Map<string, FlatWeight>,
): string {
  weights.set(name, { constant: { dtype: 'int32', shape: [values.length], values: [...values], texts: [] } });
  nodes.set(name, constantNode(name, 'int32'));
  return name;
}

/** Weights as TensorFlow.js' manifest lists them, and their bytes one after the other. */
export async function packWeights(
  weights: ReadonlyMap<string, FlatWeight>,
): Promise<{ readonly specs: WeightEntry[]; readonly bytes: Uint8Array }> {
  const specs: WeightEntry[] = [];
  const parts: Uint8Array[] = [];
  for (const [name, weight] of weights) {
    const { shape, dtype } = 'constant' in weight ? weight.constant : weight.variable;
    if (dtype === 'string') continue;
    const values = 'constant' in weight ? weight.constant.values : await weight.variable.values();
    const kind = dtype === 'bool' ? 'bool' : /int/.test(dtype) ? 'int32' : 'float32';
    const list =
      kind === 'bool'
        ? Uint8Array.from(values)
        : kind === 'int32'
          ? Int32Array.from(values, clip)
          : Float32Array.from(values);
    specs.push({ name, shape: [...shape], dtype: kind });
    parts.push(new Uint8Array(list.buffer, list.byteOffset, list.byteLength));
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { specs, bytes };
}

/** 64-bit constants such as the largest number stand for "to the end"; 32 bits say that too. */
const clip = (value: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value));
