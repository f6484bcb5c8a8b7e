import type * as tfjs from '@tensorflow/tfjs';
import type { RuntimeAssets } from '../assets';
import { RuntimeError } from '../error';
import { oneSentence } from '../onnx';
import type { Port, Runtime } from '../runtime';
import { startTfjs } from '../tfjs';
import { type AtenValue, apply, isTensor, type Operator } from './operator';
import { operators } from './operators';

export { operators } from './operators';

/** An argument as the graph writes it: the name of a tensor, names of several, or a plain value. */
export type AtenArgument =
  | { readonly tensor: string }
  | { readonly tensors: readonly string[] }
  /** Sizes, some of them the names of computed ones. */
  | { readonly parts: readonly (string | number)[] }
  | { readonly value: number | boolean | string | null | readonly number[] };

export interface AtenNode {
  readonly operator: string;
  readonly arguments: ReadonlyMap<string, AtenArgument>;
  /** Names of what it gives; several for operators such as lstm. */
  readonly outputs: readonly string[];
}

/** A straight graph of ATen calls: weights by name, inputs, the output. */
export interface AtenGraph {
  readonly nodes: readonly AtenNode[];
  readonly weights: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly values: () => Promise<Float32Array | Float64Array> }
  >;
  readonly inputs: readonly Port[];
  readonly output: string;
}

/** `relu_` and `add_` work in place: the same operator, whose result replaces its input. */
export const inPlace = (name: string): boolean => name.endsWith('_') && !name.startsWith('__') && !operators[name];

export const operatorOf = (name: string): Operator | null =>
  operators[name] ?? (inPlace(name) ? (operators[name.slice(0, -1)] ?? null) : null);

/** The first operator that is not run here, or null. */
export const obstacleOf = (graph: AtenGraph): string | null => {
  const unknown = graph.nodes.find(node => !operatorOf(node.operator));
  return unknown
    ? `The operator ${unknown.operator.slice(0, 60)} is not run here; export the model to ONNX to audit it.`
    : null;
};

/** Runs a graph of ATen calls on TensorFlow.js' kernels. */
export async function atenRuntime(graph: AtenGraph, assets: RuntimeAssets): Promise<Runtime> {
  const tf = await startTfjs(assets);
  const weights = new Map<string, tfjs.Tensor>();
  for (const [name, weight] of graph.weights)
    weights.set(name, tf.tensor(Float32Array.from(await weight.values()), [...weight.shape], 'float32'));
  const run = (feeds: readonly tfjs.Tensor[]): tfjs.Tensor => {
    const values = new Map<string, AtenValue>(weights);
    for (const [index, port] of graph.inputs.entries()) if (feeds[index]) values.set(port.name, feeds[index]);
    const value = (name: string): AtenValue => values.get(name) ?? missing(name);
    const resolve = (given: AtenArgument | undefined): AtenValue | undefined => {
      if (!given) return undefined;
      if ('tensor' in given) return value(given.tensor);
      if ('parts' in given) return given.parts.map(part => (typeof part === 'string' ? value(part) : part));
      return 'tensors' in given ? given.tensors.map(value) : given.value;
    };
    for (const node of graph.nodes) {
      const operator = operatorOf(node.operator);
      if (!operator) throw new RuntimeError(`The operator ${node.operator} is not run here.`);
      try {
        const out = apply(operator, { tf, get: name => resolve(node.arguments.get(name)), seed: () => 1 });
        const parts = node.outputs.length > 1 && Array.isArray(out) ? (out as readonly AtenValue[]) : [out];
        for (const [index, name] of node.outputs.entries()) values.set(name, parts[index] ?? null);
        // An operator in place changes what its input is known as, too.
        const own = node.arguments.get('self') ?? node.arguments.get('input');
        if (inPlace(node.operator) && own && 'tensor' in own) values.set(own.tensor, parts[0] ?? null);
      } catch (error) {
        if (error instanceof RuntimeError) throw error;
        throw new RuntimeError(
          `The operator ${node.operator} ("${node.outputs[0] ?? ''}") stopped: ${oneSentence(error)}`,
        );
      }
    }
    const out = value(graph.output);
    return isTensor(out) ? out : missing(graph.output);
  };
  return {
    inputs: graph.inputs,
    outputs: [],
    outputKind: 'unknown',
    predict: async given => {
      const result = tf.tidy(() =>
        run(
          given.map(each =>
            tf.tensor(
              Float32Array.from(Array.from(each.data as ArrayLike<number | bigint>, Number)),
              [...each.shape],
              'float32',
            ),
          ),
        ).clone(),
      );
      const data = Float32Array.from(await result.data());
      const shape = [...result.shape];
      result.dispose();
      return { data, shape };
    },
    dispose: () => tf.dispose([...weights.values()]),
  };
}

function missing(name: string): never {
  throw new RuntimeError(`The graph reads "${name.slice(0, 80)}", which nothing computes.`);
}
