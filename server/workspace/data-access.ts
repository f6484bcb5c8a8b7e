import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { DataAccess } from '../../audit-core/datasets/sources';
import { FileError, type FileSource, fileSource } from './byte-source';

/** Files of one folder at most. */
const mostFiles = 2_000_000;

/**
 * The data files of an audit on disk: by the names that the script uses, at the places that were resolved or declared for them; other names
 * (records of a file each) relative to the script's folder. A few files are kept open; `close` ends them.
 */
export function dataAccess(
  data: readonly { readonly name: string; readonly path: string }[],
  script: string | null,
): DataAccess & { close(): Promise<void> } {
  const paths = new Map(data.map(({ name, path }) => [name, path]));
  const folder = script === null ? null : dirname(script);
  /** Tables and arrays stay open: their columns are read when they are needed. Records of a file each are read at once. */
  const kept: FileSource[] = [];
  const passing: FileSource[] = [];
  const place = (name: string): string => {
    const known = paths.get(name);
    if (known !== undefined) return known;
    // A file below a folder that was declared elsewhere.
    const below = data.find(each => name.startsWith(`${each.name.replace(/\/$/, '')}/`));
    if (below) return join(below.path, name.slice(below.name.replace(/\/$/, '').length + 1));
    return folder === null ? resolve(name) : resolve(folder, name);
  };
  const end = async (sources: FileSource[], keep = 0): Promise<void> => {
    while (sources.length > keep) await sources.shift()!.close();
  };
  return {
    open: async name => {
      const source = await fileSource(place(name));
      (paths.has(name) ? kept : passing).push(source);
      await end(passing, 16);
      return source;
    },
    list: async name => {
      const root = place(name);
      const facts = await stat(root).catch(() => null);
      if (!facts?.isDirectory()) return null;
      const found = await readdir(root, { recursive: true, withFileTypes: true });
      if (found.length > mostFiles)
        throw new FileError(`${basename(root)}: the folder has more than ${mostFiles} files.`);
      return found
        .filter(entry => entry.isFile())
        .map(entry =>
          join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .split(sep)
            .join('/'),
        )
        .sort((a, b) => (a < b ? -1 : 1));
    },
    close: async () => {
      await end(kept);
      await end(passing);
    },
  };
}
