import type { Expression, Statement } from '../../facts/syntax';
import { binary, conditionOf } from './calculate';
import type { Follower } from './follower';
import { importName } from './imports';
import { loop, turns } from './loops';
import { joinStates } from './merge';
import { assign, remove } from './places';
import { capture, restore } from './state';
import { type ClassMeaning, type Meaning, type Scope, text } from './symbols';

/** One statement; an `if` is followed by `branch`, which may need what comes after it. */
export function follow(at: Follower, s: Statement): void {
  switch (s.kind) {
    case 'import':
      for (const name of s.names) importName(at, name.module, name.member, name.local, s.names);
      return;
    case 'assign': {
      let value = at.value(s.value);
      const operator = s.operator?.replace(/=$/, '');
      if (operator) value = binary(operator, at.value(s.targets[0]!), value);
      for (const target of s.targets) assign(at, target, value);
      return;
    }
    case 'expression':
      at.value(s.value);
      if (endsProgram(s.value)) at.jump = 'raise';
      return;
    case 'function':
      at.bind(s.name, { kind: 'function', definition: s, scopes: at.scopes });
      return;
    case 'class':
      at.bind(s.name, classOf(at, s));
      return;
    case 'return':
      at.returned = s.value ? at.value(s.value) : text(null);
      return;
    case 'raise':
      at.jump = 'raise';
      return;
    case 'jump':
      if (s.what !== 'pass') at.jump = s.what;
      return;
    case 'for':
      loop(at, s);
      return;
    case 'while':
      turns(at, s.body, s);
      return;
    case 'with':
      for (const item of s.items) {
        const value = at.value(item.value);
        if (item.target) assign(at, item.target, value);
      }
      at.block(s.body);
      return;
    case 'try': {
      at.block(s.body);
      if (at.jump === 'raise') {
        at.jump = null;
        at.block(s.handlers[0]?.body ?? []);
      } else at.block(s.otherwise);
      const jump = at.jump;
      at.jump = null;
      at.block(s.finally);
      at.jump ??= jump;
      return;
    }
    case 'delete':
      for (const target of s.targets) remove(at, target);
      return;
    case 'global':
      at.declareOuter(s.names);
      return;
    default:
      return;
  }
}

/** `sys.exit()` and its like, as they are written. */
function endsProgram(e: Expression): boolean {
  if (e.kind !== 'call') return false;
  const { callee } = e;
  if (callee.kind === 'name') return callee.name === 'exit' || callee.name === 'quit';
  return (
    callee.kind === 'attribute' &&
    callee.object.kind === 'name' &&
    ((callee.object.name === 'sys' && callee.name === 'exit') ||
      (callee.object.name === 'os' && callee.name === '_exit'))
  );
}

/** The block is left at its end, whatever happens. */
function isAbrupt(body: readonly Statement[]): boolean {
  const last = body.at(-1);
  if (!last) return false;
  if (last.kind === 'return' || last.kind === 'raise') return true;
  if (last.kind === 'jump') return last.what !== 'pass';
  if (last.kind === 'expression') return endsProgram(last.value);
  return last.kind === 'if' && isAbrupt(last.then) && isAbrupt(last.otherwise);
}

const isMain = (test: Expression): boolean =>
  test.kind === 'compare' && test.operands.some(x => x.kind === 'name' && x.name === '__name__');

/**
 * An `if` and what comes after it in its block. Where the test is not known before the script runs, both ways are followed, each from the
 * same state, and what they make is joined. A way that leaves the block makes the rest part of the other way: true says that it was taken in.
 */
export function branch(at: Follower, s: Extract<Statement, { kind: 'if' }>, rest: readonly Statement[]): boolean {
  const test: Meaning = isMain(s.test) ? text(true) : at.value(s.test);
  const decided = conditionOf(test);
  if (decided !== undefined) {
    at.block(decided ? s.then : s.otherwise);
    return false;
  }
  const [first, second] = [isAbrupt(s.then), isAbrupt(s.otherwise)];
  const takes = first || second;
  const ways = [
    takes && !first ? [...s.then, ...rest] : s.then,
    takes && !second ? [...s.otherwise, ...rest] : s.otherwise,
  ] as const;
  const before = capture(at);
  at.block(ways[0]);
  const one = capture(at);
  restore(at, before);
  at.block(ways[1]);
  joinStates(at, test, s.test, one, capture(at));
  return takes;
}

function classOf(at: Follower, definition: Extract<Statement, { kind: 'class' }>): ClassMeaning {
  const attributes: Scope = new Map();
  const outer = at.scopes;
  at.scopes = [...outer, attributes];
  for (const part of definition.body) if (part.kind === 'assign' || part.kind === 'function') follow(at, part);
  at.scopes = outer;
  const bases = definition.bases.flatMap(base => {
    const value = at.value(base);
    if (value.kind === 'class') {
      for (const [name, each] of value.attributes) if (!attributes.has(name)) attributes.set(name, each);
      return value.bases;
    }
    return value.kind === 'path' ? [value.path] : [];
  });
  return { kind: 'class', definition, scopes: outer, attributes, bases };
}
