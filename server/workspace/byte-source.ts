import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { ByteSource } from '../../audit-core/checkpoints/byte-source';

/** A source over a file on disk; `close` ends it and every neighbour it opened. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** A file that cannot be opened; the message is one sentence without a stack. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** Largest single read: readers ask for parts, never for a whole file of gigabytes at once. */
const readLimit = 2 ** 31 - 1;

/** For a folder: the file inside that leads to the rest, in order of preference. */
const leaders = [
  'saved_model.pb',
  'model.safetensors.index.json',
  'pytorch_model.bin.index.json',
  'model.json',
  'model.safetensors',
  'pytorch_model.bin',
  '_CHECKPOINT_METADATA',
  'manifest.ocdbt',
  '.metadata',
  'checkpoint',
  'model.onnx',
];

/**
 * Opens a file, or the leading file of a checkpoint folder, for random access. Neighbours are opened by relative name only and only
 * when their real path stays inside the folder of the first file; devices and pipes are refused.
 */
export async function fileSource(path: string): Promise<FileSource> {
  const opened: (() => Promise<void>)[] = [];
  const main = await resolveLeader(path);
  const folder = await realpath(dirname(main));
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0)) await end();
  };
  const openOne = async (file: string, name: string): Promise<ByteSource> => {
    const handle = await open(file, 'r').catch(error => {
      throw new FileError(reason(error, name));
    });
    opened.push(() => handle.close());
    const facts = await handle.stat();
    if (!facts.isFile()) throw new FileError(`"${name}" is not a regular file.`);
    return {
      name,
      size: facts.size,
      read: async (start, end) => {
        const from = Math.max(0, Math.min(start, facts.size));
        const length = Math.min(Math.max(0, Math.min(end, facts.size) - from), readLimit);
        const bytes = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
          if (bytesRead === 0) return bytes.subarray(0, done);
          done += bytesRead;
        }
        return bytes;
      },
      sibling: async wanted => {
        const target = await inside(folder, wanted);
        return target === null ? null : await openOne(target, wanted);
      },
    };
  };
  try {
    return { ...(await openOne(main, basename(main))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function resolveLeader(path: string): Promise<string> {
  const facts = await stat(path).catch(error => {
    throw new FileError(reason(error, basename(path)));
  });
  if (!facts.isDirectory()) return path;
  for (const leader of leaders) {
    const candidate = join(path, leader);
    if (
      await stat(candidate).then(
        found => found.isFile(),
        () => false,
      )
    )
      return candidate;
  }
  const [index, ...more] = (await readdir(path)).filter(name => name.endsWith('.index'));
  if (index !== undefined && more.length === 0) return join(path, index);
  throw new FileError(`"${basename(path)}" is a folder without a checkpoint that is known; name the file inside.`);
}

/** The real path of a neighbour, or null when it is absent or leads outside the folder (also by a symbolic link). */
async function inside(folder: string, name: string): Promise<string | null> {
  if (name === '' || name.includes('\0') || name.includes('\\') || name.startsWith('/') || /^[a-zA-Z]:/.test(name))
    return null;
  if (name.split('/').includes('..')) return null;
  const real = await realpath(join(folder, name)).catch(() => null);
  if (real === null) return null;
  const way = relative(folder, real);
  return way === '' || way.startsWith(`..${sep}`) || way === '..' || way.startsWith(sep) ? null : real;
}

function reason(error: unknown, name: string): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return `there is no file "${name}".`;
  if (code === 'EACCES' || code === 'EPERM') return `"${name}" may not be read (permission denied).`;
  return `"${name}" cannot be opened (${code ?? 'unknown reason'}).`;
}
