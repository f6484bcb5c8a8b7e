import { lineOf } from './language/syntax';
import type { Dimension, ModuleValue, ParameterValue, Place } from './values';
import { is } from './values';

/** Shapes of a checkpoint's tensors by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** How a network and a checkpoint go together. */
export interface Fitting {
  /** The final shape of every parameter that has a tensor, by its name in the network. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The checkpoint's name of a parameter. */
  readonly names: ReadonlyMap<string, string>;
}

/** Why they do not, and how far they are apart (tensors that differ). */
export interface Misfit {
  readonly why: string;
  readonly distance: number;
}

/** Every parameter and saved buffer by its name in the state dict; shared ones under each of their names. */
export function nameParameters(root: ModuleValue): Map<string, ParameterValue> {
  const out = new Map<string, ParameterValue>();
  const visit = (module: ModuleValue, prefix: string, depth: number): void => {
    if (depth > 60) return;
    for (const [name, value] of module.attributes) {
      if (is(value, 'parameter')) out.set(prefix + name, value);
      else if (is(value, 'module')) visit(value, `${prefix}${name}.`, depth + 1);
    }
  };
  visit(root, '', 0);
  for (const [name, value] of out) if (value.name === '') value.name = name;
  return out;
}

/** Parts of names that wrappers add at any depth (DataParallel, Opacus, torch.compile). */
const wrappers = /(?:^|(?<=\.))(?:module|_module|_orig_mod)\./g;
/** Tensors of a checkpoint that belong to no layer. */
const beside =
  /(?:^|\.)(?:num_batches_tracked|n_averaged|total_ops|total_params)$|^(?:criterion|loss\w*|\w*metrics?)\./;

/** Checks a network against the tensors of a checkpoint; without a checkpoint all its shapes must be told by the code. */
export function fitNetwork(module: ModuleValue, shapes: Shapes | null): Fitting | Misfit {
  const named = nameParameters(module);
  if (!shapes) return alone(module, named);
  const cleaned = new Map(
    [...shapes.keys()].filter(name => !beside.test(name)).map(name => [name.replace(wrappers, ''), name] as const),
  );
  const wanted = new Map(
    [...named]
      .filter(([name]) => !beside.test(name))
      .map(([name, value]) => [name.replace(wrappers, ''), [name, value] as const] as const),
  );
  let best: Misfit | null = null;
  for (const prefix of prefixesOf([...cleaned.keys()])) {
    const fitting = compare(module, wanted, cleaned, shapes, prefix);
    if (!('why' in fitting)) return fitting;
    if (!best || fitting.distance < best.distance) best = fitting;
  }
  return best ?? { why: 'The checkpoint has no tensors.', distance: Number.POSITIVE_INFINITY };
}

/** None, then the first parts that all names share (`model.`, `net.encoder.`). */
function prefixesOf(names: readonly string[]): string[] {
  const out = [''];
  for (let round = 0; round < 3; round++) {
    const last = out.at(-1) ?? '';
    const part = names[0]?.slice(last.length).split('.')[0];
    if (part === undefined || !names.every(name => name.startsWith(`${last}${part}.`))) break;
    out.push(`${last}${part}.`);
  }
  return out;
}

function compare(
  module: ModuleValue,
  wanted: ReadonlyMap<string, readonly [string, ParameterValue]>,
  cleaned: ReadonlyMap<string, string>,
  shapes: Shapes,
  prefix: string,
): Fitting | Misfit {
  const final = new Map<string, readonly number[]>();
  const names = new Map<string, string>();
  const missing: string[] = [];
  const unequal: string[] = [];
  for (const [key, [name, parameter]] of wanted) {
    const source = cleaned.get(prefix + key);
    const shape = source === undefined ? undefined : shapes.get(source);
    if (source === undefined || !shape) {
      if (parameter.saved && !parameter.optional) missing.push(key);
      continue;
    }
    if (!agrees(parameter.shape, shape))
      unequal.push(
        `"${key}" is [${parameter.shape?.map(size => size ?? '?').join(', ')}] in the script and [${shape.join(', ')}] in the checkpoint`,
      );
    final.set(name, shape);
    names.set(name, source);
  }
  const extra = [...cleaned.keys()].filter(key => !key.startsWith(prefix) || !wanted.has(key.slice(prefix.length)));
  const distance = missing.length + unequal.length + extra.length;
  if (distance === 0) return { shapes: final, names };
  const where = `${module.type} of ${at(module.made)}`;
  const open = firstUnknown(module);
  const why = unequal[0]
    ? `The network ${where} does not fit: ${unequal[0]}.`
    : open && (extra.length > 0 || missing.length > 0)
      ? `The network ${where} cannot be rebuilt: ${open}`
      : missing[0]
        ? `The network ${where} has "${missing[0]}", which the checkpoint lacks.`
        : `The checkpoint holds "${extra[0]?.slice(0, 100)}", which the network ${where} does not have.`;
  return { why, distance };
}

const at = (place: Place): string => `line ${lineOf(place.file, place.span.start)} of ${place.file.name}`;

/** What of a network was not followed: layers of other libraries, attributes that are not known. */
function firstUnknown(module: ModuleValue, depth = 0): string | null {
  if (depth > 40) return null;
  for (const [name, value] of module.attributes) {
    if (is(value, 'module')) {
      if (!value.class && !value.layer && !value.attributes.has('forward'))
        return `the layer "${name}", ${value.type} (${at(value.made)}), is not known here.`;
      const inner = firstUnknown(value, depth + 1);
      if (inner) return inner;
    } else if (is(value, 'unknown') && value.why !== null && module.class) {
      const why = value.why.replace(/\.$/, '');
      return `"${name}" is not known: ${why.charAt(0).toLowerCase()}${why.slice(1)}.`;
    }
  }
  return null;
}

const agrees = (declared: readonly Dimension[] | null, found: readonly number[]): boolean =>
  declared === null ||
  (declared.length === found.length && declared.every((size, index) => size === null || size === found[index]));

function alone(module: ModuleValue, named: ReadonlyMap<string, ParameterValue>): Fitting | Misfit {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, parameter] of named) {
    const { shape } = parameter;
    if (shape?.every(size => size !== null)) shapes.set(name, shape as readonly number[]);
    else if (!parameter.optional && parameter.saved)
      return {
        why: `The shape of "${name}" of ${module.type} (${at(module.made)}) is not told by the script.`,
        distance: 1,
      };
  }
  return { shapes, names: new Map([...named.keys()].map(name => [name, name])) };
}
