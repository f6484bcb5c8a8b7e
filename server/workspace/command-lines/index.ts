import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { CommandLine } from '../../facts';
import type { Host } from '../host';
import { decodeSource } from '../source-text';
import { type Started, startedIn } from './parse';

/** Files that start programs: shell and batch scripts, job descriptions, and what a read-me shows. */
const starters = /\.(?:sh|bash|zsh|slurm|sbatch|job|pbs)$|^readme.*\.md$|\.ya?ml$/i;
const fileLimit = 100_000;
const mostFiles = 60;
const mostFolders = 40;

interface Starter {
  readonly path: string;
  readonly started: readonly Started[];
}

/**
 * The command lines around a script: in its folder, the folder above and the folders in both, and in the folders further up to the root.
 * Read once a folder; `seen` learns of every file that an answer stands on.
 */
export class CommandLines {
  private readonly folders = new Map<string, readonly Starter[]>();
  private readonly listed = new Map<string, readonly string[]>();

  constructor(
    private readonly host: Host,
    private readonly root: string,
  ) {}

  of(script: string, seen: Set<string>): CommandLine[] {
    const lines: CommandLine[] = [];
    for (const folder of this.around(dirname(script)))
      for (const { path, started } of this.startersIn(folder))
        for (const { script: named, options } of started) {
          if (!this.means(named, path, script)) continue;
          seen.add(path);
          lines.push({ file: relative(this.root, path).split(sep).join('/'), options });
        }
    return lines;
  }

  forget(): void {
    this.folders.clear();
    this.listed.clear();
  }

  private around(folder: string): Set<string> {
    const around = new Set([folder]);
    const within = (path: string): boolean => path === this.root || path.startsWith(this.root + sep);
    const above = dirname(folder);
    for (const near of within(above) ? [folder, above] : [folder]) {
      around.add(near);
      const inside = this.foldersIn(near);
      if (inside.length <= mostFolders) for (const each of inside) around.add(each);
    }
    for (let up = above; within(up) && up !== dirname(up); up = dirname(up)) around.add(up);
    return around;
  }

  /** Whether the path or module in a command is this script: by its last parts, and not another file that lies there. */
  private means(named: string, from: string, script: string): boolean {
    const path = named.endsWith('.py') ? named : `${named.replaceAll('.', '/')}.py`;
    const parts = path.split(/[\\/]/).filter(part => part !== '.' && part !== '..' && !part.includes('$'));
    const own = script.split(sep);
    if (parts.length === 0 || parts.some((part, at) => own[own.length - parts.length + at] !== part)) return false;
    const direct = resolve(dirname(from), path);
    return direct === script || this.host.stat(direct)?.kind !== 'file';
  }

  private foldersIn(folder: string): readonly string[] {
    this.startersIn(folder);
    return this.listed.get(folder) ?? [];
  }

  private startersIn(folder: string): readonly Starter[] {
    const known = this.folders.get(folder);
    if (known) return known;
    const found: Starter[] = [];
    const inside: string[] = [];
    try {
      for (const { name, kind } of this.host.list(folder)) {
        const path = join(folder, name);
        if (kind === 'folder' && !/^[._]|^node_modules$/.test(name)) inside.push(path);
        if (kind !== 'file' || !starters.test(name) || found.length >= mostFiles) continue;
        const started = this.read(path);
        if (started.length > 0) found.push({ path, started });
      }
    } catch {
      // Not there, or not ours to read.
    }
    this.folders.set(folder, found);
    this.listed.set(folder, inside);
    return found;
  }

  private read(path: string): readonly Started[] {
    try {
      const status = this.host.stat(path);
      if (!status || status.bytes > fileLimit) return [];
      const { text } = decodeSource(this.host.read(path, fileLimit));
      if (!text.includes('.py') && !text.includes('-m ')) return [];
      return startedIn(/\.md$/i.test(basename(path)) ? fenced(text) : text);
    } catch {
      return [];
    }
  }
}

/** What stands in the code blocks of a Markdown text. */
const fenced = (text: string): string =>
  [...text.matchAll(/^[ \t]*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^[ \t]*\1/gm)].map(([, , code]) => code).join('\n');
