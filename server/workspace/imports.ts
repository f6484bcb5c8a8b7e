import { dirname, join, resolve } from 'node:path';
import type { SourceLanguage } from './languages';

/** Folders that tell where a Python project's own packages start. */
const sourceFolders = ['', 'src', 'lib', 'python'];
const scriptEndings = [
  '',
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.mts',
  '.cts',
  '/index.ts',
  '/index.tsx',
  '/index.js',
];

/**
 * The file of the project that an import means, or null for libraries and what is not there. Python: relative imports by
 * their dots, absolute ones from the script's folder upwards to `root` and its source folders. JavaScript: relative
 * specifiers only; a package is never looked up.
 */
export function resolveImport(
  isFile: (path: string) => boolean,
  root: string,
  from: string,
  name: string,
  language: SourceLanguage,
): string | null {
  if (language === 'javascript') {
    if (!/^\.{1,2}(\/|$)/.test(name)) return null;
    const base = resolve(dirname(from), name);
    // TypeScript sources import `./x.js` and mean `./x.ts`.
    const stem = base.replace(/\.([mc]?)js(x?)$/, '.$1ts$2');
    if (stem !== base && isFile(stem)) return stem;
    const ending = scriptEndings.find(end => isFile(base + end));
    return ending === undefined ? null : base + ending;
  }
  const dots = /^\.*/.exec(name)![0].length;
  const parts = name
    .slice(dots)
    .split('.')
    .filter(part => part !== '');
  if (parts.some(part => !/^[\w]+$/.test(part))) return null;
  const moduleAt = (folder: string): string | null => {
    const path = join(folder, ...parts);
    if (parts.length > 0 && isFile(`${path}.py`)) return `${path}.py`;
    const init = join(path, '__init__.py');
    return isFile(init) ? init : null;
  };
  if (dots > 0) {
    let folder = dirname(from);
    for (let i = 1; i < dots; i++) folder = dirname(folder);
    return moduleAt(folder);
  }
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const found = moduleAt(folder);
    if (found) return found;
    if (folder === root || folder === dirname(folder)) break;
  }
  for (const source of sourceFolders) {
    const found = moduleAt(join(root, source));
    if (found) return found;
  }
  return null;
}
