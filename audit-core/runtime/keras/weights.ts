import { RuntimeError } from '../error';

/** A weight of one layer: its path inside the layer, and its numbers. */
export interface LayerWeight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly values: () => Promise<Float32Array | Float64Array>;
}

/** The weights of a layer of a graph; the path leads through nested models by layer name and by position of its class. */
export type WeightSource = (layer: { readonly name: string; readonly slot: string }) => readonly LayerWeight[];

/** Picks a layer's weight by name (`kernel`), or by its number where the file numbers them; `scope` is a part of the path. */
export function pick(
  weights: readonly LayerWeight[],
  name: string,
  index: number,
  scope: RegExp | null = null,
): LayerWeight | null {
  const inside = scope ? weights.filter(weight => scope.test(weight.path)) : weights;
  const base = (path: string): string => (path.split('/').at(-1) ?? '').replace(/:\d+$/, '');
  return (
    inside.find(weight => base(weight.path) === name) ??
    inside.find(weight => /(?:^|\/)vars\/\d+$/.test(weight.path) && base(weight.path) === String(index)) ??
    null
  );
}

export function need(found: LayerWeight | null, layer: string, name: string): LayerWeight {
  if (!found) throw new RuntimeError(`The layer "${layer}" has no ${name} among the weights of the file.`);
  return found;
}

/** Keras' name for the n-th object of a class: `Conv2D` → `conv2d`, `conv2d_1`, … (keras/src/saving/saving_lib.py). */
export function slotNames(kinds: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return kinds.map(kind => {
    const base = kind
      .replace(/\W+/g, '')
      .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase();
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    return count === 0 ? base : `${base}_${count}`;
  });
}
