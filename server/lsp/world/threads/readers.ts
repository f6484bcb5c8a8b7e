import { basename } from 'node:path';
import type { CheckpointPage } from '../../../protocol';
import { readingLimitsOf } from '../../../workspace/reading-limits';
import { workLimit } from '../../../workspace/work-limit';
import type { DataPage } from '../../host';
import type { Inspection } from '../inspect';
import { Thread, type ThreadEvents } from './thread';

/** A thread at rest is ended after so long (ms). */
const rest = 10_000;

/** A file, and how long (s) reading it may take where its folder's configuration says nothing. */
interface FileWanted {
  readonly path: string;
  readonly seconds: number;
}

/** Reads checkpoints and data files, one after the other, in a thread that is ended when a file takes too long or too much. */
export class Readers {
  private thread: Thread | null = null;
  private memory = 0;
  private queue: Promise<unknown> = Promise.resolve();
  private rest: NodeJS.Timeout | undefined;

  constructor(private readonly log: ThreadEvents['log']) {}

  /** `seconds` of processor time where the configuration of the file's folder says nothing. */
  inspect(asked: Inspection, seconds: number): Promise<CheckpointPage> {
    return this.inTurn(
      { path: asked.path, seconds },
      thread => thread.run('inspect', asked),
      message => ({ kind: 'refused', name: basename(asked.path), message, hazards: [] }),
    );
  }

  describeData(path: string, seconds: number): Promise<DataPage | null> {
    return this.inTurn(
      { path, seconds },
      thread => thread.run('describeData', path),
      message => ({ kind: 'refused', name: basename(path), message }),
    );
  }

  async end(): Promise<void> {
    clearTimeout(this.rest);
    await this.thread?.end();
  }

  private inTurn<T>(
    file: FileWanted,
    read: (thread: Thread) => Promise<T>,
    refused: (message: string) => T,
  ): Promise<T> {
    const page = this.queue.then(() => this.read(file, read, refused));
    this.queue = page;
    return page;
  }

  /** The thread, with the heap that the configuration of the file's folder allows. */
  private async threadFor(memory: number): Promise<Thread> {
    if (this.thread && memory === this.memory) return this.thread;
    await this.thread?.end();
    this.memory = memory;
    this.thread = new Thread({ log: this.log }, { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: 16 });
    return this.thread;
  }

  private async read<T>(
    file: FileWanted,
    read: (thread: Thread) => Promise<T>,
    refused: (message: string) => T,
  ): Promise<T> {
    clearTimeout(this.rest);
    const limits = readingLimitsOf(file.path);
    const thread = await this.threadFor(limits.memory);
    const work = workLimit((limits.seconds ?? file.seconds) * 1000);
    const late = work.over.then(() => Promise.reject(new Error('it takes too long')));
    try {
      return await Promise.race([read(thread), late]);
    } catch (error) {
      await thread.end();
      return refused(`The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    } finally {
      work.end();
      this.rest = setTimeout(() => void thread.end(), rest);
      this.rest.unref();
    }
  }
}
