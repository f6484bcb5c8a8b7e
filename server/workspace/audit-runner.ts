import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerMessage, WorkerRequest } from '../../audit-core/audit/request';
import type { AuditOutcome } from '../../audit-core/audit/result';

/** An audit that could not be made: one sentence with the place and what to do. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  /** `unbuilt`: the network of a state dict could not be rebuilt; the user's own interpreter could export it. */
  constructor(
    message: string,
    readonly unbuilt = false,
  ) {
    super(message);
  }
}

export interface AuditWatch {
  /** Ends the worker at once. */
  readonly signal?: AbortSignal;
  /** `fraction` in [0, 1]. */
  readonly progress?: (message: string, fraction: number) => void;
  /** Folder of the bundled worker. */
  readonly folder?: string;
  /** Heap of the worker in MB. */
  readonly memory?: number;
}

/** Runs an audit in a worker thread, so that the caller's thread stays free; rejects with an AuditError or the signal's reason. */
export function runAudit(
  request: WorkerRequest,
  { signal, progress = () => {}, folder = __dirname, memory = memoryOf(request) }: AuditWatch = {},
): Promise<AuditOutcome> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const worker = startWorker(request, folder, memory);
    const finish = (act: () => void): void => {
      signal?.removeEventListener('abort', abort);
      worker.removeAllListeners();
      worker.on('error', () => {});
      void worker.terminate();
      act();
    };
    const abort = (): void => finish(() => reject(signal!.reason));
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') progress(message.message, message.fraction);
      else if (message.kind === 'done') finish(() => resolve(message.outcome));
      else finish(() => reject(new AuditError(message.message, message.unbuilt === true)));
    });
    worker.on('error', error => finish(() => reject(new AuditError(explain(error)))));
    worker.on('exit', code => finish(() => reject(new AuditError(`The audit ended early (code ${code}).`))));
  });
}

/** The configuration says how much an audit of a script may take. */
const memoryOf = (request: WorkerRequest): number =>
  (request.kind === 'script' ? request.limits.memory : undefined) ?? 2048;

function explain(error: Error): string {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'The audit needed more memory than it is allowed; audit fewer rows (limits.audit-rows) or allow more (limits.audit-memory).'
    : `The audit failed: ${error.message}`;
}

/** The bundle where it lies beside this file, else the source through tsx (development and tests). */
function startWorker(request: WorkerRequest, folder: string, memory: number): Worker {
  const options = { workerData: request, resourceLimits: { maxOldGenerationSizeMb: memory } };
  const bundle = join(folder, 'audit-worker.js');
  if (existsSync(bundle)) return new Worker(bundle, options);
  const source = join(folder, '..', '..', 'audit-core', 'audit', 'worker.ts');
  const load = `require('tsx/cjs');import('tsx/esm/api').then(tsx => { tsx.register(); return import(${JSON.stringify(pathToFileURL(source).href)}); });`;
  return new Worker(load, { ...options, eval: true });
}
