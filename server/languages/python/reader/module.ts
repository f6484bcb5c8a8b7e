import type { Comment, Statement, SyntaxProblem } from '../../../facts/syntax';
import { unreadable } from './scanner';
import { type LinesRead, StatementReader } from './statements';
import { END } from './tokens';

/** What is read at one go: a statement of the module, or lines that are left to the tree. */
export interface Piece {
  /** Where the next piece begins: at the beginning of a line. */
  readonly end: number;
  /** How far the text was looked at to know all this: as long as it stays the same up to here, so does the piece. */
  readonly reach: number;
  readonly body: readonly Statement[];
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}

/** What the tree says of lines of a text; `closing` are brackets that are read behind them. */
export type ReadLines = (start: number, end: number, closing: string) => LinesRead;

/** The scanner looks so many characters behind the current token. */
const LOOK_AHEAD = 4;

/** Pieces of an earlier text that are pieces of this one too: they only looked at what both texts begin with. */
export function unchanged(pieces: readonly Piece[], before: string, now: string): readonly Piece[] {
  const shorter = Math.min(before.length, now.length);
  let same = 0;
  while (same < shorter && before.charCodeAt(same) === now.charCodeAt(same)) same++;
  let kept = 0;
  while (kept < pieces.length && pieces[kept]!.reach <= same) kept++;
  return pieces.slice(0, kept);
}

/**
 * Reads a module statement by statement, behind the pieces that are known. Where one cannot be read, it and what follows, up to
 * the next line that begins a readable one, are left to the tree. A piece never depends on those before it.
 */
export function readModule(source: string, known: readonly Piece[], lines: ReadLines): readonly Piece[] {
  return new ModuleReader(source, known, lines).read();
}

class ModuleReader extends StatementReader {
  private readonly pieces: Piece[];

  constructor(
    source: string,
    known: readonly Piece[],
    private readonly lines: ReadLines,
  ) {
    super(source);
    this.pieces = [...known];
  }

  protected treeLines(start: number, end: number, closing: string): LinesRead {
    return this.lines(start, end, closing);
  }

  read(): readonly Piece[] {
    const last = this.pieces.at(-1);
    this.startAt(last ? last.end : 0);
    // Comments in front of the first statement are a piece of their own.
    if (!last) this.keep([]);
    while (this.kind !== END) {
      const from = this.lineStart(this.start);
      const body = this.attempt();
      if (body) this.keep(body);
      else this.leaveLines(from);
    }
    return this.pieces;
  }

  /** The statements of the current line and its blocks; null where they cannot be read. */
  private attempt(): Statement[] | null {
    const body: Statement[] = [];
    this.damaged = 0;
    try {
      this.statement(body);
      return body;
    } catch (error) {
      if (error !== unreadable) throw error;
      return null;
    } finally {
      this.furthest = Math.max(this.furthest, this.end);
    }
  }

  private leaveLines(from: number): void {
    const { source } = this;
    let body: Statement[] | null = null;
    let resume = from;
    for (;;) {
      resume = this.nextTopLine(resume);
      this.comments.length = 0;
      this.problems.length = 0;
      if (resume >= source.length) break;
      this.startAt(resume);
      body = this.attempt();
      if (body) break;
    }
    if (resume >= source.length) this.furthest = source.length;
    const reach = this.furthest + LOOK_AHEAD;
    this.pieces.push({ end: resume, reach, ...this.lines(from, resume, '') });
    if (body) this.keep(body);
    else this.startAt(source.length);
  }

  /** The first line behind `line` that begins with code at its first column, at or behind the token that could not be read. */
  private nextTopLine(line: number): number {
    const { source } = this;
    let at = this.lineStart(this.start);
    while (at < source.length) {
      const c = source.charCodeAt(at);
      const code = c > 0x20 && c !== 0x23 && c !== 0x29 && c !== 0x5d && c !== 0x7d;
      if (code && at > line) return at;
      const end = source.indexOf('\n', at);
      if (end === -1) break;
      at = end + 1;
    }
    return source.length;
  }

  private lineStart(offset: number): number {
    return this.source.lastIndexOf('\n', offset - 1) + 1;
  }

  /** What was read since the last piece, up to the line of the current token. */
  private keep(body: readonly Statement[]): void {
    const { source, kind, start, comments, problems } = this;
    const end = kind === END ? source.length : this.lineStart(start);
    const reach = Math.max(this.furthest, this.end) + LOOK_AHEAD;
    this.pieces.push({ end, reach, body, comments: comments.slice(), problems: problems.slice() });
    comments.length = 0;
    problems.length = 0;
  }
}
