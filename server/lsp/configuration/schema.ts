import * as z from 'zod';
import { ConfigurationFile } from '../../workspace/configuration/schema';

/** The parts of a JSON schema that an editor shows. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

let made: SchemaNode | null = null;

/** The schema of the configuration, made when first asked for. */
export function configurationSchema(): SchemaNode {
  made ??= z.toJSONSchema(ConfigurationFile, { target: 'draft-7' }) as SchemaNode;
  return made;
}

/** What the schema says of a path; a list of tables (`[[audit]]`) is looked into. */
export function nodeAt(path: readonly string[], node: SchemaNode = configurationSchema()): SchemaNode | null {
  const [first, ...rest] = path;
  if (first === undefined) return node;
  for (const one of alternatives(node)) {
    const inside = one.type === 'array' && one.items ? one.items : one;
    const next =
      inside.properties?.[first] ??
      (typeof inside.additionalProperties === 'object' ? inside.additionalProperties : undefined);
    const found = next && nodeAt(rest, next);
    if (found) return found;
  }
  return null;
}

export const alternatives = (node: SchemaNode): readonly SchemaNode[] => node.anyOf ?? [node];

/** The keys that a table may have, each with its node. */
export function keysAt(path: readonly string[]): readonly (readonly [string, SchemaNode])[] {
  const node = nodeAt(path);
  if (!node) return [];
  return alternatives(node).flatMap(one => {
    const inside = one.type === 'array' && one.items ? one.items : one;
    return Object.entries(inside.properties ?? {});
  });
}

/** Whether names of rules stand here: as keys, as values or as items of a list. */
export const takesRules = (node: SchemaNode | null): boolean =>
  node !== null && alternatives(node).some(one => (one.items ?? one).pattern?.startsWith('^[A-Z]') === true);

/** Tables that have a header of their own, with `list` for `[[…]]`. */
export function tables(): readonly { readonly name: string; readonly list: boolean; readonly node: SchemaNode }[] {
  const found: { name: string; list: boolean; node: SchemaNode }[] = [];
  for (const [name, node] of Object.entries(configurationSchema().properties ?? {})) {
    const list = node.type === 'array' && node.items?.type === 'object';
    if (list || node.type === 'object') found.push({ name, list, node: list ? node.items! : node });
    if (name === 'data') found.push({ name: 'data.columns', list: false, node: nodeAt(['data', 'columns'])! });
  }
  return found.filter(({ name }) => name !== 'data');
}
