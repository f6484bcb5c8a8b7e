import type { Position, Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Span } from '../facts/syntax';

export function rangeOf(document: TextDocument, span: Span): Range {
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) };
}

/** The span cut at the end of its first line: a squiggle under forty lines helps nobody. */
export function firstLineRange(document: TextDocument, span: Span): Range {
  const range = rangeOf(document, span);
  if (range.end.line === range.start.line) return range;
  const end = document.offsetAt({ line: range.start.line + 1, character: 0 });
  const text = document.getText().slice(span.start, end);
  return { start: range.start, end: document.positionAt(span.start + text.replace(/[\r\n]+$/, '').trimEnd().length) };
}

export const lineRange = (line: number): Range => ({ start: { line, character: 0 }, end: { line, character: 0 } });

export const before = (a: Position, b: Position): boolean =>
  a.line < b.line || (a.line === b.line && a.character < b.character);

export const overlaps = (a: Range, b: Range): boolean => !before(a.end, b.start) && !before(b.end, a.start);

export const contains = (range: Range, position: Position): boolean =>
  !before(position, range.start) && !before(range.end, position);
