#!/usr/bin/env node
import { addAbortSignal } from 'node:stream';
import { main } from './main';

/** The process around the commands: the only file of the command line that knows `process`. */
async function start(): Promise<void> {
  const abort = new AbortController();
  // A terminal's interrupt, and what time limits and closed sessions send: all stop what was started.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
  });
  try {
    process.exitCode = await main(process.argv.slice(2), {
      stdout: text => void process.stdout.write(text),
      stderr: text => void process.stderr.write(text),
      stdin: async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of addAbortSignal(abort.signal, process.stdin)) chunks.push(Buffer.from(chunk));
        return Buffer.concat(chunks).toString('utf8');
      },
      isTTY: process.stdout.isTTY === true,
      cwd: process.cwd(),
      env: process.env,
      signal: abort.signal,
    });
  } catch (error) {
    const { reason } = abort.signal;
    const stopped = abort.signal.aborted && (error === reason || (error instanceof Error && error.cause === reason));
    if (stopped) process.stderr.write('epsilint: stopped.\n');
    else process.stderr.write(`epsilint: internal error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
  // Whoever sent a signal waits: neither an open input nor a timer keeps the process.
  if (abort.signal.aborted) process.exit();
}

void start();
