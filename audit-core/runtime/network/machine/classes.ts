import { layerOf } from '../layers';
import type { Builder, Layer } from '../layers/layer';
import {
  type ClassValue,
  is,
  type ModuleValue,
  type ObjectValue,
  type Place,
  symbol,
  unknownOf,
  type Value,
} from '../values';
import { builderOf } from './layers';
import type { Machine, Named } from './machine';

/** A class and what it inherits from, nearest first. */
export function lineage(value: Value): Value[] {
  if (!is(value, 'class')) return [value];
  const out: Value[] = [value];
  for (const base of value.bases) for (const each of lineage(base)) if (!out.includes(each)) out.push(each);
  return out;
}

/** A member of a class or of what it inherits from. */
export function memberOf(value: Value, name: string): Value | undefined {
  for (const each of lineage(value)) {
    const found = is(each, 'class') ? each.members.get(name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

const moduleBases = /(?:^|\.)(?:Module|LightningModule|PreTrainedModel|PyTorchModelHubMixin)$/;

/** The layer of PyTorch that a class extends (`class Block(nn.Sequential)`), or null. */
export function baseLayer(value: Value): Layer | null {
  for (const each of lineage(value)) {
    const layer = is(each, 'symbol') ? layerOf(each.path) : null;
    if (layer) return layer;
  }
  return null;
}

/** True for classes of networks: they extend a module, or something unknown and have a forward method. */
export function isModuleClass(value: ClassValue): boolean {
  const bases = lineage(value).filter(each => !is(each, 'class'));
  if (bases.some(base => is(base, 'symbol') && (moduleBases.test(base.path) || layerOf(base.path) !== null)))
    return true;
  return bases.some(base => is(base, 'symbol') || is(base, 'unknown')) && is(memberOf(value, 'forward'), 'function');
}

export function instantiate(
  m: Machine,
  value: ClassValue,
  positional: readonly Value[],
  named: Named,
  place: Place,
): Value {
  if (!isModuleClass(value)) return plainObject(m, value, positional, named);
  const module: ModuleValue = {
    kind: 'module',
    class: value,
    layer: null,
    type: value.name,
    attributes: new Map(),
    settings: new Map(),
    made: place,
  };
  construct(m, module, () => initialise(m, module, value, positional, named));
  return module;
}

/** Runs a constructor; the module is listed where it is no part of another. */
export function construct(m: Machine, module: ModuleValue, run: () => void): void {
  m.building++;
  try {
    run();
  } finally {
    m.building--;
  }
  if (m.building === 0) m.made.push(module);
}

/** `__init__` of the class, of what it inherits from, or of the layer that it extends. */
export function initialise(
  m: Machine,
  module: ModuleValue,
  from: Value,
  positional: readonly Value[],
  named: Named,
): void {
  const method = memberOf(from, '__init__');
  if (is(method, 'function')) m.invoke(method, [module, ...positional], named);
  else {
    const layer = baseLayer(from);
    if (layer && layer.name !== 'Module') buildLayer(m, module, layer, positional, named);
  }
  module.layer ??= is(memberOf(from, 'forward'), 'function') ? null : baseLayer(from);
}

/** Declares what a layer of PyTorch holds. */
export function buildLayer(
  m: Machine,
  module: ModuleValue,
  layer: Layer,
  positional: readonly Value[],
  named: Named,
): void {
  module.layer = layer;
  layer.build(builderOf(m, module, layer, positional, named) satisfies Builder);
}

/** An instance of a class that is no network: settings, helpers, data classes. */
function plainObject(m: Machine, value: ClassValue, positional: readonly Value[], named: Named): ObjectValue {
  const object: ObjectValue = { kind: 'object', class: value, type: value.name, attributes: new Map() };
  const method = memberOf(value, '__init__');
  if (is(method, 'function')) {
    m.invoke(method, [object, ...positional], named);
    return object;
  }
  for (const [index, field] of (value.fields ?? []).entries()) {
    const given = index < positional.length ? positional[index] : named.get(field);
    const fallback = memberOf(value, field);
    // A field without a default was written as an annotation alone.
    const open =
      fallback === undefined || (is(fallback, 'symbol') && fallback.path === symbol('builtins.Ellipsis').path);
    object.attributes.set(field, given ?? (open ? unknownOf(`The field "${field}" is not known`) : (fallback ?? null)));
  }
  for (const [name, given] of named) object.attributes.set(name, given);
  return object;
}

/** The bases of an instance for `isinstance`, as qualified names. */
export function typesOf(value: Value): string[] {
  if (is(value, 'module')) {
    const own = value.class
      ? lineage(value.class).map(each => (is(each, 'class') ? each.name : is(each, 'symbol') ? each.path : ''))
      : [];
    return [...own, ...(value.layer ? [`torch.nn.${value.layer.name}`] : []), 'torch.nn.Module'];
  }
  if (is(value, 'object'))
    return value.class ? lineage(value.class).map(each => (is(each, 'class') ? each.name : '')) : [value.type];
  if (is(value, 'tensor') || is(value, 'parameter'))
    return ['torch.Tensor', ...(is(value, 'parameter') ? ['torch.nn.Parameter'] : [])];
  return [];
}
