import { Language, Parser } from 'web-tree-sitter';
import type { Comment, ModuleFacts, SyntaxProblem } from '../../facts/syntax';
import { ERROR, flatten, type GrammarTables, grammarTables, rawRuntime } from './flat-tree';
import { StatementLowering } from './statements';

/** Longest text that is analysed, in UTF-16 units; larger files get a `limit` problem and no facts. */
export const MAX_LENGTH = 5_000_000;
/** Longest time the parser may take, ms. */
const MAX_PARSE_TIME = 1_500;
const MAX_PROBLEMS = 20;

/** The WebAssembly files of the runtime (`web-tree-sitter.wasm`) and the grammar (`tree-sitter-python.wasm`). */
export interface PythonAssets {
  readonly runtimeWasm: Uint8Array;
  readonly grammarWasm: Uint8Array;
}

export interface PythonFrontEnd {
  /** Facts of one module; never throws. */
  parse(text: string): ModuleFacts;
  dispose(): void;
}

let started: Promise<ReturnType<typeof rawRuntime>> | null = null;

/** Loads the grammar once; `parse` is then synchronous. Rejects when the files are no WebAssembly or do not fit together. */
export async function createPythonFrontEnd(assets: PythonAssets): Promise<PythonFrontEnd> {
  started ??= start(assets.runtimeWasm);
  const raw = await started;
  const language = await Language.load(assets.grammarWasm);
  const tables = grammarTables(language);
  let parser = new Parser().setLanguage(language);
  let parsed = 0;
  return {
    parse(text) {
      // The runtime's memory never shrinks and slowly fragments: a fresh parser now and then keeps it flat.
      if (++parsed % 5_000 === 0) {
        parser.delete();
        parser = new Parser().setLanguage(language);
      }
      return parseModule(text, parser, language, tables, raw);
    },
    dispose: () => parser.delete(),
  };
}

async function start(wasm: Uint8Array): Promise<ReturnType<typeof rawRuntime>> {
  const filled = { wasmBinary: exactBuffer(wasm) };
  await Parser.init(filled);
  return rawRuntime(filled);
}

function parseModule(
  text: string,
  parser: Parser,
  language: Language,
  tables: GrammarTables,
  raw: ReturnType<typeof rawRuntime>,
): ModuleFacts {
  if (text.length > MAX_LENGTH)
    return nothing(text, `The file has ${text.length} characters; the limit is ${MAX_LENGTH}.`);
  const deadline = Date.now() + MAX_PARSE_TIME;
  const source = readable(text);
  let tree: ReturnType<Parser['parse']> = null;
  try {
    // The runtime cancels when the callback answers true, whatever its declared type says.
    const options = source.length > 50_000 ? { progressCallback: () => Date.now() > deadline } : undefined;
    tree = parser.parse(source, null, options);
    if (!tree) {
      parser.reset();
      return nothing(text, 'The file takes too long to parse.');
    }
    const flat = flatten(tree, tables, raw);
    const lowering = new StatementLowering(source, flat, tables.names, language.fields, tables.named);
    const body = lowering.module();
    const comments: Comment[] = [];
    const problems: SyntaxProblem[] = [];
    const commentType = tables.names.indexOf('comment');
    for (let i = 1; i < flat.count; i++) {
      const type = flat.type[i];
      if (type === commentType) comments.push(commentAt(source, flat.start[i]!, flat.end[i]!));
      else if (type === ERROR && problems.length < MAX_PROBLEMS)
        problems.push(problemAt(source, flat.start[i]!, flat.end[i]!));
    }
    if (tree.rootNode.hasError && problems.length === 0)
      problems.push({ kind: 'syntax', start: 0, end: Math.min(1, text.length), message: 'The code is incomplete.' });
    for (const problem of lowering.problems) if (problems.length < MAX_PROBLEMS) problems.push(problem);
    return { language: 'python', length: text.length, body, comments, problems };
  } catch (error) {
    // The runtime reports exhausted memory or stack as a WebAssembly `RuntimeError`.
    if (!(error instanceof Error && (error instanceof RangeError || error.name === 'RuntimeError'))) throw error;
    parser.reset();
    return nothing(text, 'The code is nested too deeply to be read.');
  } finally {
    tree?.delete();
  }
}

/** Same length, but nothing that the grammar's lexer takes for the end of the file or cannot place. */
function readable(text: string): string {
  let source = text;
  if (source.includes('\0')) source = source.replaceAll('\0', ' ');
  if (source.charCodeAt(0) === 0xfeff) source = `\n${source.slice(1)}`;
  return source;
}

function nothing(text: string, message: string): ModuleFacts {
  const problem: SyntaxProblem = { kind: 'limit', start: 0, end: Math.min(1, text.length), message };
  return { language: 'python', length: text.length, body: [], comments: [], problems: [problem] };
}

function problemAt(source: string, start: number, end: number): SyntaxProblem {
  const line = source.indexOf('\n', start);
  const stop = Math.max(start, Math.min(end, line === -1 ? end : line));
  return { kind: 'syntax', start, end: stop, message: 'This is no Python that can be read.' };
}

function commentAt(source: string, start: number, end: number): Comment {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  let ownLine = true;
  for (let i = lineStart; i < start && ownLine; i++) {
    const unit = source.charCodeAt(i);
    ownLine = unit === 32 || unit === 9 || unit === 12;
  }
  return { start, end, text: source.slice(start + 1, end).trim(), ownLine };
}

/** A buffer of its own: a file's bytes may be a window into a larger pool. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
