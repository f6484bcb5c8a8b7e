import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { type Host, ReadError } from './host';
import { languageOf } from './languages';

/** A file or folder that could not be looked at; reported once, the rest goes on. */
export interface FileProblem {
  readonly path: string;
  readonly message: string;
}

export interface Discovery {
  /** Absolute, in the order of folders and names, each once. */
  readonly files: readonly string[];
  readonly problems: readonly FileProblem[];
}

/** Folders of tools and dependencies: nobody means these when she names the folder around them. */
const skipped = new Set(
  `node_modules .git .hg .svn .venv venv .env env .tox .nox .eggs __pycache__ .mypy_cache .pytest_cache .ruff_cache .ipynb_checkpoints
  site-packages dist-packages .direnv .pyenv .pants.d .bzr .next .nuxt .cache .yarn bower_components __pypackages__ .vscode-test`.split(
    /\s+/,
  ),
);

const ignoreFileLimit = 1_000_000;

/** Deeper than any project; a guard against file systems that never end. */
const deepest = 100;

/** Whether the configuration leaves out a path (absolute). */
export type Excludes = (path: string, isFolder: boolean) => boolean;

/**
 * Source files under folders, leaving out what `.gitignore` and the configuration leave out; files that are named
 * themselves are taken as they are. A symbolic link to a file is followed; one to a folder only when that folder was not seen, and
 * never upwards: what lies around the project is not meant.
 */
export function discover(host: Host, roots: readonly string[], excludes: Excludes): Discovery {
  const files: string[] = [];
  const problems: FileProblem[] = [];
  const taken = new Set<string>();
  const walked = new Set<string>();
  const take = (path: string): void => {
    if (!taken.has(path)) {
      taken.add(path);
      files.push(path);
    }
  };
  const problem = (path: string, error: unknown): void => {
    const message = error instanceof ReadError ? error.message : 'it cannot be read';
    problems.push({ path, message });
  };
  const walk = (folder: string, rules: readonly IgnoreRules[], depth: number): void => {
    let real: string;
    try {
      real = host.realPath(folder);
    } catch (error) {
      problem(folder, error);
      return;
    }
    if (walked.has(real) || depth > deepest) return;
    if (depth > 0 && [...walked].some(seen => seen.startsWith(real === sep ? sep : real + sep))) return;
    walked.add(real);
    let entries: ReturnType<Host['list']>;
    try {
      entries = host.list(folder);
    } catch (error) {
      problem(folder, error);
      return;
    }
    const own = entries.some(entry => entry.name === '.gitignore') ? readIgnore(host, folder) : null;
    const all = own ? [...rules, own] : rules;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      let kind: string = entry.kind;
      if (kind === 'link') kind = host.stat(path)?.kind ?? 'other';
      if (kind === 'folder') {
        if (skipped.has(entry.name) || isVirtualEnvironment(host, path)) continue;
        if (isIgnored(all, path, true) || excludes(path, true)) continue;
        walk(path, all, depth + 1);
      } else if (kind === 'file' && languageOf(entry.name) !== null) {
        if (!isIgnored(all, path, false) && !excludes(path, false)) take(path);
      }
    }
  };
  for (const root of roots) {
    const path = resolve(root);
    const status = host.stat(path);
    if (!status) problems.push({ path, message: 'there is no such file or folder' });
    else if (status.kind === 'folder') walk(path, ignoresAbove(host, path), 0);
    else take(path);
  }
  return { files, problems };
}

interface IgnoreRules {
  readonly folder: string;
  readonly matcher: Ignore;
}

function readIgnore(host: Host, folder: string): IgnoreRules | null {
  try {
    const text = new TextDecoder().decode(host.read(join(folder, '.gitignore'), ignoreFileLimit));
    return { folder, matcher: ignore({ allowRelativePaths: true }).add(text) };
  } catch {
    return null;
  }
}

/** `.gitignore` files between a folder and the root of its repository; none when it is in no repository. */
function ignoresAbove(host: Host, folder: string): IgnoreRules[] {
  const found: IgnoreRules[] = [];
  if (host.stat(join(folder, '.git'))) return found;
  for (let at = dirname(folder); ; at = dirname(at)) {
    const rules = readIgnore(host, at);
    if (rules) found.unshift(rules);
    if (host.stat(join(at, '.git'))) return found;
    if (at === dirname(at)) return [];
  }
}

/** The innermost `.gitignore` that says anything wins, as in git. */
function isIgnored(rules: readonly IgnoreRules[], path: string, isFolder: boolean): boolean {
  for (let i = rules.length - 1; i >= 0; i--) {
    const { folder, matcher } = rules[i]!;
    const name = relative(folder, path).split(sep).join('/');
    if (name === '' || name.startsWith('../')) continue;
    const answer = matcher.test(isFolder ? `${name}/` : name);
    if (answer.ignored) return true;
    if (answer.unignored) return false;
  }
  return false;
}

function isVirtualEnvironment(host: Host, folder: string): boolean {
  const name = basename(folder);
  return /env/i.test(name) && host.stat(join(folder, 'pyvenv.cfg')) !== null;
}
