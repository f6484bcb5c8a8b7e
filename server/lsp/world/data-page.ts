import { opendir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { CheckpointError, openCheckpoint } from '../../../audit-core/checkpoints';
import { classifyColumn } from '../../models/identifiers';
import { FileError, fileSource } from '../../workspace/byte-source';
import { readingLimitsOf } from '../../workspace/reading-limits';
import type { DataPage } from '../host';

/** Rows of larger files are not counted for a hover (bytes). */
const COUNTED = 200_000_000;
/** So many entries of a folder, and of the folders in it, are looked at. */
const ENTRIES = 20_000;

/** What is in a data file or folder: names and counts, never a value. Null where there is nothing at the path. */
export async function describeData(path: string): Promise<DataPage | null> {
  const facts = await stat(path).catch(() => null);
  if (!facts) return null;
  const name = basename(path);
  if (facts.isDirectory()) return folderPage(path);
  if (facts.size > COUNTED)
    return { kind: 'refused', name, message: 'Larger than 200 MB; `epsilint inspect` counts its rows.' };
  try {
    const source = await fileSource(path);
    try {
      const { inspection } = await openCheckpoint(source, readingLimitsOf(path).checkpoints);
      const { format, tensors, metadata } = inspection;
      return {
        kind: 'file',
        name,
        bytes: source.size,
        format,
        rows: typeof metadata.rows === 'number' ? metadata.rows : null,
        // Tables have columns of one number a row; other files have arrays, whose shapes say more.
        parts: tensors.map(({ name, shape }) => ({ name, shape: [...shape] })),
        keys: tensors.map(tensor => tensor.name).filter(column => classifyColumn(column) === 'subject-key'),
      };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof CheckpointError) && !(error instanceof FileError)) throw error;
    return { kind: 'refused', name, message: error.message };
  }
}

/** Files of a folder and of the folders in it, by their endings. */
async function folderPage(path: string): Promise<DataPage> {
  const endings = new Map<string, number>();
  const folders = [path];
  let seen = 0;
  for (let next = 0; next < folders.length && seen < ENTRIES; next++) {
    for await (const entry of await opendir(folders[next]!)) {
      if (++seen > ENTRIES) break;
      if (entry.isDirectory()) folders.push(join(folders[next]!, entry.name));
      else if (entry.isFile()) {
        const ending = extname(entry.name).toLowerCase() || 'no ending';
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
    }
  }
  return {
    kind: 'folder',
    name: basename(path),
    folders: folders.length - 1,
    endings: [...endings].sort(([, a], [, b]) => b - a),
    whole: seen <= ENTRIES,
  };
}
