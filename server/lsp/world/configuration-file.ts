import { basename, dirname, join, sep } from 'node:path';
import type { Configurations } from '../../workspace/configuration/find';
import type { FileKind } from '../../workspace/configuration/parse';
import { type Declaration, declarationChanges } from '../../workspace/configuration/write-declaration';
import type { Host } from '../../workspace/host';
import { decodeSource } from '../../workspace/source-text';

/** The file that a project's word is written into: the one that holds for a script, else a new one at the workspace's top. */
export interface ConfigurationFile {
  readonly path: string;
  readonly kind: FileKind;
  /** '' where there is none yet. */
  readonly text: string;
}

export function configurationFileOf(
  script: string,
  configurations: Configurations,
  machine: Pick<Host, 'read'>,
  folders: readonly string[],
): ConfigurationFile {
  const folder = dirname(script);
  const { path } = configurations.forFolder(folder).configuration;
  if (path === null) {
    const root = folders.find(one => script.startsWith(one + sep)) ?? folder;
    return { path: join(root, 'epsilint.toml'), kind: 'epsilint.toml', text: '' };
  }
  const name = basename(path);
  const kind = name === 'pyproject.toml' || name === 'package.json' ? name : 'epsilint.toml';
  return { path, kind, text: decodeSource(machine.read(path, 2_000_000)).text };
}

/** The file's text with a declaration written into it. Throws `DeclarationError`. */
export function declared(
  { path, kind, text }: ConfigurationFile,
  declaration: Declaration,
): { path: string; text: string; changed: boolean } {
  const changes = declarationChanges(text, kind, declaration);
  const made = [...changes]
    .sort((a, b) => b.start - a.start)
    .reduce((out, { start, end, text: put }) => out.slice(0, start) + put + out.slice(end), text);
  return { path, text: made, changed: changes.length > 0 };
}
