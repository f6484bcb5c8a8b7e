import { parentPort, workerData } from 'node:worker_threads';
import { fileSource } from '../../server/workspace/byte-source';
import { ReplayError } from '../datasets/errors';
import { readScoreArrays } from '../datasets/scores';
import { audit } from './audit';
import type { ScoresRequest, WorkerMessage, WorkerRequest } from './request';
import type { AuditOutcome } from './result';
import { UnbuiltError } from './worker-model';
import { auditScript } from './worker-script';

/** The worker's entry: one request, progress, one answer. It is cancelled by being terminated. */
async function main(): Promise<void> {
  const post = (message: WorkerMessage): void => parentPort!.postMessage(message);
  const progress = (message: string, fraction: number): void => post({ kind: 'progress', message, fraction });
  try {
    post({ kind: 'done', outcome: await perform(workerData as WorkerRequest, progress) });
  } catch (error) {
    const known =
      error instanceof RangeError ||
      (error instanceof Error && /Error$/.test(error.name) && error.name !== 'TypeError' && error.name !== 'Error');
    post({
      kind: 'failed',
      message: error instanceof Error ? `${error.message}${hintOf(error)}` : String(error),
      known,
      ...(error instanceof UnbuiltError && { unbuilt: true as const }),
    });
  }
}

/** What is done about steps that are not replayed. */
const hintOf = (error: Error): string =>
  error instanceof ReplayError
    ? ' What is not replayed can be declared in an [[audit]] entry of epsilint.toml: features, label, members.'
    : '';

type Progress = (message: string, fraction: number) => void;

async function perform(request: WorkerRequest, progress: Progress): Promise<AuditOutcome> {
  return request.kind === 'script' ? await auditScript(request, progress) : await auditScores(request, progress);
}

async function auditScores(request: ScoresRequest, progress: Progress): Promise<AuditOutcome> {
  const source = await fileSource(request.file);
  try {
    progress(`Reading ${source.name}`, 0);
    const arrays = await readScoreArrays(source);
    const { claim = null, despiteGate, listExposed } = request;
    const references = arrays.models > 1 ? ', and the others as references that were trained as it was' : '';
    const assumptions = [
      `Row 0 of the arrays is taken for the audited model${references}; who was trained on is what "members" says.`,
    ];
    return audit(arrays, { claim, despiteGate, listExposed, progress, assumptions });
  } finally {
    await source.close();
  }
}

if (parentPort) void main();
