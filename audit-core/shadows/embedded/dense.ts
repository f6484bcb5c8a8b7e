import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { dense } from './dense-op';
import type { Trainable } from './trainable';

/** A chain of dense layers with one activation between them, started as PyTorch starts `nn.Linear`: for tests and benches. */
export function denseChain(widths: readonly number[]): Trainable {
  const layers = widths.slice(1).map((out, i) => ({ inside: widths[i]!, out }));
  return {
    weights: layers.flatMap(({ inside, out }, i) => {
      const bound = 1 / Math.sqrt(inside);
      return [
        { name: `${i}.weight`, shape: [inside, out], initial: { kind: 'uniform' as const, bound }, trained: true },
        { name: `${i}.bias`, shape: [out], initial: { kind: 'uniform' as const, bound }, trained: true },
      ];
    }),
    forward: (tf, input, weights) => {
      let x = input as Tensor2D;
      for (let i = 0; i < layers.length; i++)
        x = dense(
          tf,
          x,
          weights[2 * i] as Tensor2D,
          weights[2 * i + 1] as Tensor1D,
          i + 1 < layers.length ? 'relu' : 'linear',
        );
      return x;
    },
  };
}
