import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { Person } from '../../host';
import type { FromThread, Job, Jobs, Reply, Request, ToThread } from './jobs';
import { canTell, timeOf } from './thread-time';

/** The thread was ended, by us or by its own fault, before it answered. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

export interface ThreadEvents {
  readonly learned?: () => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly progress?: (message: string, fraction: number) => void;
  /** Absent: nobody is there to be asked. */
  readonly person?: Person;
}

interface Waiting {
  readonly resolve: (answer: Jobs[Job]['answer']) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One thread beside the protocol thread. It starts with its first job, does jobs in their order, and can be ended at any
 * time, in the middle of a job too: that is the only way to stop code that does not yield. The next job starts a new one.
 */
export class Thread {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;
  private task: string | null = null;

  constructor(
    private readonly events: ThreadEvents,
    private readonly limits: ResourceLimits,
  ) {}

  get running(): boolean {
    return this.worker !== null;
  }

  /** Processor time that the thread has used (ms), nothing while it starts; of the whole process where threads cannot be told apart. */
  work(): number {
    if (!canTell) {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    }
    return this.task === null ? 0 : (timeOf(this.task) ?? 0);
  }

  run<J extends Job>(job: J, argument: Jobs[J]['argument']): Promise<Jobs[J]['answer']> {
    const worker = this.worker ?? this.start();
    const id = this.next++;
    return new Promise((resolve, reject) => {
      // Answers come back under the id of their job, so their type is that job's.
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      worker.postMessage({ kind: 'job', id, job, argument } as ToThread);
    });
  }

  /** Asks the job to stop by itself, so that it can end processes of its own; ends the thread when it has not in time (ms). */
  stop(patience: number): void {
    this.worker?.postMessage({ kind: 'abort' } satisfies ToThread);
    const worker = this.worker;
    setTimeout(() => {
      if (worker && worker === this.worker) void this.end('it was cancelled');
    }, patience).unref();
  }

  /** Ends the thread at once; jobs without an answer are rejected. */
  async end(reason = 'it was ended'): Promise<void> {
    const worker = this.worker;
    this.lose(reason);
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = startWorker(this.limits);
    this.worker = worker;
    worker.on('message', (message: FromThread) => void this.receive(worker, message));
    worker.on('error', error => {
      if (worker === this.worker) this.lose(explain(error));
    });
    worker.on('exit', () => {
      if (worker === this.worker) this.lose('it ended by itself');
    });
    // A thread without work must not keep the process alive.
    worker.unref();
    return worker;
  }

  private lose(reason: string): void {
    this.worker?.removeAllListeners();
    this.worker?.on('error', () => {});
    this.worker = null;
    this.task = null;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of lost) reject(new ThreadEnded(reason));
  }

  private async receive(worker: Worker, message: FromThread): Promise<void> {
    if (worker !== this.worker) return;
    switch (message.kind) {
      case 'done':
        this.waiting.get(message.id)?.resolve(message.answer);
        this.waiting.delete(message.id);
        return;
      case 'failed': {
        const error = new Error(message.message);
        error.stack = message.stack;
        this.waiting.get(message.id)?.reject(error);
        this.waiting.delete(message.id);
        return;
      }
      case 'task':
        this.task = message.task;
        return;
      case 'learned':
        return this.events.learned?.();
      case 'log':
        return this.events.log(message.level, message.message);
      case 'progress':
        return this.events.progress?.(message.message, message.fraction);
      case 'person':
        worker.postMessage({ kind: 'reply', ...(await replyOf(this.events.person, message)) } satisfies ToThread);
    }
  }
}

async function replyOf(person: Person | undefined, request: Request): Promise<Reply> {
  switch (request.to) {
    case 'ask':
      return { to: 'ask', answer: (await person?.ask(request.questions)) ?? null };
    case 'confirm':
      return { to: 'confirm', answer: (await person?.confirm(request.file, request.lines)) ?? null };
    case 'save':
      return { to: 'save', answer: (await person?.save(request.path, request.text)) ?? false };
  }
}

const explain = (error: Error): string =>
  (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'it needed more memory than it is allowed'
    : error.message;

/** The bundle where it lies beside this one, else the source through tsx (development and tests). */
function startWorker(resourceLimits: ResourceLimits): Worker {
  const bundle = join(__dirname, 'server-thread.js');
  if (existsSync(bundle)) return new Worker(bundle, { resourceLimits });
  const source = join(__dirname, 'entry.ts');
  const load = `require('tsx/cjs');import('tsx/esm/api').then(tsx => { tsx.register(); return import(${JSON.stringify(pathToFileURL(source).href)}); });`;
  return new Worker(load, { resourceLimits, eval: true });
}
