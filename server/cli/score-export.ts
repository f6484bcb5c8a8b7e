import { resolve } from 'node:path';
import type { StateDict } from '../../audit-core/checkpoints/tensors';
import { writeAtomically } from '../workspace/atomic-write';
import { ExportError, plannedExport, runExport } from '../workspace/network-export';
import { type CliIO, EXIT, UsageError } from './io';

export interface ExportWords {
  readonly checkpoint: string;
  readonly script: string;
  /** Where the export script is written. */
  readonly exportScript: string;
  /** The interpreter that runs it: naming it is the user's yes. Null: it is only written. */
  readonly exportWith: string | null;
}

/** Writes the script that exports a state dict's network to ONNX, and runs it where the user names an interpreter. */
export async function exportNetwork(words: ExportWords, weights: StateDict | undefined, io: CliIO): Promise<number> {
  const target = resolve(io.cwd, words.exportScript);
  const paths = { script: resolve(io.cwd, words.script), checkpoint: resolve(io.cwd, words.checkpoint), target };
  try {
    const { source, output } = await plannedExport(paths, weights);
    await writeAtomically(target, source).catch(error => {
      throw new UsageError(
        `${words.exportScript}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
      );
    });
    if (words.exportWith === null) {
      io.stdout(
        `${words.exportScript} exports the network to ${output}. Read it, fill in what it asks for, and run it with your interpreter.\n`,
      );
      return EXIT.ok;
    }
    await runExport(words.exportWith, target, io.signal ?? new AbortController().signal);
    io.stdout(`${output} is written beside ${words.exportScript}.\n`);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof ExportError) throw new UsageError(error.message);
    throw error;
  }
}
