import type { Comment, Expression, Statement, SyntaxProblem } from '../../../facts/syntax';
import { DefinitionReader } from './definitions';
import { behindCode, closing, resumeBehind } from './recovery';
import { unreadable } from './scanner';
import {
  AS,
  ASYNC,
  AT,
  CLASS,
  CLOSE,
  COLON,
  COMMA,
  DEF,
  DOT,
  ELIF,
  ELSE,
  END,
  EQUALS,
  EXCEPT,
  FINALLY,
  FOR,
  IF,
  IN,
  NAME,
  NEWLINE,
  OPEN,
  SEMICOLON,
  STAR,
  STRING,
  TRY,
  WHILE,
  WITH,
} from './tokens';

/** Blocks nested deeper are left to the tree. */
const DEEPEST = 60;
/** Damaged statements inside blocks that are left to the tree one by one; a text with more is no text that somebody is typing. */
const MOST_DAMAGED = 40;

/** What the tree says of some lines. */
export interface LinesRead {
  readonly body: readonly Statement[];
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}

type Handlers = { type?: Expression; name?: string; body: Statement[] }[];
type Items = { value: Expression; target?: Expression }[];

/** Statements with blocks, and blocks by their indentation. */
export abstract class StatementReader extends DefinitionReader {
  /** Columns of the open blocks. */
  private readonly indents: number[] = [0];
  /** Of the current piece. */
  protected damaged = 0;
  /** What is wrong with lines inside the blocks of the current piece. */
  protected readonly problems: SyntaxProblem[] = [];

  /** What the tree says of some lines, where a closing bracket or several follow them. */
  protected abstract treeLines(start: number, end: number, closing: string): LinesRead;

  protected override startAt(offset: number): void {
    this.indents.length = 1;
    super.startAt(offset);
  }

  protected statement(out: Statement[]): void {
    switch (this.kind) {
      case IF:
        this.ifStatement(out);
        return;
      case FOR:
        this.forStatement(this.start, out);
        return;
      case WHILE:
        this.whileStatement(out);
        return;
      case WITH:
        this.withStatement(this.start, out);
        return;
      case TRY:
        this.tryStatement(out);
        return;
      case DEF:
        this.functionDefinition(out, []);
        return;
      case CLASS:
        this.classDefinition(out, []);
        return;
      case AT:
        this.decorated(out);
        return;
      case ASYNC:
        this.asyncStatement(out);
        return;
      case NAME:
        if (this.text === 'match' && this.matchStatement(out)) return;
        this.simpleLine(out);
        return;
      default:
        this.simpleLine(out);
    }
  }

  protected atLineEnd(): boolean {
    return this.kind === NEWLINE;
  }

  protected endLine(): void {
    if (this.kind !== NEWLINE) this.fail();
    this.nextLine();
  }

  protected block(): Statement[] {
    const out: Statement[] = [];
    if (this.kind !== NEWLINE) {
      this.simpleLine(out);
      return out;
    }
    this.nextLine();
    const { indents, indent } = this;
    // A missing block is an empty one.
    if (this.kind === END || indent <= indents[indents.length - 1]!) return out;
    if (indents.push(indent) > DEEPEST) this.fail();
    while (this.kind !== END && this.indent >= indent) this.statementOrLines(out, indent);
    indents.pop();
    this.leave(indent);
    return out;
  }

  /** A statement of a block; where a bracket of it stays open it is left to the tree, and what stands around it is not. */
  private statementOrLines(out: Statement[], indent: number): void {
    const { source, comments, problems, indents } = this;
    const from = source.lastIndexOf('\n', this.start - 1) + 1;
    const before = [out.length, comments.length, problems.length, indents.length] as const;
    try {
      this.statement(out);
    } catch (error) {
      // Other faults may be what this reader does not know, and a text without an end could end anywhere: the tree reads it all.
      const quote = source[this.end - 1]!;
      const endless = this.kind === STRING && source.startsWith(quote + quote, this.end);
      if (error !== unreadable || this.brackets === 0 || endless || ++this.damaged > MOST_DAMAGED) throw error;
      this.furthest = Math.max(this.furthest, this.end);
      const end = behindCode(source, from, resumeBehind(source, from, this.start, indent), indent);
      [out.length, comments.length, problems.length, indents.length] = before;
      const read = this.treeLines(from, end, closing(source.slice(from, end)));
      out.push(...read.body);
      comments.push(...read.comments);
      problems.push(...read.problems);
      super.startAt(end);
      this.covered = from + source.slice(from, end).trimEnd().length;
    }
  }

  /** Whether a clause of the statement that is being read follows at its own level. */
  private continues(kind: number): boolean {
    return this.kind === kind && this.indent >= this.indents[this.indents.length - 1]!;
  }

  private suite(): Statement[] {
    this.expect(COLON);
    return this.block();
  }

  private otherwise(): Statement[] {
    if (!this.continues(ELSE)) return [];
    this.next();
    return this.suite();
  }

  /** `elif` becomes an `if` inside `otherwise`. */
  private ifStatement(out: Statement[]): void {
    const { start } = this;
    this.next();
    const test = this.expression();
    const then = this.suite();
    const chain: { start: number; test: Expression; body: Statement[] }[] = [];
    while (this.continues(ELIF)) {
      const from = this.start;
      this.next();
      const condition = this.expression();
      chain.push({ start: from, test: condition, body: this.suite() });
    }
    let otherwise = this.otherwise();
    const end = this.covered;
    for (const link of chain.reverse())
      otherwise = [{ kind: 'if', start: link.start, end, test: link.test, then: link.body, otherwise }];
    out.push({ kind: 'if', start, end, test, then, otherwise });
  }

  private asyncStatement(out: Statement[]): void {
    const { start } = this;
    const before = this.position();
    this.next();
    if (this.kind === FOR) this.forStatement(start, out);
    else if (this.kind === WITH) this.withStatement(start, out);
    else {
      this.back(before);
      this.functionDefinition(out, []);
    }
  }

  private forStatement(start: number, out: Statement[]): void {
    this.next();
    const target = this.targets();
    this.expect(IN);
    const iterable = this.expressions();
    const body = this.suite();
    const otherwise = this.otherwise();
    out.push({ kind: 'for', start, end: this.covered, target, iterable, body, otherwise });
  }

  private whileStatement(out: Statement[]): void {
    const { start } = this;
    this.next();
    const test = this.expression();
    const body = this.suite();
    const otherwise = this.otherwise();
    out.push({ kind: 'while', start, end: this.covered, test, body, otherwise });
  }

  private withStatement(start: number, out: Statement[]): void {
    this.next();
    const items = (this.kind === OPEN ? this.parenthesised() : null) ?? this.withItems(COLON);
    const body = this.suite();
    out.push({ kind: 'with', start, end: this.covered, items, body });
  }

  /** `with (a as b, c as d):`; null where the parenthesis belongs to an expression. */
  private parenthesised(): Items | null {
    const before = this.position();
    try {
      this.next();
      const items = this.withItems(CLOSE);
      this.expect(CLOSE);
      if (this.kind === COLON) return items;
    } catch (error) {
      if (error !== unreadable) throw error;
    }
    this.back(before);
    return null;
  }

  private withItems(close: number): Items {
    const items: Items = [];
    for (;;) {
      const value = this.expression();
      if (this.kind === AS) {
        this.next();
        items.push({ value, target: this.kind === STAR ? this.fail() : this.expression() });
      } else items.push({ value });
      if (this.kind !== COMMA) break;
      this.next();
      if (this.kind === close) break;
    }
    if (this.kind !== close) this.fail();
    return items;
  }

  private tryStatement(out: Statement[]): void {
    const { start } = this;
    this.next();
    const body = this.suite();
    const handlers: Handlers = [];
    while (this.continues(EXCEPT)) handlers.push(this.handler());
    const otherwise = this.otherwise();
    let last: Statement[] = [];
    if (this.continues(FINALLY)) {
      this.next();
      last = this.suite();
    }
    out.push({ kind: 'try', start, end: this.covered, body, handlers, otherwise, finally: last });
  }

  private handler(): Handlers[number] {
    this.next();
    if (this.kind === STAR) this.next();
    if (this.kind === COLON) return { body: this.suite() };
    const type = this.expression();
    let name: string | undefined;
    if (this.kind === AS) {
      this.next();
      name = this.text;
      this.expect(NAME);
    } else
      while (this.kind === COMMA) {
        this.next();
        this.expression();
      }
    return { type, ...(name !== undefined && { name }), body: this.suite() };
  }

  /** Cases become alternatives of an `if` whose test is the subject: which one runs is unknown. False: `match` is a name here. */
  private matchStatement(out: Statement[]): boolean {
    const { start } = this;
    const before = this.position();
    const { indent } = this;
    this.next();
    if (this.kind === EQUALS || this.kind === DOT || !this.startsExpression()) {
      this.back(before);
      return false;
    }
    const subjects: Expression[] = [];
    try {
      do {
        subjects.push(this.starOrExpression());
        if (this.kind !== COMMA) break;
        this.next();
      } while (this.kind !== COLON);
      this.expect(COLON);
      if (this.kind !== NEWLINE) this.fail();
    } catch (error) {
      if (error !== unreadable) throw error;
      this.back(before);
      return false;
    }
    this.nextLine();
    const { indents } = this;
    const column = this.indent;
    if (column <= indent || this.kind !== NAME || this.text !== 'case') this.fail();
    if (indents.push(column) > DEEPEST) this.fail();
    const cases: { start: number; end: number; then: Statement[] }[] = [];
    while (this.kind === NAME && this.text === 'case' && this.indent >= column) {
      const { start: from } = this;
      this.skipPattern();
      const then = this.block();
      cases.push({ start: from, end: this.covered, then });
    }
    if (this.kind !== END && this.indent >= column) this.fail();
    indents.pop();
    this.leave(column);
    const test: Expression = { kind: 'opaque', start, end: this.covered, parts: subjects };
    let otherwise: Statement[] = [];
    for (const { then, ...span } of cases.reverse()) otherwise = [{ kind: 'if', ...span, test, then, otherwise }];
    out.push(...otherwise);
    return true;
  }

  /** Patterns have no facts: up to the colon behind them. */
  private skipPattern(): void {
    const { brackets } = this;
    this.next();
    while (this.kind !== COLON || this.brackets > brackets) {
      if (this.kind === NEWLINE || this.kind === END || this.kind === SEMICOLON) this.fail();
      if (this.kind === STRING) this.strings();
      else this.next();
    }
    this.next();
  }
}
