import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { ShadowError } from '../../../../audit-core/shadows/engine';
import { names, taskText } from './task';

/** Ray keeps packages up to 500 MiB in the cluster's store. */
const largest = 500 << 20;

export interface RayPackage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Files as a package whose name is their hash, so that the same files are uploaded once. */
export function packageOf(files: Readonly<Record<string, Uint8Array>>): RayPackage {
  const bytes = zipSync(files, { level: 6, mtime: new Date('2000-01-01T00:00:00Z') });
  if (bytes.length > largest)
    throw new ShadowError(
      'The data are too large to be copied to Ray (500 MB); put the script’s folder on every node and name it by the setting ray.folder.',
    );
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  return { name: `_ray_pkg_${hash}.zip`, bytes };
}

/**
 * What every model of a run needs: the task, the script's text, and, where the cluster does not have them in a folder of its own, the data
 * files and modules beside the script, by their paths relative to it.
 */
export async function workPackage(text: string, folder: string, relativePaths: readonly string[]): Promise<RayPackage> {
  const files: Record<string, Uint8Array> = {
    [names.task]: new TextEncoder().encode(taskText),
    [names.copy]: new TextEncoder().encode(text),
  };
  for (const path of relativePaths) {
    if (path.startsWith('..') || /^(?:[A-Za-z]:)?[\\/]/.test(path))
      throw new ShadowError(
        `The data file "${path}" lies outside the script's folder; name a folder on the cluster that has it by the setting ray.folder.`,
      );
    files[path.replaceAll('\\', '/')] = new Uint8Array(await readFile(join(folder, path)));
  }
  return packageOf(files);
}
