import type { Span } from '../../facts/syntax';

/** A replacement of part of the module's text; offsets in UTF-16 units. */
export interface Edit extends Span {
  readonly text: string;
}

export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** Whole lines behind a statement, at its own indentation. */
export function after(text: string, statement: Span, lines: readonly string[]): Edit {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const end = text.indexOf('\n', statement.end - 1);
  const at = end < 0 ? text.length : end + 1;
  const indent = indentOf(text, statement.start);
  const body = lines.map(line => `${indent}${line}${newline}`).join('');
  return { start: at, end: at, text: (end < 0 ? newline : '') + body };
}

export function ahead(text: string, statement: Span, lines: readonly string[]): Edit {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const at = text.lastIndexOf('\n', statement.start - 1) + 1;
  const indent = indentOf(text, statement.start);
  return { start: at, end: at, text: lines.map(line => `${indent}${line}${newline}`).join('') };
}

function indentOf(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^\s*/.exec(line)![0];
}

/** The text with the edits made; later places first, so that offsets stay true. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = text;
  for (const edit of [...edits].sort((a, b) => b.start - a.start))
    out = out.slice(0, edit.start) + edit.text + out.slice(edit.end);
  return out;
}
