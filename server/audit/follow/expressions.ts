import { isOperation, list, literal, operation, type Term } from '../../../audit-core/datasets/recipe';
import type { Expression } from '../../facts/syntax';
import { attributeOf } from './attributes';
import { iterateAll } from './batches';
import { binary, comparison, conditionOf } from './calculate';
import { call } from './calls';
import { type Follower, wordsOf } from './follower';
import { indexed, isNames } from './indexing';
import { chosen } from './merge';
import { assign } from './places';
import { instance, itemsOf, known, literalIn, type Meaning, termOf, text, tuple, unknown } from './symbols';

/** What an expression means. */
export function meaningOf(at: Follower, e: Expression): Meaning {
  switch (e.kind) {
    case 'name': {
      const scope = at.scopes.findLast(each => each.has(e.name));
      return scope?.get(e.name) ?? { kind: 'path', path: e.name };
    }
    case 'number':
    case 'string':
    case 'boolean':
      return text(e.value);
    case 'none':
      return text(null);
    case 'list':
    case 'tuple':
    case 'set': {
      const items = e.items.flatMap(item => {
        if (item.kind !== 'spread') return [at.value(item)];
        const more = at.value(item.value);
        return itemsOf(more) ?? [more];
      });
      // A list of tables stays one of the script's own variables: what changes an item changes the table.
      const shared = e.items.some(
        (item, i) =>
          (item.kind === 'name' || item.kind === 'attribute') &&
          items[i]?.kind === 'term' &&
          isOperation(items[i].term),
      );
      const terms = items.map(item => (item.kind === 'term' && !item.row && !item.batch ? item.term : null));
      if (e.kind !== 'tuple' && !shared && terms.every(term => term !== null)) return known(list(terms));
      return tuple(items);
    }
    case 'mapping':
      return mapping(at, e);
    case 'attribute':
      return attributeOf(at, at.value(e.object), e.name);
    case 'index':
      return keep(at, e, indexed(at, e, at.loops > 0));
    case 'binary':
      return keep(at, e, binary(e.operator, at.value(e.left), at.value(e.right)));
    case 'compare':
      return keep(
        at,
        e,
        comparison(
          e.operators,
          e.operands.map(each => at.value(each)),
        ),
      );
    case 'unary': {
      const of = at.value(e.operand);
      const value = literalIn(of);
      if (e.operator === '-' && typeof value === 'number') return text(-value);
      if (e.operator === 'not' && value !== undefined) return text(!value);
      if (of.kind !== 'term') return of.kind === 'unknown' ? of : unknown;
      if (e.operator === '+') return of;
      return { ...of, term: operation(e.operator === '-' ? 'negate' : 'not', [of.term]) };
    }
    case 'boolean-operation':
      return either(at, e);
    case 'conditional': {
      const test = at.value(e.test);
      const decided = conditionOf(test);
      if (decided !== undefined) return at.value(decided ? e.then : e.otherwise);
      return chosen(at, test, e, at.value(e.then), at.value(e.otherwise));
    }
    case 'template': {
      const parts = e.parts.map(part => (typeof part === 'string' ? text(part) : at.value(part)));
      const texts = parts.map(part => literalIn(part));
      if (texts.every(part => part !== undefined)) return text(texts.join(''));
      const terms = parts.map(termOf);
      if (!terms.every(term => term !== null)) return unknown;
      const row = parts.some(part => part.kind === 'term' && part.row);
      return {
        kind: 'term',
        term: operation('join-text', [literal(''), ...terms]),
        ...(row && { row: true as const }),
      };
    }
    case 'comprehension':
      return comprehension(at, e);
    case 'lambda':
      return { kind: 'function', definition: e, scopes: at.scopes };
    case 'walrus': {
      const value = at.value(e.value);
      assign(at, e.target, value);
      return value;
    }
    case 'await':
      return e.value ? at.value(e.value) : unknown;
    case 'call':
      return keep(at, e, call(at, e));
    default:
      return unknown;
  }
}

/** What came out; where nothing did, the place where it was lost. */
const keep = (at: Follower, e: Expression, made: Meaning): Meaning =>
  made.kind === 'unknown' && !made.why && !made.loop ? at.lose(e, wordsOf(e)) : made;

function mapping(at: Follower, e: Extract<Expression, { kind: 'mapping' }>): Meaning {
  const named = new Map<string, Meaning>();
  const keys: Meaning[] = [];
  for (const entry of e.entries) {
    if (!entry.key) {
      const more = at.value(entry.value);
      if (more.kind !== 'instance' || more.type !== 'dict') return unknown;
      for (const [key, value] of more.named) {
        if (!named.has(key)) keys.push(text(key));
        named.set(key, value);
      }
      continue;
    }
    const key = at.value(entry.key);
    const name = literalIn(key);
    if (name === undefined) return unknown;
    if (!named.has(String(name))) keys.push(key);
    named.set(String(name), at.value(entry.value));
  }
  return instance('dict', named, keys);
}

/** `and`, `or`: the operand that stands, where it is known; truth values of records or of one value joined, where they are not. */
function either(at: Follower, e: Extract<Expression, { kind: 'boolean-operation' }>): Meaning {
  const open: Extract<Meaning, { kind: 'term' }>[] = [];
  let last: Meaning = unknown;
  for (const operand of e.operands) {
    last = at.value(operand);
    const value = conditionOf(last);
    if (value === undefined) {
      if (last.kind !== 'term' || last.batch) return e.operator === 'and' || open.length > 0 ? unknown : last;
      open.push(last);
    } else if (e.operator === 'or' ? value : !value) return open.length > 0 && e.operator === 'or' ? unknown : last;
  }
  if (open.length === 0) return last;
  const row = open.some(each => each.row);
  const terms = open.map(each => each.term);
  return {
    kind: 'term',
    ...(row && { row: true as const }),
    term: terms
      .slice(1)
      .reduce<Term>((a, b) => operation('binary', [literal(e.operator === 'and' ? '&' : '|'), a, b]), terms[0]!),
  };
}

function comprehension(at: Follower, e: Extract<Expression, { kind: 'comprehension' }>): Meaning {
  const [clause, ...more] = e.clauses;
  if (!clause || more.length > 0 || (e.result === 'mapping' && !e.value)) return unknown;
  const over = at.value(clause.iterable);
  const items = itemsOf(over);
  const outer = at.scopes;
  at.scopes = [...outer, new Map()];
  try {
    if (!items) return ofData(at, e, clause, over);
    if (items.length > 5_000) return unknown;
    const made: Meaning[] = [];
    const named = new Map<string, Meaning>();
    for (const item of items) {
      assign(at, clause.target, item);
      const tests = clause.conditions.map(condition => at.value(condition));
      const known = tests.map(conditionOf);
      if (known.includes(undefined))
        return over.kind === 'term' && e.result !== 'mapping' ? overNames(at, e, clause, over.term) : unknown;
      if (known.includes(false)) continue;
      if (e.result === 'mapping') {
        const key = literalIn(at.value(e.element));
        if (key === undefined) return unknown;
        named.set(String(key), at.value(e.value!));
      } else made.push(at.value(e.element));
    }
    if (e.result === 'mapping') return instance('dict', named, [...named.keys()].map(text));
    const terms = made.map(item => (item.kind === 'term' && !item.row && !item.batch ? item.term : null));
    return terms.every(term => term !== null) ? known(list(terms)) : tuple(made);
  } finally {
    at.scopes = outer;
  }
}

type Comprehension = Extract<Expression, { kind: 'comprehension' }>;

function ofData(at: Follower, e: Comprehension, clause: Comprehension['clauses'][number], over: Meaning): Meaning {
  if (over.kind === 'term' && !over.row && e.result !== 'mapping' && isNames(over.term))
    return overNames(at, e, clause, over.term);
  // Over records: one stands for all.
  const each = iterateAll(over);
  if (each.kind !== 'term' || clause.conditions.length > 0 || e.result === 'mapping') return unknown;
  assign(at, clause.target, each);
  const made = at.value(e.element);
  return made.kind === 'term' && made.row ? known(made.term) : unknown;
}

/** Names of columns chosen by what the data say of them: `[c for c in frame.columns if frame[c].dtype == object]`. */
function overNames(at: Follower, e: Comprehension, clause: Comprehension['clauses'][number], names: Term): Meaning {
  const each = operation('hole', []);
  assign(at, clause.target, known(each));
  const element = termOf(at.value(e.element));
  const tests = clause.conditions.map(condition => termOf(at.value(condition)));
  return element && tests.every(test => test !== null)
    ? known(operation('pick-names', [names, each, element, ...tests]))
    : unknown;
}
