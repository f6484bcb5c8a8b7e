import type * as tfjs from '@tensorflow/tfjs';
import type { OnnxNode } from '../../checkpoints/onnx/graph';
import type { TrainingRecipe } from './recipe';
import type { TrainableWeight } from './trainable';

/** ONNX has channels second; the convolutions of TensorFlow.js want them last. A value says which it has. */
export type Layout = 'plain' | 'channels-last';

export interface Place {
  readonly tensor: tfjs.Tensor;
  readonly layout: Layout;
  /** A recurrent layer's last state, its second output. */
  readonly last?: tfjs.Tensor;
}

/** One operator with what feeds it. */
export interface Node {
  readonly node: OnnxNode;
  /** The activation that is computed with it. */
  readonly fuse: 'relu' | null;
  /** An input or a weight; null where it is left out. */
  readonly value: (place: number) => Place | null;
  /** The number of the weight at an input; −1 where it is none. */
  readonly weight: (place: number) => number;
  /** A small constant (a shape, axes). */
  readonly constant: (place: number) => readonly number[] | null;
}

type Start = Pick<TrainableWeight, 'initial' | 'trained'>;

const uniform = (bound: number): Start => ({ initial: { kind: 'uniform', bound }, trained: true });
const constant = (value: number, trained = true): Start => ({ initial: { kind: 'constant', value }, trained });

/** The shape in which a weight is kept: as the kernels want it, since its values are fresh anyway. */
export function heldShape(node: OnnxNode, place: number, shape: readonly number[]): readonly number[] {
  if (place !== 1) return shape;
  if (node.operator === 'Gemm' && node.attributes.get('transB')?.integers[0] === 1) return [shape[1]!, shape[0]!];
  if (node.operator !== 'Conv') return shape;
  const [outside = 1, inside = 1, ...window] = shape;
  const places = window.length === 1 ? [1, window[0]!] : window;
  const groups = node.attributes.get('group')?.integers[0] ?? 1;
  return groups > 1 ? [...places, groups, outside / groups] : [...places, inside, outside];
}

interface Shaped {
  readonly shape: readonly number[];
}

/**
 * How the weight at an input of an operator starts. PyTorch: uniform in ±1/√fan-in for linear, convolution and their biases
 * (torch.nn.Linear, Conv*), ±1/√hidden for recurrent layers. Keras: Glorot's uniform for kernels, zeros for biases. null: not known.
 */
export function startOf(
  operator: string,
  place: number,
  shape: readonly number[],
  node: OnnxNode,
  shapes: ReadonlyMap<string, Shaped>,
  nodes: readonly OnnxNode[],
  library: TrainingRecipe['library'],
): Start | null {
  const kernel = (inside: number, outside: number): Start =>
    library === 'keras' ? uniform(Math.sqrt(6 / (inside + outside))) : uniform(1 / Math.sqrt(inside));
  const bias = (inside: number): Start => (library === 'keras' ? constant(0) : uniform(1 / Math.sqrt(inside)));
  const weightShape = shapes.get(node.inputs[1] ?? '')?.shape ?? [];
  switch (operator) {
    case 'Gemm': {
      const turned = node.attributes.get('transB')?.integers[0] === 1;
      const [outside = 1, inside = 1] = turned ? weightShape : [weightShape[1]!, weightShape[0]!];
      return place === 1 ? kernel(inside, outside) : place === 2 ? bias(inside) : null;
    }
    case 'MatMul':
      return place === 1 && shape.length === 2 ? kernel(shape[0]!, shape[1]!) : null;
    case 'Add': {
      // The bias of a product: the other side is a MatMul.
      const other = node.inputs[1 - place];
      const maker = nodes.find(each => each.outputs.includes(other ?? ''));
      const inside = maker?.operator === 'MatMul' ? shapes.get(maker.inputs[1] ?? '')?.shape[0] : undefined;
      return inside === undefined ? null : bias(inside);
    }
    case 'Conv': {
      const inside = weightShape.slice(1).reduce((product, each) => product * each, 1);
      const outside = (inside / (weightShape[1] ?? 1)) * (weightShape[0] ?? 1);
      return place === 1 ? kernel(inside, outside) : bias(inside);
    }
    case 'BatchNormalization':
      return [null, constant(1), constant(0), constant(0, false), constant(1, false)][place] ?? null;
    case 'LayerNormalization':
      return [null, constant(1), constant(0)][place] ?? null;
    case 'LSTM':
    case 'GRU': {
      const hidden = shapes.get(node.inputs[2] ?? '')?.shape[2] ?? 1;
      return uniform(1 / Math.sqrt(hidden));
    }
    case 'PRelu':
      return place === 1 ? constant(0.25) : null;
    default:
      return null;
  }
}
