import type { CancellationToken } from 'vscode-languageserver';

/** Where a handler's failure goes: a log, never the person's face. */
export type ErrorLog = (message: string) => void;

/**
 * Wraps one request handler: a cancelled request and a failure both answer with the default, and a failure is logged.
 * So a broken document or a broken message never ends the server and every request has exactly one answer.
 */
export function runSafe<P, R>(
  name: string,
  handler: (params: P, token: CancellationToken) => R | Promise<R>,
  fallback: R,
  log: ErrorLog,
): (params: P, token: CancellationToken) => Promise<R> {
  return async (params, token) => {
    // One turn of the loop first: later edits and cancellations that already arrived are seen before any work.
    await new Promise(resolve => setImmediate(resolve));
    if (token.isCancellationRequested) return fallback;
    try {
      return await handler(params, token);
    } catch (error) {
      log(`${name}: ${describe(error)}`);
      return fallback;
    }
  };
}

/** The same for a notification; runs at once, so that edits keep their order. */
export function runSafeNotification<P>(
  name: string,
  handler: (params: P) => void | Promise<void>,
  log: ErrorLog,
): (params: P) => void {
  return params => {
    try {
      const done = handler(params);
      if (done instanceof Promise) done.catch(error => log(`${name}: ${describe(error)}`));
    } catch (error) {
      log(`${name}: ${describe(error)}`);
    }
  };
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.stack?.split('\n').slice(0, 4).join('\n') ?? error.message;
}
