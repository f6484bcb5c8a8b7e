import { RuntimeError } from '../../error';
import { ExpressionParser } from './expressions';
import type { ClassDefinition, Expression, FunctionDefinition, ImportedName, SourceFile, Statement } from './syntax';
import { lineStarts } from './syntax';
import { tokenise } from './tokens';

/**
 * Reads the code of a TorchScript archive or of a network family of ours: the statements and expressions that such code is made of,
 * not all of Python. Training scripts are read by the language server's own front end instead.
 */
export function parseCode(source: string, name: string): SourceFile {
  const parser = new StatementParser(tokenise(source));
  return { name, lines: lineStarts(source), body: parser.file() };
}

const assigning = new Set(['+=', '-=', '*=', '/=', '//=', '**=']);

class StatementParser extends ExpressionParser {
  file(): Statement[] {
    const body: Statement[] = [];
    while (this.peek().kind !== 'end') this.statement(body);
    return body;
  }

  private block(): Statement[] {
    this.expect(':');
    const body: Statement[] = [];
    if (this.peek().kind !== 'newline') {
      this.simple(body);
      return body;
    }
    this.next();
    if (this.peek().kind !== 'indent') this.stop('an indented block');
    this.next();
    while (this.peek().kind !== 'dedent' && this.peek().kind !== 'end') this.statement(body);
    if (this.peek().kind === 'dedent') this.next();
    return body;
  }

  private statement(out: Statement[]): void {
    const { kind, text } = this.peek();
    if (kind === 'newline' || kind === 'dedent' || kind === 'indent') {
      this.next();
      return;
    }
    if (text === '@') {
      this.next();
      const decorator = this.expression();
      this.next();
      const start = out.length;
      this.statement(out);
      const last = out[start];
      if (last?.kind === 'function' || last?.kind === 'class')
        out[start] = { ...last, decorators: [decorator, ...last.decorators] };
      return;
    }
    switch (kind === 'name' ? text : '') {
      case 'def':
        out.push(this.definition());
        return;
      case 'class':
        out.push(this.classDefinition());
        return;
      case 'if':
        out.push(this.branch());
        return;
      case 'for': {
        const { start } = this.next();
        const target = this.targets();
        this.expect('in');
        const iterable = this.expressionList();
        const body = this.block();
        const otherwise = this.accept('else') ? this.block() : [];
        out.push({ kind: 'for', start, end: this.previousEnd, target, iterable, body, otherwise });
        return;
      }
      case 'while': {
        const { start } = this.next();
        const test = this.expression();
        const body = this.block();
        const otherwise = this.accept('else') ? this.block() : [];
        out.push({ kind: 'while', start, end: this.previousEnd, test, body, otherwise });
        return;
      }
      default:
        this.simple(out);
    }
  }

  private definition(): FunctionDefinition {
    const { start } = this.next();
    const name = this.identifier();
    this.expect('(');
    const parameters = this.parameters(')');
    this.expect(')');
    if (this.accept('->')) this.expression();
    return { kind: 'function', start, name, parameters, decorators: [], body: this.block(), end: this.previousEnd };
  }

  private classDefinition(): ClassDefinition {
    const { start } = this.next();
    const name = this.identifier();
    const bases: Expression[] = [];
    if (this.accept('(')) {
      while (this.peek().text !== ')') {
        bases.push(this.expression());
        if (!this.accept(',')) break;
      }
      this.expect(')');
    }
    return { kind: 'class', start, name, bases, decorators: [], body: this.block(), end: this.previousEnd };
  }

  private branch(): Statement {
    const { start } = this.next();
    const test = this.expression();
    const then = this.block();
    const otherwise = this.peek().text === 'elif' ? [this.branch()] : this.accept('else') ? this.block() : [];
    return { kind: 'if', start, end: this.previousEnd, test, then, otherwise };
  }

  /** Statements of one line, separated by semicolons. */
  private simple(out: Statement[]): void {
    for (;;) {
      const statement = this.small();
      if (statement) out.push(statement);
      if (!this.accept(';')) break;
    }
    if (this.peek().kind === 'newline') this.next();
    else if (this.peek().kind !== 'end' && this.peek().kind !== 'dedent') this.stop('the end of a statement');
  }

  private small(): Statement | null {
    const { start, text, kind } = this.peek();
    const word = kind === 'name' ? text : '';
    if (word === 'pass' || word === 'break' || word === 'continue') {
      this.next();
      return { kind: 'jump', start, end: this.previousEnd, what: word };
    }
    if (word === 'return' || word === 'raise') {
      this.next();
      const empty = this.peek().kind === 'newline' || this.peek().text === ';';
      const value = empty ? undefined : this.expressionList();
      return { kind: word, start, end: this.previousEnd, ...(value && { value }) };
    }
    if (word === 'import' || word === 'from') return this.importation();
    const first = this.expressionList();
    if (this.accept(':')) {
      // An annotation; without a value nothing is bound.
      this.expression();
      if (!this.accept('=')) return null;
      const value = this.expressionList();
      return { kind: 'assign', start, end: this.previousEnd, targets: [first], value };
    }
    if (assigning.has(this.peek().text)) {
      const operator = this.next().text.slice(0, -1);
      const value = this.expressionList();
      return { kind: 'assign', start, end: this.previousEnd, targets: [first], value, operator };
    }
    const chain = [first];
    while (this.accept('=')) chain.push(this.expressionList());
    const value = chain.pop() ?? first;
    return chain.length > 0
      ? { kind: 'assign', start, end: this.previousEnd, targets: chain, value }
      : { kind: 'expression', start, end: this.previousEnd, value: first };
  }

  private importation(): Statement {
    const { start, text } = this.next();
    const dotted = (): string => {
      let name = '';
      while (this.peek().kind === 'name' || /^\.+$/.test(this.peek().text)) {
        if (this.peek().text === 'import' || this.peek().text === 'as') break;
        name += this.next().text;
      }
      return name;
    };
    const names: ImportedName[] = [];
    const module = text === 'from' ? dotted() : '';
    if (text === 'from') this.expect('import');
    do {
      const name = dotted();
      const local = this.accept('as') ? this.identifier() : text === 'from' ? name : (name.split('.')[0] ?? name);
      names.push(text === 'from' ? { module, member: name, local } : { module: name, member: null, local });
    } while (this.accept(','));
    return { kind: 'import', start, end: this.previousEnd, names };
  }

  private stop(wanted: string): never {
    throw new RuntimeError(
      `The code of the model cannot be read: ${wanted} is missing at character ${this.peek().start}.`,
    );
  }
}
