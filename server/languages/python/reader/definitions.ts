import type { Expression, KeywordArgument, Parameter, Statement } from '../../../facts/syntax';
import { SimpleStatementReader } from './simple-statements';
import {
  ARROW,
  ASYNC,
  AT,
  CLASS,
  CLOSE,
  COLON,
  COMMA,
  DEF,
  EQUALS,
  NAME,
  NEWLINE,
  OPEN,
  SLASH,
  STAR,
  STARS,
} from './tokens';

/** Functions and classes with their decorators and parameters. */
export abstract class DefinitionReader extends SimpleStatementReader {
  /** Behind a colon: what is indented, or what stands on the same line. */
  protected abstract block(): Statement[];

  protected decorated(out: Statement[]): void {
    const decorators: Expression[] = [];
    while (this.kind === AT) {
      this.next();
      decorators.push(this.expression());
      this.endLine();
    }
    if (this.kind === CLASS) this.classDefinition(out, decorators);
    else this.functionDefinition(out, decorators);
  }

  protected functionDefinition(out: Statement[], decorators: readonly Expression[]): void {
    const { start } = this;
    const isAsync = this.kind === ASYNC;
    if (isAsync) this.next();
    this.expect(DEF);
    const { text: name, start: from, end: to } = this;
    this.expect(NAME);
    this.expect(OPEN);
    const parameters = this.parameters(CLOSE, true);
    this.expect(CLOSE);
    let returns: Expression | undefined;
    if (this.kind === ARROW) {
      this.next();
      returns = this.annotation();
    }
    this.expect(COLON);
    const body = this.block();
    out.push({
      kind: 'function',
      start,
      end: this.covered,
      name,
      nameSpan: { start: from, end: to },
      parameters,
      decorators,
      ...(returns && { returns }),
      isAsync,
      body,
    });
  }

  protected classDefinition(out: Statement[], decorators: readonly Expression[]): void {
    const { start } = this;
    this.next();
    const { text: name, start: from, end: to } = this;
    this.expect(NAME);
    const bases: Expression[] = [];
    const keywords: KeywordArgument[] = [];
    if (this.kind === OPEN) this.givens(bases, keywords);
    this.expect(COLON);
    const body = this.block();
    const nameSpan = { start: from, end: to };
    out.push({ kind: 'class', start, end: this.covered, name, nameSpan, bases, keywords, decorators, body });
  }

  protected lambdaParameters(): Parameter[] {
    return this.kind === COLON ? [] : this.parameters(COLON, false);
  }

  private parameters(close: number, typed: boolean): Parameter[] {
    const found: Parameter[] = [];
    let keywordOnly = false;
    while (this.kind !== close) {
      const { start, kind } = this;
      if (kind === SLASH) this.next();
      else if (kind === STAR || kind === STARS) {
        this.next();
        if (kind === STAR) keywordOnly = true;
        if (this.kind === NAME) {
          const style = kind === STAR ? 'rest' : 'keyword-rest';
          found.push(this.parameter(start, style, typed, false));
        } else if (kind === STARS) this.fail();
      } else found.push(this.parameter(start, keywordOnly ? 'keyword' : 'positional', typed, true));
      if (this.kind !== COMMA) break;
      this.next();
    }
    if (this.kind !== close || this.kind === NEWLINE) this.fail();
    return found;
  }

  private parameter(start: number, style: Parameter['style'], typed: boolean, optional: boolean): Parameter {
    const { text: name } = this;
    this.expect(NAME);
    let annotation: Expression | undefined;
    if (typed && this.kind === COLON) {
      this.next();
      annotation = this.annotation();
    }
    if (this.kind !== EQUALS || !optional)
      return { start, end: this.previous, name, style, ...(annotation && { annotation }) };
    this.next();
    const value = this.expression();
    return { start, end: this.previous, name, style, ...(annotation && { annotation }), default: value };
  }
}
