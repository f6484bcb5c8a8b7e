import { refuse } from '../inspection';
import type { Limits } from '../limits';
import { type OnnxNode, readSubgraph } from './graph';
import type { Initializer } from './initializers';
import { isKnownOperator, resizing } from './types';

/** What a check of the graph leaves to say. */
export interface GraphFacts {
  readonly warnings: readonly string[];
  /** Why the graph cannot be run here, or null. */
  readonly obstacle: string | null;
}

/** More elements than any layer's output is allowed to have when its size is written in the file. */
const elementLimit = 2 ** 31;

/**
 * Checks that the nodes can be evaluated in some order, that every name is defined once, and that no chain of nodes
 * grows its input without bound (a small file may ask for 2^60 rows).
 */
export function checkGraph(
  nodes: readonly OnnxNode[],
  inputs: readonly string[],
  outputs: readonly string[],
  initializers: readonly Initializer[],
  functions: ReadonlySet<string>,
  limits: Limits,
): GraphFacts {
  const warnings: string[] = [];
  let obstacle: string | null = null;
  const defined = new Set<string>([...inputs, ...initializers.map(weight => weight.name)]);
  const small = new Map(initializers.flatMap(weight => (weight.small ? [[weight.name, weight.small] as const] : [])));
  const growth = new Map<string, number>();
  const produced = new Set<string>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (produced.has(output))
        refuse(`Two nodes of the ONNX graph write "${output.slice(0, 80)}"; the file is broken.`);
      produced.add(output);
    }
  }
  for (const node of order(nodes, defined, produced)) {
    const label = `${node.operator} node "${(node.name || node.outputs[0] || '').slice(0, 80)}"`;
    if (!isKnownOperator(node.domain, node.operator) && !functions.has(`${node.domain}:${node.operator}`)) {
      const unknown = `The ${label} (domain "${node.domain.slice(0, 60) || 'ai.onnx'}") is not an ONNX operator; it would need a custom library.`;
      warnings.push(unknown);
      obstacle ??= unknown;
    }
    if (node.operator === 'If' || node.operator === 'Scan') warnings.push(`The ${label} is control flow.`);
    if (node.operator === 'Loop') {
      const trips = small.get(node.inputs[0] ?? '')?.[0] ?? null;
      if (trips !== null && trips > 1e6) refuse(`The ${label} asks for ${trips} rounds; it would not end.`);
      warnings.push(`The ${label} is control flow.`);
    }
    if (node.operator === 'ConstantOfShape' || node.operator === 'Expand' || node.operator === 'Tile') {
      const shape = small.get(node.inputs[node.operator === 'ConstantOfShape' ? 0 : 1] ?? '');
      if (shape && shape.reduce((product, size) => product * Math.max(1, Math.abs(size)), 1) > elementLimit) {
        refuse(`The ${label} asks for ${shape.join('×')} numbers; it is not run.`);
      }
    }
    const parts = node.inputs.map(name => growth.get(name) ?? 1);
    const grown =
      node.operator === 'Concat'
        ? parts.reduce((sum, part) => sum + part, 0)
        : resizing.has(node.operator)
          ? 1
          : Math.max(1, ...parts);
    if (grown > 2 ** 24) refuse(`The ${label} would hold more than ${2 ** 24} copies of its input; it is not run.`);
    for (const output of node.outputs) growth.set(output, grown);
    for (const attribute of node.attributes.values()) {
      for (const graph of attribute.graphs) readSubgraph(graph, limits, 1);
    }
  }
  for (const output of outputs) {
    if (!defined.has(output)) refuse(`The ONNX graph never computes its output "${output.slice(0, 80)}".`);
  }
  return { warnings, obstacle };
}

/** The nodes in an order of evaluation; refuses cycles and names that nothing defines. */
function* order(nodes: readonly OnnxNode[], defined: Set<string>, produced: ReadonlySet<string>): Generator<OnnxNode> {
  let waiting: readonly OnnxNode[] = nodes;
  while (waiting.length > 0) {
    const later: OnnxNode[] = [];
    for (const node of waiting) {
      const missing = node.inputs.find(name => name !== '' && !defined.has(name));
      if (missing === undefined) {
        for (const output of node.outputs) defined.add(output);
        yield node;
      } else if (produced.has(missing)) later.push(node);
      else refuse(`A ${node.operator} node of the ONNX graph reads "${missing.slice(0, 80)}", which nothing defines.`);
    }
    if (later.length === waiting.length)
      refuse('The nodes of the ONNX graph read each other in a circle; the file is broken.');
    waiting = later;
  }
}
