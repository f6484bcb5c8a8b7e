import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { oneSentence } from '../onnx';
import { type LayerGraph, type LayerNode, readGraph } from './graph';
import { type Layer, layers } from './layers';
import { type LayerWeight, need, pick, slotNames } from './weights';

/** The weights under a path of slots and names: `path` leads through nested models. */
export type WeightLookup = (
  path: readonly { readonly name: string; readonly slot: string }[],
) => readonly LayerWeight[];

/** One pass through a model. */
export interface KerasPass {
  readonly tf: typeof tfjs;
  readonly value: (weight: LayerWeight) => tfjs.Tensor;
  /** What a layer does in this pass instead of what it does when asked; null: the same. */
  readonly instead?: (layer: LayerNode) => Layer | null;
}

/** A Keras model put together from its configuration, apart from the values of its weights. */
export interface KerasModel {
  readonly graph: LayerGraph;
  /** Every weight with the layer it belongs to, in the order of the layers. */
  readonly weights: readonly { readonly layer: LayerNode; readonly weight: LayerWeight }[];
  /** The outputs for the inputs. Call it inside `tf.tidy`. */
  run(inputs: readonly tfjs.Tensor[], pass: KerasPass): tfjs.Tensor[];
}

/** Puts a configuration and the weights of its file together; a RuntimeError says what stops it. */
export function kerasModel(config: unknown, lookup: WeightLookup): KerasModel {
  const graph = readGraph(config);
  const lists = new Map<LayerNode, readonly LayerWeight[]>();
  const prepare = (part: LayerGraph, path: readonly { name: string; slot: string }[]): void => {
    const named = part.layers.filter(layer => layer.name !== '__input__');
    const slots = slotNames(named.map(layer => layer.kind));
    for (const [index, layer] of named.entries()) {
      const here = [...path, { name: layer.name, slot: slots[index] ?? '' }];
      if (layer.nested) prepare(layer.nested, here);
      else lists.set(layer, lookup(here));
    }
  };
  prepare(graph, []);
  return {
    graph,
    weights: [...lists].flatMap(([layer, list]) => list.map(weight => ({ layer, weight }))),
    run: (inputs, pass) => runGraph(graph, inputs, pass, lists),
  };
}

function runGraph(
  part: LayerGraph,
  given: readonly tfjs.Tensor[],
  pass: KerasPass,
  lists: ReadonlyMap<LayerNode, readonly LayerWeight[]>,
): tfjs.Tensor[] {
  const values = new Map<string, tfjs.Tensor>();
  for (const [index, name] of part.inputs.entries()) if (given[index]) values.set(name, given[index]);
  const run = (layer: LayerNode): boolean => {
    const [call = []] = layer.calls;
    if (layer.calls.length > 1)
      throw new RuntimeError(`The layer "${layer.name}" is used more than once, which is not run here.`);
    const sources = call.map(name => values.get(name));
    if (sources.length === 0 || !sources.every(source => source !== undefined)) return false;
    const made = layer.nested
      ? (runGraph(layer.nested, sources, pass, lists)[0] ?? missing(layer.name))
      : apply(layer, sources, pass, lists.get(layer) ?? []);
    values.set(layer.name, made);
    return true;
  };
  let waiting = part.layers.filter(layer => !values.has(layer.name));
  while (waiting.length > 0) {
    const later = waiting.filter(layer => !run(layer));
    if (later.length === waiting.length)
      throw new RuntimeError(`The layer "${later[0]?.name}" waits for something that is never computed.`);
    waiting = later;
  }
  return part.outputs.map(name => values.get(name) ?? missing(name));
}

function apply(
  layer: LayerNode,
  sources: readonly tfjs.Tensor[],
  { tf, value, instead }: KerasPass,
  list: readonly LayerWeight[],
): tfjs.Tensor {
  const known = instead?.(layer) ?? layers[layer.kind];
  if (!known) throw new RuntimeError(`The layer "${layer.name}" (${layer.kind}) is not run here.`);
  const find = (name: string, index: number, scope?: RegExp): LayerWeight | null =>
    pick(list, name, index, scope ?? null);
  const context = {
    tf,
    name: layer.name,
    config: layer.config,
    has: (name: string, index: number, scope?: RegExp) => find(name, index, scope) !== null,
    weight: (name: string, index: number, scope?: RegExp) => value(need(find(name, index, scope), layer.name, name)),
  };
  try {
    return known(context, sources);
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`The layer "${layer.name}" (${layer.kind}) stopped: ${oneSentence(error)}`);
  }
}

export function missing(name: string): never {
  throw new RuntimeError(`The model never computes "${name}".`);
}
