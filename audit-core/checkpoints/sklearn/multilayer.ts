import { affine, binary, type Matrix, sigmoid, softmaxRows } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { type Predictor, probabilities, regression } from './predictor';
import type { EstimatorState } from './state';

export async function multilayer(state: EstimatorState): Promise<Predictor> {
  const weights = await state.list('coefs_');
  const biases = await state.list('intercepts_');
  const activation = state.text('activation');
  const act =
    { relu: (v: number) => Math.max(0, v), tanh: Math.tanh, logistic: sigmoid, identity: (v: number) => v }[
      activation
    ] ?? refuse(`The activation "${activation.slice(0, 40)}" is not known.`);
  const layers = weights.map(({ values, shape }, index) => {
    const [inputs = 0, outputs = 0] = shape;
    const turned = new Float64Array(values.length);
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) turned[o * inputs + i] = values[i * outputs + o] ?? 0;
    return { turned, outputs, bias: biases[index]?.values ?? null };
  });
  const raw = (x: Matrix): Matrix =>
    layers.reduce((value, layer, index) => {
      const z = affine(value, layer.turned, layer.outputs, layer.bias);
      return index === layers.length - 1 ? z : { ...z, data: z.data.map(act) };
    }, x);
  const out = state.text('out_activation_');
  if (state.className === 'MLPRegressor')
    return regression(x => (out === 'exp' ? { ...raw(x), data: raw(x).data.map(Math.exp) } : raw(x)));
  return probabilities(x => {
    const z = raw(x);
    if (out === 'softmax') return softmaxRows(z);
    return z.width === 1 ? binary(z, sigmoid) : { ...z, data: z.data.map(sigmoid) };
  });
}
