import type { AtenArgument, AtenGraph, AtenNode } from '../../runtime/aten';
import type { Port } from '../../runtime/runtime';
import type { LazyTensor } from '../tensors';
import { asArray, asNumber, asObject, asString, type Json } from '../text/json';

/** torch.export's codes of element types (torch/_export/serde/schema.py, ScalarType). */
export const scalarTypes: readonly string[] = [
  'unknown',
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'float32',
  'float64',
  'complex32',
  'complex64',
  'complex128',
  'bool',
  'bfloat16',
];

type Entry = { [key: string]: Json };

/** The exported program's graph as ATen calls; null where it holds something that is no straight graph of tensors. */
export function readGraph(module: Entry | null, tensors: ReadonlyMap<string, LazyTensor>): AtenGraph | null {
  const graph = asObject(module?.graph);
  const signature = asObject(module?.signature);
  const weights = new Map<string, LazyTensor>();
  const inputs: Port[] = [];
  const values = asObject(graph?.tensor_values);
  for (const spec of asArray(signature?.input_specs) ?? []) {
    const entry = asObject(spec);
    const kept = asObject(entry?.parameter) ?? asObject(entry?.buffer) ?? asObject(entry?.tensor_constant);
    if (kept) {
      const name = asString(asObject(kept.arg)?.name) ?? '';
      const weight = tensors.get(
        asString(kept.parameter_name) ?? asString(kept.buffer_name) ?? asString(kept.tensor_constant_name) ?? '',
      );
      if (weight) weights.set(name, weight);
      continue;
    }
    const name = asString(asObject(asObject(asObject(entry?.user_input)?.arg)?.as_tensor)?.name);
    if (name === null) return null;
    const sizes = asArray(asObject(values?.[name])?.sizes) ?? [];
    inputs.push({ name, shape: sizes.map(size => asNumber(asObject(size)?.as_int) ?? -1), dtype: 'float32' });
  }
  const nodes: AtenNode[] = [];
  for (const node of asArray(graph?.nodes) ?? []) {
    // Assertions on shapes and types give nothing.
    if (/\b_assert|sym_constrain/.test(asString(asObject(node)?.target) ?? '')) continue;
    const read = readNode(asObject(node));
    if (!read) return null;
    nodes.push(read);
  }
  const [first] = asArray(signature?.output_specs) ?? [];
  const output = asString(asObject(asObject(asObject(asObject(first)?.user_output)?.arg)?.as_tensor)?.name);
  return output === null || inputs.length === 0 ? null : { nodes, weights, inputs, output };
}

function readNode(node: Entry | null): AtenNode | null {
  const operator = (asString(node?.target) ?? '?')
    .replace(/^torch\.ops\.aten\./, '')
    .replace(/^_operator\./, '')
    .replace(/\.\w+$/, '');
  const python = (asString(node?.target) ?? '').startsWith('_operator.');
  const outputs = (asArray(node?.outputs) ?? []).flatMap(each => namesOf(asObject(each)));
  const given = new Map<string, AtenArgument>();
  for (const [index, input] of (asArray(node?.inputs) ?? []).entries()) {
    const entry = asObject(input);
    const argument = readArgument(asObject(entry?.arg));
    if (argument === 'unknown') return null;
    // Python's operators on sizes name their arguments otherwise than ATen does.
    if (argument) given.set(python ? (index === 0 ? 'self' : 'other') : (asString(entry?.name) ?? ''), argument);
  }
  return { operator: outputs.length === 0 ? `${operator} (no value)` : operator, arguments: given, outputs };
}

/** The names of an output: one tensor, several, or a size. */
function namesOf(output: Entry | null): string[] {
  const several = asArray(output?.as_tensors);
  if (several) return several.map(each => asString(asObject(each)?.name) ?? '');
  const single = asString(asObject(output?.as_tensor)?.name) ?? asString(asObject(output?.as_sym_int)?.as_name);
  return single === null ? [] : [single];
}

/** What an argument says; null where it says nothing that changes a number (None, a device, a layout), `unknown` for what is not read here. */
function readArgument(argument: Entry | null): AtenArgument | null | 'unknown' {
  if (!argument || Object.keys(argument).every(key => silent.has(key))) return null;
  const single = asString(asObject(argument.as_tensor)?.name);
  if (single !== null) return { tensor: single };
  const several = asArray(argument.as_tensors);
  if (several) return { tensors: several.map(each => asString(asObject(each)?.name) ?? '') };
  const size = asObject(argument.as_sym_int);
  if (size) {
    const name = asString(size.as_name);
    return name === null ? { value: asNumber(size.as_int) ?? 0 } : { tensor: name };
  }
  const sizes = asArray(argument.as_sym_ints);
  if (sizes) {
    const parts = sizes.map(each => asString(asObject(each)?.as_name) ?? asNumber(asObject(each)?.as_int) ?? 0);
    return parts.every(part => typeof part === 'number') ? { value: parts as number[] } : { parts };
  }
  const type = asNumber(argument.as_scalar_type);
  if (type !== null) return { value: scalarTypes[type] ?? 'unknown' };
  for (const key of ['as_int', 'as_bool', 'as_string'] as const) {
    const value = argument[key];
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return { value };
  }
  if (argument.as_float !== undefined) {
    const value = floatOf(argument.as_float);
    return value === null ? 'unknown' : { value };
  }
  const optional = asArray(argument.as_optional_tensors);
  if (optional) {
    const names = optional.map(each => asString(asObject(asObject(each)?.as_tensor)?.name));
    return names.every(name => name !== null) ? { tensors: names as string[] } : 'unknown';
  }
  const list = (asArray(argument.as_ints) ?? asArray(argument.as_floats))?.map(each => floatOf(each));
  if (list) return list.every(each => each !== null) ? { value: list as number[] } : 'unknown';
  const flags = asArray(argument.as_bools);
  return flags ? { value: flags.map(Number) } : 'unknown';
}

const silent: ReadonlySet<string> = new Set(['as_none', 'as_device', 'as_layout', 'as_memory_format']);

/** A number; JSON has no infinities, so torch.export writes them as texts. */
const floatOf = (value: Json | undefined): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' && infinities.has(value) ? Number(value) : null;

const infinities: ReadonlySet<string> = new Set(['Infinity', '-Infinity', 'NaN']);
