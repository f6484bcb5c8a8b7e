import type { Expression, KeywordArgument } from '../../../facts/syntax';
import { StringReader } from './strings';
import {
  ASYNC,
  BRACE_END,
  BRACKET_END,
  CLOSE,
  COLON,
  COMMA,
  EQUALS,
  FOR,
  IF,
  IN,
  LAMBDA,
  STAR,
  STARS,
  YIELD,
} from './tokens';

type Comprehension = Extract<Expression, { kind: 'comprehension' }>;
type Clauses = { target: Expression; iterable: Expression; conditions: Expression[] }[];

/** What stands between brackets: arguments, indexes, displays and comprehensions. */
export abstract class BracketReader extends StringReader {
  protected abstract expression(): Expression;
  protected abstract expressions(): Expression;
  protected abstract starOrExpression(): Expression;
  protected abstract star(): Expression;
  protected abstract disjunction(): Expression;
  protected abstract primary(): Expression;
  protected abstract yielded(): Expression;
  protected abstract startsExpression(): boolean;

  protected call(start: number, callee: Expression): Expression {
    const positional: Expression[] = [];
    const keywords: KeywordArgument[] = [];
    this.givens(positional, keywords);
    return { kind: 'call', start, end: this.previous, callee, arguments: positional, keywords };
  }

  /** An argument list with its parentheses. */
  protected givens(positional: Expression[], keywords: KeywordArgument[]): void {
    const open = this.start;
    this.next();
    while (this.kind !== CLOSE) {
      const { start } = this;
      if (this.kind === STARS) {
        this.next();
        const value = this.expression();
        keywords.push({ start, end: this.previous, name: null, value });
      } else if (this.kind === STAR) {
        this.next();
        const value = this.expression();
        positional.push({ kind: 'spread', start, end: this.previous, value });
      } else {
        const e = this.expression();
        // A name in parentheses has a span that is smaller than what was read.
        if (this.kind === EQUALS && e.kind === 'name' && e.start === start && e.end === this.previous) {
          this.next();
          const value = this.expression();
          keywords.push({ start, end: this.previous, name: e.name, value });
        } else if (this.kind === FOR || this.kind === ASYNC) {
          if (positional.length > 0 || keywords.length > 0) this.fail();
          positional.push(this.comprehension('generator', open, e, undefined, CLOSE));
          return;
        } else positional.push(e);
      }
      if (this.kind !== COMMA) break;
      this.next();
    }
    this.expect(CLOSE);
  }

  protected subscript(start: number, object: Expression): Expression {
    this.next();
    const parts: Expression[] = [];
    while (this.kind !== BRACKET_END) {
      parts.push(this.kind === STAR ? this.star() : this.slice());
      if (this.kind !== COMMA) break;
      this.next();
    }
    if (parts.length === 0) this.fail();
    this.expect(BRACKET_END);
    const index: Expression =
      parts.length === 1
        ? parts[0]!
        : { kind: 'tuple', start: parts[0]!.start, end: parts[parts.length - 1]!.end, items: parts };
    return { kind: 'index', start, end: this.previous, object, index };
  }

  private slice(): Expression {
    const { start } = this;
    const from = this.kind === COLON ? undefined : this.expression();
    if (this.kind !== COLON) return from!;
    this.next();
    const to = this.startsExpression() ? this.expression() : undefined;
    let step: Expression | undefined;
    if (this.kind === COLON) {
      this.next();
      if (this.startsExpression()) step = this.expression();
    }
    return {
      kind: 'slice',
      start,
      end: this.previous,
      ...(from && { from }),
      ...(to && { to }),
      ...(step && { step }),
    };
  }

  /** A tuple, a generator, or what stands in parentheses itself. */
  protected parenthesis(): Expression {
    const { start } = this;
    this.next();
    if (this.kind === CLOSE) {
      this.next();
      return { kind: 'tuple', start, end: this.previous, items: [] };
    }
    if (this.kind === YIELD) {
      const value = this.yielded();
      this.expect(CLOSE);
      return value;
    }
    const first = this.starOrExpression();
    if (this.kind === FOR || this.kind === ASYNC)
      return this.comprehension('generator', start, first, undefined, CLOSE);
    if (this.kind !== COMMA) {
      if (first.kind === 'spread') this.fail();
      this.expect(CLOSE);
      return first;
    }
    const items = this.items(first, CLOSE);
    return { kind: 'tuple', start, end: this.previous, items };
  }

  protected list(): Expression {
    const { start } = this;
    this.next();
    if (this.kind === BRACKET_END) {
      this.next();
      return { kind: 'list', start, end: this.previous, items: [] };
    }
    const first = this.starOrExpression();
    if (this.kind === FOR || this.kind === ASYNC)
      return this.comprehension('list', start, first, undefined, BRACKET_END);
    const items = this.items(first, BRACKET_END);
    return { kind: 'list', start, end: this.previous, items };
  }

  /** A mapping or a set. */
  protected braces(): Expression {
    const { start } = this;
    this.next();
    if (this.kind === BRACE_END) {
      this.next();
      return { kind: 'mapping', start, end: this.previous, entries: [] };
    }
    if (this.kind !== STARS) {
      const first = this.starOrExpression();
      if (this.kind !== COLON) {
        if (this.kind === FOR || this.kind === ASYNC)
          return this.comprehension('set', start, first, undefined, BRACE_END);
        const items = this.items(first, BRACE_END);
        return { kind: 'set', start, end: this.previous, items };
      }
      this.next();
      const value = this.expression();
      if (this.kind === FOR || this.kind === ASYNC)
        return this.comprehension('mapping', start, first, value, BRACE_END);
      return this.entries(start, [{ key: first, value }]);
    }
    return this.entries(start, []);
  }

  private entries(start: number, entries: { key: Expression | null; value: Expression }[]): Expression {
    if (entries.length > 0 && this.kind === COMMA) this.next();
    else if (entries.length > 0 && this.kind !== BRACE_END) this.fail();
    while (this.kind !== BRACE_END) {
      let key: Expression | null = null;
      if (this.kind === STARS) this.next();
      else {
        key = this.expression();
        this.expect(COLON);
      }
      entries.push({ key, value: this.expression() });
      if (this.kind !== COMMA) break;
      this.next();
    }
    this.expect(BRACE_END);
    return { kind: 'mapping', start, end: this.previous, entries };
  }

  private items(first: Expression, close: number): Expression[] {
    const items = [first];
    while (this.kind === COMMA) {
      this.next();
      if (this.kind === close) break;
      items.push(this.kind === YIELD ? this.yielded() : this.starOrExpression());
    }
    this.expect(close);
    return items;
  }

  private comprehension(
    result: Comprehension['result'],
    start: number,
    element: Expression,
    value: Expression | undefined,
    close: number,
  ): Expression {
    const clauses: Clauses = [];
    while (this.kind !== close) {
      if (this.kind === IF && clauses.length > 0) {
        this.next();
        clauses[clauses.length - 1]!.conditions.push(this.condition());
        continue;
      }
      if (this.kind === ASYNC) this.next();
      this.expect(FOR);
      const target = this.targets();
      this.expect(IN);
      clauses.push({ target, iterable: this.condition(), conditions: [] });
    }
    this.next();
    return { kind: 'comprehension', start, end: this.previous, result, element, ...(value && { value }), clauses };
  }

  /** No conditional expression: its `if` would be the comprehension's. */
  private condition(): Expression {
    if (this.kind === LAMBDA) this.fail();
    return this.disjunction();
  }

  /** What a loop assigns to: names, items and attributes, several with commas, in parentheses or not. */
  protected targets(): Expression {
    const { start } = this;
    const first = this.target();
    if (this.kind !== COMMA) return first;
    const items = [first];
    while (this.kind === COMMA) {
      this.next();
      if (this.kind === IN) break;
      items.push(this.target());
    }
    return { kind: 'tuple', start, end: this.previous, items };
  }

  private target(): Expression {
    const { start } = this;
    if (this.kind !== STAR) return this.primary();
    this.next();
    const value = this.primary();
    return { kind: 'spread', start, end: this.previous, value };
  }
}
