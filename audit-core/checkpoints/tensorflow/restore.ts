import { functionOf, type GraphNode, type SavedGraph } from './graph';
import { readConstant } from './tensor-proto';

/**
 * Which key of the checkpoint each variable's node is restored from, as the graph's own restore function says: RestoreV2 gives tensors in the
 * order of its names, AssignVariableOp puts each into one of the function's arguments, and the call in the main graph binds those to variables.
 */
export function restoredKeys(graph: SavedGraph): Map<string, string> {
  const keys = new Map<string, string>();
  for (const called of graph.functions.values()) {
    const nodes = new Map(called.nodes.map(node => [node.name, node]));
    const bound = assignments(nodes);
    if (bound.size === 0) continue;
    for (const node of graph.nodes.values()) {
      if (functionOf(node, 'f') !== called.name) continue;
      const inputs = node.inputs.filter(each => !each.startsWith('^'));
      for (const [index, name] of called.inputs.entries()) {
        const key = bound.get(name);
        const variable = inputs[index]?.split(':')[0];
        if (key !== undefined && variable !== undefined) keys.set(variable, key);
      }
    }
  }
  // Graphs of before functions restore at their top.
  for (const [variable, key] of assignments(graph.nodes)) keys.set(variable, key);
  return keys;
}

const assigning = new Set(['AssignVariableOp', 'Assign']);

/** Names of resources (arguments or nodes) with the keys that they are assigned from. */
function assignments(nodes: ReadonlyMap<string, GraphNode>): Map<string, string> {
  const out = new Map<string, string>();
  for (const node of nodes.values()) {
    if (!assigning.has(node.operator)) continue;
    const [resource = '', value = ''] = node.inputs;
    const source = follow(value, nodes);
    if (!source) continue;
    const key = namesOf(source.node, nodes)[source.index];
    if (key !== undefined) out.set(resource.split(':')[0] ?? '', key);
  }
  return out;
}

/** The RestoreV2 behind a value, and which of its tensors it is. */
function follow(
  reference: string,
  nodes: ReadonlyMap<string, GraphNode>,
  depth = 0,
): { readonly node: GraphNode; readonly index: number } | null {
  const parts = reference.split(':');
  const node = nodes.get(parts[0] ?? '');
  if (!node || depth > 8) return null;
  if (node.operator === 'RestoreV2') return { node, index: parts.length > 1 ? Number(parts.at(-1)) : 0 };
  return node.operator === 'Identity' || node.operator === 'Cast'
    ? follow(node.inputs[0] ?? '', nodes, depth + 1)
    : null;
}

const known = new WeakMap<GraphNode, readonly string[]>();

function namesOf(restore: GraphNode, nodes: ReadonlyMap<string, GraphNode>): readonly string[] {
  const cached = known.get(restore);
  if (cached) return cached;
  const constant = nodes.get(restore.inputs[1]?.split(':')[0] ?? '');
  const value = constant?.attributes.get('value');
  let names: readonly string[] = [];
  if (value?.[0] === 0x42) {
    let at = 1;
    while ((value[at] ?? 0) > 127) at++;
    names = readConstant(value.subarray(at + 1)).texts;
  }
  known.set(restore, names);
  return names;
}
