import type * as tfjs from '@tensorflow/tfjs';
import type { RuntimeAssets } from '../assets';
import { RuntimeError } from '../error';
import { oneSentence } from '../onnx';
import type { Port, Runtime, Tensor } from '../runtime';
import { startTfjs } from '../tfjs';
import { type LayerGraph, type LayerNode, readGraph } from './graph';
import { layers } from './layers';
import { type LayerWeight, need, pick, slotNames } from './weights';

/** The weights under a path of slots and names: `path` leads through nested models. */
export type WeightLookup = (
  path: readonly { readonly name: string; readonly slot: string }[],
) => readonly LayerWeight[];

/** The first layer that cannot be run here, or null. */
export function obstacleOf(config: unknown): string | null {
  try {
    const visit = (graph: LayerGraph): string | null => {
      for (const layer of graph.layers) {
        const found = layer.nested
          ? visit(layer.nested)
          : layers[layer.kind]
            ? null
            : `The layer "${layer.name}" (${layer.kind}) is not run here.`;
        if (found) return found;
      }
      return null;
    };
    return visit(readGraph(config));
  } catch (error) {
    return error instanceof RuntimeError ? error.message : 'The configuration of layers cannot be read.';
  }
}

/** Runs a Keras configuration with the weights of its file, layer by layer, on TensorFlow.js' kernels. */
export async function kerasRuntime(
  config: unknown,
  lookup: WeightLookup,
  inputs: readonly Port[],
  assets: RuntimeAssets,
): Promise<Runtime> {
  const tf = await startTfjs(assets);
  const graph = readGraph(config);
  const weights = new Map<LayerNode, Map<LayerWeight, tfjs.Tensor>>();
  const lists = new Map<LayerNode, readonly LayerWeight[]>();
  const prepare = async (part: LayerGraph, path: readonly { name: string; slot: string }[]): Promise<void> => {
    const named = part.layers.filter(layer => layer.name !== '__input__');
    const slots = slotNames(named.map(layer => layer.kind));
    for (const [index, layer] of named.entries()) {
      const here = [...path, { name: layer.name, slot: slots[index] ?? '' }];
      if (layer.nested) await prepare(layer.nested, here);
      else {
        const list = lookup(here);
        const loaded = new Map<LayerWeight, tfjs.Tensor>();
        for (const each of list)
          loaded.set(each, tf.tensor(Float32Array.from(await each.values()), [...each.shape], 'float32'));
        lists.set(layer, list);
        weights.set(layer, loaded);
      }
    }
  };
  await prepare(graph, []);
  const run = (part: LayerGraph, given: readonly tfjs.Tensor[]): tfjs.Tensor[] => {
    const values = new Map<string, tfjs.Tensor>();
    for (const [index, name] of part.inputs.entries()) if (given[index]) values.set(name, given[index]);
    let waiting = part.layers.filter(layer => !values.has(layer.name));
    while (waiting.length > 0) {
      const later = waiting.filter(layer => !runLayer(layer, values));
      if (later.length === waiting.length)
        throw new RuntimeError(`The layer "${later[0]?.name}" waits for something that is never computed.`);
      waiting = later;
    }
    return part.outputs.map(name => values.get(name) ?? missing(name));
  };
  const runLayer = (layer: LayerNode, values: Map<string, tfjs.Tensor>): boolean => {
    const [call = []] = layer.calls;
    if (layer.calls.length > 1)
      throw new RuntimeError(`The layer "${layer.name}" is used more than once, which is not run here.`);
    const sources = call.map(name => values.get(name));
    if (sources.length === 0 || !sources.every(source => source !== undefined)) return false;
    values.set(
      layer.name,
      layer.nested ? (run(layer.nested, sources)[0] ?? missing(layer.name)) : apply(layer, sources),
    );
    return true;
  };
  const apply = (layer: LayerNode, sources: readonly tfjs.Tensor[]): tfjs.Tensor => {
    const known = layers[layer.kind];
    if (!known) throw new RuntimeError(`The layer "${layer.name}" (${layer.kind}) is not run here.`);
    const list = lists.get(layer) ?? [];
    const find = (name: string, index: number, scope?: RegExp): LayerWeight | null =>
      pick(list, name, index, scope ?? null);
    const context = {
      tf,
      name: layer.name,
      config: layer.config,
      has: (name: string, index: number, scope?: RegExp) => find(name, index, scope) !== null,
      weight: (name: string, index: number, scope?: RegExp) =>
        weights.get(layer)?.get(need(find(name, index, scope), layer.name, name)) ?? missing(layer.name),
    };
    try {
      return known(context, sources);
    } catch (error) {
      if (error instanceof RuntimeError) throw error;
      throw new RuntimeError(`The layer "${layer.name}" (${layer.kind}) stopped: ${oneSentence(error)}`);
    }
  };
  return {
    inputs,
    outputs: [],
    outputKind: 'unknown',
    predict: async (given: readonly Tensor[]) => {
      const result = tf.tidy(() => {
        const feeds = given.map(tensor =>
          tf.tensor(
            Float32Array.from(Array.from(tensor.data as ArrayLike<number | bigint>, Number)),
            [...tensor.shape],
            'float32',
          ),
        );
        return run(graph, feeds)[0] ?? missing('output');
      });
      const data = Float32Array.from(await result.data());
      const shape = [...result.shape];
      result.dispose();
      return { data, shape };
    },
    dispose: () => {
      for (const list of weights.values()) tf.dispose([...list.values()]);
    },
  };
}

function missing(name: string): never {
  throw new RuntimeError(`The model never computes "${name}".`);
}
