import type { ImportedName, SourceFile, Statement } from '../../../audit-core/runtime/network/language/syntax';
import { lineStarts } from '../../../audit-core/runtime/network/language/syntax';
import type { NetworkDescription } from '../../../audit-core/runtime/network/network';
import type { ModuleFacts } from '../../facts/syntax';

/** How the project's own modules are found and read; paths are absolute, with `/`. */
export interface ScriptFiles {
  /** The text of a file, or null where there is none. */
  read(path: string): Promise<string | null>;
  /** The facts of a Python file's text. */
  parse(path: string, text: string): ModuleFacts | null;
}

const maxFiles = 60;
/** Folders above the script in which a module may lie (`src/`, the project's root). */
const maxLevels = 3;

/** The code that a script's networks are made of: the script, and the modules of the project that it imports. Nothing is run. */
export async function describeNetworks(
  script: string,
  facts: ModuleFacts,
  text: string,
  files: ScriptFiles,
  checkpoint: string | null = null,
): Promise<NetworkDescription> {
  const collector = new Collector(files, folderOf(script));
  const main = await collector.add(script, facts, text);
  return { version: 1, main, files: Object.fromEntries(collector.found), checkpoint };
}

const folderOf = (path: string): string => path.replace(/\/[^/]*$/, '') || '/';
const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

class Collector {
  readonly found = new Map<string, SourceFile>();
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly files: ScriptFiles,
    private readonly root: string,
  ) {}

  /** Adds a file with what it imports, and gives the name under which it is known. */
  async add(path: string, facts: ModuleFacts, text: string): Promise<string> {
    const id = this.ids.size === 0 ? '__main__' : path.slice(0, -'.py'.length).replaceAll('/', '.');
    this.ids.set(path, id);
    const modules = new Map<string, string>();
    for (const name of importsIn(facts.body)) {
      const found = await this.module(name.module, path);
      if (found !== null) modules.set(name.module, found);
      // `from package import module`
      if (name.member !== null && name.member !== '*') {
        const joined = name.module.endsWith('.') ? `${name.module}${name.member}` : `${name.module}.${name.member}`;
        const inner = await this.module(joined, path);
        if (inner !== null) modules.set(joined, inner);
      }
    }
    const body = modules.size > 0 ? facts.body.map(statement => renamed(statement, modules)) : facts.body;
    this.found.set(id, { name: nameOf(path), lines: lineStarts(text), body });
    return id;
  }

  /** The name of a module of the project; null for libraries. */
  private async module(name: string, from: string): Promise<string | null> {
    for (const path of this.paths(name, from)) {
      const known = this.ids.get(path);
      if (known !== undefined) return known;
      if (this.ids.size >= maxFiles) return null;
      const text = await this.files.read(path);
      if (text === null) continue;
      const facts = this.files.parse(path, text);
      return facts ? await this.add(path, facts, text) : null;
    }
    return null;
  }

  private paths(name: string, from: string): string[] {
    const [dots = ''] = /^\.*/.exec(name) ?? [];
    const rest = name.slice(dots.length).replaceAll('.', '/');
    const folders: string[] = [];
    if (dots.length > 0) {
      let folder = folderOf(from);
      for (let level = 1; level < dots.length; level++) folder = folderOf(folder);
      folders.push(folder);
    } else
      for (const start of new Set([folderOf(from), this.root])) {
        let folder = start;
        for (let level = 0; level <= maxLevels; level++) {
          folders.push(folder, `${folder}/src`);
          if (folder === '/' || folder === '') break;
          folder = folderOf(folder);
        }
      }
    return [...new Set(folders)].flatMap(folder =>
      rest === '' ? [`${folder}/__init__.py`] : [`${folder}/${rest}.py`, `${folder}/${rest}/__init__.py`],
    );
  }
}

/** Imports at the top of a file and inside its functions and branches. */
function importsIn(body: readonly Statement[]): ImportedName[] {
  return body.flatMap(statement => {
    switch (statement.kind) {
      case 'import':
        return statement.names;
      case 'if':
        return importsIn([...statement.then, ...statement.otherwise]);
      case 'try':
        return importsIn([...statement.body, ...statement.handlers.flatMap(handler => handler.body)]);
      case 'function':
      case 'with':
        return importsIn(statement.body);
      default:
        return [];
    }
  });
}

/** The statement with its imports under the names that the files are known by. */
function renamed(statement: Statement, modules: ReadonlyMap<string, string>): Statement {
  const all = (body: readonly Statement[]): Statement[] => body.map(each => renamed(each, modules));
  switch (statement.kind) {
    case 'import':
      return { ...statement, names: statement.names.map(name => renamedImport(name, modules)) };
    case 'if':
      return { ...statement, then: all(statement.then), otherwise: all(statement.otherwise) };
    case 'try':
      return { ...statement, body: all(statement.body) };
    case 'function':
    case 'with':
      return { ...statement, body: all(statement.body) };
    default:
      return statement;
  }
}

function renamedImport(name: ImportedName, modules: ReadonlyMap<string, string>): ImportedName {
  if (name.member !== null) {
    const joined = name.module.endsWith('.') ? `${name.module}${name.member}` : `${name.module}.${name.member}`;
    const inner = modules.get(joined);
    // A module that is imported from its package is a module, not a member.
    if (inner !== undefined) return { module: inner, member: null, local: name.local };
  }
  const module = modules.get(name.module);
  return module === undefined ? name : { ...name, module };
}
