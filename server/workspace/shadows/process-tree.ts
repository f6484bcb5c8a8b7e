import { type ChildProcess, spawn } from 'node:child_process';

export interface ProcessEnd {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly stderr: string;
  /** Lines that it printed; what they say is not kept. */
  readonly lines: number;
  readonly timedOut: boolean;
}

export interface ProcessOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly seconds: number;
}

/** Most of the end of the error output that is read for the place of an error. */
const kept = 64 * 1024;

/** Runs a program in a process group of its own; on abort or at the time limit the whole tree is killed. Rejects with the signal's reason. */
export function runTree(command: string, words: readonly string[], options: ProcessOptions): Promise<ProcessEnd> {
  const { cwd, env, signal, seconds } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn(command, words, {
      cwd,
      env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let stderr = '';
    let lines = 0;
    let timedOut = false;
    const count = (chunk: Buffer): void => {
      for (const byte of chunk) if (byte === 10) lines++;
    };
    child.stdout.on('data', count);
    child.stderr.on('data', (chunk: Buffer) => {
      count(chunk);
      stderr = (stderr + chunk.toString('utf8')).slice(-kept);
    });
    const abort = (): void => killTree(child);
    signal.addEventListener('abort', abort, { once: true });
    remember(child);
    const timer = setTimeout(() => {
      timedOut = true;
      killTree(child);
    }, seconds * 1000);
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      running.delete(child);
      signal.removeEventListener('abort', abort);
      act();
    };
    child.on('error', error => finish(() => reject(error)));
    child.on('close', code =>
      finish(() => (signal.aborted ? reject(signal.reason) : resolve({ code, stderr, lines, timedOut }))),
    );
  });
}

/** Trees have groups of their own and would outlive us: what still runs when this process exits is killed. One listener for all. */
const running = new Set<ChildProcess>();
let watching = false;

function remember(child: ChildProcess): void {
  running.add(child);
  if (watching) return;
  watching = true;
  process.once('exit', () => running.forEach(killTree));
}

/** Ends a process and everything that it started. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
