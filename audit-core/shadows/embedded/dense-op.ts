import type * as tfjs from '@tensorflow/tfjs';

/**
 * `activation(x·W + b)` as one step of the tape, `[batch, in] → [batch, out]`: three kernels forward and back instead of a dozen, since the
 * cost of small layers is per kernel. Bias gradients are a product with ones, which is XNNPACK's too.
 */
export function dense(
  tf: typeof tfjs,
  input: tfjs.Tensor2D,
  weight: tfjs.Tensor2D,
  bias: tfjs.Tensor1D | null,
  activation: 'linear' | 'relu',
): tfjs.Tensor2D {
  const run = tf.customGrad((x, w, ...rest) => {
    const save = rest.at(-1) as tfjs.GradSaveFunc;
    const b = rest.length > 1 ? (rest[0] as tfjs.Tensor1D) : null;
    const value = tf.fused.matMul({ a: x as tfjs.Tensor2D, b: w as tfjs.Tensor2D, activation, ...(b && { bias: b }) });
    save([x as tfjs.Tensor, w as tfjs.Tensor, value]);
    return {
      value,
      gradFunc: (out, saved) => {
        const [ownX, ownW, result] = saved as [tfjs.Tensor2D, tfjs.Tensor2D, tfjs.Tensor2D];
        const back = (activation === 'relu' ? tf.mul(out, tf.step(result)) : out) as tfjs.Tensor2D;
        const gradients = [tf.matMul(back, ownW, false, true), tf.matMul(ownX, back, true, false)];
        if (!b) return gradients;
        return [...gradients, tf.reshape(tf.matMul(tf.ones([1, back.shape[0]]), back), [-1])];
      },
    };
  });
  return (bias ? run(input, weight, bias) : run(input, weight)) as tfjs.Tensor2D;
}
