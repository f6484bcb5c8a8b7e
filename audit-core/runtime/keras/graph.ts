import { RuntimeError } from '../error';

export type Config = { readonly [key: string]: unknown };

/** One layer of a Keras model with where its inputs come from. */
export interface LayerNode {
  readonly name: string;
  readonly kind: string;
  readonly config: Config;
  /** Names of the layers that feed it (one list per call; several calls share weights). */
  readonly calls: readonly (readonly string[])[];
  /** Layers of a nested model. */
  readonly nested: LayerGraph | null;
}

export interface LayerGraph {
  readonly layers: readonly LayerNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export const isRecord = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const numberOf = (value: unknown, fallback: number): number => (typeof value === 'number' ? value : fallback);

/** Reads a Sequential or Functional configuration of Keras 2 or 3 (keras/src/models). */
export function readGraph(model: unknown, depth = 0): LayerGraph {
  if (!isRecord(model) || depth > 8) throw new RuntimeError('The model has no configuration of layers.');
  const config = isRecord(model.config) ? model.config : model;
  const list = Array.isArray(config.layers) ? config.layers : Array.isArray(model.config) ? model.config : null;
  if (!list) throw new RuntimeError('The model has no list of layers.');
  const layers = list.filter(isRecord).map(each => readLayer(each, depth));
  if (textOf(model.class_name) === 'Sequential') return chain(layers);
  const inputs = names(config.input_layers);
  const outputs = names(config.output_layers);
  if (layers.length === 0 || outputs.length === 0) throw new RuntimeError('The model names no output layer.');
  return { layers, inputs, outputs };
}

function readLayer(layer: Config, depth: number): LayerNode {
  const config = isRecord(layer.config) ? layer.config : {};
  const kind = textOf(layer.class_name);
  const nested =
    kind === 'Sequential' || kind === 'Functional' || kind === 'Model' ? readGraph(layer, depth + 1) : null;
  const inbound = Array.isArray(layer.inbound_nodes) ? layer.inbound_nodes : [];
  return {
    name: textOf(config.name) || textOf(layer.name),
    kind,
    config,
    nested,
    calls: inbound.map(call => histories(call, 0)),
  };
}

function chain(layers: readonly LayerNode[]): LayerGraph {
  const linked = layers.map((layer, index) => ({
    ...layer,
    calls: index === 0 ? [] : [[layers[index - 1]?.name ?? '']],
  }));
  const [first] = linked;
  if (!first) throw new RuntimeError('The model has no layers.');
  if (first.kind === 'InputLayer')
    return { layers: linked, inputs: [first.name], outputs: [linked.at(-1)?.name ?? ''] };
  const input: LayerNode = { name: '__input__', kind: 'InputLayer', config: {}, nested: null, calls: [] };
  return {
    layers: [input, { ...first, calls: [['__input__']] }, ...linked.slice(1)],
    inputs: ['__input__'],
    outputs: [linked.at(-1)?.name ?? ''],
  };
}

/** Source layers of one call: Keras 3 nests `keras_history`, Keras 2 lists `[name, node, tensor, kwargs]`. */
function histories(value: unknown, depth: number): string[] {
  if (depth > 12) return [];
  if (Array.isArray(value)) {
    if (typeof value[0] === 'string' && typeof value[1] === 'number') return [value[0]];
    return value.flatMap(each => histories(each, depth + 1));
  }
  if (!isRecord(value)) return [];
  if (
    textOf(value.class_name) === '__keras_tensor__' &&
    isRecord(value.config) &&
    Array.isArray(value.config.keras_history)
  )
    return [textOf(value.config.keras_history[0])];
  return histories(value.args ?? [], depth + 1);
}

function names(value: unknown): string[] {
  if (!Array.isArray(value)) return isRecord(value) ? Object.values(value).flatMap(names) : [];
  if (typeof value[0] === 'string') return [value[0]];
  return value.flatMap(names);
}
