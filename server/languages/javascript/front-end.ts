import { ts } from 'ts-morph';
import type { Comment, ModuleFacts, SyntaxProblem } from '../../facts/syntax';
import { Lowering } from './lowering';

/** Longest text that is analysed, in UTF-16 units; larger files get a `limit` problem and no facts. */
export const MAX_LENGTH = 5_000_000;

/** Deepest nesting that the compiler's recursive parser is asked to survive. */
const MAX_NESTING = 2_000;

export interface JavaScriptFrontEnd {
  /** Facts of one module; never throws. `path` tells TypeScript from JavaScript and whether JSX is allowed. */
  parse(text: string, path: string): ModuleFacts;
}

/** TypeScript, JavaScript and their JSX forms through the compiler that ts-morph carries; no type checker, no tsconfig. */
export function createJavaScriptFrontEnd(): JavaScriptFrontEnd {
  return { parse };
}

function parse(text: string, path: string): ModuleFacts {
  if (text.length > MAX_LENGTH)
    return nothing(text, `The file has ${text.length} characters; the limit is ${MAX_LENGTH}.`);
  if (deepestNesting(text) > MAX_NESTING) return nothing(text, `Brackets are nested more than ${MAX_NESTING} deep.`);
  try {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, scriptKind(path));
    return {
      language: 'javascript',
      length: text.length,
      body: new Lowering(source).statements(source.statements),
      comments: commentsOf(text, path),
      problems: syntaxProblems(source),
    };
  } catch (error) {
    if (error instanceof RangeError) return nothing(text, 'The code is nested too deeply to be read.');
    throw error;
  }
}

function nothing(text: string, message: string): ModuleFacts {
  const problem: SyntaxProblem = { kind: 'limit', start: 0, end: Math.min(1, text.length), message };
  return { language: 'javascript', length: text.length, body: [], comments: [], problems: [problem] };
}

function scriptKind(path: string): ts.ScriptKind {
  if (/\.[cm]?ts$/.test(path)) return ts.ScriptKind.TS;
  if (path.endsWith('.tsx')) return ts.ScriptKind.TSX;
  return ts.ScriptKind.JSX;
}

/** The compiler keeps its syntax errors on the source file, in a field that its public types leave out. */
function syntaxProblems(source: ts.SourceFile): SyntaxProblem[] {
  const { parseDiagnostics = [] } = source as { parseDiagnostics?: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics.slice(0, 20).map(({ start, length, messageText }) => ({
    kind: 'syntax',
    start,
    end: start + length,
    message: ts.flattenDiagnosticMessageText(messageText, ' '),
  }));
}

/** A cheap upper bound on nesting that ignores strings; only absurd files pass the limit. */
function deepestNesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 40 || unit === 91 || unit === 123) deepest = Math.max(deepest, ++depth);
    else if ((unit === 41 || unit === 93 || unit === 125) && depth > 0) depth--;
  }
  return deepest;
}

/** Only comments that may hold a directive are kept: one scan with a pattern, then the scanner decides what is a comment. */
function commentsOf(text: string, path: string): Comment[] {
  if (!text.includes('epsilint')) return [];
  const comments: Comment[] = [];
  const variant = /\.[cm]?ts$/.test(path) ? ts.LanguageVariant.Standard : ts.LanguageVariant.JSX;
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, variant, text);
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token !== ts.SyntaxKind.SingleLineCommentTrivia && token !== ts.SyntaxKind.MultiLineCommentTrivia) continue;
    const start = scanner.getTokenStart();
    const end = scanner.getTokenEnd();
    const inner =
      token === ts.SyntaxKind.SingleLineCommentTrivia ? text.slice(start + 2, end) : text.slice(start + 2, end - 2);
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    comments.push({ start, end, text: inner.trim(), ownLine: text.slice(lineStart, start).trim() === '' });
  }
  return comments;
}
