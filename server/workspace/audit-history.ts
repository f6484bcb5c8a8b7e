import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { AuditFigures } from '../../audit-core/audit/compare';
import type { AuditState } from '../rules';
import { writeAtomically } from './atomic-write';
import { makePrivate, privateName, projectOf } from './private-folder';

/** How a file is named in a record. */
export const pathInProject = (checkpoint: string, path: string): string => shown(projectOf(checkpoint), path);

/** A file as it was when an audit read it. */
export interface FileStamp {
  /** Relative to the project where it lies inside, `/`-separated. */
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  /** null for files too large to hash. */
  readonly sha256: string | null;
}

/** One audit of a checkpoint: what it was of, and its figures as a whole. Nothing in it is about a single person. */
export interface AuditRecord {
  readonly version: 1;
  readonly date: string;
  readonly epsilint: string;
  readonly checkpoint: FileStamp;
  readonly script: { readonly path: string; readonly digest: string } | null;
  readonly data: readonly FileStamp[];
  /** Number of member rows and the digest of their sorted indexes. */
  readonly members: { readonly count: number; readonly sha256: string } | null;
  readonly figures: AuditFigures;
}

interface HistoryFile {
  readonly version: 1;
  readonly checkpoint: string;
  /** Oldest first. */
  readonly records: readonly AuditRecord[];
}

export interface Retention {
  /** Records kept for a checkpoint. */
  readonly records: number;
  readonly days: number;
}

/** Larger files are told apart by size and time alone. */
const hashLimit = 2 ** 31;
/** What may be hashed while somebody waits for a diagnostic. */
const quickLimit = 64 << 20;

const stem = (path: string): string => path.replace(/\.[^./\\]+$/, '');

/** Relative inside the project, else absolute; always with `/`. */
function shown(project: string, path: string): string {
  const name = relative(project, path);
  return (name.startsWith('..') || name === '' ? path : name).split(sep).join('/');
}

/** The formats of one model share a history: it is kept under the path without its ending. */
const fileName = (project: string, checkpoint: string): string =>
  `${createHash('sha256')
    .update(stem(shown(project, checkpoint)))
    .digest('hex')
    .slice(0, 24)}.json`;

/** The size, time and SHA-256 of a file, read in parts. Throws as `fs` does. */
export async function stampOf(project: string, path: string): Promise<FileStamp> {
  const { size, mtimeMs, isFile } = statOf(path);
  const base = { path: shown(project, path), bytes: size, modified: mtimeMs };
  if (!isFile || size > hashLimit) return { ...base, sha256: null };
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  return { ...base, sha256: hash.digest('hex') };
}

function statOf(path: string): { size: number; mtimeMs: number; isFile: boolean } {
  const status = statSync(path);
  return { size: status.size, mtimeMs: status.mtimeMs, isFile: status.isFile() };
}

/** Records of past audits, one file a checkpoint, in the project's private folder. */
export class AuditHistory {
  /** Hashes by path, size and time: a rule asks at every keystroke. */
  private readonly hashes = new Map<string, string | null>();

  /** Past audits of a checkpoint (absolute), oldest first; none where nothing can be read. */
  records(checkpoint: string): readonly AuditRecord[] {
    const project = projectOf(checkpoint);
    try {
      const text = readFileSync(join(project, privateName, 'audits', fileName(project, checkpoint)), 'utf8');
      const file = JSON.parse(text) as Partial<HistoryFile>;
      return file.version === 1 && Array.isArray(file.records) ? file.records : [];
    } catch {
      // No history, or one that somebody broke: a new audit starts it anew.
      return [];
    }
  }

  /** Adds a record and drops those beyond the retention. Throws as `fs` does. */
  async add(checkpoint: string, record: AuditRecord, retention: Retention): Promise<void> {
    if (retention.records < 1) return;
    const project = projectOf(checkpoint);
    const oldest = Date.parse(record.date) - retention.days * 86_400_000;
    const kept = [...this.records(checkpoint), record].filter(({ date }) => Date.parse(date) >= oldest);
    const file: HistoryFile = {
      version: 1,
      checkpoint: shown(project, checkpoint),
      records: kept.slice(-retention.records),
    };
    const folder = await makePrivate(project, 'audits');
    await writeAtomically(join(folder, fileName(project, checkpoint)), `${JSON.stringify(file, null, 1)}\n`, 0o600);
  }

  /** Deletes the history of a checkpoint, or of the whole project of `path`; the number of files deleted. */
  async purge(path: string, whole: boolean): Promise<number> {
    const project = whole ? projectOf(join(path, 'x')) : projectOf(path);
    const folder = join(project, privateName, 'audits');
    const names = await readdir(folder).catch(() => []);
    const gone = names.filter(name => whole || name === fileName(project, path));
    for (const name of gone) await rm(join(folder, name), { force: true });
    return gone.length;
  }

  /**
   * What the records say of a checkpoint now. null: nothing can be said, since the file is not there. `digest` is asked for only when there
   * is a record to compare it with.
   */
  state(script: string, checkpoint: string, digest: () => string): AuditState | null {
    const project = projectOf(checkpoint);
    const last = this.records(checkpoint).at(-1);
    if (!last) return exists(checkpoint) ? { audited: false, stale: [] } : null;
    const stale: ('script' | 'data' | 'checkpoint')[] = [];
    if (last.script?.path === shown(project, script) && last.script.digest !== digest()) stale.push('script');
    if (last.data.some(stamp => this.changed(project, stamp))) stale.push('data');
    if (this.changed(project, last.checkpoint)) stale.push('checkpoint');
    return { audited: true, stale };
  }

  /** As the rules ask: a checkpoint by the name that a script gives it. */
  readonly lookup = (script: string, checkpoint: string | null, digest: () => string): AuditState | null =>
    checkpoint === null ? null : this.state(script, resolve(dirname(script), checkpoint), digest);

  private changed(project: string, stamp: FileStamp): boolean {
    const path = resolve(project, stamp.path);
    if (!exists(path)) return false;
    const { size, mtimeMs } = statOf(path);
    if (size !== stamp.bytes) return true;
    if (mtimeMs === stamp.modified || stamp.sha256 === null) return false;
    const hash = this.hash(path, size, mtimeMs);
    return hash !== null && hash !== stamp.sha256;
  }

  private hash(path: string, size: number, modified: number): string | null {
    if (size > quickLimit) return null;
    const key = `${path}\0${size}\0${modified}`;
    const known = this.hashes.get(key);
    if (known !== undefined) return known;
    let hash: string | null = null;
    try {
      hash = createHash('sha256').update(readFileSync(path)).digest('hex');
    } catch {
      // A file that went away while it was read: nothing is known of it.
    }
    this.hashes.set(key, hash);
    return hash;
  }
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
