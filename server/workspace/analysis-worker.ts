import { parentPort, workerData } from 'node:worker_threads';
import { type CheckSettings, FileChecker, type FileResult } from './check-files';
import { nodeHost } from './host';

/** One of several threads of a cold check: takes batches of paths, answers with plain results in their order. */
export interface Batch {
  readonly id: number;
  readonly paths: readonly string[];
}
export interface BatchResult {
  readonly id: number;
  readonly results: readonly FileResult[];
}

if (parentPort) {
  const port = parentPort;
  const checker = new FileChecker(nodeHost(), workerData as CheckSettings);
  port.on('message', async ({ id, paths }: Batch) => {
    const results: FileResult[] = [];
    for (const path of paths) results.push(await checker.file(path));
    port.postMessage({ id, results } satisfies BatchResult);
  });
}
