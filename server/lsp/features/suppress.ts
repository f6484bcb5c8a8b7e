import type { Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';

/** One insertion or replacement in a document, by offsets. */
export interface TextEditAt {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export const REASON = 'reason';

const marker = (languageId: string): string => (languageId === 'python' ? '#' : '//');
const directive = /(?:#|\/\/)\s*epsilint:\s*ignore\[([^\]\n]*)\]/;

/**
 * The edit that suppresses a rule on one line, with a reason to fill in: the id joins a directive that is already
 * there; a line that cannot carry a comment at its end (a backslash, an open string) gets one of its own above it.
 */
export function suppressLine(document: TextDocument, position: Position, rule: string): TextEditAt {
  const start = document.offsetAt({ line: position.line, character: 0 });
  const line = lineAt(document, position.line);
  const known = directive.exec(line);
  if (known) {
    const at = start + known.index + known[0].length - 1;
    return { start: at, end: at, text: `${known[1]!.trim() === '' ? '' : ', '}${rule}` };
  }
  const comment = `${marker(document.languageId)} epsilint: ignore[${rule}] -- ${REASON}`;
  if (line.trimEnd().endsWith('\\') || hasOpenString(line)) {
    const indent = /^[ \t]*/.exec(line)![0];
    return { start, end: start, text: `${indent}${comment}${newline(document)}` };
  }
  const at = start + line.trimEnd().length;
  return { start: at, end: start + line.length, text: `  ${comment}` };
}

/** The edit that suppresses a rule in the whole file: below a `#!` line and an encoding line. */
export function suppressFile(document: TextDocument, rule: string): TextEditAt {
  let line = 0;
  while (line < 2 && /^#(!|.*coding[:=])/.test(lineAt(document, line))) line++;
  const at = document.offsetAt({ line, character: 0 });
  const text = `${marker(document.languageId)} epsilint: file-ignore[${rule}] -- ${REASON}${newline(document)}`;
  return { start: at, end: at, text };
}

function lineAt(document: TextDocument, line: number): string {
  const start = document.offsetAt({ line, character: 0 });
  return document
    .getText()
    .slice(start, document.offsetAt({ line: line + 1, character: 0 }))
    .replace(/[\r\n]+$/, '');
}

const newline = (document: TextDocument): string => (document.getText().includes('\r\n') ? '\r\n' : '\n');

/** An odd number of triple quotes or back quotes: a comment at the end would be part of the string. */
const hasOpenString = (line: string): boolean =>
  ['"""', "'''", '`'].some(quote => (line.split(quote).length - 1) % 2 === 1);
