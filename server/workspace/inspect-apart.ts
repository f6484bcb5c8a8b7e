import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { CheckpointError, type Hazard, type Inspection } from '../../audit-core/checkpoints';
import { FileError } from './byte-source';
import { defaultReadSeconds } from './configuration/limits';
import { readingLimitsOf } from './reading-limits';
import { workLimit } from './work-limit';

/** What the thread answers. */
export type InspectAnswer =
  | { readonly kind: 'inspected'; readonly inspection: Inspection }
  | { readonly kind: 'refused'; readonly message: string; readonly hazard: Hazard | null }
  | { readonly kind: 'unopened'; readonly message: string };

/**
 * What is in a file, read in a thread of its own that is ended when the file takes more time or memory than the configuration of its folder
 * allows: the only way to stop a library (HDF5) that does not yield. Rejects with a `CheckpointError`, a `FileError` or the signal's reason.
 */
export async function inspectApart(path: string, signal?: AbortSignal): Promise<Inspection> {
  const { checkpoints, seconds: said, memory } = readingLimitsOf(path);
  const seconds = said ?? defaultReadSeconds;
  signal?.throwIfAborted();
  const worker = startWorker(
    { path, limits: checkpoints },
    { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: 16 },
  );
  const work = workLimit(seconds * 1000);
  let abort = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    void work.over.then(() =>
      reject(
        new CheckpointError(
          `Reading the file takes more than ${seconds} seconds of processor time; limits.read-seconds of the configuration allows more.`,
        ),
      ),
    );
    worker.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new CheckpointError(
              `Reading the file takes more than ${memory} MB; limits.read-memory of the configuration allows more.`,
            )
          : error,
      ),
    );
  });
  const answered = new Promise<InspectAnswer>(resolve => worker.once('message', resolve));
  try {
    const answer = await Promise.race([answered, stopped]);
    if (answer.kind === 'inspected') return answer.inspection;
    throw answer.kind === 'refused'
      ? new CheckpointError(answer.message, answer.hazard)
      : new FileError(answer.message);
  } finally {
    work.end();
    signal?.removeEventListener('abort', abort);
    worker.removeAllListeners();
    worker.on('error', () => {});
    await worker.terminate();
  }
}

/** The bundle where it lies beside this file, else the source through tsx (development and tests). */
function startWorker(workerData: unknown, resourceLimits: ResourceLimits): Worker {
  const bundle = join(__dirname, 'inspect-worker.js');
  if (existsSync(bundle)) return new Worker(bundle, { workerData, resourceLimits });
  const source = pathToFileURL(join(__dirname, 'inspect-worker.ts')).href;
  const load = `require('tsx/cjs');import('tsx/esm/api').then(tsx => { tsx.register(); return import(${JSON.stringify(source)}); });`;
  return new Worker(load, { workerData, resourceLimits, eval: true });
}
