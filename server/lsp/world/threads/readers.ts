import { basename } from 'node:path';
import type { CheckpointPage } from '../../../protocol';
import { Thread, type ThreadEvents } from './thread';
import { workLimit } from './work-limit';

/** A hostile file gets so much work (ms of CPU time) and memory, and a thread at rest is ended after so long (ms). */
const limits = { time: 20_000, rest: 10_000, memory: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 } };

/** Reads checkpoint files, one after the other, in a thread that is ended when a file takes too long or too much. */
export class Readers {
  private readonly thread: Thread;
  private queue: Promise<unknown> = Promise.resolve();
  private rest: NodeJS.Timeout | undefined;

  constructor(log: ThreadEvents['log']) {
    this.thread = new Thread({ log }, limits.memory);
  }

  inspect(path: string): Promise<CheckpointPage> {
    const page = this.queue.then(() => this.read(path));
    this.queue = page;
    return page;
  }

  async end(): Promise<void> {
    clearTimeout(this.rest);
    await this.thread.end();
  }

  private async read(path: string): Promise<CheckpointPage> {
    clearTimeout(this.rest);
    const work = workLimit(limits.time);
    const late = work.over.then(() => Promise.reject(new Error('it takes too long')));
    try {
      return await Promise.race([this.thread.run('inspect', path), late]);
    } catch (error) {
      await this.thread.end();
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'refused', name: basename(path), message: `The file cannot be read: ${why}.`, hazards: [] };
    } finally {
      work.end();
      this.rest = setTimeout(() => void this.thread.end(), limits.rest);
      this.rest.unref();
    }
  }
}
