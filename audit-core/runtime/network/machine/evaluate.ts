import { RuntimeError } from '../../error';
import type { CallExpression, Expression } from '../language/syntax';
import { ellipsis, is, listOf, type Scope, symbol, truth, unknown, unknownOf, type Value } from '../values';
import { assign, attributeOf, indexOf } from './access';
import { builtins } from './builtins';
import type { Machine } from './machine';
import { binary, compare, iterate, keyOf, negate } from './operations';

/** What an expression stands for. */
export function evaluate(m: Machine, e: Expression, scope: Scope): Value {
  switch (e.kind) {
    case 'name':
      return lookup(e.name, scope);
    case 'number':
    case 'string':
    case 'boolean':
      return e.value;
    case 'none':
      return null;
    case 'attribute':
      return attributeOf(m, evaluate(m, e.object, scope), e.name);
    case 'call':
      return call(m, e, scope);
    case 'index':
      return indexOf(m, evaluate(m, e.object, scope), evaluate(m, e.index, scope));
    case 'slice':
      return {
        kind: 'slice',
        from: e.from ? evaluate(m, e.from, scope) : null,
        to: e.to ? evaluate(m, e.to, scope) : null,
        step: e.step ? evaluate(m, e.step, scope) : null,
      };
    case 'template':
      return template(m, e.parts, scope);
    case 'list':
    case 'tuple':
    case 'set':
      return listOf(
        e.items.flatMap(item => {
          if (item.kind !== 'spread') return [evaluate(m, item, scope)];
          return iterate(m, evaluate(m, item.value, scope)) ?? [unknown];
        }),
        e.kind,
      );
    case 'mapping':
      return mapping(m, e, scope);
    case 'binary':
      return binary(m, e.operator, evaluate(m, e.left, scope), evaluate(m, e.right, scope));
    case 'compare':
      return comparison(m, e, scope);
    case 'unary':
      return negate(m, e.operator, evaluate(m, e.operand, scope));
    case 'boolean-operation':
      return connective(m, e, scope);
    case 'conditional': {
      const test = truth(evaluate(m, e.test, scope));
      if (test !== null) return evaluate(m, test ? e.then : e.otherwise, scope);
      const then = evaluate(m, e.then, scope);
      const otherwise = evaluate(m, e.otherwise, scope);
      // A number that is one or the other is neither; of two layers the first is tried, and the checkpoint decides.
      return is(then, 'module') ? then : is(otherwise, 'module') ? otherwise : unknown;
    }
    case 'lambda':
      return m.define({ parameters: e.parameters, body: e.body }, scope);
    case 'comprehension':
      return comprehension(m, e, scope);
    case 'walrus': {
      const value = evaluate(m, e.value, scope);
      assign(m, e.target, value, scope);
      return value;
    }
    case 'spread':
      return unknown;
    case 'await':
    case 'yield':
      return e.value ? evaluate(m, e.value, scope) : unknown;
    case 'opaque':
      return e.parts.length === 0 ? ellipsis : unknown;
  }
}

function lookup(name: string, scope: Scope): Value {
  let star: Value = null;
  for (let at: Scope | null = scope; at; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
    star ??= at.names.get('*') ?? null;
  }
  const builtin = builtins.get(name);
  if (builtin !== undefined) return builtin;
  if (is(star, 'symbol')) return symbol(`${star.path}.${name}`);
  return unknownOf(`The name "${name.slice(0, 60)}" is not known`);
}

function call(m: Machine, e: CallExpression, scope: Scope): Value {
  const place = { file: scope.file, span: e };
  if (e.callee.kind === 'name') {
    const { name } = e.callee;
    // TorchScript's annotations carry types that mean nothing here.
    if (name === 'annotate' || name === 'unchecked_cast') {
      const value = e.arguments[1];
      return value ? evaluate(m, value, scope) : unknown;
    }
    if (name === 'uninitialized') return unknown;
    if (name === 'super' && builtins.has('super')) return superOf(m, e, scope);
    if (name === 'locals') return { kind: 'dict', entries: new Map(scope.names) };
  }
  const callee = evaluate(m, e.callee, scope);
  const positional: Value[] = [];
  const named = new Map<string, Value>();
  for (const argument of e.arguments) {
    if (argument.kind !== 'spread') positional.push(attempt(m, argument, scope));
    else {
      const items = iterate(m, evaluate(m, argument.value, scope));
      if (items) positional.push(...items);
      // Of unknown positional arguments the names are not known either: all that follow are open.
      else named.set('**', unknown);
    }
  }
  for (const { name, value } of e.keywords) {
    const given = attempt(m, value, scope);
    if (name !== null) named.set(name, given);
    else if (is(given, 'dict')) for (const [key, each] of given.entries) named.set(String(key), each);
    else if (is(given, 'object')) for (const [key, each] of given.attributes) named.set(key, each);
    else named.set('**', unknown);
  }
  return m.call(callee, positional, named, place);
}

/** An argument; while a network is put together one that cannot be computed is unknown, and the rest of the call is not lost. */
function attempt(m: Machine, e: Expression, scope: Scope): Value {
  if (m.phase === 'forward') return evaluate(m, e, scope);
  try {
    return evaluate(m, e, scope);
  } catch (error) {
    if (error instanceof RuntimeError) return unknownOf(error.message);
    throw error;
  }
}

/** `super()` and `super(Class, self)`: members of the classes after the one whose method runs. */
function superOf(m: Machine, e: CallExpression, scope: Scope): Value {
  let self: Value = unknown;
  let owner: Value = unknown;
  const [first, second] = e.arguments;
  if (first && second) {
    owner = evaluate(m, first, scope);
    self = evaluate(m, second, scope);
  } else
    for (let at: Scope | null = scope; at; at = at.parent) {
      const found = at.names.get('__class__');
      if (found === undefined) continue;
      owner = found;
      // The first parameter is the first name that the call bound.
      for (const [name, value] of at.names)
        if (name !== '__class__') {
          self = value;
          break;
        }
      break;
    }
  return {
    kind: 'object',
    class: null,
    type: 'super',
    attributes: new Map([
      ['self', self],
      ['owner', owner],
    ]),
  };
}

function template(m: Machine, parts: readonly (string | Expression)[], scope: Scope): Value {
  let out = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : evaluate(m, part, scope);
    if (typeof value !== 'string' && typeof value !== 'number') return unknown;
    out += String(value);
  }
  return out;
}

function mapping(m: Machine, e: Extract<Expression, { kind: 'mapping' }>, scope: Scope): Value {
  const entries = new Map<string | number, Value>();
  for (const { key, value } of e.entries) {
    const given = evaluate(m, value, scope);
    if (key === null) {
      if (is(given, 'dict')) for (const [name, each] of given.entries) entries.set(name, each);
    } else {
      const name = keyOf(evaluate(m, key, scope));
      if (name !== null) entries.set(name, given);
    }
  }
  return { kind: 'dict', entries };
}

function comparison(m: Machine, e: Extract<Expression, { kind: 'compare' }>, scope: Scope): Value {
  const values = e.operands.map(operand => evaluate(m, operand, scope));
  let last: Value = true;
  for (const [index, operator] of e.operators.entries()) {
    last = compare(m, operator, values[index] ?? null, values[index + 1] ?? null);
    if (truth(last) === false) return false;
  }
  return last;
}

/** The operand that decides; unknown ones leave the answer open unless another settles it. */
function connective(m: Machine, e: Extract<Expression, { kind: 'boolean-operation' }>, scope: Scope): Value {
  const stop = e.operator === 'or';
  let last: Value = unknown;
  let open = false;
  for (const operand of e.operands) {
    last = evaluate(m, operand, scope);
    const value = truth(last);
    if (value === null) open = true;
    else if (value === stop) return open && !stop ? false : open ? unknown : last;
  }
  return open ? unknown : last;
}

function comprehension(m: Machine, e: Extract<Expression, { kind: 'comprehension' }>, scope: Scope): Value {
  const inner: Scope = { names: new Map(), parent: scope, file: scope.file };
  const items: Value[] = [];
  const entries = new Map<string | number, Value>();
  let open = false;
  const run = (at: number): void => {
    m.tick();
    const clause = e.clauses[at];
    if (!clause) {
      const element = evaluate(m, e.element, inner);
      if (e.result !== 'mapping') items.push(element);
      else {
        const key = keyOf(element);
        if (key !== null) entries.set(key, e.value ? evaluate(m, e.value, inner) : null);
      }
      return;
    }
    const over = iterate(m, evaluate(m, clause.iterable, inner));
    if (!over) {
      open = true;
      return;
    }
    for (const item of over) {
      assign(m, clause.target, item, inner);
      const kept = clause.conditions.map(condition => truth(evaluate(m, condition, inner)));
      if (kept.every(each => each !== false)) run(at + 1);
    }
  };
  run(0);
  if (open) return unknown;
  if (e.result === 'mapping') return { kind: 'dict', entries };
  const unique = e.result === 'set' ? [...new Set(items)] : items;
  return listOf(unique, e.result === 'set' ? 'set' : 'list');
}
