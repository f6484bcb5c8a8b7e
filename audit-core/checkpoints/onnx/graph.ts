import { refuse } from '../inspection';
import type { Limits } from '../limits';
import { type Field, fields, float, integers, signed, text } from '../protobuf/wire';
import { onnxType } from './types';

/** One node, with what inspecting and checking need of its attributes. */
export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxAttribute {
  readonly floats: number;
  readonly integers: readonly number[];
  readonly strings: number;
  readonly tensor: Uint8Array | null;
  readonly graphs: readonly Uint8Array[];
  readonly float: number | null;
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Parses a `NodeProto`. */
export function readNode(bytes: Uint8Array): OnnxNode {
  let name = '';
  let operator = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  for (const field of fields(bytes, 'The ONNX graph')) {
    if (field.number === 1) inputs.push(text(field));
    else if (field.number === 2) outputs.push(text(field));
    else if (field.number === 3) name = text(field);
    else if (field.number === 4) operator = text(field);
    else if (field.number === 5) {
      const [key, value] = readAttribute(field);
      attributes.set(key, value);
    } else if (field.number === 7) domain = text(field);
  }
  return { name, operator, domain, inputs, outputs, attributes };
}

function readAttribute(attribute: Field): [string, OnnxAttribute] {
  let name = '';
  let floats = 0;
  let strings = 0;
  let tensor: Uint8Array | null = null;
  let value: number | null = null;
  const ints: number[] = [];
  const graphs: Uint8Array[] = [];
  for (const field of fields(attribute.bytes, 'The ONNX graph')) {
    if (field.number === 1) name = text(field);
    else if (field.number === 2) value = float(field);
    else if (field.number === 3 || field.number === 8) for (const each of safeIntegers(field)) ints.push(each);
    else if (field.number === 4 || field.number === 9) strings++;
    else if (field.number === 5) tensor = field.bytes;
    else if (field.number === 6 || field.number === 11) graphs.push(field.bytes);
    else if (field.number === 7) floats += field.wire === 2 ? field.bytes.length / 4 : 1;
  }
  return [name, { floats, integers: ints, strings, tensor, graphs, float: value }];
}

/** Integers of an attribute; beyond 2^53 (a trip count, a slice's end) they saturate instead of refusing the file. */
function safeIntegers(field: Field): number[] {
  if (field.wire === 0) {
    const value = BigInt.asIntN(64, field.varint);
    return [Number(value)];
  }
  return field.bytes.length > 8 << 20 ? [] : integers(field, 'An attribute');
}

/** Parses a `ValueInfoProto`: name, element type, shape with -1 for free dimensions. */
export function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let dtype = 'unknown';
  const shape: number[] = [];
  for (const field of fields(bytes, 'The ONNX graph')) {
    if (field.number === 1) name = text(field);
    if (field.number !== 2) continue;
    for (const type of fields(field.bytes, 'The ONNX graph')) {
      if (type.number !== 1) {
        dtype = type.number === 5 ? 'map' : type.number === 4 ? 'sequence' : dtype;
        continue;
      }
      for (const tensor of fields(type.bytes, 'The ONNX graph')) {
        if (tensor.number === 1) dtype = onnxType(Number(tensor.varint)) ?? 'unknown';
        if (tensor.number === 2) for (const dimension of fields(tensor.bytes)) shape.push(dimensionOf(dimension));
      }
    }
  }
  return { name, dtype, shape };
}

function dimensionOf(dimension: Field): number {
  for (const field of fields(dimension.bytes, 'The ONNX graph')) {
    if (field.number === 1) return Math.max(-1, signed(field.varint, 'A dimension'));
  }
  return -1;
}

/** Parses a sub-graph (of If, Loop, Scan) far enough to check it; refuses what is nested beyond the limit. */
export function readSubgraph(
  bytes: Uint8Array,
  limits: Limits,
  depth: number,
): { nodes: OnnxNode[]; inputs: string[]; outputs: string[]; initializers: string[] } {
  if (depth > 16 || depth > limits.depth) refuse('The ONNX graph nests sub-graphs too deeply to be read.');
  const nodes: OnnxNode[] = [];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const initializers: string[] = [];
  for (const field of fields(bytes, 'An ONNX sub-graph')) {
    if (field.number === 1) nodes.push(readNode(field.bytes));
    else if (field.number === 5)
      for (const part of fields(field.bytes)) if (part.number === 8) initializers.push(text(part));
    if (field.number === 11) inputs.push(readValue(field.bytes).name);
    else if (field.number === 12) outputs.push(readValue(field.bytes).name);
  }
  for (const node of nodes) {
    for (const attribute of node.attributes.values()) {
      for (const graph of attribute.graphs) readSubgraph(graph, limits, depth + 1);
    }
  }
  return { nodes, inputs, outputs, initializers };
}
