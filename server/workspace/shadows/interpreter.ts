import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * The Python interpreter that a script's reference models are trained with: the one that is asked for, the active virtual environment, one
 * beside the script or above it (`.venv`, `venv`), else the first on the path. null where there is none.
 */
export function findInterpreter(
  script: string,
  env: Readonly<Record<string, string | undefined>>,
  asked: string | null = null,
): string | null {
  if (asked !== null) return asked;
  const windows = process.platform === 'win32';
  const inside = windows ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const environments = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter(place => place !== undefined && place !== '');
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    environments.push(join(folder, '.venv'), join(folder, 'venv'));
    if (folder === dirname(folder) || existsSync(join(folder, '.git'))) break;
  }
  for (const place of environments) if (existsSync(join(place!, ...inside))) return join(place!, ...inside);
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter))
    for (const name of windows ? ['python.exe'] : ['python3', 'python'])
      if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
  return null;
}
