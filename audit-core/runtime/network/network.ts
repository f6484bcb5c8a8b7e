import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../error';
import type { SourceFile, Span } from './language/syntax';
import { instantiate, isModuleClass } from './machine/classes';
import { Machine, type Saved } from './machine/machine';
import { type Fitting, fitNetwork, nameParameters, type Shapes } from './match';
import {
  type ClassValue,
  type FunctionValue,
  type Initial,
  is,
  type ModuleValue,
  type ParameterValue,
  tensorValue,
  unknown,
  type Value,
} from './values';
import { describeModule } from './words';

/** The code that a network is built from: plain data that can be stored and sent to a worker. */
export interface NetworkDescription {
  readonly version: 1;
  /** Module name of the training script among `files`. */
  readonly main: string;
  /** The script and the project's own modules that it imports, by module name. */
  readonly files: Readonly<Record<string, SourceFile>>;
  /** The checkpoint that is asked about, as the script writes its path; null where any network of the script may be meant. */
  readonly checkpoint: string | null;
}

/** One weight of a network. */
export interface NetworkParameter {
  /** Name in the state dict. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Trained by gradients; buffers such as running statistics are not. */
  readonly trainable: boolean;
  /** How it starts before training (PyTorch's defaults). */
  readonly initial: Initial;
}

/** One forward pass over a batch. */
export interface ForwardPass {
  readonly tf: typeof tfjs;
  /** The value of each parameter by name. */
  readonly weights: (name: string) => tfjs.Tensor;
  /** True: dropout draws, normalisation uses the statistics of the batch. */
  readonly training?: boolean;
  /** Called in training with the new value of a buffer (running statistics). */
  readonly update?: (name: string, value: tfjs.Tensor) => void;
}

/** A network that is put together and fits its weights. */
export interface Network {
  /** The class, or the constructor of a known family. */
  readonly name: string;
  readonly parameters: readonly NetworkParameter[];
  /** The architecture in words: its layers in order. */
  readonly words: string;
  /** Numbers a row that the first layer takes; null where only the data tell. */
  readonly inputWidth: number | null;
  /** The output for inputs `[rows, …]`; throws a `RuntimeError` with the line that cannot be run. Call it inside `tf.tidy`. */
  forward(inputs: readonly tfjs.Tensor[], pass: ForwardPass): tfjs.Tensor;
}

export interface NetworkOptions {
  /** Computes tensors that constructors make (buffers, starts of parameters); without it they come from the checkpoint. */
  readonly tf?: typeof tfjs;
  /** Shapes of the checkpoint's tensors by name: they choose among the script's networks and tell what the code leaves open. */
  readonly shapes?: Shapes;
  readonly seed?: number;
}

/** Puts a network together from the code of a script; a `RuntimeError` says in one sentence what stops it. */
export function buildNetwork(description: NetworkDescription, options: NetworkOptions = {}): Network {
  const { machine, candidates, name } = readScript(description, options);
  if (candidates.length === 0) throw new RuntimeError(`No network is constructed in ${name}.`);
  const { module, fitting } = choose(candidates, options.shapes ?? null, name);
  return assemble(machine, module, nameParameters(module), fitting);
}

/** Where a script constructs the network of a checkpoint, whether or not it can be rebuilt: for the user's own interpreter. */
export interface Construction {
  /** The class or constructor. */
  readonly name: string;
  readonly file: SourceFile;
  /** Offsets of the call in the file's text; null where the script never constructs it at its top. */
  readonly span: Span | null;
}

/** The network of a script that is nearest to a checkpoint; null where the script has none. */
export function nearestConstruction(description: NetworkDescription, shapes: Shapes | null): Construction | null {
  const { candidates } = readScript(description, {});
  let best: { readonly module: ModuleValue; readonly distance: number } | null = null;
  for (const module of candidates) {
    const fitting = fitNetwork(module, shapes);
    const distance = 'why' in fitting ? fitting.distance : 0;
    if (!best || distance < best.distance) best = { module, distance };
  }
  if (!best) return null;
  const { class: own, type, made } = best.module;
  return { name: type, file: made.file, span: own && own.place === made ? null : made.span };
}

function readScript(
  description: NetworkDescription,
  options: NetworkOptions,
): { readonly machine: Machine; readonly candidates: readonly ModuleValue[]; readonly name: string } {
  const files = new Map(Object.entries(description.files));
  const main = files.get(description.main);
  if (!main) throw new RuntimeError('The script of the network is missing.');
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  const machine = new Machine({ tf: options.tf ?? null, files, ...seed });
  const scope = machine.scopeOf(main);
  const classes = [...scope.names.values()].filter(
    (value): value is ClassValue => is(value, 'class') && isModuleClass(value),
  );
  const candidates = candidatesOf(machine, description.checkpoint);
  // Classes that the script never constructs at its top (a Trainer does, or another script).
  for (const value of classes)
    if (!candidates.some(each => each.class === value)) {
      const made = instantiate(machine, value, [], new Map([['**', unknown]]), value.place);
      if (is(made, 'module')) candidates.push(made);
    }
  // Functions that give a network with the settings that they have by default (`def resnet18(): return ResNet(Block, [2, 2, 2, 2])`).
  for (const value of scope.names.values())
    if (is(value, 'function') && value.scope === scope && value.body.some(each => each.kind === 'return')) {
      const needed = value.parameters.some(each => !each.style.endsWith('rest') && !value.defaults.has(each.name));
      const made = needed ? null : attempt(machine, value);
      if (is(made, 'module') && !candidates.includes(made)) candidates.push(made);
    }
  return { machine, candidates, name: main.name };
}

function attempt(machine: Machine, value: FunctionValue): Value {
  try {
    return machine.call(value, [], new Map(), { file: value.scope.file, span: value.body[0] ?? { start: 0, end: 0 } });
  } catch (error) {
    if (error instanceof RuntimeError) return null;
    throw error;
  }
}

/** Networks of the script, the most likely first: what is saved under the asked name, what is saved, what is made. */
function candidatesOf(machine: Machine, checkpoint: string | null): ModuleValue[] {
  const base = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
  const asked = (saved: Saved): boolean =>
    checkpoint !== null && saved.path !== null && base(saved.path) === base(checkpoint);
  const ordered = [
    ...machine.saved.filter(asked).reverse(),
    ...machine.saved.filter(saved => !asked(saved)).reverse(),
  ].map(saved => saved.module);
  return [...new Set([...ordered, ...machine.made.toReversed()])].filter(module => holdsWeights(module));
}

const holdsWeights = (module: ModuleValue): boolean =>
  module.class !== null ||
  [...module.attributes.values()].some(value => is(value, 'parameter') || (is(value, 'module') && holdsWeights(value)));

function choose(
  candidates: readonly ModuleValue[],
  shapes: Shapes | null,
  script: string,
): { readonly module: ModuleValue; readonly fitting: Fitting } {
  let closest: { readonly why: string; readonly distance: number } | null = null;
  for (const module of candidates) {
    const fitting = fitNetwork(module, shapes);
    if (!('why' in fitting)) return { module, fitting };
    if (!closest || fitting.distance < closest.distance) closest = fitting;
  }
  throw new RuntimeError(closest?.why ?? `No network of ${script} fits.`);
}

/** A network from its modules, its parameters by name and the shapes that they were found to have. */
export function assemble(
  machine: Machine,
  module: ModuleValue,
  named: ReadonlyMap<string, ParameterValue>,
  fitting: Fitting,
): Network {
  const parameters: NetworkParameter[] = [];
  const values = new Map<ParameterValue, { readonly source: string } | { readonly fixed: tfjs.Tensor }>();
  const shapeOf = (name: string): readonly number[] | null => fitting.shapes.get(name) ?? null;
  for (const [name, parameter] of named) {
    if (values.has(parameter)) continue;
    const shape = shapeOf(name);
    if (shape) {
      const sibling = (other: string): readonly number[] | null => shapeOf(name.replace(/[^.]*$/, other));
      const initial = parameter.initial?.(shape, sibling) ?? { kind: 'constant' as const, value: 0 };
      const source = fitting.names.get(name) ?? name;
      parameters.push({ name: source, shape, trainable: parameter.trainable, initial });
      values.set(parameter, { source });
    } else if (parameter.fixed) values.set(parameter, { fixed: machine.tensors.keep(parameter.fixed.clone()) });
  }
  if (machine.tf) keepTensors(machine, [module, ...machine.globals()]);
  const bind = (pass: ForwardPass): void => {
    for (const [parameter, value] of values)
      parameter.value = 'source' in value ? pass.weights(value.source) : value.fixed;
  };
  return {
    name: module.type,
    parameters,
    words: describeModule(module, fitting.shapes, named),
    inputWidth: widthOf(named, fitting),
    forward: (inputs, pass) => {
      machine.phase = 'forward';
      machine.tf = pass.tf;
      machine.training = pass.training ?? false;
      machine.restart();
      machine.updates.clear();
      bind(pass);
      const given: Value[] = inputs.map(tensorValue);
      const out = outputOf(machine.call(module, given, new Map(), module.made));
      for (const [parameter, tensor] of machine.updates) {
        const value = values.get(parameter);
        if (value && 'source' in value) pass.update?.(value.source, tensor);
      }
      return out;
    },
  };
}

/** Tensors that constructors computed and that no state dict holds (tables of positions) outlive the building of the network. */
function keepTensors(machine: Machine, roots: readonly Value[]): void {
  const seen = new Set<Value>();
  const visit = (value: Value): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (is(value, 'tensor')) machine.tensors.keep(value.value);
    else if (is(value, 'list') || is(value, 'tuple')) value.items.forEach(visit);
    else if (is(value, 'dict')) [...value.entries.values()].forEach(visit);
    else if (is(value, 'module') || is(value, 'object')) [...value.attributes.values()].forEach(visit);
  };
  roots.forEach(visit);
}

/** The scores: a tensor, the first floating-point one of several with a class axis, or what a dictionary calls its logits. */
function outputOf(value: Value): tfjs.Tensor {
  const found = tensorIn(value);
  if (!found)
    throw new RuntimeError(
      is(value, 'unknown') && value.why !== null ? `${value.why}.` : 'The network gives no tensor.',
    );
  return found;
}

function tensorIn(value: Value): tfjs.Tensor | null {
  if (is(value, 'tensor')) return value.value;
  if (is(value, 'tuple') || is(value, 'list')) {
    const parts = value.items.flatMap(item => (is(item, 'tensor') ? [item.value] : []));
    return parts.find(each => each.dtype === 'float32' && each.rank > 1) ?? parts[0] ?? null;
  }
  const entries = is(value, 'dict') ? value.entries : is(value, 'object') ? value.attributes : null;
  if (!entries) return null;
  const logits = entries.get('logits') ?? entries.get('out') ?? null;
  return tensorIn(logits) ?? [...entries.values()].map(tensorIn).find(each => each !== null) ?? null;
}

/** The first weight of a linear layer or recurrence tells how wide a row is; of a convolution only how many channels. */
function widthOf(named: ReadonlyMap<string, ParameterValue>, fitting: Fitting): number | null {
  for (const name of named.keys()) {
    const shape = fitting.shapes.get(name);
    if (!shape || shape.length < 2) continue;
    return shape.length === 2 && /(?:weight|weight_ih_l0)$/.test(name) ? (shape[1] ?? null) : null;
  }
  return null;
}
