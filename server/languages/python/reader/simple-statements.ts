import type { Expression, ImportedName, Statement } from '../../../facts/syntax';
import { ExpressionReader } from './expressions';
import {
  AS,
  ASSERT,
  augmented,
  BREAK,
  CLOSE,
  COLON,
  COMMA,
  CONTINUE,
  DEL,
  DOT,
  ELLIPSIS,
  EQUALS,
  FROM,
  GLOBAL,
  IMPORT,
  IN,
  INTO,
  NAME,
  NONLOCAL,
  OPEN,
  PASS,
  RAISE,
  RETURN,
  SEMICOLON,
  STAR,
  STRING,
  YIELD,
} from './tokens';

/** So many names may be given one value at once. */
const MOST_TARGETS = 49;

/** Statements that take no block. */
export abstract class SimpleStatementReader extends ExpressionReader {
  protected simple(out: Statement[]): void {
    const { kind, start, end } = this;
    switch (kind) {
      case IMPORT:
        this.imports(out);
        return;
      case FROM:
        this.importsFrom(out);
        return;
      case RETURN: {
        this.next();
        const value = this.startsExpression() ? this.expressions() : undefined;
        out.push(value ? { kind: 'return', start, end: this.previous, value } : { kind: 'return', start, end });
        return;
      }
      case RAISE:
        this.raise(out);
        return;
      case DEL: {
        this.next();
        const deleted = this.expressions();
        const targets = deleted.kind === 'tuple' ? deleted.items : [deleted];
        out.push({ kind: 'delete', start, end: this.previous, targets });
        return;
      }
      case GLOBAL:
      case NONLOCAL:
        this.global(out);
        return;
      case ASSERT: {
        const values: Expression[] = [];
        do {
          this.next();
          values.push(this.expression());
        } while (this.kind === COMMA);
        for (const value of values) out.push({ kind: 'expression', start, end: this.previous, value });
        return;
      }
      case PASS:
      case BREAK:
      case CONTINUE: {
        this.next();
        const what = kind === PASS ? 'pass' : kind === BREAK ? 'break' : 'continue';
        out.push({ kind: 'jump', start, end, what });
        return;
      }
      case NAME:
        if (this.text === 'print' && this.printed(out)) return;
        if (this.text === 'exec' && this.executed(out)) return;
        this.assigned(out);
        return;
      default:
        this.assigned(out);
    }
  }

  private raise(out: Statement[]): void {
    const { start, end } = this;
    this.next();
    if (!this.startsExpression()) {
      out.push({ kind: 'raise', start, end });
      return;
    }
    const value = this.expressions();
    if (this.kind === FROM) {
      this.next();
      this.expression();
    }
    out.push({ kind: 'raise', start, end: this.previous, value });
  }

  private global(out: Statement[]): void {
    const { start } = this;
    const names: string[] = [];
    do {
      this.next();
      names.push(this.text);
      this.expect(NAME);
    } while (this.kind === COMMA);
    out.push({ kind: 'global', start, end: this.previous, names });
  }

  /** An expression, several, or an assignment. */
  private assigned(out: Statement[]): void {
    const { start } = this;
    if (this.kind === YIELD) {
      const value = this.yielded();
      out.push({ kind: 'expression', start, end: this.previous, value });
      return;
    }
    const first = this.starOrExpression();
    if (this.kind === COMMA) {
      const items = [first];
      const places = [{ start, end: this.previous }];
      while (this.kind === COMMA) {
        this.next();
        const { start: from } = this;
        if (!this.startsExpression()) break;
        items.push(this.starOrExpression());
        places.push({ start: from, end: this.previous });
      }
      if (this.kind === EQUALS) this.assignment(start, { kind: 'tuple', start, end: this.previous, items }, out);
      else items.forEach((value, i) => void out.push({ kind: 'expression', ...places[i]!, value }));
      return;
    }
    const { kind } = this;
    if (kind === EQUALS || kind === COLON || augmented.has(kind)) {
      if (kind === EQUALS) this.assignment(start, first, out);
      else if (kind === COLON) this.annotated(start, first, out);
      else this.augmented(start, first, out);
    } else out.push({ kind: 'expression', start, end: this.previous, value: first });
  }

  private assignment(start: number, first: Expression, out: Statement[]): void {
    const targets = [first];
    for (;;) {
      this.next();
      const value = this.kind === YIELD ? this.yielded() : this.expressions();
      if (this.kind === EQUALS) {
        if (targets.push(value) > MOST_TARGETS) this.fail();
        continue;
      }
      if (this.kind === COLON || augmented.has(this.kind)) this.fail();
      out.push({ kind: 'assign', start, end: this.previous, targets, value });
      return;
    }
  }

  private annotated(start: number, target: Expression, out: Statement[]): void {
    this.next();
    const annotation = this.annotation();
    const targets = [target];
    if (this.kind !== EQUALS) {
      const end = this.previous;
      const value: Expression = { kind: 'opaque', start: end, end, parts: [] };
      out.push({ kind: 'assign', start, end, targets, value, annotation });
      return;
    }
    this.next();
    const value = this.kind === YIELD ? this.yielded() : this.expressions();
    out.push({ kind: 'assign', start, end: this.previous, targets, value, annotation });
  }

  private augmented(start: number, target: Expression, out: Statement[]): void {
    const operator = this.source.slice(this.start, this.end - 1);
    this.next();
    const value = this.kind === YIELD ? this.yielded() : this.expressions();
    out.push({ kind: 'assign', start, end: this.previous, targets: [target], value, operator });
  }

  /** Python 2's statement, where what follows can be no call or operation; as a call. False: it is a name. */
  private printed(out: Statement[]): boolean {
    const { start, end } = this;
    const before = this.position();
    this.next();
    const { kind } = this;
    const operand = kind !== OPEN && kind !== STAR && this.startsPrinted();
    if (!operand && kind !== INTO) {
      this.back(before);
      return false;
    }
    const values: Expression[] = [];
    if (kind === INTO) {
      this.next();
      this.expression();
      if (this.kind === COMMA) this.next();
    }
    while (this.startsExpression()) {
      values.push(this.expression());
      if (this.kind !== COMMA) break;
      this.next();
    }
    const callee: Expression = { kind: 'name', start, end, name: 'print' };
    const value: Expression = { kind: 'call', start, end: this.previous, callee, arguments: values, keywords: [] };
    out.push({ kind: 'expression', start, end: this.previous, value });
    return true;
  }

  /** What can neither follow a name as an operation nor as a call or an index. */
  private startsPrinted(): boolean {
    const c = this.kind;
    return this.startsExpression() && c !== 0x2b && c !== 0x2d && c !== 0x5b && c !== 0x28 && c !== 0x2a;
  }

  private executed(out: Statement[]): boolean {
    const { start } = this;
    const before = this.position();
    this.next();
    if (this.kind !== NAME && this.kind !== STRING) {
      this.back(before);
      return false;
    }
    const parts = [this.primary()];
    if (this.kind === IN)
      do {
        this.next();
        parts.push(this.expression());
      } while (this.kind === COMMA);
    const value: Expression = { kind: 'opaque', start, end: this.previous, parts };
    out.push({ kind: 'expression', start, end: this.previous, value });
    return true;
  }

  private imports(out: Statement[]): void {
    const { start } = this;
    const names: ImportedName[] = [];
    do {
      this.next();
      if (this.kind !== NAME) break;
      const { start: from } = this;
      const module = this.dotted();
      let local = module.split('.', 1)[0]!;
      if (this.kind === AS) local = this.alias();
      names.push({ start: from, end: this.previous, module, member: null, local });
    } while (this.kind === COMMA);
    if (names.length === 0) this.fail();
    out.push({ kind: 'import', start, end: this.previous, names });
  }

  private importsFrom(out: Statement[]): void {
    const { start } = this;
    this.next();
    const from = this.start;
    while (this.kind === DOT || this.kind === ELLIPSIS) this.next();
    if (this.kind === NAME) this.dotted();
    if (this.start === from) this.fail();
    const module = this.source.slice(from, this.previous).replace(/[\s\\]+/g, '');
    if (this.kind !== IMPORT) this.fail();
    this.next();
    const names: ImportedName[] = [];
    if (this.kind === STAR) {
      this.next();
      names.push({ start, end: this.previous, module, member: '*', local: null });
    } else {
      const closed = this.kind === OPEN;
      if (closed) this.next();
      while (this.kind === NAME) {
        const { start: at, text: member } = this;
        this.next();
        const local = this.kind === AS ? this.alias() : member;
        names.push({ start: at, end: this.previous, module, member, local });
        if (this.kind !== COMMA) break;
        this.next();
      }
      if (closed) this.expect(CLOSE);
      if (names.length === 0) this.fail();
    }
    out.push({ kind: 'import', start, end: this.previous, names });
  }

  private alias(): string {
    this.next();
    const { text } = this;
    this.expect(NAME);
    return text;
  }

  private dotted(): string {
    let name = this.text;
    this.expect(NAME);
    while (this.kind === DOT) {
      this.next();
      name += `.${this.text}`;
      this.expect(NAME);
    }
    return name;
  }

  /** Statements up to the end of the line. */
  protected simpleLine(out: Statement[]): void {
    this.simple(out);
    while (this.kind === SEMICOLON) {
      this.next();
      if (this.atLineEnd()) break;
      this.simple(out);
    }
    this.endLine();
  }

  protected abstract atLineEnd(): boolean;
  protected abstract endLine(): void;
}
