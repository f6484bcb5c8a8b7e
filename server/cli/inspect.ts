import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CheckpointError } from '../../audit-core/checkpoints';
import { inspectionJson, inspectionText } from '../report/inspection';
import { FileError, type FileSource, fileSource } from '../workspace/byte-source';
import { inspectApart } from '../workspace/inspect-apart';
import { type CliIO, EXIT, UsageError } from './io';
import { misread } from './misread';

const usage = `Usage: epsilint inspect FILE [--format text|json]

Says what is in a checkpoint or data file without running any of it: format, tensors, parameters, inputs and outputs,
what is dangerous in it, and whether it can be run here.
`;

/** `epsilint inspect`: exit 0, or 1 when the file carries a hazard, or 2 when it cannot be read. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const { file, format } = parse(argv);
  if (file === null) {
    io.stdout(usage);
    return EXIT.ok;
  }
  try {
    const inspection = await inspectApart(resolve(io.cwd, file), io.signal);
    io.stdout(
      format === 'json' ? `${JSON.stringify(inspectionJson(inspection))}\n` : inspectionText(inspection, io.isTTY),
    );
    return inspection.hazards.length > 0 ? EXIT.findings : EXIT.ok;
  } catch (error) {
    throw refusal(error, file);
  }
}

function parse(argv: readonly string[]): { file: string | null; format: 'text' | 'json' } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { format: { type: 'string', default: 'text' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help) return { file: null, format: 'text' };
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError(`inspect wants one file.\n${usage}`);
    const format = values.format;
    if (format !== 'text' && format !== 'json') throw new UsageError(`--format is "text" or "json", not "${format}".`);
    return { file, format };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw misread(error, usage);
  }
}

/** Opens a file or turns the reason into a usage error. */
export async function openFile(path: string, shown: string): Promise<FileSource> {
  try {
    return await fileSource(path);
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(`${shown}: ${error.message}`);
    throw error;
  }
}

/** The one sentence for a file that a reader refused; other errors pass through. */
export function refusal(error: unknown, shown: string): unknown {
  if (error instanceof CheckpointError) {
    const hazard =
      error.hazard && !error.message.includes(error.hazard.message) ? ` Hazard: ${error.hazard.message}` : '';
    return new UsageError(`${shown || basename(shown)}: ${error.message}${hazard}`);
  }
  if (error instanceof FileError) return new UsageError(`${shown}: ${error.message}`);
  return error;
}
