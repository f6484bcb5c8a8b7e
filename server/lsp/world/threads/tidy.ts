import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A thread with nothing to do for so long is tidied (ms): nobody waits for it then. */
const idle = 1_000;

/**
 * Collects a thread's garbage when that disturbs nobody: once after its first job, because what the loading of a program leaves
 * behind makes the engine take that much for what is needed, and whenever work is followed by rest.
 */
export class Tidy {
  private timer: NodeJS.Timeout | null = null;
  private first = true;
  private readonly collect = collector();

  /** A job has been answered. */
  worked(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.collect(), this.first ? 0 : idle).unref();
    this.first = false;
  }

  /** A job comes. */
  works(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}

/** The engine's own `gc`, which a flag shows; where it does not, nothing is done. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : null');
  return typeof collect === 'function' ? () => void collect() : () => {};
}
