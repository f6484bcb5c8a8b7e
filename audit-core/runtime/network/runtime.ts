import type * as tfjs from '@tensorflow/tfjs';
import type { StateDict } from '../../checkpoints/tensors';
import { wholeWeights } from '../../checkpoints/torch/reparametrised';
import type { RuntimeAssets } from '../assets';
import { RuntimeError } from '../error';
import { oneSentence } from '../onnx';
import type { Port, Runtime } from '../runtime';
import { startTfjs } from '../tfjs';
import { buildNetwork, type Network, type NetworkDescription } from './network';

/** Loads a state dict into the network that a script describes; throws a `RuntimeError` where they do not fit or something cannot be run. */
export async function networkRuntime(
  description: NetworkDescription,
  weights: StateDict,
  assets: RuntimeAssets,
): Promise<Runtime & { readonly words: string }> {
  const tf = await startTfjs(assets);
  const whole = wholeWeights(weights);
  const shapes = new Map([...whole].map(([name, tensor]) => [name, tensor.shape] as const));
  tf.engine().startScope();
  let network: Network;
  try {
    network = buildNetwork(description, { tf, shapes });
  } finally {
    tf.engine().endScope();
  }
  return { ...(await runtimeOf(network, whole, tf)), words: network.words };
}

/** A network with its weights as a runtime. */
export async function runtimeOf(network: Network, weights: StateDict, tf: typeof tfjs): Promise<Runtime> {
  const loaded = new Map<string, tfjs.Tensor>();
  for (const { name, shape } of network.parameters) {
    const values = await weights.get(name)?.values();
    if (!values) throw new RuntimeError(`The checkpoint has no tensor "${name.slice(0, 120)}".`);
    loaded.set(name, tf.tensor(Float32Array.from(values), [...shape], 'float32'));
  }
  const input: Port = {
    name: 'x',
    shape: network.inputWidth === null ? [] : [-1, network.inputWidth],
    dtype: 'float32',
  };
  return {
    inputs: [input],
    outputs: [],
    outputKind: 'unknown',
    predict: async given => {
      const result = run(tf, network, loaded, given);
      const data = Float32Array.from(await result.data());
      const shape = [...result.shape];
      result.dispose();
      return { data, shape };
    },
    dispose: () => tf.dispose([...loaded.values()]),
  };
}

function run(
  tf: typeof tfjs,
  network: Network,
  loaded: ReadonlyMap<string, tfjs.Tensor>,
  given: Parameters<Runtime['predict']>[0],
): tfjs.Tensor {
  try {
    return tf.tidy(() => {
      const inputs = given.map(each =>
        tf.tensor(
          Float32Array.from(Array.from(each.data as ArrayLike<number | bigint>, Number)),
          [...each.shape],
          'float32',
        ),
      );
      const weight = (name: string): tfjs.Tensor => {
        const tensor = loaded.get(name);
        if (!tensor) throw new RuntimeError(`The network reads "${name.slice(0, 120)}", which has no values.`);
        return tensor;
      };
      return network.forward(inputs, { tf, weights: weight }).clone();
    });
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`The network stopped: ${oneSentence(error)}`);
  }
}
