import { inPlace } from '../../aten';
import { operators } from '../../aten/operators';
import { familyOf } from '../families';
import { layerOf } from '../layers';
import { is, type ModuleValue, type Place, unknown, unknownOf, type Value } from '../values';
import { buildLayer, construct } from './classes';
import { einopsFunctions, einopsLayer } from './einops';
import type { Machine, Named } from './machine';
import { changeInPlace } from './memory';
import { aten } from './operations';
import { pythonFunctions } from './python-functions';
import { scriptFunction } from './script';
import { torchFunctions } from './torch-functions';

/** Calls something of a library by its qualified name; what is not known gives an unknown value. */
export function callLibrary(m: Machine, path: string, positional: readonly Value[], named: Named, place: Place): Value {
  const layer = layerOf(path);
  if (layer) {
    const module: ModuleValue = {
      kind: 'module',
      class: null,
      layer,
      type: path,
      attributes: new Map(),
      settings: new Map(),
      made: place,
    };
    construct(m, module, () => buildLayer(m, module, layer, positional, named));
    return module;
  }
  if (/^einops\.layers\.torch\.(?:Rearrange|Reduce)$/.test(path)) return einopsLayer(m, path, positional, named, place);
  // The start of a weight, which the checkpoint replaces; the functions give the weight itself.
  if (path.startsWith('torch.nn.init.')) return positional[0] ?? named.get('tensor') ?? unknown;
  const native =
    pythonFunctions.get(path) ?? einopsFunctions.get(path) ?? torchFunctions.get(path) ?? scriptFunction(path);
  if (native) return native(m, positional, named, place);
  const family = familyOf(path);
  if (family) return family(m, positional, named, place);
  const [, operator] =
    /^(?:torch(?:\.nn\.functional|\.linalg|\.special|\.ops\.aten|\.Tensor)?|ops\.aten)\.(\w+)$/.exec(path) ?? [];
  if (operator !== undefined) return tensorFunction(m, operator, path, positional, named);
  if (/^torch\.nn\.\w*[A-Z]\w*$/.test(path)) {
    // A layer that is not known here stands in its place, and says so where it is called.
    return {
      kind: 'module',
      class: null,
      layer: null,
      type: path,
      attributes: new Map(),
      settings: new Map(),
      made: place,
    };
  }
  const wrapped = [...positional, ...named.values()].find(each => is(each, 'module'));
  // Wrappers of libraries that are not known here (`fabric.setup(model)`): the network may well be what they give back.
  if (wrapped && /(?:^|\.)(?:setup|prepare|wrap|fix|compile|convert|get_peft_model)$/.test(path)) return wrapped;
  return unknownOf(`${path.slice(0, 80)} is not run here (${m.placeOf(place.file, place.span)})`);
}

/** Functions of torch.nn.functional that are spelled otherwise than their operator, or that PyTorch composes. */
function tensorFunction(m: Machine, operator: string, path: string, positional: readonly Value[], named: Named): Value {
  const functional = path.startsWith('torch.nn.functional.');
  if (functional && /dropout/.test(operator)) {
    const rate = positional[1] ?? named.get('p') ?? 0.5;
    // F.dropout trains by default: `F.dropout(x)` drops even in evaluation, and no score is then one number.
    const told = positional[2] ?? named.get('training') ?? true;
    if (told === true && !m.training && rate !== 0)
      m.fail('The network drops values at random in evaluation too (F.dropout without training=self.training)');
    return aten(
      m,
      operator === 'dropout' ? 'dropout' : 'feature_dropout',
      [positional[0] ?? named.get('input') ?? null, rate, told],
      new Map(),
    );
  }
  if (functional && operator === 'embedding')
    return aten(
      m,
      'embedding',
      [positional[1] ?? named.get('weight') ?? null, positional[0] ?? named.get('input') ?? null],
      new Map(),
    );
  if (functional && /^(?:batch_norm|instance_norm)$/.test(operator)) {
    const names = ['input', 'running_mean', 'running_var', 'weight', 'bias', 'training', 'momentum', 'eps'];
    const given = new Map(named);
    for (const [index, value] of positional.entries()) given.set(names[index] ?? '', value);
    if (operator === 'instance_norm') given.set('use_input_stats', given.get('training') ?? true);
    return aten(m, operator, [], given);
  }
  if (functional && /^(?:max|avg)_pool[123]d$/.test(operator) && named.get('stride') === null)
    return aten(m, operator, positional, new Map([...named].filter(([key]) => key !== 'stride')));
  if (functional && /^adaptive_max_pool[123]d$/.test(operator)) {
    const out = aten(m, operator, positional, named);
    return is(out, 'tuple') ? (out.items[0] ?? null) : out;
  }
  // ATen calls sliding blocks im2col; its own `unfold` is the method of tensors.
  if (functional && operator === 'unfold') return aten(m, 'im2col', positional, named);
  if (functional && operator === 'embedding_bag') {
    const names = ['indices', 'weight', 'offsets', 'max_norm', 'norm_type', 'scale_grad_by_freq', 'mode', 'sparse'];
    const more = ['per_sample_weights', 'include_last_offset', 'padding_idx'];
    const given = new Map([...named].map(([name, value]) => [name === 'input' ? 'indices' : name, value]));
    for (const [index, value] of positional.entries()) given.set([...names, ...more][index] ?? '', value);
    if ((given.get('max_norm') ?? null) !== null) m.fail('An embedding bag with a largest norm is not run here');
    const out = aten(m, operator, [], given);
    return is(out, 'tuple') ? (out.items[0] ?? null) : out;
  }
  if (operator === 'upsample') return aten(m, 'interpolate', positional, named);
  if (inPlace(operator) && operators[operator.slice(0, -1)]) {
    const [self = null] = positional;
    const out = aten(m, operator.slice(0, -1), positional, named);
    if (!is(self, 'tensor') || !is(out, 'tensor')) return out;
    changeInPlace(self, out.value);
    return self;
  }
  if (!operators[operator]) {
    if (m.phase === 'forward') m.fail(`The operation ${path.slice(0, 80)} is not run here`);
    return unknownOf(`The operation ${path.slice(0, 80)} is not run here`);
  }
  return withinInput(m, operator, positional, named, functional);
}

/** `F.relu(x, inplace=True)` changes what it is given, and gives that. */
function withinInput(
  m: Machine,
  operator: string,
  positional: readonly Value[],
  named: Named,
  functional: boolean,
): Value {
  const out = aten(m, operator, positional, named);
  const at = functional ? inPlaceAt[operator] : undefined;
  const input = positional[0] ?? named.get('input') ?? null;
  if (at === undefined || (positional[at] ?? named.get('inplace')) !== true) return out;
  if (!is(input, 'tensor') || !is(out, 'tensor')) return out;
  changeInPlace(input, out.value);
  return input;
}

/** The place of `inplace` among the arguments of functions in torch.nn.functional. */
const inPlaceAt: Readonly<Record<string, number>> = {
  relu: 1,
  relu6: 1,
  selu: 1,
  silu: 1,
  mish: 1,
  hardswish: 1,
  hardsigmoid: 1,
  elu: 2,
  celu: 2,
  leaky_relu: 2,
  threshold: 3,
  hardtanh: 3,
  rrelu: 4,
};
