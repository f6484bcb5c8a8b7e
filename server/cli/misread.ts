import { nearest } from '../workspace/configuration/suggest';
import { UsageError } from './io';

/** What a command line that cannot be read is answered: what is wrong, what was probably meant, and the command's own usage. */
export function misread(error: unknown, usage: string): UsageError {
  const told = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '(--?[^']+)'/.exec(told)?.[1];
  const known = [...new Set(usage.match(/--[a-z][a-z-]*/g) ?? [])];
  const meant = unknown === undefined ? null : nearest(unknown, known);
  const sentence =
    unknown === undefined
      ? `${told.split(/\.(?:\s|$)/)[0]}.`
      : `there is no option ${unknown}.${meant === null ? '' : ` Did you mean ${meant}?`}`;
  return new UsageError(`${sentence}\n${usage.trimEnd()}`);
}
