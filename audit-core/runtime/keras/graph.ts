import { RuntimeError } from '../error';

export type Config = { readonly [key: string]: unknown };

/** The output of one call of a layer. */
export interface Source {
  readonly layer: string;
  /** Which call of the layer, from 0. */
  readonly node: number;
  /** Which of the outputs of that call. */
  readonly tensor: number;
}

/** An argument of a call: an output of a layer, a list of arguments, or a plain value of the configuration. */
export type Argument =
  | { readonly source: Source }
  | { readonly list: readonly Argument[] }
  | { readonly value: unknown };

export interface Call {
  readonly positional: readonly Argument[];
  readonly named: ReadonlyMap<string, Argument>;
}

export const keyOf = ({ layer, node, tensor }: Source): string => `${layer}\u0000${node}\u0000${tensor}`;

/** One layer of a Keras model with where its inputs come from. */
export interface LayerNode {
  readonly name: string;
  readonly kind: string;
  /** A plain operation on tensors (keras.ops), which has no weights. */
  readonly operation: boolean;
  readonly config: Config;
  /** One for each time the layer is used; they share its weights. */
  readonly calls: readonly Call[];
  /** Layers of a nested model. */
  readonly nested: LayerGraph | null;
}

export interface LayerGraph {
  readonly layers: readonly LayerNode[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
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
  const inputs = sources(config.input_layers);
  const outputs = sources(config.output_layers);
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
    // HDF5 files name no module: there an operation is what has arguments and cannot be trained.
    operation:
      /(?:^|\.)ops(?:\.|$)/.test(textOf(layer.module)) ||
      (layer.module === undefined && inbound.some(isRecord) && !('trainable' in config) && kind !== 'InputLayer'),
    config,
    nested,
    calls: inbound.map(callOf),
  };
}

/** The configuration of the model inside a `TimeDistributed`; null for other layers and where it holds a single layer. */
export function modelInside({ kind, config }: LayerNode): Config | null {
  const inner = kind === 'TimeDistributed' && isRecord(config.layer) ? config.layer : null;
  return inner && /^(?:Sequential|Functional|Model)$/.test(textOf(inner.class_name)) ? inner : null;
}

const first = (layer: string): Source => ({ layer, node: 0, tensor: 0 });
const after = (layer: string): Call => ({ positional: [{ source: first(layer) }], named: new Map() });

function chain(layers: readonly LayerNode[]): LayerGraph {
  const linked = layers.map((layer, index) => ({
    ...layer,
    calls: index === 0 ? [] : [after(layers[index - 1]?.name ?? '')],
  }));
  const [top] = linked;
  if (!top) throw new RuntimeError('The model has no layers.');
  const outputs = [first(linked.at(-1)?.name ?? '')];
  if (top.kind === 'InputLayer') return { layers: linked, inputs: [first(top.name)], outputs };
  const input: LayerNode = {
    name: '__input__',
    kind: 'InputLayer',
    operation: false,
    config: {},
    nested: null,
    calls: [],
  };
  return {
    layers: [input, { ...top, calls: [after('__input__')] }, ...linked.slice(1)],
    inputs: [first('__input__')],
    outputs,
  };
}

/** One call: Keras 3 writes its arguments, Keras 2 lists `[name, node, tensor, keywords]` of each tensor. */
function callOf(value: unknown): Call {
  if (isRecord(value)) {
    const given = Array.isArray(value.args) ? value.args : [];
    const keywords = isRecord(value.kwargs) ? value.kwargs : {};
    return {
      positional: given.map(each => argument(each, 0)),
      named: new Map(Object.entries(keywords).map(([key, each]) => [key, argument(each, 0)] as const)),
    };
  }
  const named = new Map<string, Argument>();
  const positional: Argument[] = [];
  const visit = (part: unknown, depth: number): void => {
    if (!Array.isArray(part) || depth > 12) return;
    const source = listed(part);
    if (!source) {
      for (const each of part) visit(each, depth + 1);
      return;
    }
    positional.push({ source });
    if (isRecord(part[3])) for (const [key, each] of Object.entries(part[3])) named.set(key, argument(each, 0));
  };
  visit(value, 0);
  return { positional, named };
}

const listed = (value: readonly unknown[]): Source | null =>
  typeof value[0] === 'string' && typeof value[1] === 'number'
    ? { layer: value[0], node: value[1], tensor: numberOf(value[2], 0) }
    : null;

function argument(value: unknown, depth: number): Argument {
  if (depth > 12) throw new RuntimeError('A call of the model is nested too deeply.');
  if (Array.isArray(value)) {
    const source = listed(value);
    return source ? { source } : { list: value.map(each => argument(each, depth + 1)) };
  }
  if (isRecord(value) && textOf(value.class_name) === '__keras_tensor__' && isRecord(value.config)) {
    const history = value.config.keras_history;
    const source = Array.isArray(history) ? listed(history) : null;
    if (source) return { source };
  }
  return { value };
}

/** The outputs that arguments name, in order. */
export function sourcesOf(given: Argument): Source[] {
  if ('source' in given) return [given.source];
  return 'list' in given ? given.list.flatMap(sourcesOf) : [];
}

function sources(value: unknown): Source[] {
  if (!Array.isArray(value)) return isRecord(value) ? Object.values(value).flatMap(sources) : [];
  if (typeof value[0] === 'string')
    return [{ layer: value[0], node: numberOf(value[1], 0), tensor: numberOf(value[2], 0) }];
  return value.flatMap(sources);
}
