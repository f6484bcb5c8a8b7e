import type { CallExpression, Expression, ModuleFacts, Statement } from '../../facts/syntax';

export type Node = Statement | Expression;

const isNode = (value: object): value is Node => 'kind' in value && 'start' in value;

/** Every statement and expression inside a node, the node first; `enter` false leaves the inside of a node out. */
export function* nodesIn(root: unknown, enter: (node: Node) => boolean = () => true): Generator<Node> {
  // A stack of its own: generators inside generators would pass each node up through all of them.
  const waiting: object[] = [];
  const wait = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) waiting.push(value);
  };
  wait(root);
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (Array.isArray(part)) {
      for (let i = part.length - 1; i >= 0; i--) wait(part[i]);
      continue;
    }
    if (isNode(part)) {
      yield part;
      if (!enter(part)) continue;
    }
    const values = Object.values(part);
    for (let i = values.length - 1; i >= 0; i--) wait(values[i]);
  }
}

export function* callsIn(root: unknown): Generator<CallExpression> {
  for (const node of nodesIn(root)) if (node.kind === 'call') yield node;
}

/** Names used in an expression, each once. */
export function namesIn(root: unknown): Set<string> {
  const out = new Set<string>();
  for (const node of nodesIn(root)) if (node.kind === 'name') out.add(node.name);
  return out;
}

/** What the names of imports stand for: `np` → `numpy`, `DataLoader` → `torch.utils.data.DataLoader`. */
export class Imports {
  private readonly paths = new Map<string, string>();
  readonly last: Statement | null;

  constructor(facts: ModuleFacts) {
    let last: Statement | null = null;
    for (const statement of facts.body) if (statement.kind === 'import') last = statement;
    for (const node of nodesIn(facts.body)) {
      if (node.kind !== 'import') continue;
      for (const { module, member, local } of node.names)
        if (local)
          this.paths.set(
            local,
            member === null ? (local === module.split('.')[0] ? local : module) : `${module}.${member}`,
          );
    }
    this.last = last;
  }

  /** The qualified name of an expression; null where it is no chain of names. A name that is not imported stands for itself. */
  pathOf(e: Expression): string | null {
    if (e.kind === 'name') return this.paths.get(e.name) ?? e.name;
    if (e.kind !== 'attribute') return null;
    const object = this.pathOf(e.object);
    return object === null ? null : `${object}.${e.name}`;
  }

  /** The local name of a module or member, if the script has one. */
  localOf(path: string): string | null {
    for (const [local, found] of this.paths) if (found === path) return local;
    return null;
  }

  uses(library: RegExp): boolean {
    return [...this.paths.values()].some(path => library.test(path));
  }

  taken(name: string): boolean {
    return this.paths.has(name);
  }
}

/** All blocks of statements: the module's and each function's. */
export function* blocksOf(facts: ModuleFacts): Generator<readonly Statement[]> {
  yield facts.body;
  for (const node of nodesIn(facts.body)) if (node.kind === 'function') yield node.body;
}

/** The statements of a block in order, those under `if`, `with`, `for`, `try` too, but not those of functions and classes inside. */
export function* statementsOf(block: readonly Statement[]): Generator<Statement> {
  for (const node of nodesIn(block, each => each.kind !== 'function' && each.kind !== 'class'))
    if (isStatement(node)) yield node;
}

const statements = new Set([
  'import',
  'assign',
  'expression',
  'function',
  'class',
  'return',
  'if',
  'for',
  'while',
  'with',
  'try',
  'delete',
  'raise',
  'global',
  'export',
  'jump',
]);

const isStatement = (node: Node): node is Statement => statements.has(node.kind);
