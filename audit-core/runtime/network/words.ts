import type { Settings } from './layers/layer';
import type { Dimension, ModuleValue, ParameterValue, Value } from './values';
import { is } from './values';

/** A network's layers in the order of the code, repeated ones counted: `MLP: Linear 30 → 32, Linear 32 → 2`. */
export function describeModule(
  root: ModuleValue,
  shapes: ReadonlyMap<string, readonly number[]>,
  named: ReadonlyMap<string, ParameterValue>,
): string {
  const names = new Map([...named].map(([name, value]) => [value, name] as const));
  const parts: string[] = [];
  const visit = (module: ModuleValue, depth: number): void => {
    if (depth > 40 || parts.length > 400) return;
    const words =
      module.layer && !is(module.attributes.get('forward'), 'function')
        ? module.layer.words(settingsOf(module), name => shapeIn(module, name, shapes, names))
        : null;
    if (words !== null) parts.push(words);
    // The parts of PyTorch's own layers are told by the layer's words.
    if (words === null)
      for (const value of module.attributes.values()) if (is(value, 'module')) visit(value, depth + 1);
  };
  visit(root, 0);
  return `${root.type.replace(/^torch\.nn\./, '')}: ${counted(parts).join(', ') || 'no layers'}`;
}

function counted(parts: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < parts.length && out.length < 40; ) {
    let run = 1;
    while (parts[at + run] === parts[at]) run++;
    out.push(run > 1 ? `${run}× ${parts[at]}` : (parts[at] ?? ''));
    at += run;
  }
  if (out.length === 40) out.push('…');
  return out;
}

function shapeIn(
  module: ModuleValue,
  name: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  names: ReadonlyMap<ParameterValue, string>,
): readonly Dimension[] | null {
  const value = module.attributes.get(name);
  if (!is(value, 'parameter')) return null;
  return shapes.get(names.get(value) ?? '') ?? value.shape;
}

function settingsOf(module: ModuleValue): Settings {
  const get = (name: string): Value => module.settings.get(name) ?? null;
  const number = (name: string): number => {
    const value = get(name);
    return typeof value === 'number' ? value : Number.NaN;
  };
  return {
    get,
    number,
    size: name => (Number.isNaN(number(name)) ? null : number(name)),
    numbers: () => [],
    flag: name => (typeof get(name) === 'boolean' ? (get(name) as boolean) : null),
    text: name => String(get(name)),
  };
}
