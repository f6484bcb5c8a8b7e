import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BudgetStatement, headlineOf } from '../budget';
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
import { budgetJson, budgetText, type PlacedStatement } from './budget-text';
import { type CliIO, EXIT, UsageError } from './io';
import { misread } from './misread';

const usage = `Usage: epsilint budget PATH… [--format text|json] [--max-epsilon E]

What each DP training call buys: ε by privacy loss distributions, with the sampling, the unit and where each parameter came from.
Exit 1 when a budget is above --max-epsilon, or above max-epsilon of [dp] in the configuration. What does not resolve is listed and
never fails.
`;

/** The largest script that is read, in bytes. */
const readLimit = 64_000_000;

/** `epsilint budget`: statements of all scripts under the paths; exit 0, 1 when one exceeds the threshold, 2 when a path is not there. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const { paths, format, help, maxEpsilon } = parse(argv);
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
  const counting = new DataFiles(host, { reading: 'at-once' });
  const analyser = new Analyser({ host, root: io.cwd, frontEnds, files: counting.lookup, counting });
  const placed: PlacedStatement[] = [];
  try {
    for (const path of files) {
      const language = languageOf(path);
      if (language === null || io.signal.aborted) continue;
      try {
        const { text } = decodeSource(host.read(path, readLimit));
        const { configuration } = configurations.forFolder(dirname(path));
        const analysis = await analyser.analyse({ path, text, language }, configuration);
        const most = maxEpsilon ?? configuration.maxEpsilon;
        for (const statement of analysis.budgets)
          placed.push({
            statement,
            most,
            exceeded: most !== null && exceeds(statement, most),
            path: displayPath(io.cwd, path),
            ...lineOf(analysis.text, analysis.notebook, statement.span.start),
          });
      } catch (error) {
        // A fault of ours in one file must not end the run of all; it is told, not hidden.
        const reason = error instanceof Error ? error.message : String(error);
        const told =
          error instanceof ReadError
            ? reason
            : `the analysis failed (${reason.slice(0, 120)}); this is a fault of Epsilint`;
        io.stderr(`epsilint: ${displayPath(io.cwd, path)}: ${told}.\n`);
      }
    }
  } finally {
    frontEnds.dispose();
  }
  io.stdout(format === 'json' ? budgetJson(placed) : budgetText(placed));
  return placed.some(({ exceeded }) => exceeded) ? EXIT.findings : EXIT.ok;
}

/** The figure that the statement stands for, of a record or of a person where people have several. */
function exceeds(statement: BudgetStatement, most: number): boolean {
  const figures = [headlineOf(statement), statement.person?.epsilon ?? null];
  return figures.some(figure => figure !== null && figure > most);
}

interface Options {
  readonly paths: readonly string[];
  readonly format: 'text' | 'json';
  readonly help: boolean;
  readonly maxEpsilon: number | null;
}

function parse(argv: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        'max-epsilon': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { format } = values;
    if (format !== 'text' && format !== 'json') throw new UsageError('--format must be text or json.');
    const given = values['max-epsilon'];
    const maxEpsilon = given === undefined ? null : Number(given);
    if (maxEpsilon !== null && !(maxEpsilon > 0)) throw new UsageError('--max-epsilon must be a number above 0.');
    return { paths: positionals.length > 0 ? positionals : ['.'], format, help: values.help === true, maxEpsilon };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw misread(error, usage);
  }
}

function lineOf(text: string, notebook: NotebookModule | null, offset: number): { cell: number | null; line: number } {
  const lines = (from: number, to: number): number => text.slice(from, to).split('\n').length;
  const at = notebook && locate(notebook, offset);
  return at ? { cell: at.cell.index, line: lines(at.cell.start, offset) } : { cell: null, line: lines(0, offset) };
}
