import { type Composite, is, isList, listOf, type ModuleValue, type Value } from '../values';
import { type Builder, defineLayers, type LayerSpecification } from './layer';

/** The modules of a container in order; names are numbers but for `Sequential(OrderedDict(…))`, `ModuleDict` and `add_module`. */
export const submodules = (module: ModuleValue): ModuleValue[] =>
  [...module.attributes].flatMap(([name, value]) => (is(value, 'module') && name !== '__parent__' ? [value] : []));

/** Modules given one by one, or all in a list. */
function adoptAll(b: Builder, given: readonly Value[]): void {
  for (const [index, value] of given.entries()) b.adopt(String(index), value);
}

function adoptNamed(b: Builder, value: Value | undefined): boolean {
  if (is(value, 'dict')) {
    for (const [name, module] of value.entries) b.adopt(String(name), module);
    return true;
  }
  if (!isList(value) || !value.items.every(item => isList(item) && typeof item.items[0] === 'string')) return false;
  if (value.items.length === 0) return false;
  for (const item of value.items as Extract<Composite, { kind: 'list' }>[])
    b.adopt(String(item.items[0]), item.items[1] ?? null);
  return true;
}

const sequential: LayerSpecification = {
  build: b => {
    if (b.positional.length !== 1 || !adoptNamed(b, b.positional[0])) adoptAll(b, b.positional);
  },
  forward: p => {
    let value = p.argument(0, 'input');
    for (const module of submodules(p.module)) value = p.call(module, [value]);
    return value;
  },
  words: () => null,
};

const list: LayerSpecification = {
  build: b => {
    const [given] = b.positional;
    if (isList(given)) adoptAll(b, given.items);
    else if (is(given, 'module')) adoptAll(b, submodules(given));
  },
  forward: p => p.fail('A ModuleList cannot be called.'),
  words: () => null,
};

/** Wrappers that hold the network under a name of their own and pass calls on. */
const wrapper = (name: string): LayerSpecification => ({
  build: b => b.adopt(name, b.get('module')),
  forward: p => p.call(p.child(name), [p.argument(0, 'input')]),
  words: () => null,
});

export const containerLayers = defineLayers({
  'Sequential()': sequential,
  'ModuleList()': list,
  'ModuleDict()': {
    build: b => void adoptNamed(b, b.positional[0]),
    forward: p => p.fail('A ModuleDict cannot be called.'),
    words: () => null,
  },
  'ParameterList()': {
    build: b => {
      const [given] = b.positional;
      for (const [index, value] of (isList(given) ? given.items : []).entries())
        b.module.attributes.set(String(index), value);
    },
    forward: p => p.fail('A ParameterList cannot be called.'),
    words: () => null,
  },
  'ParameterDict()': {
    build: b => {
      const [given] = b.positional;
      if (is(given, 'dict')) for (const [name, value] of given.entries) b.module.attributes.set(String(name), value);
    },
    forward: p => p.fail('A ParameterDict cannot be called.'),
    words: () => null,
  },
  'DataParallel(module)': wrapper('module'),
  'DistributedDataParallel(module)': wrapper('module'),
  'Module()': { forward: p => p.fail('The base class of modules computes nothing.'), words: () => null },
});

/** The items of a container that code may loop over, index or take the length of; null for a module that is none. */
export function itemsOf(module: ModuleValue): Value[] | null {
  switch (module.layer?.name) {
    case 'Sequential':
    case 'ModuleList':
      return submodules(module);
    case 'ParameterList':
      return [...module.attributes.values()].filter(value => is(value, 'parameter'));
    case 'ModuleDict':
      return [...module.attributes.keys()];
    default:
      return null;
  }
}

export const pairsOf = (module: ModuleValue): Value[] =>
  [...module.attributes]
    .filter(([, value]) => is(value, 'module') || is(value, 'parameter'))
    .map(([name, value]) => listOf([name, value], 'tuple'));
