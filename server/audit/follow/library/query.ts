import { list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';

/**
 * The condition of `frame.query("age > 18 and sex == 'M'")` as a term: comparisons (also chained), `in`, `and`/`or`/`not`, parentheses, names of
 * columns (also in backticks) and variables by `@`. Null for anything else.
 */
export function parseQuery(words: string, table: Term, variable: (name: string) => Term | null): Term | null {
  const tokens =
    words.match(/`[^`]*`|'[^']*'|"[^"]*"|@?[A-Za-z_]\w*|\d+\.?\d*(?:[eE][+-]?\d+)?|[<>=!]=|[-+*/%<>()[\],&|~]|\S/g) ??
    [];
  let at = 0;
  const next = (): string | undefined => tokens[at++];
  const peek = (): string | undefined => tokens[at];
  class Unread extends Error {}
  const fail = (): never => {
    throw new Unread();
  };
  const join = (operator: string, a: Term, b: Term): Term => operation('binary', [literal(operator), a, b]);

  const either = (): Term => {
    let left = both();
    while (peek() === 'or' || peek() === '|') {
      next();
      left = join('|', left, both());
    }
    return left;
  };
  const both = (): Term => {
    let left = negation();
    while (peek() === 'and' || peek() === '&') {
      next();
      left = join('&', left, negation());
    }
    return left;
  };
  const negation = (): Term => {
    if (peek() !== 'not' && peek() !== '~') return comparison();
    next();
    return operation('not', [negation()]);
  };
  const comparison = (): Term => {
    let left = sum();
    let made: Term | null = null;
    for (;;) {
      const operator = peek();
      if (operator === 'in' || (operator === 'not' && tokens[at + 1] === 'in')) {
        next();
        if (operator === 'not') next();
        const inside = operation('isin', [left, sum()]);
        return operator === 'not' ? operation('not', [inside]) : inside;
      }
      if (operator === undefined || !/^[<>=!]=?$/.test(operator)) return made ?? left;
      next();
      const right = sum();
      const test = operation('compare', [literal(operator), left, right]);
      made = made ? join('&', made, test) : test;
      left = right;
    }
  };
  const sum = (): Term => {
    let left = product();
    while (peek() === '+' || peek() === '-') left = join(next()!, left, product());
    return left;
  };
  const product = (): Term => {
    let left = atom();
    while (peek() === '*' || peek() === '/' || peek() === '%') left = join(next()!, left, atom());
    return left;
  };
  const atom = (): Term => {
    const token = next() ?? fail();
    if (token === '(') {
      const inner = either();
      return next() === ')' ? inner : fail();
    }
    if (token === '[') {
      const items: Term[] = [];
      while (peek() !== ']') {
        items.push(atom());
        if (peek() === ',') next();
        else if (peek() !== ']') fail();
      }
      next();
      return list(items);
    }
    if (token === '-') return operation('negate', [atom()]);
    if (/^['"]/.test(token)) return literal(token.slice(1, -1));
    if (/^\d/.test(token)) return literal(Number(token));
    if (token === 'True' || token === 'False') return literal(token === 'True');
    if (token.startsWith('@')) return variable(token.slice(1)) ?? fail();
    if (token.startsWith('`')) return operation('columns', [table, literal(token.slice(1, -1))]);
    if (/^[A-Za-z_]/.test(token) && peek() !== '(' && peek() !== '.')
      return operation('columns', [table, literal(token)]);
    return fail();
  };
  try {
    const made = either();
    return at === tokens.length ? made : null;
  } catch (error) {
    if (error instanceof Unread) return null;
    throw error;
  }
}
