import type { Comment, ModuleFacts, Statement, SyntaxProblem } from '../../facts/syntax';
import { type Piece, readModule, unchanged } from './reader/module';
import { type PythonAssets, TreeReader } from './tree/tree-reader';

export type { PythonAssets } from './tree/tree-reader';

/** Longest text that is analysed, in UTF-16 units; larger files get a `limit` problem and no facts. */
export const MAX_LENGTH = 5_000_000;
/** Longest time the tree may take for what is broken in one text, ms. */
const MAX_TREE_TIME = 1_500;
const MAX_PROBLEMS = 20;

export interface PythonFrontEnd {
  /**
   * Facts of one module; never throws. `before` are facts of an earlier state of the text: what both begin with is taken from
   * them, the very objects, and the result is what it would be without.
   */
  parse(text: string, before?: ModuleFacts): ModuleFacts;
  dispose(): void;
}

/**
 * Two readers: one of our own for what is Python, a statement at a time, and tree-sitter for the lines which that one cannot
 * read. Loads the grammar once; `parse` is then synchronous. Rejects when the files are no WebAssembly or do not fit together.
 */
export async function createPythonFrontEnd(assets: PythonAssets): Promise<PythonFrontEnd> {
  const tree = await TreeReader.load(assets);
  const known = new WeakMap<ModuleFacts, { readonly source: string; readonly pieces: readonly Piece[] }>();
  return {
    parse(text, before) {
      if (text.length > MAX_LENGTH)
        return nothing(text, `The file has ${text.length} characters; the limit is ${MAX_LENGTH}.`);
      const source = readable(text);
      const old = before && known.get(before);
      const begun = { work: workTime(), at: Date.now() };
      // Other threads' work is in the process's own: no more was used than time has passed.
      const over = (): boolean => Math.min(workTime() - begun.work, Date.now() - begun.at) > MAX_TREE_TIME;
      const pieces = readModule(source, old ? unchanged(old.pieces, old.source, source) : [], (start, end, closing) =>
        tree.lines(source, start, end, closing, over),
      );
      const facts = moduleOf(text, pieces);
      known.set(facts, { source, pieces });
      return facts;
    },
    dispose: () => tree.dispose(),
  };
}

/** Processor time of this process (ms): a busy machine must not make a file look pathological. */
function workTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function moduleOf(text: string, pieces: readonly Piece[]): ModuleFacts {
  const body: Statement[] = [];
  const comments: Comment[] = [];
  const problems: SyntaxProblem[] = [];
  for (const piece of pieces) {
    for (const statement of piece.body) body.push(statement);
    for (const comment of piece.comments) comments.push(comment);
    for (const problem of piece.problems) if (problems.length < MAX_PROBLEMS) problems.push(problem);
  }
  return { language: 'python', length: text.length, body, comments, problems };
}

/** Same length, but nothing that a lexer takes for the end of the file or cannot place. */
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
