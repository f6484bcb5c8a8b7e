import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PrivateFolder } from '../../../audit-core/shadows/store';
import { writeAtomically } from '../atomic-write';

/** Scores tell who was in the training data: folders 0700, files 0600. */
const folderMode = 0o700;
const fileMode = 0o600;

/** Where the scores of a script's reference models lie: beside the script, hidden, ignored by git. */
export const shadowsFolder = (script: string): string => join(dirname(script), '.epsilint', 'shadows');

/** Makes a folder that only its owner may enter. Its `.gitignore` keeps all of `.epsilint/shadows` out of repositories. */
export async function openPrivateFolder(
  script: string,
  name: string,
): Promise<PrivateFolder & { readonly path: string }> {
  const root = shadowsFolder(script);
  const path = join(root, name);
  await mkdir(path, { recursive: true, mode: folderMode });
  // A folder that was there before keeps its mode: set it.
  for (const each of [root, path]) await chmod(each, folderMode);
  await writeFile(join(root, '.gitignore'), '*\n', { mode: fileMode });
  return {
    path,
    list: () => readdir(path),
    read: async file => {
      const found = await readFile(join(path, file)).catch(() => null);
      return found && new Uint8Array(found.buffer, found.byteOffset, found.byteLength);
    },
    write: (file, bytes) => writeAtomically(join(path, file), bytes, fileMode),
  };
}

/** One run's folder on disk. */
export interface StoredRun {
  readonly name: string;
  readonly models: number;
  readonly bytes: number;
  /** When something of it was last written, milliseconds since 1970. */
  readonly modified: number;
}

export async function storedRuns(script: string): Promise<StoredRun[]> {
  const root = shadowsFolder(script);
  const names = await readdir(root, { withFileTypes: true }).catch(() => []);
  const out: StoredRun[] = [];
  for (const entry of names) {
    if (!entry.isDirectory()) continue;
    let bytes = 0;
    let modified = 0;
    let models = 0;
    for (const file of await readdir(join(root, entry.name))) {
      const found = await stat(join(root, entry.name, file)).catch(() => null);
      if (!found) continue;
      bytes += found.size;
      modified = Math.max(modified, found.mtimeMs);
      if (/^model-\d+\.scores$/.test(file)) models++;
    }
    out.push({ name: entry.name, models, bytes, modified });
  }
  return out;
}

/** Removes all runs of a script, or those that nothing was written to for so many days; answers how many. */
export async function purgeRuns(script: string, olderThanDays = 0, keep: string | null = null): Promise<number> {
  const limit = Date.now() - olderThanDays * 86_400_000;
  let removed = 0;
  for (const run of await storedRuns(script)) {
    if (run.name === keep || run.modified > limit) continue;
    await rm(join(shadowsFolder(script), basename(run.name)), { recursive: true, force: true });
    removed++;
  }
  return removed;
}
