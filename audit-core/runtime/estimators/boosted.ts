import { RuntimeError } from '../error';
import type { OutputKind, Port, Runtime } from '../runtime';
import { binary, type Matrix, sigmoid, softmaxRows } from './frame';

/** How margins become outputs. */
export type Link = 'sigmoid' | 'softmax' | 'identity' | 'ovr' | keyof typeof curves;

/** Links of one number, and of the number of an output. */
const curves = {
  exp: Math.exp,
  /** Objectives that answer with the class alone. */
  step: (z: number): number => Number(z > 0),
  /** The rate of a cross-entropy that is written by its logarithm. */
  softplus: (z: number): number => Math.log1p(Math.exp(z)),
  /** A target that was trained as its square root, with its sign. */
  squared: (z: number): number => Math.sign(z) * z * z,
  /** A mean, and the logarithm of its standard deviation as a variance. */
  variance: (z: number, output: number): number => (output === 1 ? Math.exp(2 * z) : z),
};

/** A boosted model: margins for every row, and the link that turns them into outputs. */
export function boostedRuntime(
  features: number,
  outputs: number,
  link: Link,
  kind: OutputKind,
  margins: (x: Matrix, out: Float64Array) => void,
): Runtime {
  const inputs: Port[] = [{ name: 'X', shape: [-1, features], dtype: 'float64' }];
  return {
    inputs,
    outputs: [{ name: kind, shape: [-1, link === 'sigmoid' ? 2 : outputs], dtype: 'float64' }],
    outputKind: kind,
    predict: async ([tensor]) => {
      const [rows = 0, ...rest] = tensor?.shape ?? [];
      const width = rest.reduce((product, size) => product * size, 1);
      if (width < features) throw new RuntimeError(`The model wants ${features} features; the data have ${width}.`);
      const x = {
        rows,
        width,
        data: Float64Array.from(Array.from((tensor?.data ?? []) as ArrayLike<number | bigint>, Number)),
      };
      const z: Matrix = { rows, width: outputs, data: new Float64Array(rows * outputs) };
      margins(x, z.data);
      const result =
        link === 'sigmoid'
          ? binary(z, sigmoid)
          : link === 'softmax'
            ? softmaxRows(z)
            : link === 'ovr'
              ? { ...z, data: z.data.map(sigmoid) }
              : link === 'identity'
                ? z
                : { ...z, data: z.data.map((value, at) => curves[link](value, at % outputs)) };
      return { data: result.data, shape: [rows, result.width] };
    },
    dispose: () => undefined,
  };
}
