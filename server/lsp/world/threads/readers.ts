import { basename } from 'node:path';
import type { CheckpointPage } from '../../../protocol';
import type { DataPage } from '../../host';
import type { Inspection } from '../inspect';
import { Thread, type ThreadEvents } from './thread';
import { workLimit } from './work-limit';

/** A hostile file gets so much work (ms of CPU time) and memory, and a thread at rest is ended after so long (ms). */
const limits = { time: 20_000, rest: 10_000, memory: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 } };

/** Reads checkpoints and data files, one after the other, in a thread that is ended when a file takes too long or too much. */
export class Readers {
  private readonly thread: Thread;
  private queue: Promise<unknown> = Promise.resolve();
  private rest: NodeJS.Timeout | undefined;

  constructor(log: ThreadEvents['log']) {
    this.thread = new Thread({ log }, limits.memory);
  }

  inspect(asked: Inspection): Promise<CheckpointPage> {
    return this.inTurn(
      () => this.thread.run('inspect', asked),
      message => ({ kind: 'refused', name: basename(asked.path), message, hazards: [] }),
    );
  }

  describeData(path: string): Promise<DataPage | null> {
    return this.inTurn(
      () => this.thread.run('describeData', path),
      message => ({ kind: 'refused', name: basename(path), message }),
    );
  }

  async end(): Promise<void> {
    clearTimeout(this.rest);
    await this.thread.end();
  }

  private inTurn<T>(read: () => Promise<T>, refused: (message: string) => T): Promise<T> {
    const page = this.queue.then(() => this.read(read, refused));
    this.queue = page;
    return page;
  }

  private async read<T>(read: () => Promise<T>, refused: (message: string) => T): Promise<T> {
    clearTimeout(this.rest);
    const work = workLimit(limits.time);
    const late = work.over.then(() => Promise.reject(new Error('it takes too long')));
    try {
      return await Promise.race([read(), late]);
    } catch (error) {
      await this.thread.end();
      return refused(`The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
    } finally {
      work.end();
      this.rest = setTimeout(() => void this.thread.end(), limits.rest);
      this.rest.unref();
    }
  }
}
