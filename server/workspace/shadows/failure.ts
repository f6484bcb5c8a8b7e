import { basename } from 'node:path';

/** What a script's output says of why it ended: the place and the kind of error. Its words are not passed on: they may quote data. */
export interface Failure {
  /** Class of the exception, such as `KeyError`. */
  readonly kind: string | null;
  /** Last line of the script itself in the traceback, 1-based. */
  readonly line: number | null;
}

export function failureOf(stderr: string, script: string): Failure {
  let line: number | null = null;
  let kind: string | null = null;
  for (const text of stderr.split('\n')) {
    const frame = /^\s+File "([^"]+)", line (\d+)/.exec(text);
    if (frame && basename(frame[1]!) === basename(script)) line = Number(frame[2]);
    const error = /^(?:\w+\.)*(\w*(?:Error|Exception|Warning|Interrupt|Exit))(?::|$)/.exec(text.trimEnd());
    if (error) kind = error[1]!;
  }
  return { kind, line };
}
