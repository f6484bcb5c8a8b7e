import type { FileKind } from '../../workspace/configuration/parse';

/** The configuration file that an address names, null for other documents. JSON has validation of its own in editors. */
export function configurationKind(uri: string): Extract<FileKind, 'epsilint.toml' | 'pyproject.toml'> | null {
  const name = /[^/\\]*$/.exec(decodeURIComponent(uri.replace(/[?#].*$/, '')))![0];
  return name === 'epsilint.toml' || name === 'pyproject.toml' ? name : null;
}

/** The path inside our own section; null outside it. `epsilint.toml` may have the section or go without. */
export function ownPath(path: readonly string[], kind: 'epsilint.toml' | 'pyproject.toml'): readonly string[] | null {
  if (path[0] === 'tool' && path[1] === 'epsilint') return path.slice(2);
  return kind === 'epsilint.toml' ? path : null;
}
