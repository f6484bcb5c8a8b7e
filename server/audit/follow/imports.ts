import type { Follower } from './follower';
import { type Meaning, type Scope, unknown } from './symbols';

const maxDepth = 30;

/** What an import binds: names of the project's modules as they are, everything else by its qualified name. */
export function importName(
  at: Follower,
  module: string,
  member: string | null,
  local: string | null,
  all: readonly { readonly module: string }[],
): void {
  const scope = project(at, module);
  if (scope && member === '*') {
    for (const [name, value] of scope) at.bind(name, value);
    return;
  }
  if (!local) return;
  if (scope) {
    const inner = member === null ? null : (scope.get(member) ?? submodule(at, module, member));
    at.bind(local, member === null ? { kind: 'module', scope } : (inner ?? unknown));
    return;
  }
  const whole = member === null && !all.some(name => name.module.startsWith(`${local}.`));
  const path = member !== null ? `${module}.${member}` : whole ? module : local;
  const inside = member !== null ? submodule(at, module, member) : null;
  at.bind(local, inside ?? { kind: 'path', path: member === null && module.startsWith(`${local}.`) ? local : path });
}

function submodule(at: Follower, module: string, member: string): Meaning | null {
  const scope = project(at, /^\.+$/.test(module) ? `${module}${member}` : `${module}.${member}`);
  return scope && { kind: 'module', scope };
}

/** Names of a module of the project; what it does at its top is done once. */
function project(at: Follower, module: string): Scope | null {
  const done = at.modules.get(module);
  if (done) return done;
  const facts = at.depth < maxDepth ? at.find(module) : null;
  if (!facts) return null;
  const scope: Scope = new Map();
  at.modules.set(module, scope);
  const outer = at.scopes;
  at.scopes = [scope];
  at.depth++;
  at.block(facts.body);
  at.depth--;
  at.scopes = outer;
  return scope;
}
