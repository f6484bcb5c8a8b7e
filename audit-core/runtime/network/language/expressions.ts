import { RuntimeError } from '../../error';
import type { Expression, Parameter } from './syntax';
import { type Token, unquote } from './tokens';

/** Binary operators by how strongly they bind, loosest first. */
const levels: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['+', '-'], ['*', '/', '//', '%', '@']];
const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not', 'is']);
const maxDepth = 200;

/** Reads expressions from tokens, loosest operator first. */
export class ExpressionParser {
  private at = 0;
  private depth = 0;
  protected previousEnd = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  protected peek(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }

  protected next(): Token {
    const token = this.peek();
    this.at++;
    this.previousEnd = token.end;
    return token;
  }

  protected accept(text: string): boolean {
    if (this.peek().text !== text || this.peek().kind === 'string') return false;
    this.next();
    return true;
  }

  protected expect(text: string): void {
    if (!this.accept(text))
      throw new RuntimeError(
        `The code of the model cannot be read: "${text}" is missing at character ${this.peek().start}.`,
      );
  }

  protected identifier(): string {
    const token = this.next();
    if (token.kind !== 'name')
      throw new RuntimeError(`The code of the model cannot be read: a name is missing at character ${token.start}.`);
    return token.text;
  }

  /** Expressions separated by commas are a tuple. */
  protected expressionList(): Expression {
    const first = this.starred();
    if (this.peek().text !== ',' || this.peek().kind === 'string') return first;
    const items = [first];
    while (this.accept(',')) {
      if (this.peek().kind === 'newline' || /^[=)\]};:]$/.test(this.peek().text)) break;
      items.push(this.starred());
    }
    return { kind: 'tuple', start: first.start, end: this.previousEnd, items };
  }

  /** The targets of a loop: names and tuples, never a comparison with `in`. */
  protected targets(): Expression {
    const first = this.postfix();
    if (this.peek().text !== ',') return first;
    const items = [first];
    while (this.accept(',') && this.peek().text !== 'in') items.push(this.postfix());
    return { kind: 'tuple', start: first.start, end: this.previousEnd, items };
  }

  private starred(): Expression {
    const { start } = this.peek();
    if (!this.accept('*')) return this.expression();
    const value = this.expression();
    return { kind: 'spread', start, end: this.previousEnd, value };
  }

  expression(): Expression {
    if (++this.depth > maxDepth) throw new RuntimeError('The code of the model is nested too deeply.');
    try {
      const { start } = this.peek();
      if (this.accept('lambda')) {
        const parameters = this.parameters(':');
        this.expect(':');
        const value = this.expression();
        const body = [{ kind: 'return' as const, start: value.start, end: value.end, value }];
        return { kind: 'lambda', start, end: this.previousEnd, parameters, body };
      }
      const then = this.disjunction();
      if (!this.accept('if')) return then;
      const test = this.disjunction();
      this.expect('else');
      const otherwise = this.expression();
      return { kind: 'conditional', start, end: this.previousEnd, test, then, otherwise };
    } finally {
      this.depth--;
    }
  }

  private disjunction(): Expression {
    return this.chain('or', () => this.chain('and', () => this.negation()));
  }

  private chain(operator: 'and' | 'or', part: () => Expression): Expression {
    const first = part();
    const operands = [first];
    while (this.peek().kind === 'name' && this.accept(operator)) operands.push(part());
    return operands.length === 1
      ? first
      : { kind: 'boolean-operation', start: first.start, end: this.previousEnd, operator, operands };
  }

  private negation(): Expression {
    const { start } = this.peek();
    if (!this.accept('not')) return this.comparison();
    const operand = this.negation();
    return { kind: 'unary', start, end: this.previousEnd, operator: 'not', operand };
  }

  private comparison(): Expression {
    const first = this.binary(0);
    const operands = [first];
    const operators: string[] = [];
    while (comparisons.has(this.peek().text) && this.peek().kind !== 'string') {
      let operator = this.next().text;
      if (operator === 'not') {
        this.expect('in');
        operator = 'not in';
      } else if (operator === 'is' && this.accept('not')) operator = 'is not';
      operators.push(operator);
      operands.push(this.binary(0));
    }
    return operators.length === 0
      ? first
      : { kind: 'compare', start: first.start, end: this.previousEnd, operators, operands };
  }

  private binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    while (this.peek().kind === 'operator' && operators.includes(this.peek().text)) {
      const operator = this.next().text;
      const right = this.binary(level + 1);
      left = { kind: 'binary', start: left.start, end: this.previousEnd, operator, left, right };
    }
    return left;
  }

  private unary(): Expression {
    const { start, text, kind } = this.peek();
    if (kind === 'operator' && (text === '-' || text === '+' || text === '~')) {
      this.next();
      const operand = this.unary();
      if (operand.kind === 'number' && text !== '~')
        return { ...operand, start, value: text === '-' ? -operand.value : operand.value };
      return { kind: 'unary', start, end: this.previousEnd, operator: text, operand };
    }
    const base = this.postfix();
    if (!this.accept('**')) return base;
    const right = this.unary();
    return { kind: 'binary', start, end: this.previousEnd, operator: '**', left: base, right };
  }

  protected postfix(): Expression {
    let value = this.atom();
    for (;;) {
      const { start } = value;
      if (this.peek().kind === 'string') return value;
      if (this.accept('.'))
        value = { kind: 'attribute', start, object: value, name: this.identifier(), end: this.previousEnd };
      else if (this.accept('(')) value = this.call(value);
      else if (this.accept('[')) {
        const index = this.subscript();
        this.expect(']');
        value = { kind: 'index', start, end: this.previousEnd, object: value, index };
      } else return value;
    }
  }

  private call(callee: Expression): Expression {
    const positional: Expression[] = [];
    const keywords: { name: string | null; value: Expression }[] = [];
    while (this.peek().text !== ')' || this.peek().kind === 'string') {
      const { start } = this.peek();
      if (this.accept('**')) keywords.push({ name: null, value: this.expression() });
      else if (this.accept('*')) {
        const value = this.expression();
        positional.push({ kind: 'spread', start, end: this.previousEnd, value });
      } else {
        const value = this.expression();
        if (value.kind === 'name' && this.accept('=')) keywords.push({ name: value.name, value: this.expression() });
        else if (this.peek().text === 'for') positional.push(this.comprehension('generator', value));
        else positional.push(value);
      }
      if (!this.accept(',')) break;
    }
    this.expect(')');
    return { kind: 'call', start: callee.start, end: this.previousEnd, callee, arguments: positional, keywords };
  }

  private subscript(): Expression {
    const first = this.sliceOrValue();
    if (this.peek().text !== ',') return first;
    const items = [first];
    while (this.accept(',') && this.peek().text !== ']') items.push(this.sliceOrValue());
    return { kind: 'tuple', start: first.start, end: this.previousEnd, items };
  }

  private sliceOrValue(): Expression {
    const { start } = this.peek();
    const part = (): Expression | undefined =>
      this.peek().text === ':' || this.peek().text === ']' || this.peek().text === ',' ? undefined : this.expression();
    const from = part();
    if (!this.accept(':')) return from ?? { kind: 'none', start, end: start };
    const to = part();
    const step = this.accept(':') ? part() : undefined;
    return {
      kind: 'slice',
      start,
      end: this.previousEnd,
      ...(from && { from }),
      ...(to && { to }),
      ...(step && { step }),
    };
  }

  private comprehension(result: 'list' | 'generator', element: Expression): Expression {
    const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
    while (this.accept('for')) {
      const target = this.targets();
      this.expect('in');
      const iterable = this.disjunction();
      const conditions: Expression[] = [];
      while (this.accept('if')) conditions.push(this.disjunction());
      clauses.push({ target, iterable, conditions });
    }
    return { kind: 'comprehension', start: element.start, end: this.previousEnd, result, element, clauses };
  }

  private atom(): Expression {
    const token = this.next();
    const { start, end, text, kind } = token;
    if (kind === 'number') return { kind: 'number', start, end, value: Number(text.replaceAll('_', '')) };
    if (kind === 'string') {
      let value = unquote(text);
      while (this.peek().kind === 'string') value += unquote(this.next().text);
      return { kind: 'string', start, end: this.previousEnd, value };
    }
    if (kind === 'name') {
      if (text === 'True' || text === 'False') return { kind: 'boolean', start, end, value: text === 'True' };
      if (text === 'None') return { kind: 'none', start, end };
      return { kind: 'name', start, end, name: text };
    }
    if (text === '...') return { kind: 'opaque', start, end, parts: [] };
    if (text === '(' || text === '[') return this.items(text, start);
    if (text === '{') return this.mapping(start);
    throw new RuntimeError(`The code of the model cannot be read: an expression is missing at character ${start}.`);
  }

  private items(open: '(' | '[', start: number): Expression {
    const close = open === '(' ? ')' : ']';
    const items: Expression[] = [];
    let comma = open === '[';
    while (this.peek().text !== close || this.peek().kind === 'string') {
      const item = this.starred();
      if (this.peek().text === 'for') items.push(this.comprehension(open === '[' ? 'list' : 'generator', item));
      else items.push(item);
      if (!this.accept(',')) break;
      comma = true;
    }
    this.expect(close);
    const [first] = items;
    if (items.length === 1 && first && (!comma || first.kind === 'comprehension')) return first;
    return { kind: open === '[' ? 'list' : 'tuple', start, end: this.previousEnd, items };
  }

  private mapping(start: number): Expression {
    const entries: { key: Expression | null; value: Expression }[] = [];
    while (this.peek().text !== '}' || this.peek().kind === 'string') {
      const key = this.expression();
      this.expect(':');
      entries.push({ key, value: this.expression() });
      if (!this.accept(',')) break;
    }
    this.expect('}');
    return { kind: 'mapping', start, end: this.previousEnd, entries };
  }

  protected parameters(close: string): Parameter[] {
    const out: Parameter[] = [];
    while (this.peek().text !== close) {
      const style = this.accept('**') ? 'keyword-rest' : this.accept('*') ? 'rest' : 'positional';
      if (style === 'rest' && this.peek().text === ',') {
        this.next();
        continue;
      }
      const name = this.identifier();
      if (close !== ':' && this.accept(':')) this.expression();
      const value = this.accept('=') ? this.expression() : undefined;
      out.push({ name, style, ...(value && { default: value }) });
      if (!this.accept(',')) break;
    }
    return out;
  }
}
