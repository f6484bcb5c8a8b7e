import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import { oneSentence } from '../onnx';
import {
  type Argument,
  type Call,
  keyOf,
  type LayerGraph,
  type LayerNode,
  modelInside,
  readGraph,
  sourcesOf,
} from './graph';
import { type Given, type Held, heldIn, type Layer, type LayerContext, maskOf } from './layer';
import { layers } from './layers';
import { operations } from './operations';
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
    run: (inputs, pass) =>
      runGraph(
        graph,
        inputs.map(value => ({ value, mask: null })),
        pass,
        lists,
      ).map(each => each.value),
  };
}

type Lists = ReadonlyMap<LayerNode, readonly LayerWeight[]>;

function runGraph(part: LayerGraph, given: readonly Held[], pass: KerasPass, lists: Lists): Held[] {
  const values = new Map<string, Held>();
  for (const [index, source] of part.inputs.entries()) if (given[index]) values.set(keyOf(source), given[index]);
  const run = (layer: LayerNode, call: Call, node: number): boolean => {
    const wanted = [...call.positional, ...call.named.values()].flatMap(sourcesOf);
    if (wanted.length === 0 || !wanted.every(source => values.has(keyOf(source)))) return false;
    const inputs = wanted.map(source => values.get(keyOf(source)) ?? missing(layer.name));
    const made = layer.nested
      ? runGraph(layer.nested, inputs, pass, lists)
      : apply(layer, call, values, pass, lists.get(layer) ?? []);
    for (const [tensor, held] of made.entries()) values.set(keyOf({ layer: layer.name, node, tensor }), held);
    return true;
  };
  let waiting = part.layers.flatMap(layer =>
    layer.calls
      .map((call, node) => ({ layer, call, node }))
      .filter(({ node }) => !values.has(keyOf({ layer: layer.name, node, tensor: 0 }))),
  );
  while (waiting.length > 0) {
    const later = waiting.filter(({ layer, call, node }) => !run(layer, call, node));
    if (later.length === waiting.length)
      throw new RuntimeError(`The layer "${later[0]?.layer.name}" waits for something that is never computed.`);
    waiting = later;
  }
  return part.outputs.map(source => values.get(keyOf(source)) ?? missing(source.layer));
}

function apply(
  layer: LayerNode,
  call: Call,
  values: ReadonlyMap<string, Held>,
  { tf, value, instead }: KerasPass,
  list: readonly LayerWeight[],
): Held[] {
  const find = (name: string, index: number, scope?: RegExp): LayerWeight | null =>
    pick(list, name, index, scope ?? null);
  const resolve = (given: Argument): Given => {
    if ('source' in given) return values.get(keyOf(given.source)) ?? missing(given.source.layer);
    return 'list' in given ? given.list.map(resolve) : { plain: given.value };
  };
  const named = new Map([...call.named].map(([key, each]) => [key, resolve(each)] as const));
  const positional = call.positional.map(resolve);
  const inputs = positional.flatMap(heldIn);
  const context: LayerContext = {
    tf,
    name: layer.name,
    config: layer.config,
    positional,
    named,
    masks: masksOf(tf, layer, named, inputs),
    has: (name: string, index: number, scope?: RegExp) => find(name, index, scope) !== null,
    weight: (name: string, index: number, scope?: RegExp) => value(need(find(name, index, scope), layer.name, name)),
  };
  try {
    const repeated = repeatedModel(layer, list);
    const known =
      instead?.(layer) ??
      (repeated ? overSteps(repeated, { tf, value }) : layer.operation ? operations[layer.kind] : layers[layer.kind]);
    if (!known) throw new RuntimeError(`The layer "${layer.name}" (${layer.kind}) is not run here.`);
    // Tensors that are named (`query=`, `value=`) stand behind those that are not.
    const beside = [...named].filter(([key]) => key !== 'initial_state' && !/mask/.test(key));
    const all = [...inputs, ...beside.flatMap(([, each]) => heldIn(each))];
    const out = known(
      context,
      all.map(each => each.value),
    );
    const mask = layer.operation ? null : maskOf(context, layer.kind, all);
    return ('dataId' in out ? [out] : out).map((each, index) => ({ value: each, mask: index === 0 ? mask : null }));
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`The layer "${layer.name}" (${layer.kind}) stopped: ${oneSentence(error)}`);
  }
}

/** The model that `TimeDistributed` repeats on every step; null for other layers. */
function repeatedModel(layer: LayerNode, list: readonly LayerWeight[]): KerasModel | null {
  const inner = modelInside(layer);
  // Its weights stand under those of the wrapper, each by the slot or the name of its own layer.
  const under = (weight: LayerWeight, { slot, name }: { readonly slot: string; readonly name: string }): boolean =>
    weight.path.includes('layers/') ? weight.path.includes(`layers/${slot}/`) : `/${weight.path}`.includes(`/${name}/`);
  return inner ? kerasModel(inner, path => list.filter(weight => path.every(part => under(weight, part)))) : null;
}

const overSteps =
  (model: KerasModel, pass: KerasPass): Layer =>
  ({ tf }, [x]) => {
    const [rows = 0, steps = 0, ...rest] = x?.shape ?? [];
    const [out] = x ? model.run([tf.reshape(x, [rows * steps, ...rest])], pass) : [];
    return out ? tf.reshape(out, [rows, steps, ...out.shape.slice(1)]) : missing('a step');
  };

/** The masks of a call: those of its inputs, but for what it is given as one itself (Keras 3 writes those of `Embedding` and `Masking` so too). */
function masksOf(
  tf: typeof tfjs,
  layer: LayerNode,
  named: ReadonlyMap<string, Given>,
  inputs: readonly Held[],
): (tfjs.Tensor | null)[] {
  const masks = inputs.map(each => each.mask);
  const put = (at: number, given: Given | undefined): void => {
    if (given && 'value' in given) masks[at] = tf.cast(given.value, 'float32');
  };
  const whole = named.get('mask');
  if (Array.isArray(whole)) for (const [at, each] of whole.entries()) put(at, each as Given);
  else put(0, whole);
  for (const [at, name] of ['query_mask', 'value_mask', 'key_mask'].entries()) put(at, named.get(name));
  return layer.operation ? [] : masks;
}

export function missing(name: string): never {
  throw new RuntimeError(`The model never computes "${name}".`);
}
