import { parentPort, workerData } from 'node:worker_threads';
import { CheckpointError, type Limits, openCheckpoint } from '../../audit-core/checkpoints';
import { FileError, fileSource } from './byte-source';
import type { InspectAnswer } from './inspect-apart';

/** The thread's own side of `inspectApart`: one file, one answer. */
async function inspect({ path, limits }: { path: string; limits: Limits }): Promise<InspectAnswer> {
  try {
    const source = await fileSource(path);
    try {
      return { kind: 'inspected', inspection: (await openCheckpoint(source, limits)).inspection };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof CheckpointError) return { kind: 'refused', message: error.message, hazard: error.hazard };
    if (error instanceof FileError) return { kind: 'unopened', message: error.message };
    throw error;
  }
}

void inspect(workerData).then(answer => parentPort?.postMessage(answer));
