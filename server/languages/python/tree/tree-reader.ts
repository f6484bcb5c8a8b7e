import { Language, Parser } from 'web-tree-sitter';
import type { Comment, SyntaxProblem } from '../../../facts/syntax';
import { commentAt } from '../reader/scanner';
import type { LinesRead } from '../reader/statements';
import { ERROR, flatten, type GrammarTables, grammarTables, rawRuntime } from './flat-tree';
import { StatementLowering } from './statements';

/** The WebAssembly files of the runtime (`web-tree-sitter.wasm`) and the grammar (`tree-sitter-python.wasm`). */
export interface PythonAssets {
  readonly runtimeWasm: Uint8Array;
  readonly grammarWasm: Uint8Array;
}

let started: Promise<ReturnType<typeof rawRuntime>> | null = null;

/** Reads lines with tree-sitter, which finds its way through broken code. */
export class TreeReader {
  private parser: Parser;
  private parsed = 0;
  private readonly commentType: number;

  private constructor(
    private readonly language: Language,
    private readonly tables: GrammarTables,
    private readonly raw: ReturnType<typeof rawRuntime>,
  ) {
    this.parser = new Parser().setLanguage(language);
    this.commentType = tables.names.indexOf('comment');
  }

  /** Rejects when the files are no WebAssembly or do not fit together. */
  static async load(assets: PythonAssets): Promise<TreeReader> {
    started ??= start(assets.runtimeWasm);
    const raw = await started;
    const language = await Language.load(assets.grammarWasm);
    return new TreeReader(language, grammarTables(language), raw);
  }

  /** Never throws on what the text says; gives up when `over` says so. Brackets in `closing` are read behind the lines and stand nowhere. */
  lines(source: string, start: number, end: number, closing: string, over: () => boolean): LinesRead {
    // The runtime's memory never shrinks and slowly fragments: a fresh parser now and then keeps it flat.
    if (++this.parsed % 5_000 === 0) {
      this.parser.delete();
      this.parser = new Parser().setLanguage(this.language);
    }
    let tree: ReturnType<Parser['parse']> = null;
    try {
      // The runtime cancels when the callback answers true, whatever its declared type says.
      const options = end - start > 50_000 ? { progressCallback: over } : undefined;
      const written = source.slice(start, end);
      const code = closing === '' ? written : written.trimEnd();
      tree = this.parser.parse(closing === '' ? written : `${code}\n${closing}`, null, options);
      if (!tree) {
        this.parser.reset();
        return nothing(start, end, 'The code takes too long to parse.');
      }
      const flat = flatten(tree, this.tables, this.raw, start);
      const last = start + code.length;
      if (closing !== '')
        for (let i = 1; i < flat.count; i++) {
          flat.start[i] = Math.min(flat.start[i]!, last);
          flat.end[i] = Math.min(flat.end[i]!, last);
        }
      const lowering = new StatementLowering(source, flat, this.tables.names, this.language.fields, this.tables.named);
      const body = lowering.module();
      const comments: Comment[] = [];
      const problems: SyntaxProblem[] = [];
      for (let i = 1; i < flat.count; i++) {
        const type = flat.type[i];
        if (type === this.commentType) comments.push(commentAt(source, flat.start[i]!, flat.end[i]!));
        else if (type === ERROR) problems.push(problemAt(source, flat.start[i]!, flat.end[i]!));
      }
      if (closing !== '') {
        const first = start + code.length - code.trimStart().length;
        problems.push({ ...problemAt(source, first, last), message: 'A bracket is left open here.' });
      }
      if (tree.rootNode.hasError && problems.length === 0)
        problems.push({ kind: 'syntax', start, end: Math.min(start + 1, end), message: 'The code is incomplete.' });
      problems.push(...lowering.problems);
      return { body, comments, problems };
    } catch (error) {
      // The runtime reports exhausted memory or stack as a WebAssembly `RuntimeError`.
      if (!(error instanceof Error && (error instanceof RangeError || error.name === 'RuntimeError'))) throw error;
      this.parser.reset();
      return nothing(start, end, 'The code is nested too deeply to be read.');
    } finally {
      tree?.delete();
    }
  }

  dispose(): void {
    this.parser.delete();
  }
}

async function start(wasm: Uint8Array): Promise<ReturnType<typeof rawRuntime>> {
  const filled = { wasmBinary: exactBuffer(wasm) };
  await Parser.init(filled);
  return rawRuntime(filled);
}

function nothing(start: number, end: number, message: string): LinesRead {
  return { body: [], comments: [], problems: [{ kind: 'limit', start, end: Math.min(start + 1, end), message }] };
}

function problemAt(source: string, start: number, end: number): SyntaxProblem {
  const line = source.indexOf('\n', start);
  const stop = Math.max(start, Math.min(end, line === -1 ? end : line));
  return { kind: 'syntax', start, end: stop, message: 'This is no Python that can be read.' };
}

/** A buffer of its own: a file's bytes may be a window into a larger pool. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
