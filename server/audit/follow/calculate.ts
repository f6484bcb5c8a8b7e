import { isOperation, list, literal, literalOf, operation, type Term } from '../../../audit-core/datasets/recipe';
import { isNames } from './indexing';
import { type Instance, instance, known, literalIn, type Meaning, termOf, text, unknown } from './symbols';

const whole = (operator: string, a: number, b: number): number | undefined => {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    case '**':
      return a ** b;
    default:
      return undefined;
  }
};

/** Marks that a part carries on to what is made of it. */
const marks = (...parts: readonly Meaning[]) => ({
  ...(parts.some(part => part.kind === 'term' && part.row) && { row: true as const }),
  ...(parts.some(part => part.kind === 'term' && part.batch) && { batch: true as const }),
});

const merged = (a: Instance, b: Instance): Instance => {
  const named = new Map([...a.named, ...b.named]);
  return instance('dict', named, [...named.keys()].map(text));
};

export function binary(operator: string, a: Meaning, b: Meaning): Meaning {
  if (a.kind === 'unknown') return a;
  if (b.kind === 'unknown') return b;
  const [x, y] = [literalIn(a), literalIn(b)];
  if (typeof x === 'number' && typeof y === 'number') {
    const made = whole(operator, x, y);
    return made === undefined ? unknown : text(made);
  }
  if (operator === '+' && typeof x === 'string' && typeof y === 'string') return text(x + y);
  if (
    operator === '/' &&
    (a.kind === 'instance' || b.kind === 'instance' || typeof x === 'string' || typeof y === 'string')
  )
    return joined(a, b);
  if (operator === '|' && a.kind === 'instance' && b.kind === 'instance') return merged(a, b);
  if (a.kind === 'tuple' && b.kind === 'tuple' && operator === '+')
    return { kind: 'tuple', items: [...a.items, ...b.items] };
  if (a.kind === 'output' || b.kind === 'output') return a.kind === 'output' ? a : b;
  if (a.kind !== 'term' || b.kind !== 'term') return unknown;
  if (operator === '+' && 'items' in a.term && 'items' in b.term)
    return known(list([...a.term.items, ...b.term.items]));
  if (operator === '-' && isSet(a.term) && isSet(b.term))
    return known(operation('set-difference', [a.term, b.term], { set: literal(true) }));
  return { kind: 'term', term: operation('binary', [literal(operator), a.term, b.term]), ...marks(a, b) };
}

/** A set of Python's, of other things than names of columns. */
export const isSet = (term: Term): boolean =>
  isOperation(term) && term.named.set !== undefined && !isNames(term.args[0]!);

/** Parts of a path. */
export function joined(...parts: readonly Meaning[]): Meaning {
  const texts = parts.map(literalIn);
  if (texts.every(part => part !== undefined)) {
    const path = texts
      .map(String)
      .reduce((front, more) =>
        more.startsWith('/') ? more : front === '' || front === '.' ? more : `${front.replace(/\/$/, '')}/${more}`,
      );
    return text(path.replace(/^\.\//, ''));
  }
  const terms = parts.map(part => (part.kind === 'term' ? part.term : null));
  if (!terms.every((term): term is Term => term !== null))
    return parts.find(part => part.kind === 'unknown') ?? unknown;
  return { kind: 'term', term: operation('join-text', [literal('/'), ...terms]), ...marks(...parts) };
}

const isType = (of: Meaning | undefined): boolean =>
  of?.kind === 'term' && isOperation(of.term) && (of.term.op === 'dtype' || of.term.op === 'dtypes');

/** A type as numpy and pandas spell it, for a comparison with a column's own. */
function typeText(of: Meaning): Meaning {
  const items =
    of.kind === 'tuple' ? of.items : of.kind === 'term' && 'items' in of.term ? of.term.items.map(known) : null;
  if (items) return { kind: 'tuple', items: items.map(typeText) };
  const word = of.kind === 'path' ? of.path.replace(/^(?:builtins|numpy|np)\./, '').replace(/_$/, '') : literalIn(of);
  if (typeof word !== 'string') return of;
  return text({ O: 'object', str: 'object', int: 'int64', float: 'float64', bool_: 'bool' }[word] ?? word);
}

export function comparison(operators: readonly string[], given: readonly Meaning[]): Meaning {
  const operands = given.some(isType) ? given.map(each => (isType(each) ? each : typeText(each))) : given;
  const [a, b] = operands;
  const lost = operands.find(each => each.kind === 'unknown');
  if (lost) return lost;
  if (operands.length === 3) {
    const [first, second] = [comparison([operators[0]!], [a!, b!]), comparison([operators[1]!], [b!, operands[2]!])];
    return binary('&', first, second);
  }
  const operator = operators[0]!;
  if (operands.length !== 2 || !a || !b) return unknown;
  const [x, y] = [literalIn(a), literalIn(b)];
  if (operator === 'is' || operator === 'is not') {
    if (x === undefined && y === null && (a.kind === 'term' || a.kind === 'instance'))
      return text(operator === 'is not');
    return x !== undefined && y !== undefined ? text((x === y) === (operator === 'is')) : unknown;
  }
  if (operator === 'in' || operator === 'not in') {
    const items =
      b.kind === 'term' && 'items' in b.term
        ? b.term.items.map(literalOf)
        : b.kind === 'instance' && b.type === 'dict'
          ? [...b.named.keys()]
          : b.kind === 'tuple'
            ? b.items.map(literalIn)
            : null;
    const term = termOf(b);
    if (x === undefined || !items || items.includes(undefined)) {
      // One name or type that only the data tell; or a record's cell.
      if (a.kind !== 'term' || a.batch || !term) return unknown;
      const found = operation(a.row ? 'isin' : 'in-list', [a.term, term]);
      return { ...a, term: operator === 'in' ? found : operation('not', [found]) };
    }
    return text(items.includes(x) === (operator === 'in'));
  }
  if (x !== undefined && y !== undefined) {
    if (operator === '==' || operator === '!=') return text((x === y) === (operator === '=='));
    if (typeof x === 'number' && typeof y === 'number')
      return text(operator === '<' ? x < y : operator === '<=' ? x <= y : operator === '>' ? x > y : x >= y);
  }
  if (a.kind !== 'term' || b.kind !== 'term' || !/^[<>=!]=?$/.test(operator)) return unknown;
  return { kind: 'term', term: operation('compare', [literal(operator), a.term, b.term]), ...marks(a, b) };
}

/** Whether a test holds, where it is known before the script runs. */
export function conditionOf(test: Meaning): boolean | undefined {
  const value = literalIn(test);
  if (value !== undefined) return Boolean(value);
  if (test.kind === 'tuple') return test.items.length > 0;
  if (test.kind === 'instance' && test.type === 'dict') return test.named.size > 0;
  if (test.kind === 'term' && 'items' in test.term) return test.term.items.length > 0;
  return test.kind === 'instance' || test.kind === 'function' || test.kind === 'class' ? true : undefined;
}

/** A truth vector, by the operation that makes it. */
export const isMask = (term: Term): boolean =>
  isOperation(term) &&
  (['compare', 'isin', 'isna', 'notna', 'not', 'text-test', 'duplicated'].includes(term.op) ||
    (term.op === 'binary' && ['&', '|', '^'].includes(String(literalOf(term.args[0])))) ||
    (term.op === 'cast' && literalOf(term.args[1]) === 'bool') ||
    (term.op === 'array' && isMask(term.args[0]!)));
