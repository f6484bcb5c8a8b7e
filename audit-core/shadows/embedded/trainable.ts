import type * as tfjs from '@tensorflow/tfjs';

/** How a weight starts. */
export type Initial =
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'constant'; readonly value: number }
  /** Rows or columns of length `gain` at right angles (Saxe et al. 2014), the last dimension against the others. */
  | { readonly kind: 'orthogonal'; readonly gain: number }
  | { readonly kind: 'values'; readonly values: Float32Array };

export interface TrainableWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
  /** False for running statistics, which the forward pass updates itself. */
  readonly trained: boolean;
  /** λ of λ·Σw² that the model adds to the loss for this weight; absent: none. */
  readonly penalty?: number;
}

/** What a forward pass may know beside its input and weights. */
export interface Pass {
  readonly training: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** New value of a weight that is not trained by gradients; the pass gives the tensor away. */
  readonly update: (weight: number, value: tfjs.Tensor) => void;
}

/** An architecture whose weights can be started anew and trained. */
export interface Trainable {
  readonly weights: readonly TrainableWeight[];
  /** Outputs before any softmax or sigmoid: `[batch, outputs]`. `weights` in the order of the list above. */
  forward(tf: typeof tfjs, input: tfjs.Tensor, weights: readonly tfjs.Tensor[], pass: Pass): tfjs.Tensor;
}

/** The values of a fresh weight, drawn from the stream. */
export function startValues({ shape, initial }: TrainableWeight, random: () => number): Float32Array {
  const size = shape.reduce((product, each) => product * each, 1);
  switch (initial.kind) {
    case 'constant':
      return new Float32Array(size).fill(initial.value);
    case 'values':
      return initial.values.slice();
    case 'orthogonal':
      return orthogonal(shape, initial.gain, random);
    case 'uniform':
      return Float32Array.from({ length: size }, () => (2 * random() - 1) * initial.bound);
    case 'normal':
      return Float32Array.from({ length: size }, () => initial.mean + initial.deviation * gaussian(random));
  }
}

/** Normal draws made orthonormal by Gram and Schmidt along the shorter side. */
function orthogonal(shape: readonly number[], gain: number, random: () => number): Float32Array {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, each) => product * each, 1);
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  const made: Float64Array[] = [];
  for (let each = 0; each < short; each++) {
    const own = Float64Array.from({ length: long }, () => gaussian(random));
    for (const other of made) {
      const along = own.reduce((sum, value, at) => sum + value * other[at]!, 0);
      for (let at = 0; at < long; at++) own[at]! -= along * other[at]!;
    }
    const length = Math.hypot(...own);
    made.push(own.map(value => value / length));
  }
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return gain * (rows <= columns ? made[row]![column]! : made[column]![row]!);
  });
}

/** Box and Muller 1958. */
export const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
