import { isRecord, type LayerGraph, type LayerNode, numberOf, textOf } from '../../runtime/keras/graph';
import type { KerasModel } from '../../runtime/keras/model';
import type { LayerWeight } from '../../runtime/keras/weights';
import { ShadowError } from '../engine';
import { isStatistic, kerasStart, roleOf, settingOf } from './keras-start';
import { closingOf, trainingLayer, untrainable, withoutClosing } from './keras-training';
import type { LossName } from './recipe';
import type { Trainable, TrainableWeight } from './trainable';

/**
 * The model of a Keras file (Sequential or Functional), to be trained anew: its layers with fresh weights, dropout drawn, batch statistics
 * moving, penalties on weights added, and no activation behind the last layer. A ShadowError says what stops it.
 */
export function kerasNetwork(model: KerasModel, loss: LossName): Trainable {
  const { graph, weights } = model;
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1)
    throw new ShadowError(
      `The model has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs; the embedded engine trains models with one of each.`,
    );
  for (const layer of everyLayer(graph)) {
    const why = untrainable(layer);
    if (why) throw new ShadowError(`${why}, which the embedded engine does not train; use --engine process.`);
  }
  const last = lastLayer(graph);
  const open = opens(last, loss);
  const places = new Map<LayerWeight, number>();
  const byRole = new Map<LayerNode, Map<string, number>>();
  const list = weights.map(({ layer, weight }, place): TrainableWeight => {
    const role = roleOf(layer, weight);
    places.set(weight, place);
    byRole.set(layer, (byRole.get(layer) ?? new Map<string, number>()).set(role, place));
    return {
      name: `${layer.name}/${weight.path}`,
      shape: weight.shape,
      initial: kerasStart(layer, role, weight.shape),
      trained: !isStatistic(role, weight),
      penalty: penaltyOf(layer, role),
    };
  });
  return {
    weights: list,
    forward: (tf, input, tensors, pass) => {
      const [out] = model.run([input], {
        tf,
        value: weight => tensors[places.get(weight)!]!,
        instead: layer => {
          if (layer === last && open) return withoutClosing(layer);
          if (!pass.training) return null;
          return trainingLayer(layer, pass, (role, value) => pass.update(byRole.get(layer)!.get(role)!, value));
        },
      });
      return out!;
    },
  };
}

function* everyLayer(graph: LayerGraph): Generator<LayerNode> {
  for (const layer of graph.layers)
    if (layer.nested) yield* everyLayer(layer.nested);
    else yield layer;
}

function lastLayer(graph: LayerGraph): LayerNode {
  const found = graph.layers.find(({ name }) => name === graph.outputs[0]?.layer);
  if (!found) throw new ShadowError('The model never computes its output.');
  return found.nested ? lastLayer(found.nested) : found;
}

/** True where the last layer's activation belongs to the loss and is taken off. */
function opens(last: LayerNode, loss: LossName): boolean {
  if (loss !== 'cross-entropy' && loss !== 'binary-cross-entropy') return false;
  const closing = closingOf(last);
  if (closing === 'linear') return false;
  const wanted = loss === 'cross-entropy' ? 'softmax' : 'sigmoid';
  if (closing === wanted) return true;
  throw new ShadowError(
    `The model ends with ${closing ?? last.kind} and is trained with ${loss}; the embedded engine trains ${wanted} with it; use --engine process.`,
  );
}

/** λ of λ·Σw² that a layer adds to the loss for one of its weights (keras/src/regularizers). */
function penaltyOf({ name, config }: LayerNode, role: string): number {
  const given = config[`${settingOf(role)}_regularizer`];
  if (!isRecord(given)) return 0;
  const own = isRecord(given.config) ? given.config : {};
  if (!/^(?:L2|L1L2)$/.test(textOf(given.class_name)) || numberOf(own.l1, 0) !== 0)
    throw new ShadowError(
      `The layer "${name}" has a penalty that is not L2, which the embedded engine does not train; use --engine process.`,
    );
  return numberOf(own.l2, 0);
}
