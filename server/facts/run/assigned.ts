import type { Expression, Language, Statement } from '../syntax';

const known = new WeakMap<readonly Statement[], ReadonlySet<string>>();

/** Plain names that a body binds anew, nested blocks included and nested functions not. */
export function assignedIn(body: readonly Statement[]): ReadonlySet<string> {
  let names = known.get(body);
  if (!names) {
    const found = new Set<string>();
    for (const statement of body) collect(statement, found);
    names = found;
    known.set(body, names);
  }
  return names;
}

function collect(s: Statement, into: Set<string>): void {
  const all = (body: readonly Statement[]) => {
    for (const name of assignedIn(body)) into.add(name);
  };
  switch (s.kind) {
    case 'assign':
      for (const target of s.targets) targets(target, into);
      return;
    case 'for':
      targets(s.target, into);
      all(s.body);
      all(s.otherwise);
      return;
    case 'while':
      all(s.body);
      all(s.otherwise);
      return;
    case 'if':
      all(s.then);
      all(s.otherwise);
      return;
    case 'with':
      for (const item of s.items) if (item.target) targets(item.target, into);
      all(s.body);
      return;
    case 'try':
      all(s.body);
      for (const handler of s.handlers) all(handler.body);
      all(s.otherwise);
      all(s.finally);
      return;
    case 'import':
      for (const name of s.names) if (name.local) into.add(name.local);
      return;
    default:
  }
}

function targets(e: Expression, into: Set<string>): void {
  if (e.kind === 'name') into.add(e.name);
  else if (e.kind === 'tuple' || e.kind === 'list') for (const item of e.items) targets(item, into);
  else if (e.kind === 'spread') targets(e.value, into);
}

/** The plain names that a condition reads; null where it asks for anything that a call could change. */
export function namesIn(e: Expression): readonly string[] | null {
  switch (e.kind) {
    case 'name':
      return [e.name];
    case 'number':
    case 'string':
    case 'boolean':
    case 'none':
      return [];
    case 'unary':
      return namesIn(e.operand);
    case 'compare':
    case 'boolean-operation': {
      const parts = e.operands.map(namesIn);
      return parts.every(part => part !== null) ? parts.flat() : null;
    }
    default:
      return null;
  }
}

const rebound = new WeakMap<readonly Statement[], ReadonlySet<string>>();

/** Names that are bound more than once anywhere in a module, its functions included. */
export function reboundIn(body: readonly Statement[], language: Language): ReadonlySet<string> {
  let names = rebound.get(body);
  if (!names) {
    const seen = new Set<string>();
    const twice = new Set<string>();
    const note = (name: string): void => {
      (seen.has(name) ? twice : seen).add(name);
    };
    if (language === 'python') for (const name of boundBy(body)) note(name);
    else everywhere(body, note);
    names = twice;
    rebound.set(body, names);
  }
  return names;
}

/** Every binding by a statement, one after the other; in Python nothing else binds a name that lasts. */
function* boundBy(body: readonly Statement[]): Generator<string> {
  for (const s of body) {
    if (s.kind === 'assign' || s.kind === 'for') {
      const found = new Set<string>();
      if (s.kind === 'assign') for (const target of s.targets) targets(target, found);
      else targets(s.target, found);
      yield* found;
    }
    if ('body' in s) yield* boundBy(s.body);
    if ('otherwise' in s) yield* boundBy(s.otherwise);
    if (s.kind === 'if') yield* boundBy(s.then);
    if (s.kind === 'try') {
      for (const handler of s.handlers) yield* boundBy(handler.body);
      yield* boundBy(s.finally);
    }
  }
}

/** The same where functions stand inside expressions. */
function everywhere(part: unknown, note: (name: string) => void): void {
  if (Array.isArray(part)) for (const each of part) everywhere(each, note);
  else if (typeof part === 'object' && part !== null) {
    if ('kind' in part && (part.kind === 'assign' || part.kind === 'for') && 'start' in part) {
      const found = new Set<string>();
      collect({ ...(part as Statement), body: [], otherwise: [] } as Statement, found);
      for (const name of found) note(name);
    }
    for (const each of Object.values(part)) if (typeof each === 'object') everywhere(each, note);
  }
}

const carried = new WeakMap<readonly Statement[], ReadonlySet<string>>();

/**
 * Plain names whose next value a body computes from the last one, by whatever way (`n += 1`; a bisection's `low = middle` with `middle =
 * (low + high) / 2`): each round of a loop over it gives another.
 */
export function carriedIn(body: readonly Statement[]): ReadonlySet<string> {
  let names = carried.get(body);
  if (!names) {
    const reads = new Map<string, Set<string>>();
    dependencies(body, reads);
    const found = new Set<string>();
    for (const name of reads.keys()) if (reaches(name, name, reads)) found.add(name);
    names = found;
    carried.set(body, names);
  }
  return names;
}

function dependencies(body: readonly Statement[], reads: Map<string, Set<string>>): void {
  for (const s of body) {
    if (s.kind === 'assign') {
      const found = new Set<string>();
      for (const target of s.targets) targets(target, found);
      for (const name of found) {
        const of = reads.get(name) ?? new Set<string>();
        reads.set(name, of);
        if (s.operator !== undefined) of.add(name);
        computedFrom(s.value, of);
      }
    }
    if ('body' in s && s.kind !== 'function' && s.kind !== 'class') dependencies(s.body, reads);
    if ('otherwise' in s) dependencies(s.otherwise, reads);
    if (s.kind === 'if') dependencies(s.then, reads);
    if (s.kind === 'try') {
      for (const handler of s.handlers) dependencies(handler.body, reads);
      dependencies(s.finally, reads);
    }
  }
}

/** Functions that give back one of what they are given, or its like: asked again they give the same. */
const settling = new Set(['int', 'float', 'str', 'bool', 'min', 'max', 'round', 'abs']);

function computedFrom(e: Expression, into: Set<string>): void {
  switch (e.kind) {
    case 'name':
      into.add(e.name);
      return;
    case 'unary':
      computedFrom(e.operand, into);
      return;
    case 'binary':
      computedFrom(e.left, into);
      computedFrom(e.right, into);
      return;
    case 'tuple':
    case 'list':
      for (const item of e.items) computedFrom(item, into);
      return;
    case 'call':
      if (e.callee.kind === 'name' && settling.has(e.callee.name)) return;
      for (const argument of e.arguments) computedFrom(argument, into);
      return;
    default:
  }
}

function reaches(from: string, to: string, reads: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const waiting = [...(reads.get(from) ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(reads.get(name) ?? []));
  }
  return false;
}
