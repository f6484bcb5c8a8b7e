import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { FileKind } from '../workspace/configuration/parse';
import type { AuditEntry } from '../workspace/configuration/schema';
import { AuditEntryError, writeAuditEntry } from '../workspace/configuration/write-audit';
import { displayPath } from '../workspace/located';
import type { AuditWords } from './audit-options';
import { write } from './audit-report';
import { type AuditSubject, optionsEntry } from './audit-subject';
import { type CliIO, UsageError } from './io';

/** `--write-config`: what the options say goes into the audit entry of the configuration that holds, else of a new `epsilint.toml`. */
export async function writeConfiguration(subject: AuditSubject, words: AuditWords, io: CliIO): Promise<void> {
  const said = optionsEntry(words);
  if (Object.keys(said).length === 0)
    throw new UsageError(
      '--write-config writes what the options say: give --data, --members, --label, --person, --group, --feature or --base.',
    );
  const { configuration, script, checkpoint } = subject;
  const folder = configuration.folder ?? dirname(script?.path ?? checkpoint ?? resolve(io.cwd, 'x'));
  const path = configuration.path ?? join(folder, 'epsilint.toml');
  const local = (name: string): string => relative(folder, resolve(io.cwd, name)).split(sep).join('/');
  const all = (value: string | string[] | undefined) =>
    value === undefined ? undefined : typeof value === 'string' ? local(value) : value.map(local);
  const { data, members, scores, base, references, ...rest } = said;
  const entry: AuditEntry = {
    ...(script && { script: local(script.path) }),
    ...(checkpoint !== null && (!script || subject.given.checkpoint !== null) && { checkpoint: local(checkpoint) }),
    ...rest,
    data: all(data),
    members: typeof members === 'string' ? local(members) : members,
    scores: scores === undefined ? undefined : local(scores),
    base: base === undefined ? undefined : local(base),
    references: all(references),
  };
  try {
    const text = writeAuditEntry(present(path), basename(path) as FileKind, entry);
    await write(path, displayPath(io.cwd, path), text);
  } catch (error) {
    if (error instanceof AuditEntryError) throw new UsageError(`${displayPath(io.cwd, path)}: ${error.message}`);
    throw error;
  }
  io.stderr(`epsilint: the audit entry is in ${displayPath(io.cwd, path)}.\n`);
}

function present(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
