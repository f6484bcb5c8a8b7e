import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Batch, BatchResult } from './analysis-worker';
import { type CheckSettings, FileChecker, type FileResult } from './check-files';
import type { Host } from './host';

/** Fewer files than this are checked sooner than a thread has started. */
const worthThreads = 120;
const batchSize = 24;
/** Characters of helper modules that all threads together keep the facts of. */
const keptByAll = 1_200_000;

export interface PoolOptions {
  readonly signal: AbortSignal;
  /** Called with the number of files done. */
  readonly progress: (done: number) => void;
  /** Threads beside this one; null: as many as the machine has processors, less one, at most two. */
  readonly threads: number | null;
  /** Folder of the bundled worker. */
  readonly folder?: string;
}

/**
 * Checks files on this thread and on others beside it; results in the order of `paths`. A thread that dies gives its
 * files back to this one.
 */
export async function checkAll(
  host: Host,
  settings: CheckSettings,
  paths: readonly string[],
  { signal, progress, threads, folder = __dirname }: PoolOptions,
): Promise<FileResult[]> {
  const results = new Array<FileResult | undefined>(paths.length);
  const starts: number[] = [];
  for (let at = 0; at < paths.length; at += batchSize) starts.push(at);
  let next = 0;
  let done = 0;
  const abandoned: number[] = [];
  const take = (): number | undefined => abandoned.pop() ?? starts[next++];
  const finish = (count: number): void => {
    done += count;
    progress(done);
  };

  const bundle = join(folder, 'analysis-worker.js');
  const wanted = threads ?? Math.min(2, availableParallelism() - 1);
  const count = paths.length >= worthThreads && existsSync(bundle) ? wanted : 0;
  const shared: CheckSettings = count === 0 ? settings : { ...settings, keep: Math.floor(keptByAll / (count + 1)) };
  const workers = Array.from({ length: count }, () => startWorker());

  const checker = new FileChecker(host, shared);
  try {
    for (let at = take(); at !== undefined && !signal.aborted; at = take()) {
      const end = Math.min(at + batchSize, paths.length);
      for (let i = at; i < end && !signal.aborted; i++) results[i] = await checker.file(paths[i]!);
      finish(end - at);
      // Lets the threads' answers in.
      await new Promise(resolve => setImmediate(resolve));
    }
    await Promise.all(workers.map(({ ended }) => ended));
    for (let at = abandoned.pop(); at !== undefined && !signal.aborted; at = abandoned.pop())
      for (let i = at; i < Math.min(at + batchSize, paths.length); i++) results[i] ??= await checker.file(paths[i]!);
  } finally {
    checker.dispose();
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }
  return results.filter(result => result !== undefined);

  function startWorker(): { worker: Worker; ended: Promise<void> } {
    const worker = new Worker(bundle, {
      workerData: shared,
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 },
    });
    let running: number | undefined;
    const ended = new Promise<void>(resolve => {
      const give = (): void => {
        running = signal.aborted ? undefined : take();
        if (running === undefined) resolve();
        else worker.postMessage({ id: running, paths: paths.slice(running, running + batchSize) } satisfies Batch);
      };
      worker.on('message', ({ id, results: answers }: BatchResult) => {
        answers.forEach((answer, i) => {
          results[id + i] = answer;
        });
        finish(answers.length);
        give();
      });
      const lost = (): void => {
        if (running !== undefined) abandoned.push(running);
        running = undefined;
        resolve();
      };
      worker.on('error', lost);
      worker.on('exit', lost);
      give();
    });
    return { worker, ended };
  }
}
