import { type AtenValue, apply, type Tensor } from '../../aten/operator';
import { operators } from '../../aten/operators';
import { layers } from '../layers';
import type { Builder, Initials, Layer, Pass, Settings } from '../layers/layer';
import {
  type Dimension,
  dimensions,
  is,
  isList,
  type ModuleValue,
  type ParameterValue,
  type Place,
  unknown,
  type Value,
} from '../values';
import type { Machine, Named } from './machine';
import { changeInPlace, share } from './memory';
import { tensorOf } from './operations';

/** Settings under the names of the constructor. */
function settingsOf(m: Machine, module: ModuleValue): Settings {
  const get = (name: string): Value => module.settings.get(name) ?? null;
  const open = (name: string): never =>
    m.fail(`The setting "${name}" of a ${module.layer?.name ?? module.type} is not known`);
  return {
    get,
    size: name => {
      const value = get(name);
      return typeof value === 'number' ? value : null;
    },
    number: name => {
      const value = get(name);
      return typeof value === 'number' ? value : open(name);
    },
    numbers: name => {
      const list = dimensions(get(name));
      return list?.every(each => each !== null) ? (list as number[]) : open(name);
    },
    flag: name => {
      const value = get(name);
      if (value === null || typeof value === 'boolean') return value === true;
      return typeof value === 'number' ? value !== 0 : null;
    },
    text: name => {
      const value = get(name);
      return typeof value === 'string' ? value : open(name);
    },
  };
}

export function newParameter(given: Partial<ParameterValue>): ParameterValue {
  return {
    kind: 'parameter',
    shape: null,
    trainable: true,
    saved: true,
    optional: false,
    initial: null,
    fixed: null,
    name: '',
    value: null,
    ...given,
  };
}

/** Binds the constructor's arguments as settings of the module and gives what a layer declares its weights with. */
export function builderOf(
  m: Machine,
  module: ModuleValue,
  layer: Layer,
  positional: readonly Value[],
  named: Named,
): Builder {
  for (const [index, parameter] of layer.parameters.entries()) {
    const given = index < positional.length ? positional[index] : named.get(parameter.name);
    const missing = named.has('**') ? unknown : (parameter.default ?? ('default' in parameter ? null : unknown));
    module.settings.set(parameter.name, given === undefined ? missing : given);
  }
  const make = (type: string, settings: Readonly<Record<string, Value>>): ModuleValue => {
    const inner = layers.get(type) ?? m.fail(`The layer ${type} is not known here`);
    const part: ModuleValue = {
      kind: 'module',
      class: null,
      layer: inner,
      type: `torch.nn.${type}`,
      attributes: new Map(),
      settings: new Map(),
      made: module.made,
    };
    inner.build(builderOf(m, part, inner, [], new Map(Object.entries(settings))));
    return part;
  };
  const declare = (name: string, value: ParameterValue): void => void module.attributes.set(name, value);
  return {
    ...settingsOf(m, module),
    tf: m.tf,
    module,
    positional,
    parameter: (name: string, shape: readonly Dimension[] | null, initial: Initials, options = {}) =>
      declare(name, newParameter({ shape, initial, optional: options.optional ?? false })),
    buffer: (name, shape, value) =>
      declare(name, newParameter({ shape, trainable: false, initial: () => ({ kind: 'constant', value }) })),
    make,
    child: (name, type, settings) => void module.attributes.set(name, make(type, settings)),
    adopt: (name, value) => void module.attributes.set(name, value),
  };
}

/** Runs one of PyTorch's layers. */
export function callLayer(
  m: Machine,
  module: ModuleValue,
  layer: Layer,
  positional: readonly Value[],
  named: Named,
  place: Place,
): Value {
  const settings = settingsOf(m, module);
  const argument = (index: number, name: string): Value => positional[index] ?? named.get(name) ?? null;
  const weightOr = (name: string): Tensor | null => {
    const value = module.attributes.get(name);
    if (is(value, 'parameter') && value.optional && !value.value) return null;
    return value === undefined || value === null ? null : tensorOf(m, value);
  };
  const pass: Pass = {
    ...settings,
    tf: m.tensors,
    training: m.training,
    module,
    argument,
    get input() {
      const value = argument(0, 'input') ?? named.values().next().value ?? null;
      return tensorOf(m, value) ?? m.fail(whyNoTensor(value, layer.name));
    },
    weight: name => weightOr(name) ?? m.fail(`The layer ${layer.name} has no "${name}"`),
    weightOr,
    aten: (name: string, values: Readonly<Record<string, AtenValue | undefined>>) => {
      const operator = operators[name] ?? m.fail(`The operation ${name.slice(0, 60)} is not run here`);
      return apply(operator, { tf: m.tensors, get: key => values[key], seed: m.seed });
    },
    call: (value, given, by = new Map()) => m.call(value, given, by, place),
    child: name => {
      const value = module.attributes.get(name);
      return is(value, 'module') ? value : m.fail(`The layer ${layer.name} has no part "${name}"`);
    },
    update: (name, value) => {
      const buffer = module.attributes.get(name);
      if (is(buffer, 'parameter')) m.updates.set(buffer, value);
    },
    fail: message => m.fail(message.replace(/\.$/, '')),
  };
  const out = layer.forward(pass);
  const input = argument(0, 'input');
  if (!is(input, 'tensor') || !is(out, 'tensor') || out === input) return out;
  if (out.value === input.value && /Dropout/.test(layer.name)) return input;
  if (settings.get('inplace') === true) {
    changeInPlace(input, out.value);
    return input;
  }
  if (/^(?:Flatten|Unflatten)$/.test(layer.name)) share(input, out, false);
  return out;
}

function whyNoTensor(value: Value, layer: string): string {
  if (is(value, 'unknown') && value.why !== null) return value.why;
  if (isList(value)) return `The layer ${layer} is given several values where it takes one tensor`;
  return `What the layer ${layer} is given is not known`;
}
