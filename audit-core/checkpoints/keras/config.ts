import { keras2HardSigmoid } from '../../runtime/keras/activations';
import type { Port } from '../../runtime/runtime';
import { type Hazard, refuse } from '../inspection';
import type { Limits } from '../limits';
import { asArray, asNumber, asObject, asString, type Json } from '../text/json';

/** What a Keras configuration tells without building anything. */
export interface ConfigFacts {
  readonly hazards: readonly Hazard[];
  readonly inputs: readonly Port[];
  readonly words: string;
}

/** Modules whose names a Keras configuration may mention (keras/src/saving/serialization_lib.py, builtin modules). */
const trusted = /^(?:keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras|tf\.keras|builtins)(?:\.|$)/;
/** Keras' own classes that run code of the file when they are loaded or called. */
const runsCode = new Set([
  'Lambda',
  'TFOpLambda',
  'SlicingOpLambda',
  '__lambda__',
  'TFSMLayer',
  'TorchModuleWrapper',
  'FlaxLayer',
  'JaxLayer',
]);
/** Sizes beyond this are no layer's. */
const sizeLimit = 2 ** 28;

/**
 * A configuration with the activations that its version of Keras means: `hard_sigmoid` is another function before Keras 3. Files without a
 * version are older than the attribute.
 */
export function ofItsTime(config: Json, version: string | null): Json {
  if (version !== null && Number.parseInt(version, 10) >= 3) return config;
  const named = (value: Json): boolean =>
    value === 'hard_sigmoid' || ['config', 'class_name', 'name'].some(key => asObject(value)?.[key] === 'hard_sigmoid');
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    const entry = asObject(value);
    if (!entry) return value;
    return Object.fromEntries(
      Object.entries(entry).map(([key, each]) => [
        key,
        /^(?:recurrent_)?activation$/.test(key) && named(each) ? keras2HardSigmoid : walk(each),
      ]),
    );
  };
  return walk(config);
}

/** Walks a Keras configuration: classes outside Keras, lambdas, absurd sizes, inputs, and the layers in words. */
export function checkConfig(config: Json, limits: Limits): ConfigFacts {
  const hazards = new Map<string, Hazard>();
  const inputs: Port[] = [];
  const layers: string[] = [];
  const walk = (value: Json, depth: number, name: string): void => {
    if (depth > limits.depth) refuse("The model's configuration is nested too deeply.");
    if (Array.isArray(value)) {
      for (const each of value) walk(each, depth + 1, name);
      return;
    }
    const entry = asObject(value);
    if (!entry) return;
    const kind = asString(entry.class_name);
    const module = asString(entry.module);
    const registered = asString(entry.registered_name);
    const inner = asObject(entry.config);
    const label = asString(inner?.name) ?? asString(entry.name) ?? name;
    if (kind !== null) {
      if (runsCode.has(kind))
        hazard(
          hazards,
          'executable-content',
          `The ${kind} "${label.slice(0, 80)}" carries Python code that Keras would run. Do not load it unless you trust its author.`,
        );
      else if (module !== null && !trusted.test(module))
        hazard(
          hazards,
          'custom-code',
          `The part "${label.slice(0, 80)}" is ${`${module}.${kind}`.slice(0, 120)}: loading the model would import it.`,
        );
      else if (module === null && registered !== null && registered.includes('>'))
        hazard(
          hazards,
          'custom-code',
          `The part "${label.slice(0, 80)}" is the custom class ${registered.slice(0, 120)}: loading the model would need its code.`,
        );
      if (inner) {
        for (const key of ['units', 'filters', 'input_dim', 'output_dim', 'num_heads', 'key_dim']) {
          const size = asNumber(inner[key]);
          if (size !== null && (!Number.isSafeInteger(size) || size < 1 || size > sizeLimit))
            refuse(`The layer "${label.slice(0, 80)}" has the impossible size ${size} (${key}).`);
        }
        if (kind === 'InputLayer') inputs.push(inputOf(inner));
        const isLayer =
          kind !== 'Sequential' &&
          kind !== 'Functional' &&
          kind !== 'Model' &&
          (module?.includes('layers') || 'trainable' in inner || kind === 'InputLayer');
        if (isLayer && layers.length < 500) layers.push(describe(kind, inner));
      }
    }
    for (const [key, each] of Object.entries(entry)) {
      if (key === 'inbound_nodes' || key === 'build_config') continue;
      walk(each, depth + 1, label);
    }
  };
  walk(config, 0, '');
  if (inputs.length === 0) {
    const shape = findInputShape(config, 0);
    if (shape) inputs.push({ name: 'input', shape, dtype: 'float32' });
  }
  return { hazards: [...hazards.values()], inputs, words: layers.join(' → ') };
}

function inputOf(config: { [key: string]: Json }): Port {
  const shape = asArray(config.batch_shape) ?? asArray(config.batch_input_shape) ?? [];
  return {
    name: asString(config.name) ?? 'input',
    shape: shape.map(size => asNumber(size) ?? -1),
    dtype: asString(config.dtype) ?? 'float32',
  };
}

function findInputShape(value: Json, depth: number): number[] | null {
  const entry = asObject(value);
  if (depth > 8) return null;
  if (!entry)
    return Array.isArray(value) ? (value.map(each => findInputShape(each, depth + 1)).find(Boolean) ?? null) : null;
  const shape = asArray(entry.batch_input_shape) ?? asArray(entry.batch_shape);
  if (shape) return shape.map(size => asNumber(size) ?? -1);
  return findInputShape(entry.config ?? null, depth + 1) ?? findInputShape(entry.layers ?? null, depth + 1);
}

function describe(kind: string, config: { [key: string]: Json }): string {
  const size = asNumber(config.units) ?? asNumber(config.filters);
  const activation = asString(config.activation);
  const parts = [size === null ? '' : String(size), activation && activation !== 'linear' ? activation : ''].filter(
    Boolean,
  );
  return parts.length > 0 ? `${kind}(${parts.join(', ')})` : kind;
}

function hazard(found: Map<string, Hazard>, kind: Hazard['kind'], message: string): void {
  if (found.size < 100) found.set(message, { kind, message });
}
