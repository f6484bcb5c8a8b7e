import { basename, dirname, join, resolve, sep } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import type { ScalarTag, Tags } from 'yaml';
import { type CommandLine, summaryHash } from '../facts';
import type { FileFactsLookup } from '../facts/file-facts';
import type { ModuleFacts } from '../facts/syntax';
import type { ConstantValue } from '../facts/values';
import { CommandLines } from './command-lines';
import type { FrontEnds } from './front-ends';
import type { Host } from './host';
import { resolveImport } from './imports';
import { languageOf } from './languages';
import { ProjectContext } from './project-context';
import { decodeSource } from './source-text';

/** A module as an import finds it. */
export interface LoadedModule {
  readonly path: string;
  readonly text: string;
  readonly facts: ModuleFacts;
}

/** Texts that an editor holds win over the disk; null: not open. */
export type OpenTexts = (path: string) => string | null;

interface FolderListing {
  /** When the folder was last changed; null: it is not there. */
  readonly modified: number | null;
  readonly names: ReadonlySet<string>;
}

/** Largest helper module and settings file that is read on behalf of another. */
const helperLimit = 2_000_000;
/** Settings files whose constants are kept. */
const constantsKept = 200;
/** Characters of source whose facts are kept, unless told otherwise. */
const keepLimit = 1_200_000;

/**
 * The files around a module: what its imports mean, the constants of settings files it names, the columns of its data
 * files. Everything is read when asked for and kept until it changes on disk. Remembers what was asked on behalf of whom.
 */
export class Project {
  private readonly modules = new Map<string, { readonly stamp: string; readonly module: LoadedModule }>();
  private readonly summaries = new WeakMap<ModuleFacts, string>();
  private readonly resolved = new Map<string, string | null>();
  private readonly constants = new Map<
    string,
    { readonly stamp: string | null; readonly value: ConstantValue | null }
  >();
  private readonly dataFolders = new Map<string, boolean>();
  private readonly folders = new Map<string, FolderListing>();
  private readonly context: ProjectContext;
  private readonly starts: CommandLines;
  private kept = 0;

  constructor(
    private readonly host: Host,
    /** Nothing above this folder is looked at. */
    readonly root: string,
    private readonly frontEnds: FrontEnds,
    private readonly facts: FileFactsLookup,
    private readonly open: OpenTexts = () => null,
    private readonly keepAtMost: number = keepLimit,
  ) {
    this.context = new ProjectContext(host, root);
    this.starts = new CommandLines(host, root);
  }

  /** Words of the files around a script that make the project one about people. */
  people(script: string): readonly string[] {
    return this.context.words(script);
  }

  /** The command lines that start a script. */
  commands(script: string, seen: Set<string>): readonly CommandLine[] {
    return this.starts.of(script, seen);
  }

  /** Parses a module, or answers from memory when the very text was parsed before. */
  parse(path: string, text: string): ModuleFacts {
    const known = this.modules.get(path);
    if (known?.module.text === text) return known.module.facts;
    const facts = this.frontEnds.parse(path, text, languageOf(path), known?.module.facts);
    if (facts) this.keep(path, `text:${text.length}`, { path, text, facts });
    return facts ?? nothing(text);
  }

  /** What `Project.module` of the abstract run asks. `seen` learns of every file that the answer stands on. */
  module(from: string, name: string, seen: Set<string>): LoadedModule | null {
    const path = this.locate(from, name, seen);
    return path === null ? null : this.load(path);
  }

  /** Where that module lies; it is not read. */
  locate(from: string, name: string, seen: Set<string>): string | null {
    const path = this.resolve(from, name);
    if (path === null || path === from) return null;
    seen.add(path);
    return path;
  }

  /**
   * What a module or settings file is to those that stand on it (see `summaryHash`); null when it is not there. As the editor
   * holds it, when it is open.
   */
  summaryOf(path: string): string | null {
    if (languageOf(path) === null) return this.stampOf(path);
    const module = this.load(path);
    if (!module) return null;
    let hash = this.summaries.get(module.facts);
    if (hash === undefined) {
      hash = summaryHash(module.facts);
      this.summaries.set(module.facts, hash);
    }
    return hash;
  }

  private stampOf(path: string): string | null {
    const opened = this.open(path);
    if (opened !== null) return opened;
    const status = this.host.stat(path);
    return status ? `${status.modified}:${status.bytes}` : null;
  }

  /** Who asked last, and what the answer depends on of it. */
  private asking = { from: '', scope: '' };

  /** The answer is the same for all modules of a folder. */
  private resolve(from: string, name: string): string | null {
    if (this.asking.from !== from) this.asking = { from, scope: `${languageOf(from)}\0${dirname(from)}\0` };
    const key = this.asking.scope + name;
    let path = this.resolved.get(key);
    if (path === undefined) {
      path = resolveImport(file => this.isFile(file), this.root, from, name, languageOf(from) ?? 'python');
      if (this.resolved.size > 20_000) this.resolved.clear();
      this.resolved.set(key, path);
    }
    return path;
  }

  /** Constants of a YAML, TOML or JSON file as the script names it: beside the script, or from the root. */
  configuration(from: string, file: string, seen: Set<string>): ConstantValue | null {
    if (!/\.(ya?ml|toml|json)$/i.test(file) || file.length > 300) return null;
    const path = this.near(from, file);
    if (path === null) return null;
    seen.add(path);
    const stamp = this.stampOf(path);
    const known = this.constants.get(path);
    if (known && known.stamp === stamp) return known.value;
    let value: ConstantValue | null = null;
    try {
      value = constantsOf(path, this.open(path) ?? decodeSource(this.host.read(path, helperLimit)).text);
    } catch {
      // Not there, or broken: nothing is known of what it says.
    }
    if (this.constants.size >= constantsKept) this.constants.clear();
    this.constants.set(path, { stamp, value });
    return value;
  }

  /** Column names of a data file, when they are known. */
  columns(from: string, file: string): readonly string[] | null {
    const path = this.near(from, file);
    const columns = path === null ? null : this.facts(path)?.data?.columns;
    // Arrays have none to tell.
    return columns && columns.length > 0 ? columns : null;
  }

  /** Rows of a data file, when they were counted. */
  rows(from: string, file: string): number | null {
    const path = this.near(from, file);
    return path === null ? null : (this.facts(path)?.data?.rows ?? null);
  }

  /** Folders inside a data folder, when they were listed: the classes of its pictures. */
  classes(from: string, folder: string): readonly string[] | null {
    const path = this.nearData(from, folder);
    return path === null ? null : (this.facts(path)?.classes ?? null);
  }

  /** A data file or a folder of them, named by a script. */
  nearData(from: string, name: string): string | null {
    const file = this.near(from, name);
    if (file !== null) return file;
    // The project itself is no data folder.
    const holds = (path: string): boolean => `${from}${sep}`.startsWith(path.endsWith(sep) ? path : `${path}${sep}`);
    const isFolder = (path: string): boolean => !holds(path) && this.isFolder(path);
    return this.places(from, name).find(isFolder) ?? null;
  }

  /** Asked for each name at every key: once is enough until something changes on disk. */
  private isFolder(path: string): boolean {
    let known = this.dataFolders.get(path);
    if (known === undefined) {
      known = this.host.stat(path)?.kind === 'folder';
      if (this.dataFolders.size > 5_000) this.dataFolders.clear();
      this.dataFolders.set(path, known);
    }
    return known;
  }

  /** A file named by a script: beside it, or from the root of the project. */
  near(from: string, file: string): string | null {
    return this.places(from, file).find(path => this.isFile(path)) ?? null;
  }

  private places(from: string, name: string): string[] {
    return [dirname(from), this.root].map(folder => resolve(folder, name));
  }

  /**
   * Forgets the listings of folders that have changed: a helper written a moment ago is found although nobody told of it. Only
   * worth while in an editor; a check reads a tree that stays.
   */
  lookAgain(): void {
    for (const [folder, { modified }] of this.folders)
      if (modified !== (this.host.stat(folder)?.modified ?? null)) {
        this.folders.delete(folder);
        this.resolved.clear();
      }
  }

  /** Forgets a file, or everything, after a change on disk. */
  forget(paths?: readonly string[]): void {
    this.folders.clear();
    this.dataFolders.clear();
    this.resolved.clear();
    this.context.forget();
    this.constants.clear();
    this.starts.forget();
    if (!paths) this.modules.clear();
    else for (const path of paths) this.modules.delete(path);
  }

  private load(path: string): LoadedModule | null {
    const opened = this.open(path);
    if (opened !== null) {
      const facts = this.parse(path, opened);
      return { path, text: opened, facts };
    }
    const status = this.host.stat(path);
    if (status?.kind !== 'file' || status.bytes > helperLimit) return null;
    const stamp = `${status.modified}:${status.bytes}`;
    const known = this.modules.get(path);
    if (known?.stamp === stamp) {
      // What is asked for again and again stays.
      this.modules.delete(path);
      this.modules.set(path, known);
      return known.module;
    }
    try {
      const { text } = decodeSource(this.host.read(path, helperLimit));
      const facts =
        known?.module.text === text
          ? known.module.facts
          : this.frontEnds.parse(path, text, languageOf(path), known?.module.facts);
      if (!facts) return null;
      const module = { path, text, facts };
      this.keep(path, stamp, module);
      return module;
    } catch {
      return null;
    }
  }

  private keep(path: string, stamp: string, module: LoadedModule): void {
    const before = this.modules.get(path);
    if (before) {
      this.kept -= before.module.text.length;
      this.modules.delete(path);
    }
    this.modules.set(path, { stamp, module });
    this.kept += module.text.length;
    for (const [oldest, { module: old }] of this.modules) {
      if (this.kept <= this.keepAtMost || oldest === path) break;
      this.modules.delete(oldest);
      this.kept -= old.text.length;
    }
  }

  /** One listing per folder answers every import that looks there. */
  private isFile(path: string): boolean {
    if (this.open(path) !== null) return true;
    const folder = dirname(path);
    let listing = this.folders.get(folder);
    if (!listing) {
      // Asked before it is listed: what comes in between is seen the next time.
      const modified = this.host.stat(folder)?.modified ?? null;
      listing = { modified, names: this.filesOf(folder) };
      this.folders.set(folder, listing);
    }
    return listing.names.has(basename(path));
  }

  /** Names of files, and of folders with a `/` behind; links count as both. */
  private filesOf(folder: string): ReadonlySet<string> {
    // A folder that its parent is known not to list need not be asked for.
    const parent = this.folders.get(dirname(folder));
    if (parent && dirname(folder) !== folder && !parent.names.has(`${basename(folder)}/`)) return new Set();
    const names = new Set<string>();
    try {
      for (const { name, kind } of this.host.list(folder)) {
        if (kind === 'file' || (kind === 'link' && this.host.stat(join(folder, name))?.kind === 'file'))
          names.add(name);
        if (kind === 'folder' || kind === 'link') names.add(`${name}/`);
      }
    } catch {
      // Not there, or not ours to read: nothing in it can be imported.
    }
    return names;
  }
}

const nothing = (text: string): ModuleFacts => ({
  language: 'python',
  length: text.length,
  body: [],
  comments: [],
  problems: [],
});

/** PyYAML, which reads the settings of Python programs, takes these words for truth values. */
const yesOrNo: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)$/,
  resolve: word => /^(?:yes|on)$/i.test(word),
};

/** Plain values only: dates become text, anything else that is no constant is left out. */
function constantsOf(path: string, text: string): ConstantValue | null {
  if (/\.toml$/i.test(path)) return constant(parseToml(text), 0);
  if (/\.json$/i.test(path)) return constant(JSON.parse(text), 0);
  // The YAML reader is large and few scripts need it.
  const { parse } = require('yaml') as typeof import('yaml');
  const customTags = (tags: Tags): Tags => [...tags, yesOrNo];
  const read = constant(parse(text, { maxAliasCount: 50, logLevel: 'silent', merge: true, customTags }), 0);
  const header = /^(?:#[^\n]*\n|\s*\n)*?#\s*@package[ \t]+(\S+)/.exec(text)?.[1];
  if (header === undefined || (read !== null && (typeof read !== 'object' || Array.isArray(read)))) return read;
  return { ...read, '#package': header };
}

function constant(value: unknown, depth: number): ConstantValue | null {
  if (depth > 20) return null;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.slice(0, 10_000).map(one => constant(one, depth + 1));
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, constant(one, depth + 1)]));
}
