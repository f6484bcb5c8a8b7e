import { refuse } from '../inspection';
import { fields, text } from '../protobuf/wire';

/** A node of a TensorFlow graph (tensorflow/core/framework/node_def.proto); attributes stay encoded. */
export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

/** A function of the graph's library (function.proto): its nodes name their inputs `node:output:index` or by argument. */
export interface GraphFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  /** The tensor behind each output. */
  readonly returns: ReadonlyMap<string, string>;
}

/** What a signature takes and gives: tensors of the main graph by the names of its arguments. */
export interface Signature {
  readonly inputs: ReadonlyMap<string, TensorPlace>;
  readonly outputs: ReadonlyMap<string, TensorPlace>;
}

export interface TensorPlace {
  /** `node:index` */
  readonly tensor: string;
  readonly dtype: number;
  readonly shape: readonly number[];
}

export interface SavedGraph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly signatures: ReadonlyMap<string, Signature>;
}

const what = 'The SavedModel';
const maxNodes = 500_000;

/** Reads one MetaGraphDef: graph, function library, signatures. */
export function readSavedGraph(meta: Uint8Array): SavedGraph {
  const nodes = new Map<string, GraphNode>();
  const functions = new Map<string, GraphFunction>();
  const signatures = new Map<string, Signature>();
  for (const field of fields(meta, what)) {
    if (field.wire !== 2) continue;
    if (field.number === 2)
      for (const part of fields(field.bytes, what)) {
        if (part.wire !== 2) continue;
        if (part.number === 1) {
          const node = readNode(part.bytes);
          nodes.set(node.name, node);
          if (nodes.size > maxNodes) refuse('The SavedModel has more nodes than this reader allows.');
        } else if (part.number === 2)
          for (const entry of fields(part.bytes, what))
            if (entry.number === 1 && entry.wire === 2) {
              const read = readFunction(entry.bytes);
              functions.set(read.name, read);
            }
      }
    else if (field.number === 5) {
      const [name, value] = entryOf(field.bytes);
      if (value) signatures.set(name, readSignature(value));
    }
  }
  return { nodes, functions, signatures };
}

/** A map's entry: the key as text, the value's bytes. */
export function entryOf(bytes: Uint8Array): readonly [string, Uint8Array | null] {
  let key = '';
  let value: Uint8Array | null = null;
  for (const field of fields(bytes, what)) {
    if (field.number === 1) key = text(field);
    if (field.number === 2 && field.wire === 2) value = field.bytes;
  }
  return [key, value];
}

function readNode(bytes: Uint8Array): GraphNode {
  let name = '';
  let operator = '';
  const inputs: string[] = [];
  const attributes = new Map<string, Uint8Array>();
  for (const field of fields(bytes, what)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) name = text(field);
    else if (field.number === 2) operator = text(field);
    else if (field.number === 3) inputs.push(text(field));
    else if (field.number === 5) {
      const [key, value] = entryOf(field.bytes);
      if (value) attributes.set(key, value);
    }
  }
  return { name, operator, inputs, attributes };
}

function readFunction(bytes: Uint8Array): GraphFunction {
  let name = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: GraphNode[] = [];
  const returns = new Map<string, string>();
  const argument = (each: Uint8Array): string => {
    for (const field of fields(each, what)) if (field.number === 1) return text(field);
    return '';
  };
  for (const field of fields(bytes, what)) {
    if (field.wire !== 2) continue;
    if (field.number === 1)
      for (const part of fields(field.bytes, what)) {
        if (part.wire !== 2) continue;
        if (part.number === 1) name = text(part);
        else if (part.number === 2) inputs.push(argument(part.bytes));
        else if (part.number === 3) outputs.push(argument(part.bytes));
      }
    else if (field.number === 3) nodes.push(readNode(field.bytes));
    else if (field.number === 4) {
      const [key, value] = entryOf(field.bytes);
      if (value) returns.set(key, new TextDecoder().decode(value));
    }
  }
  return { name, inputs, outputs, nodes, returns };
}

function readSignature(bytes: Uint8Array): Signature {
  const inputs = new Map<string, TensorPlace>();
  const outputs = new Map<string, TensorPlace>();
  for (const field of fields(bytes, what)) {
    if (field.wire !== 2 || (field.number !== 1 && field.number !== 2)) continue;
    const [key, value] = entryOf(field.bytes);
    if (value) (field.number === 1 ? inputs : outputs).set(key, readPlace(value));
  }
  return { inputs, outputs };
}

function readPlace(bytes: Uint8Array): TensorPlace {
  let tensor = '';
  let dtype = 1;
  let shape: readonly number[] = [];
  for (const field of fields(bytes, what)) {
    if (field.number === 1 && field.wire === 2) tensor = text(field);
    else if (field.number === 2 && field.wire === 0) dtype = Number(field.varint);
    else if (field.number === 3 && field.wire === 2) shape = readShape(field.bytes);
  }
  return { tensor, dtype, shape };
}

/** Dimensions of a TensorShapeProto; an unknown one is -1 (written as the largest unsigned number). */
export function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  for (const field of fields(bytes, what)) {
    if (field.number !== 2 || field.wire !== 2) continue;
    let size = 0;
    for (const part of fields(field.bytes, what)) if (part.number === 1) size = Number(BigInt.asIntN(64, part.varint));
    shape.push(size);
  }
  return shape;
}

/** The name of the function that a call's attribute holds. */
export function functionOf(node: GraphNode, attribute: string): string | null {
  const value = node.attributes.get(attribute);
  if (!value) return null;
  for (const field of fields(value, what))
    if (field.number === 10 && field.wire === 2)
      for (const part of fields(field.bytes, what)) if (part.number === 1 && part.wire === 2) return text(part);
  return null;
}
