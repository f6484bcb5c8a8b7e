import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';

/** What is known of a file without reading it. */
export interface FileStatus {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** Why a file could not be read, as a phrase for people; never a stack. */
export class ReadError extends Error {
  constructor(
    readonly path: string,
    readonly code: string,
  ) {
    super(phrases[code] ?? `it cannot be read (${code})`);
  }
}

const phrases: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read (permission denied)',
  EPERM: 'it may not be read (permission denied)',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  E2BIG: 'it is too large',
  ENOTREG: 'it is not a regular file',
};

/**
 * The outside world of the workspace, injected. Source files are small and are read at once, so that the abstract run may
 * follow an import without waiting; data files and checkpoints go through `FileFacts`, never through here.
 */
export interface Host {
  /** The bytes of a regular file of at most `limit` bytes; throws `ReadError`. */
  read(path: string, limit: number): Uint8Array;
  /** null when there is nothing, or nothing that may be looked at. */
  stat(path: string): FileStatus | null;
  /** Entries of a folder in the order of their names; throws `ReadError`. */
  list(path: string): readonly FolderEntry[];
  /** The path without symbolic links; throws `ReadError`. */
  realPath(path: string): string;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls once after `delay` ms; the answer cancels. */
  later(delay: number, call: () => void): () => void;
  log(level: 'info' | 'warn' | 'error', message: string): void;
}

/** Names that a script has for a file may be anything: a query, a text of a thousand characters, a NUL in it. */
function statusOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown reason';

/** The machine itself. */
export function nodeHost(log: Host['log'] = () => {}): Host {
  return {
    read: readRegularFile,
    stat(path) {
      const found = statusOf(path);
      if (!found) return null;
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
      return { kind, bytes: found.size, modified: found.mtimeMs };
    },
    list(path) {
      try {
        return readdirSync(path, { withFileTypes: true })
          .map(entry => ({
            name: entry.name,
            kind: entry.isSymbolicLink()
              ? ('link' as const)
              : entry.isFile()
                ? ('file' as const)
                : entry.isDirectory()
                  ? ('folder' as const)
                  : ('other' as const),
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
      } catch (error) {
        throw new ReadError(path, codeOf(error));
      }
    },
    realPath(path) {
      try {
        return realpathSync(path);
      } catch (error) {
        throw new ReadError(path, codeOf(error));
      }
    },
    now: () => performance.now(),
    later(delay, call) {
      const timer = setTimeout(call, delay);
      return () => clearTimeout(timer);
    },
    log,
  };
}

/** Opens first and asks then, so that a pipe or a device put in place of the file is not read. */
function readRegularFile(path: string, limit: number): Uint8Array {
  let file: number;
  try {
    const status = statSync(path);
    if (status.isDirectory()) throw new ReadError(path, 'EISDIR');
    if (!status.isFile()) throw new ReadError(path, 'ENOTREG');
    file = openSync(path, 'r');
  } catch (error) {
    throw error instanceof ReadError ? error : new ReadError(path, codeOf(error));
  }
  try {
    const size = fstatSync(file).size;
    if (size > limit) throw new ReadError(path, 'E2BIG');
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const count = readSync(file, bytes, done, size - done, done);
      if (count === 0) break;
      done += count;
    }
    return done < size ? bytes.subarray(0, done) : bytes;
  } catch (error) {
    throw error instanceof ReadError ? error : new ReadError(path, codeOf(error));
  } finally {
    closeSync(file);
  }
}
