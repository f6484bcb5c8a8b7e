import type { Comment } from '../../../facts/syntax';
import { BROKEN, END, keywords, NAME, NEWLINE, NUMBER, pairs, STRING, triples } from './tokens';

/** Thrown where the text is not what this reader knows; one object, for it is thrown while somebody types. */
export const unreadable: { readonly unreadable: true } = { unreadable: true };

/** Where a scanner stands: enough to come back to it. */
export interface Position {
  readonly kind: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly previous: number;
  readonly covered: number;
  readonly brackets: number;
  readonly nested: number;
  readonly comments: number;
}

const number =
  /0[xX](?:_?[\da-fA-F])+[lL]?|0[oO](?:_?[0-7])+[lL]?|0[bB](?:_?[01])+[lL]?|(?:(?:\d+_?)+\.?(?:\d+_?)*|\.(?:\d+_?)+)(?:[eE][+-]?(?:\d+_?)+)?[jJlL]?/y;
const word = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const prefix = /^(?:[rR]?[bBfFtT]|[bBfFtT]?[rR]|[uU][rR]?)$/;

/** 1: letters, digits and the underscore; of other characters the scanner asks the Unicode tables. */
const wordly = new Uint8Array(128);
for (let c = 0; c < 128; c++) if (/\w/.test(String.fromCharCode(c))) wordly[c] = 1;

/** Words from a text, one at a time, as they are asked for. Indentation is a number beside the first word of a line. */
export class Scanner {
  /** The current token. */
  protected kind: number = NEWLINE;
  protected start = 0;
  protected end = 0;
  /** Of a name. */
  protected text = '';
  /** Where the token before ended. */
  protected previous = 0;
  /** The same, or the end of a comment behind it. */
  protected covered = 0;
  /** How many brackets are open: line breaks between them mean nothing. */
  protected brackets = 0;
  /** How deep the current expression is nested. */
  protected nested = 0;
  /** The last character that was looked at, where that is not the current token's. */
  protected furthest = 0;
  /** Columns before the first token of the current line. */
  protected indent = 0;
  protected readonly comments: Comment[] = [];
  /** Comments on lines of their own in front of the current line: their indentation and end. */
  private readonly waiting: { readonly indent: number; readonly end: number }[] = [];

  constructor(protected readonly source: string) {}

  /** Gives up the statement, having looked as far as `seen`. */
  protected fail(seen = this.end): never {
    this.furthest = Math.max(this.furthest, seen);
    throw unreadable;
  }

  protected position(): Position {
    const { kind, start, end, text, previous, covered, brackets, nested, comments } = this;
    return { kind, start, end, text, previous, covered, brackets, nested, comments: comments.length };
  }

  protected back(to: Position): void {
    this.furthest = Math.max(this.furthest, this.end);
    this.kind = to.kind;
    this.start = to.start;
    this.end = to.end;
    this.text = to.text;
    this.previous = to.previous;
    this.covered = to.covered;
    this.brackets = to.brackets;
    this.nested = to.nested;
    this.comments.length = to.comments;
  }

  protected expect(kind: number): void {
    if (this.kind !== kind) this.fail();
    this.next();
  }

  /** Starts reading at the beginning of a line. */
  protected startAt(offset: number): void {
    this.brackets = 0;
    this.nested = 0;
    this.end = offset;
    this.covered = offset;
    this.nextLine();
  }

  /** From the end of a line to the first token of the next one that has any. */
  protected nextLine(): void {
    const { source } = this;
    this.waiting.length = 0;
    let p = this.end;
    let indent = 0;
    for (;;) {
      const c = source.charCodeAt(p);
      if (c === 0x20) indent++;
      else if (c === 0x0a || c === 0x0d || c === 0x0c) indent = 0;
      else if (c === 0x09) indent += 8;
      else if (c === 0x23) {
        const end = this.comment(p);
        this.waiting.push({ indent, end });
        p = end;
        indent = 0;
        continue;
      } else break;
      p++;
    }
    const { covered } = this;
    this.indent = p >= source.length ? 0 : indent;
    this.end = p;
    if (p >= source.length) {
      this.kind = END;
      this.start = p;
    } else this.first(p);
    this.covered = covered;
  }

  /** The first token of a line: if it is none, that is the fault of this line, not of the one before. */
  private first(p: number): void {
    try {
      this.next();
    } catch (error) {
      if (error !== unreadable) throw error;
      this.kind = BROKEN;
      this.start = p;
      this.end = p + 1;
    }
  }

  /** The end of a block at that indentation: comments that are indented as far still belong to it. */
  protected leave(indent: number): void {
    while (this.waiting.length > 0 && this.waiting[0]!.indent >= indent) this.covered = this.waiting.shift()!.end;
  }

  /** Reads the next token; its kind. */
  protected next(): number {
    const { source } = this;
    let p = this.end;
    this.previous = p;
    this.covered = p;
    for (;;) {
      const c = source.charCodeAt(p);
      if (c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0c) p++;
      else if (c < 128 && wordly[c] === 1 && c > 0x39) return this.name(p);
      else if (c === 0x0a) {
        if (this.brackets === 0) return this.zero(NEWLINE, p);
        p++;
      } else if (c === 0x23) {
        p = this.comment(p);
        this.covered = p;
      } else if (c === 0x5c) {
        if (source.charCodeAt(p + 1) === 0x0a) p += 2;
        else if (source.charCodeAt(p + 1) === 0x0d && source.charCodeAt(p + 2) === 0x0a) p += 3;
        else this.fail(p);
      } else if (c === 0x22 || c === 0x27) return this.token(STRING, p, p + 1);
      else if (c >= 0x30 && c <= 0x39) return this.digits(p);
      else if (c === 0x2e && isDigit(source.charCodeAt(p + 1))) return this.digits(p);
      else if (Number.isNaN(c)) {
        if (this.brackets > 0) this.fail(p);
        return this.zero(NEWLINE, p);
      } else if (c >= 128) return this.unicodeName(p);
      else return this.punctuation(p, c);
    }
  }

  /** A token that is no text; scanning goes on at `p`. */
  private zero(kind: number, p: number): number {
    this.kind = kind;
    this.start = this.covered;
    this.end = p;
    return kind;
  }

  private token(kind: number, start: number, end: number): number {
    this.kind = kind;
    this.start = start;
    this.end = end;
    return kind;
  }

  private name(start: number): number {
    const { source } = this;
    let p = start + 1;
    let c = source.charCodeAt(p);
    while (c < 128 && wordly[c] === 1) c = source.charCodeAt(++p);
    if (c >= 128) return this.unicodeName(start);
    const text = source.slice(start, p);
    if ((c === 0x22 || c === 0x27) && p - start < 3 && prefix.test(text)) return this.token(STRING, start, p + 1);
    this.text = text;
    return this.token((p - start < 9 && keywords.get(text)) || NAME, start, p);
  }

  private unicodeName(start: number): number {
    word.lastIndex = start;
    const found = word.exec(this.source);
    if (!found) this.fail(start);
    this.text = found[0];
    return this.token(NAME, start, word.lastIndex);
  }

  private digits(start: number): number {
    const { source } = this;
    let p = start;
    let c = source.charCodeAt(p);
    while (isDigit(c)) c = source.charCodeAt(++p);
    if (c === 0x2e || c === 0x5f || (c < 128 && wordly[c] === 1)) {
      number.lastIndex = start;
      if (!number.test(source)) this.fail(p);
      p = number.lastIndex;
    }
    return this.token(NUMBER, start, p);
  }

  private punctuation(p: number, c: number): number {
    const { source } = this;
    const two = c | (source.charCodeAt(p + 1) << 8);
    const three = two | (source.charCodeAt(p + 2) << 16);
    if (triples.has(three)) return this.token(three, p, p + 3);
    if (pairs.has(two)) return this.token(two, p, p + 2);
    if (c === 0x28 || c === 0x5b || c === 0x7b) this.brackets++;
    else if (c === 0x29 || c === 0x5d || c === 0x7d) {
      if (this.brackets === 0) this.fail(p);
      this.brackets--;
    } else if (c === 0x24 || c === 0x3f || c === 0x60 || c < 0x20 || c === 0x7f) this.fail(p);
    return this.token(c, p, p + 1);
  }

  /** Notes the comment at `start`; where it ends. */
  private comment(start: number): number {
    const { source } = this;
    const line = source.indexOf('\n', start);
    const end = line === -1 ? source.length : line;
    this.comments.push(commentAt(source, start, end));
    return end;
  }
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

/** A comment without its marker. */
export function commentAt(source: string, start: number, end: number): Comment {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  let ownLine = true;
  for (let i = lineStart; i < start && ownLine; i++) {
    const unit = source.charCodeAt(i);
    ownLine = unit === 32 || unit === 9 || unit === 12;
  }
  return { start, end, text: source.slice(start + 1, end).trim(), ownLine };
}
