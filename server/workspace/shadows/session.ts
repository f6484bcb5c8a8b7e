import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { AuditOutcome } from '../../../audit-core/audit/result';
import { AuditError } from '../audit-runner';
import type { PreparedShadows, ShadowAnswer, ShadowQuestion } from './messages';

type Progress = (message: string, fraction: number) => void;

/** The worker thread that holds the data of one shadow run; one question at a time. */
export class ShadowSession {
  private readonly worker: Worker;
  private settle: { resolve: (answer: ShadowAnswer) => void; reject: (error: Error) => void } | null = null;

  constructor(
    private readonly progress: Progress,
    folder: string = __dirname,
  ) {
    this.worker = startWorker(
      folder,
      'shadow-worker',
      ['server', 'workspace', 'shadows', 'worker.ts'],
      undefined,
      4096,
    );
    this.worker.on('message', (answer: ShadowAnswer) => {
      if (answer.kind === 'progress') this.progress(answer.message, answer.fraction);
      else if (answer.kind === 'failed') this.finish(({ reject }) => reject(new AuditError(answer.message)));
      else this.finish(({ resolve }) => resolve(answer));
    });
    this.worker.on('error', error =>
      this.finish(({ reject }) => reject(new AuditError(`The audit failed: ${error.message}`))),
    );
    this.worker.on('exit', () => this.finish(({ reject }) => reject(new AuditError('The audit ended early.'))));
  }

  async prepare(question: Omit<Extract<ShadowQuestion, { kind: 'prepare' }>, 'kind'>): Promise<PreparedShadows> {
    const answer = await this.ask({ kind: 'prepare', ...question });
    if (answer.kind !== 'prepared') throw new AuditError('The audit answered out of turn.');
    return answer.prepared;
  }

  async audit(question: Omit<Extract<ShadowQuestion, { kind: 'audit' }>, 'kind'>): Promise<AuditOutcome> {
    const answer = await this.ask({ kind: 'audit', ...question });
    if (answer.kind !== 'done') throw new AuditError('The audit answered out of turn.');
    return answer.outcome;
  }

  async dispose(): Promise<void> {
    this.worker.removeAllListeners();
    this.worker.on('error', () => {});
    await this.worker.terminate();
    this.settle?.reject(new AuditError('The audit was ended.'));
    this.settle = null;
  }

  private ask(question: ShadowQuestion): Promise<ShadowAnswer> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.worker.postMessage(question);
    });
  }

  private finish(act: (settle: NonNullable<ShadowSession['settle']>) => void): void {
    const { settle } = this;
    this.settle = null;
    if (settle) act(settle);
  }
}

/** A worker from its bundle beside this file's, else from source through tsx (development and tests). */
export function startWorker(
  folder: string,
  bundle: string,
  source: readonly string[],
  workerData: unknown,
  memory: number,
): Worker {
  const options = { workerData, resourceLimits: { maxOldGenerationSizeMb: memory } };
  const file = join(folder, `${bundle}.js`);
  if (existsSync(file)) return new Worker(file, options);
  const path = join(folder, '..', '..', '..', ...source);
  const load = `require('tsx/cjs');import('tsx/esm/api').then(tsx => { tsx.register(); return import(${JSON.stringify(pathToFileURL(path).href)}); });`;
  return new Worker(load, { ...options, eval: true });
}
