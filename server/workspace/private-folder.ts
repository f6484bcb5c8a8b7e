import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const privateName = '.epsilint';

/** The project that a file belongs to: the nearest folder upwards with a private folder, a configuration or a repository; else its own. */
export function projectOf(file: string): string {
  const own = dirname(file);
  for (let folder = own; ; folder = dirname(folder)) {
    if ([privateName, 'epsilint.toml', '.git'].some(name => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return own;
  }
}

/** Makes a folder inside the project's private folder: owner only, ignored by git. Throws as `fs` does. */
export async function makePrivate(project: string, ...names: readonly string[]): Promise<string> {
  const top = join(project, privateName);
  const folder = join(top, ...names);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(top, 0o700);
  const ignore = join(top, '.gitignore');
  if (!existsSync(ignore)) await writeFile(ignore, '*\n', { mode: 0o600 });
  return folder;
}
