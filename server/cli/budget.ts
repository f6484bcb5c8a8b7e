import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BudgetStatement, statementJson, titleOf } from '../budget';
import { locate, type NotebookModule } from '../languages/notebook/notebook';
import { Analyser } from '../workspace/analysis';
import { Configurations } from '../workspace/configuration/find';
import { discover } from '../workspace/discovery';
import { excludesOf } from '../workspace/excludes';
import { DataFiles } from '../workspace/file-facts';
import { FrontEnds } from '../workspace/front-ends';
import { nodeHost, ReadError } from '../workspace/host';
import { languageOf } from '../workspace/languages';
import { displayPath } from '../workspace/located';
import { decodeSource } from '../workspace/source-text';
import { type CliIO, EXIT, UsageError } from './io';

const usage = `Usage: epsilint budget PATH… [--format text|json]

What each DP training call buys: ε by privacy loss distributions, with the sampling, the unit and where each parameter came from.
`;

/** The largest script that is read, in bytes. */
const readLimit = 64_000_000;

interface Placed {
  readonly statement: BudgetStatement;
  readonly path: string;
  readonly cell: number | null;
  readonly line: number;
}

/** `epsilint budget`: statements of all scripts under the paths; exit 0, or 2 when a path is not there. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const { paths, format, help } = parse(argv);
  if (help) {
    io.stdout(usage);
    return EXIT.ok;
  }
  const host = nodeHost(() => {});
  const configurations = new Configurations(host);
  const missing = paths.find(path => host.stat(resolve(io.cwd, path)) === null);
  if (missing !== undefined) throw new UsageError(`${missing}: there is no such file or folder.`);
  const roots = paths.map(path => resolve(io.cwd, path));
  const { files } = discover(
    host,
    roots,
    excludesOf(folder => configurations.forFolder(folder).configuration),
  );
  const frontEnds = new FrontEnds();
  const { lookup } = new DataFiles(host, { reading: 'at-once' });
  const analyser = new Analyser({ host, root: io.cwd, frontEnds, files: lookup });
  const placed: Placed[] = [];
  try {
    for (const path of files) {
      const language = languageOf(path);
      if (language === null || io.signal.aborted) continue;
      try {
        const { text } = decodeSource(host.read(path, readLimit));
        const analysis = await analyser.analyse(
          { path, text, language },
          configurations.forFolder(dirname(path)).configuration,
        );
        for (const statement of analysis.budgets)
          placed.push({
            statement,
            path: displayPath(io.cwd, path),
            ...lineOf(analysis.text, analysis.notebook, statement.span.start),
          });
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        io.stderr(`epsilint: ${displayPath(io.cwd, path)}: ${error.message}.\n`);
      }
    }
  } finally {
    frontEnds.dispose();
  }
  io.stdout(format === 'json' ? json(placed) : text(placed));
  return EXIT.ok;
}

function parse(argv: readonly string[]): { paths: readonly string[]; format: 'text' | 'json'; help: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { format: { type: 'string', default: 'text' }, help: { type: 'boolean', short: 'h' } },
    });
    const { format } = values;
    if (format !== 'text' && format !== 'json') throw new UsageError('--format must be text or json.');
    return { paths: positionals.length > 0 ? positionals : ['.'], format, help: values.help === true };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : 'unknown option'}\n${usage.trimEnd()}`);
  }
}

function lineOf(text: string, notebook: NotebookModule | null, offset: number): { cell: number | null; line: number } {
  const lines = (from: number, to: number): number => text.slice(from, to).split('\n').length;
  const at = notebook && locate(notebook, offset);
  return at ? { cell: at.cell.index, line: lines(at.cell.start, offset) } : { cell: null, line: lines(0, offset) };
}

/** JSON has no infinity: the string "Infinity" stands for it. */
function json(placed: readonly Placed[]): string {
  const statements = placed.map(({ statement, ...place }) => statementJson(statement, place));
  return `${JSON.stringify({ version: 1, statements }, (_, value) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value), 2)}\n`;
}

function text(placed: readonly Placed[]): string {
  if (placed.length === 0) return 'No call of a differential-privacy library was found.\n';
  return placed
    .map(({ statement, path, cell, line }) => {
      const { sampling, parameters, epsilon } = statement;
      const head = `${path}${cell === null ? '' : `:cell ${cell}`}:${line}  ${titleOf(statement)}`;
      const assumed = `    ${statement.library}, ${sampling === 'poisson' ? 'Poisson sampling' : sampling === 'shuffle' ? 'shuffled batches' : 'sampling unknown'}; add or remove one record`;
      const peer = epsilon.library
        ? `; ${epsilon.library.name} itself logs ${Number(epsilon.library.epsilon.toPrecision(3))} (${epsilon.library.accountant})`
        : '';
      const rows = Object.entries(parameters).map(
        ([name, { value, origin }]) =>
          `    ${name.padEnd(16)} ${String(typeof value === 'number' ? Number(value.toPrecision(6)) : value).padEnd(12)} ${origin}`,
      );
      const unknown = statement.unresolved.length > 0 ? [`    not resolved: ${statement.unresolved.join(', ')}`] : [];
      return [head, assumed + peer, ...rows, ...unknown, ''].join('\n');
    })
    .join('\n');
}
