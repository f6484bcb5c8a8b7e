import { is, type ModuleValue, tensorValue, type Value } from '../values';
import { newParameter } from './layers';
import type { Machine, Named } from './machine';
import { aten, tensorOf } from './operations';
import { packPadded, padPacked } from './packed';
import { first, type Native, same } from './python-functions';

/** What is saved: the network behind a state dict, a dictionary with one in it, or the network itself. */
function moduleIn(value: Value, depth = 0): ModuleValue | null {
  if (depth > 4) return null;
  if (is(value, 'module')) return value;
  if (is(value, 'object')) return moduleIn(value.attributes.get('module') ?? null, depth + 1);
  if (is(value, 'dict')) {
    for (const each of value.entries.values()) {
      const found = moduleIn(each, depth + 1);
      if (found) return found;
    }
  }
  return null;
}

const save: Native = (m, positional, named) => {
  const module = moduleIn(positional[0] ?? named.get('obj') ?? named.get('tensors') ?? null);
  const path = positional[1] ?? named.get('f') ?? named.get('filename') ?? null;
  if (module) m.saved.push({ path: typeof path === 'string' ? path : null, module });
  return null;
};

/** `nn.Parameter(tensor)`: its shape, and its start where the tensor is computed. */
function parameter(_: Machine, positional: readonly Value[], named: Named): Value {
  const given = positional[0] ?? named.get('data') ?? null;
  const tensor = is(given, 'tensor') ? given.value : null;
  if (is(given, 'parameter')) return given;
  const trainable = (positional[1] ?? named.get('requires_grad') ?? true) !== false;
  if (!tensor) return newParameter({ trainable });
  const values = Float32Array.from(tensor.dataSync());
  return newParameter({ shape: tensor.shape, trainable, initial: () => ({ kind: 'values', values }) });
}
/** Functions of PyTorch and of libraries around it that compute no tensor: parameters, wrappers, saving. */
export const torchFunctions: ReadonlyMap<string, Native> = new Map<string, Native>([
  ['torch.Size', same],
  ['torch.nn.utils.rnn.pack_padded_sequence', packPadded],
  ['torch.nn.utils.rnn.pad_packed_sequence', padPacked],
  [
    'torch.nn.Transformer.generate_square_subsequent_mask',
    (m, positional, named) => {
      const size = positional[0] ?? named.get('sz') ?? null;
      if (typeof size !== 'number') return m.fail('The size of a causal mask is not known');
      const values = Array.from({ length: size * size }, (_, at) =>
        at % size > Math.floor(at / size) ? Number.NEGATIVE_INFINITY : 0,
      );
      return tensorValue(m.tensors.tensor2d(values, [size, size]));
    },
  ],
  [
    'torch.Tensor',
    (m, positional) => {
      // Of sizes an empty tensor, of a list or tensor its values.
      const sizes = positional.length > 0 && positional.every(each => typeof each === 'number');
      return aten(m, sizes ? 'empty' : 'tensor', sizes ? positional : positional.slice(0, 1), new Map());
    },
  ],
  ['torch.autograd.Variable', same],
  ...['torch.finfo', 'numpy.finfo'].map((path): [string, Native] => [
    path,
    () => ({
      kind: 'object',
      class: null,
      type: 'torch.finfo',
      attributes: new Map([
        ['max', 3.4028234663852886e38],
        ['min', -3.4028234663852886e38],
        ['eps', 1.1920928955078125e-7],
        ['tiny', 1.1754943508222875e-38],
      ]),
    }),
  ]),
  ['torch.cuda.is_available', () => false],
  ['torch.backends.mps.is_available', () => false],
  ['torch.is_tensor', (_, positional) => is(first(positional), 'tensor')],
  ['torch.jit.is_scripting', () => false],
  ['torch.jit.is_tracing', () => false],
  ['torch.jit.script', same],
  ['torch.compile', same],
  [
    'torch.utils.checkpoint.checkpoint',
    (m, [fn = null, ...rest], named, place) =>
      m.call(fn, rest, new Map([...named].filter(([key]) => key !== 'use_reentrant')), place),
  ],
  ['torch.nn.utils.weight_norm', same],
  ['torch.nn.utils.spectral_norm', same],
  ['torch.nn.utils.parametrizations.weight_norm', same],
  ['torch.nn.utils.parametrizations.spectral_norm', same],
  ['torch.nn.utils.parametrizations.orthogonal', same],
  ['torch.nn.Parameter', parameter],
  ['torch.nn.parameter.Parameter', parameter],
  [
    'torch.nn.Buffer',
    (m, positional) => {
      const tensor = tensorOf(m, first(positional));
      return newParameter({ shape: tensor?.shape ?? null, trainable: false, fixed: tensor, optional: tensor === null });
    },
  ],
  ['torch.nn.SyncBatchNorm.convert_sync_batchnorm', same],
  ['torch.save', save],
  ['safetensors.torch.save_file', save],
  ['safetensors.torch.save_model', save],
  ['opacus.validators.ModuleValidator.fix', same],
]);
