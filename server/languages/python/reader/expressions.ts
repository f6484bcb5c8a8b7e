import type { Expression, Parameter } from '../../../facts/syntax';
import { numberValue } from '../strings';
import { BracketReader } from './brackets';
import {
  AND,
  AWAIT,
  BAR,
  BRACE,
  BRACKET,
  BRACKET_END,
  binding,
  COLON,
  COMMA,
  comparisons,
  DOT,
  ELLIPSIS,
  ELSE,
  FALSE,
  FROM,
  IF,
  IN,
  IS,
  LAMBDA,
  MINUS,
  NAME,
  NONE,
  NOT,
  NUMBER,
  OPEN,
  OR,
  PLUS,
  STAR,
  STARS,
  STRING,
  TILDE,
  TRUE,
  WALRUS,
  YIELD,
} from './tokens';

/** What nests deeper or chains longer is left to the tree, which says where it stops. */
const MOST = 100;

/** Expressions, by the precedence of Python's grammar. Spans are those of the text; parentheses count for what stands around them. */
export abstract class ExpressionReader extends BracketReader {
  protected abstract lambdaParameters(): Parameter[];

  protected expression(): Expression {
    if (++this.nested > MOST) this.fail();
    const { start } = this;
    let e = this.kind === LAMBDA ? this.lambda() : this.disjunction();
    if (this.kind === IF) e = this.conditional(start, e);
    else if (this.kind === WALRUS && e.kind === 'name') {
      this.next();
      const value = this.expression();
      e = { kind: 'walrus', start, end: this.previous, target: e, value };
    }
    this.nested--;
    return e;
  }

  /** A type: a name with types in brackets is an index, and what stands behind it after a `|` has no meaning but its parts. */
  protected annotation(): Expression {
    if (!this.isGeneric()) return this.expression();
    if (++this.nested > MOST) this.fail();
    const { start } = this;
    let type = this.generic();
    for (let links = 0; this.kind === BAR; links++) {
      if (links > MOST) this.fail();
      this.next();
      const parts = [type, this.isGeneric() ? this.generic() : this.arithmetic(1)];
      type = { kind: 'opaque', start, end: this.previous, parts };
    }
    this.nested--;
    return type;
  }

  private isGeneric(): boolean {
    return this.kind === NAME && this.source.charCodeAt(this.end) === BRACKET;
  }

  private generic(): Expression {
    const { start, end, text: name } = this;
    this.next();
    this.next();
    const items: Expression[] = [];
    while (this.kind !== BRACKET_END) {
      items.push(this.annotation());
      if (this.kind !== COMMA) break;
      this.next();
    }
    if (items.length === 0) this.fail();
    this.expect(BRACKET_END);
    const whole = { start, end: this.previous };
    if (this.kind === DOT || this.kind === OPEN || this.kind === BRACKET) this.fail();
    const object: Expression = { kind: 'name', start, end, name };
    const index: Expression = items.length === 1 ? items[0]! : { kind: 'tuple', ...whole, items };
    return { kind: 'index', ...whole, object, index };
  }

  /** As on the right of an assignment: several make a tuple. */
  protected expressions(): Expression {
    const { start } = this;
    const first = this.starOrExpression();
    return this.kind === COMMA ? this.tuple(start, first) : first;
  }

  protected starOrExpression(): Expression {
    return this.kind === STAR ? this.star() : this.expression();
  }

  protected star(): Expression {
    const { start } = this;
    this.next();
    const value = this.arithmetic(1);
    return { kind: 'spread', start, end: this.previous, value };
  }

  protected yielded(): Expression {
    const { start, end } = this;
    this.next();
    if (this.kind === FROM) {
      this.next();
      const value = this.expression();
      return { kind: 'yield', start, end: this.previous, value };
    }
    if (!this.startsExpression()) return { kind: 'yield', start, end };
    const value = this.expressions();
    return { kind: 'yield', start, end: this.previous, value };
  }

  protected interpolated(): Expression {
    return this.kind === YIELD ? this.yielded() : this.expressions();
  }

  /** Whether an expression may begin with the current token. */
  protected startsExpression(): boolean {
    switch (this.kind) {
      case NAME:
      case NUMBER:
      case STRING:
      case OPEN:
      case BRACKET:
      case BRACE:
      case MINUS:
      case PLUS:
      case TILDE:
      case STAR:
      case NOT:
      case LAMBDA:
      case AWAIT:
      case ELLIPSIS:
      case TRUE:
      case FALSE:
      case NONE:
        return true;
      default:
        return false;
    }
  }

  private tuple(start: number, first: Expression): Expression {
    const items = [first];
    while (this.kind === COMMA) {
      this.next();
      if (!this.startsExpression()) break;
      items.push(this.starOrExpression());
    }
    return { kind: 'tuple', start, end: this.previous, items };
  }

  private conditional(start: number, then: Expression): Expression {
    this.next();
    const test = this.disjunction();
    this.expect(ELSE);
    const otherwise = this.expression();
    return { kind: 'conditional', start, end: this.previous, test, then, otherwise };
  }

  private lambda(): Expression {
    const { start } = this;
    this.next();
    const parameters = this.lambdaParameters();
    this.expect(COLON);
    const value = this.expression();
    const body = [{ kind: 'return' as const, start: value.start, end: value.end, value }];
    return { kind: 'lambda', start, end: this.previous, parameters, body, isAsync: false };
  }

  protected disjunction(): Expression {
    const { start } = this;
    let left = this.conjunction();
    for (let links = 0; this.kind === OR; links++) {
      if (links > MOST) this.fail();
      this.next();
      const operands = [left, this.conjunction()];
      left = { kind: 'boolean-operation', start, end: this.previous, operator: 'or', operands };
    }
    return left;
  }

  private conjunction(): Expression {
    const { start } = this;
    let left = this.negation();
    for (let links = 0; this.kind === AND; links++) {
      if (links > MOST) this.fail();
      this.next();
      const operands = [left, this.negation()];
      left = { kind: 'boolean-operation', start, end: this.previous, operator: 'and', operands };
    }
    return left;
  }

  private negation(): Expression {
    if (this.kind !== NOT) return this.comparison();
    if (++this.nested > MOST) this.fail();
    const { start } = this;
    this.next();
    const operand = this.negation();
    this.nested--;
    return { kind: 'unary', start, end: this.previous, operator: 'not', operand };
  }

  private comparison(): Expression {
    const { start } = this;
    const first = this.arithmetic(1);
    if (!comparisons.has(this.kind) && this.kind !== IN && this.kind !== IS && this.kind !== NOT) return first;
    const operators: string[] = [];
    const operands = [first];
    for (;;) {
      const operator = this.comparator();
      if (operator === null) break;
      operators.push(operator);
      operands.push(this.arithmetic(1));
    }
    return { kind: 'compare', start, end: this.previous, operators, operands };
  }

  private comparator(): string | null {
    const { kind } = this;
    if (comparisons.has(kind)) {
      const operator = this.source.slice(this.start, this.end);
      this.next();
      return operator;
    }
    if (kind === IN) {
      this.next();
      return 'in';
    }
    if (kind === NOT) {
      this.next();
      this.expect(IN);
      return 'not in';
    }
    if (kind !== IS) return null;
    this.next();
    if (this.kind !== NOT) return 'is';
    this.next();
    return 'is not';
  }

  protected arithmetic(least: number): Expression {
    const { start } = this;
    let left = this.signed();
    for (let links = 0; ; links++) {
      const strength = binding.get(this.kind);
      if (strength === undefined || strength < least) return left;
      if (links > MOST) this.fail();
      const operator = this.source.slice(this.start, this.end);
      this.next();
      const right = this.arithmetic(strength + 1);
      left = { kind: 'binary', start, end: this.previous, operator, left, right };
    }
  }

  private signed(): Expression {
    const { kind, start } = this;
    if (kind !== MINUS && kind !== PLUS && kind !== TILDE) return this.power();
    if (++this.nested > MOST) this.fail();
    this.next();
    const operand = this.signed();
    this.nested--;
    const operator = this.source.charAt(start);
    return { kind: 'unary', start, end: this.previous, operator, operand };
  }

  private power(): Expression {
    const { start } = this;
    let left: Expression;
    if (this.kind === AWAIT) {
      this.next();
      const value = this.primary();
      left = { kind: 'await', start, end: this.previous, value };
    } else left = this.primary();
    if (this.kind !== STARS) return left;
    if (++this.nested > MOST) this.fail();
    this.next();
    const right = this.signed();
    this.nested--;
    return { kind: 'binary', start, end: this.previous, operator: '**', left, right };
  }

  protected primary(): Expression {
    const { start } = this;
    let e = this.atom();
    for (let links = 0; ; links++) {
      if (links > MOST) this.fail();
      if (this.kind === DOT) {
        this.next();
        if (this.kind !== NAME) this.fail();
        const { start: from, end, text: name } = this;
        this.next();
        e = { kind: 'attribute', start, end, object: e, name, nameSpan: { start: from, end } };
      } else if (this.kind === OPEN) e = this.call(start, e);
      else if (this.kind === BRACKET) e = this.subscript(start, e);
      else return e;
    }
  }

  private atom(): Expression {
    const { kind, start, end } = this;
    switch (kind) {
      case NAME: {
        const { text: name } = this;
        this.next();
        return { kind: 'name', start, end, name };
      }
      case STRING:
        return this.strings();
      case NUMBER: {
        const value = numberValue(this.source.slice(start, end));
        this.next();
        return Number.isNaN(value) ? { kind: 'opaque', start, end, parts: [] } : { kind: 'number', start, end, value };
      }
      case OPEN:
        return this.parenthesis();
      case BRACKET:
        return this.list();
      case BRACE:
        return this.braces();
      case TRUE:
      case FALSE:
        this.next();
        return { kind: 'boolean', start, end, value: kind === TRUE };
      case NONE:
        this.next();
        return { kind: 'none', start, end };
      case ELLIPSIS:
        this.next();
        return { kind: 'opaque', start, end, parts: [] };
      default:
        return this.fail();
    }
  }
}
