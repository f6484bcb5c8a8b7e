import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../../runtime/error';
import { parseCode } from '../../runtime/network/language/parse';
import type { SourceFile } from '../../runtime/network/language/syntax';
import { newParameter } from '../../runtime/network/machine/layers';
import { Machine } from '../../runtime/network/machine/machine';
import { assemble, type Network } from '../../runtime/network/network';
import { is, listOf, type ModuleValue, type ParameterValue, unknown, type Value } from '../../runtime/network/values';
import { asNumber, classOf, dictEntries, isKind, items, type PyValue } from '../pickle/values';
import type { LazyTensor, StateDict } from '../tensors';
import { type StorageLookup, tensorOf } from '../torch/tensors';

/** A TorchScript archive's code and objects, ready to be put together; nothing of it has been run. */
export interface ScriptedProgram {
  readonly weights: StateDict;
  /** `tf` computes; throws a `RuntimeError` where the code cannot be followed. */
  readonly build: (tf: typeof tfjs | null) => Network;
}

/** Reads the code files of an archive (`code/__torch__/models.py` by path), its object tree and its constants. */
export function readProgram(
  code: ReadonlyMap<string, string>,
  root: PyValue,
  lookup: StorageLookup,
  constants: { readonly value: PyValue; readonly lookup: StorageLookup } | null,
): ScriptedProgram {
  const files = new Map<string, SourceFile>();
  for (const [path, text] of code) {
    const module = path
      .replace(/^.*?code\//, '')
      .replace(/\.py$/, '')
      .replaceAll('/', '.');
    files.set(module, parseCode(text, path.split('/').at(-1) ?? path));
  }
  const weights = new Map<string, LazyTensor>();
  const weightOf = (value: PyValue, name: string, from: StorageLookup): LazyTensor | null => {
    const tensor = tensorOf(value, name, from);
    if (tensor) weights.set(name, tensor);
    return tensor;
  };
  const tree = collect(root, (value, name) => weightOf(value, name, lookup));
  const held = constants ? (items(constants.value) ?? []) : [];
  const extra = held.map((value, index) => weightOf(value, `CONSTANTS.c${index}`, constants?.lookup ?? lookup));
  return {
    weights,
    build: tf => {
      const machine = new Machine({ tf, files });
      const named = new Map<string, ParameterValue>();
      const module = treeValue(machine, tree, named);
      if (!is(module, 'module')) throw new RuntimeError('The archive holds no module that could be run.');
      const shelf = new Map<string, Value>();
      for (const [index, tensor] of extra.entries()) if (tensor) shelf.set(`c${index}`, parameterOf(tensor, named));
      for (const file of files.values())
        machine
          .scopeOf(file)
          .names.set('CONSTANTS', { kind: 'object', class: null, type: 'CONSTANTS', attributes: shelf });
      const shapes = new Map(
        [...named].map(([name, parameter]) => [name, parameter.shape as readonly number[]] as const),
      );
      return assemble(machine, module, named, { shapes, names: new Map([...named.keys()].map(name => [name, name])) });
    },
  };
}

/** The object tree with tensors found, before it becomes values of the machine (which are made anew for each network). */
type Tree =
  | { readonly kind: 'plain'; readonly value: number | boolean | string | null }
  | { readonly kind: 'tensor'; readonly tensor: LazyTensor }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Tree[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [string, Tree])[] }
  | { readonly kind: 'object'; readonly class: string; readonly attributes: readonly (readonly [string, Tree])[] };

const maxDepth = 60;
const maxObjects = 200_000;

function collect(root: PyValue, tensor: (value: PyValue, name: string) => LazyTensor | null): Tree {
  let count = 0;
  const visit = (value: PyValue | undefined, path: string, depth: number): Tree => {
    if (++count > maxObjects || depth > maxDepth)
      throw new RuntimeError('The archive holds more objects than are followed.');
    if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'string')
      return { kind: 'plain', value: value ?? null };
    const number = asNumber(value);
    if (number !== null) return { kind: 'plain', value: number };
    const found = tensor(value, path);
    if (found) return { kind: 'tensor', tensor: found };
    const join = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const entries = dictEntries(value);
    if (entries)
      return {
        kind: 'dict',
        entries: entries.map(([key, each]) => [String(key), visit(each, join(String(key)), depth + 1)] as const),
      };
    const list = items(value);
    if (list)
      return {
        kind: isKind(value, 'tuple') ? 'tuple' : 'list',
        items: list.map((each, index) => visit(each, join(String(index)), depth + 1)),
      };
    if (!isKind(value, 'object')) return { kind: 'plain', value: null };
    // Lists of one type are written as calls of helpers around them.
    if (/^torch\.jit\._pickle\./.test(classOf(value))) return visit(value.args[0], path, depth + 1);
    const state = isKind(value.state, 'dict') ? value.state.entries : [];
    return {
      kind: 'object',
      class: classOf(value),
      attributes: state.map(([key, each]) => [String(key), visit(each, join(String(key)), depth + 1)] as const),
    };
  };
  return visit(root, '', 0);
}

function parameterOf(tensor: LazyTensor, named: Map<string, ParameterValue>): ParameterValue {
  const known = named.get(tensor.name);
  if (known) return known;
  const made = newParameter({ shape: tensor.shape, trainable: /^float/.test(tensor.dtype) });
  named.set(tensor.name, made);
  return made;
}

function treeValue(machine: Machine, tree: Tree, named: Map<string, ParameterValue>): Value {
  switch (tree.kind) {
    case 'plain':
      return tree.value;
    case 'tensor':
      return parameterOf(tree.tensor, named);
    case 'list':
    case 'tuple':
      return listOf(
        tree.items.map(item => treeValue(machine, item, named)),
        tree.kind,
      );
    case 'dict':
      return {
        kind: 'dict',
        entries: new Map(tree.entries.map(([key, each]) => [key, treeValue(machine, each, named)] as const)),
      };
    case 'object': {
      const found = machine.lookup(tree.class);
      if (!is(found, 'class')) return unknown;
      const attributes = new Map<string, Value>();
      // A model that was saved in training mode is still asked for its outputs in evaluation.
      for (const [key, each] of tree.attributes)
        attributes.set(key, key === 'training' ? false : treeValue(machine, each, named));
      const module: ModuleValue = {
        kind: 'module',
        class: found,
        layer: null,
        type: tree.class.split('.').at(-1) ?? tree.class,
        attributes,
        settings: new Map(),
        made: found.place,
      };
      return module;
    }
  }
}
