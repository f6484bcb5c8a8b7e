import type * as tfjs from '@tensorflow/tfjs';
import type { ByteSource } from '../../checkpoints/byte-source';
import { defaultLimits } from '../../checkpoints/limits';
import { readOnnxGraph } from '../../checkpoints/onnx';
import type { OnnxNode } from '../../checkpoints/onnx/graph';
import { ShadowError } from '../engine';
import { operators } from './onnx-operators';
import { heldShape, type Layout, type Node, type Place, startOf } from './onnx-values';
import type { TrainingRecipe } from './recipe';
import type { Trainable, TrainableWeight } from './trainable';

/** The architecture of an ONNX file as a network that can be trained anew: its operators with fresh weights. A ShadowError names what stops it. */
export async function onnxNetwork(source: ByteSource, library: TrainingRecipe['library']): Promise<Trainable> {
  const graph = await readOnnxGraph(source, defaultLimits);
  const shapes = new Map(graph.initializers.map(each => [each.name, each]));
  const inputs = graph.inputs.filter(each => !shapes.has(each.name));
  const output = graph.outputs[0]?.name;
  if (inputs.length !== 1 || output === undefined)
    throw new ShadowError(`${source.name} has ${inputs.length} inputs; the embedded engine trains models with one.`);
  const nodes = withoutEnd(graph.nodes, output);
  const weights: TrainableWeight[] = [];
  const index = new Map<string, number>();
  for (const node of nodes.nodes) {
    if (!operators[node.operator])
      throw new ShadowError(
        `${source.name}: the embedded engine has no gradient for the operator ${node.operator}; use --engine process.`,
      );
    for (const [place, name] of node.inputs.entries()) {
      const found = shapes.get(name);
      if (!found || index.has(name) || found.small || found.shape.length === 0 || isState(node, place)) continue;
      const start = startOf(node.operator, place, found.shape, node, shapes, nodes.nodes, library);
      if (!start)
        throw new ShadowError(
          `${source.name}: the embedded engine cannot tell how the weight of ${node.operator} starts; use --engine process.`,
        );
      index.set(name, weights.length);
      weights.push({ name, shape: heldShape(node, place, found.shape), ...start });
    }
  }
  const uses = new Map<string, OnnxNode[]>();
  for (const node of nodes.nodes) for (const name of node.inputs) uses.set(name, [...(uses.get(name) ?? []), node]);
  const small = new Map(graph.initializers.flatMap(each => (each.small ? [[each.name, each.small] as const] : [])));
  return {
    weights,
    forward: (tf, input, tensors, pass) => {
      const values = new Map<string, Place>([[inputs[0]!.name, { tensor: input, layout: 'plain' }]]);
      const done = new Set<OnnxNode>();
      for (const node of nodes.nodes) {
        if (done.has(node)) continue;
        const follower = uses.get(node.outputs[0]!) ?? [];
        const fused = follower.length === 1 && follower[0]!.operator === 'Relu' ? follower[0]! : null;
        const about: Node = {
          node,
          fuse: fused && (node.operator === 'Gemm' ? 'relu' : null),
          value: place => {
            const name = node.inputs[place] ?? '';
            const held = values.get(name);
            if (held) return held;
            const at = index.get(name);
            return at === undefined ? null : { tensor: tensors[at]!, layout: 'plain' as Layout };
          },
          weight: place => index.get(node.inputs[place] ?? '') ?? -1,
          constant: place => small.get(node.inputs[place] ?? '') ?? null,
        };
        const made = operators[node.operator]!(tf, about, pass);
        values.set(node.outputs[0]!, made);
        if (made.last && node.outputs[1]) values.set(node.outputs[1], { tensor: made.last, layout: 'plain' });
        if (about.fuse && fused) {
          values.set(fused.outputs[0]!, made);
          done.add(fused);
        }
      }
      const last = values.get(nodes.output);
      if (!last) throw new ShadowError(`${source.name}: the model never computes its output.`);
      return plainOf(tf, last);
    },
  };
}

/** First states of a recurrent layer: zeros, as every trainer starts them. */
const isState = (node: OnnxNode, place: number): boolean => /^(?:LSTM|GRU)$/.test(node.operator) && place > 3;

const plainOf = (tf: typeof tfjs, { tensor, layout }: Place): tfjs.Tensor =>
  layout === 'channels-last' ? tf.transpose(tensor, [0, tensor.rank - 1, ...middle(tensor.rank)]) : tensor;

const middle = (rank: number): number[] => Array.from({ length: rank - 2 }, (_, i) => i + 1);

/** The nodes without a closing softmax or sigmoid: training and attacks want the numbers before it. */
function withoutEnd(nodes: readonly OnnxNode[], output: string): { nodes: OnnxNode[]; output: string } {
  const last = nodes.find(node => node.outputs.includes(output));
  if (last && /^(?:Softmax|LogSoftmax|Sigmoid|Identity)$/.test(last.operator))
    return withoutEnd(
      nodes.filter(node => node !== last),
      last.inputs[0]!,
    );
  return { nodes: [...nodes], output };
}
