import type * as tfjs from '@tensorflow/tfjs';
import type { Network } from '../../runtime/network/network';
import type { Trainable } from './trainable';

/** A network that was put together from the script's own code, to be trained anew: dropout draws, batch statistics move. */
export function scriptNetwork(network: Network): Trainable {
  const index = new Map(network.parameters.map(({ name }, i) => [name, i]));
  return {
    weights: network.parameters.map(({ name, shape, initial, trainable }) => ({
      name,
      shape,
      initial,
      trained: trainable,
    })),
    forward: (tf, input, weights, pass) =>
      network.forward([input], {
        tf,
        weights: name => weights[index.get(name)!]!,
        training: pass.training,
        update: (name, value: tfjs.Tensor) => {
          const at = index.get(name);
          if (at !== undefined) pass.update(at, value.clone());
        },
      }),
  };
}
