import type * as tfjs from '@tensorflow/tfjs';
import type { RuntimeAssets } from '../assets';
import { RuntimeError } from '../error';
import type { Port, Runtime, Tensor } from '../runtime';
import { startTfjs } from '../tfjs';
import { isRecord, type LayerGraph, type LayerNode, modelInside, readGraph, textOf } from './graph';
import { layers } from './layers';
import { kerasModel, missing, type WeightLookup } from './model';
import { operations } from './operations';
import { cellsOf } from './sequences';
import type { LayerWeight } from './weights';

/** The first layer that cannot be run here, or null. */
export function obstacleOf(config: unknown): string | null {
  try {
    const visit = (graph: LayerGraph): string | null => {
      for (const layer of graph.layers) {
        const found = layer.nested
          ? visit(layer.nested)
          : (layer.operation ? operations[layer.kind] : layers[layer.kind])
            ? innerObstacle(layer, visit)
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

/** What of the layer inside a wrapper cannot be run. */
function innerObstacle(layer: LayerNode, visit: (graph: LayerGraph) => string | null): string | null {
  const model = modelInside(layer);
  if (model) return visit(readGraph(model));
  if (layer.kind === 'RNN') return cellObstacle(layer);
  const inner = layer.kind === 'TimeDistributed' && isRecord(layer.config.layer) ? layer.config.layer : null;
  const kind = inner ? textOf(inner.class_name) : '';
  return inner && !layers[kind] ? `The layer "${layer.name}" (${layer.kind} of ${kind}) is not run here.` : null;
}

function cellObstacle(layer: LayerNode): string | null {
  const foreign = cellsOf(layer.config.cell).find(cell => cell.kind === null);
  return foreign ? `The layer "${layer.name}" (RNN of ${foreign.written}) is not run here.` : null;
}

/** Runs a Keras configuration with the weights of its file, layer by layer, on TensorFlow.js' kernels. */
export async function kerasRuntime(
  config: unknown,
  lookup: WeightLookup,
  inputs: readonly Port[],
  assets: RuntimeAssets,
): Promise<Runtime> {
  const tf = await startTfjs(assets);
  const model = kerasModel(config, lookup);
  const values = new Map<LayerWeight, tfjs.Tensor>();
  for (const { weight } of model.weights)
    values.set(weight, tf.tensor(Float32Array.from(await weight.values()), [...weight.shape], 'float32'));
  const value = (weight: LayerWeight): tfjs.Tensor => values.get(weight) ?? missing(weight.path);
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
        return model.run(feeds, { tf, value })[0] ?? missing('output');
      });
      const data = Float32Array.from(await result.data());
      const shape = [...result.shape];
      result.dispose();
      return { data, shape };
    },
    dispose: () => tf.dispose([...values.values()]),
  };
}
