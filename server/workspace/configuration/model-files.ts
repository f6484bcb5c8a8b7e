import { join, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { parse as parseToml, TomlError } from 'smol-toml';
import { builtInModels, createModels, type LibraryModel, libraries, type Models } from '../../models';
import { type Host, ReadError } from '../host';
import { decodeSource } from '../source-text';
import type { Configuration } from './configuration';
import { asLibrary, ModelFile } from './model-schema';
import type { ConfigurationProblem } from './parse';

const sizeLimit = 1_000_000;
const fileLimit = 100;

/** Models of libraries that a project adds (`models = ["epsilint-models/*.toml"]`), beside ours; theirs win over ours. */
export class ModelFiles {
  private readonly known = new Map<string, { readonly models: Models; readonly problems: ConfigurationProblem[] }>();

  constructor(private readonly host: Host) {}

  /** What the libraries are for files under a configuration, and what is wrong with its model files. */
  of({ models, folder }: Configuration): {
    readonly models: Models;
    readonly problems: readonly ConfigurationProblem[];
  } {
    if (models.length === 0 || folder === null) return { models: builtInModels(), problems: [] };
    const key = `${folder}\0${models.join('\0')}`;
    let found = this.known.get(key);
    if (!found) {
      found = this.read(models, folder);
      this.known.set(key, found);
    }
    return found;
  }

  /** Forgets what was read; files on disk may have changed. */
  clear(): void {
    this.known.clear();
  }

  private read(patterns: readonly string[], folder: string) {
    const problems: ConfigurationProblem[] = [];
    const own: LibraryModel[] = [];
    for (const pattern of patterns) {
      const paths = this.matching(pattern, folder);
      if (paths.length === 0)
        problems.push({ path: folder, line: 1, column: 1, message: `"models": no file matches "${pattern}".` });
      for (const path of paths.slice(0, fileLimit)) {
        const model = this.library(path, problems);
        if (model) own.push(model);
      }
    }
    return { models: own.length === 0 ? builtInModels() : createModels([...libraries, ...own]), problems };
  }

  private library(path: string, problems: ConfigurationProblem[]): LibraryModel | null {
    const problem = (line: number, column: number, message: string): null => {
      problems.push({ path, line, column, message });
      return null;
    };
    let text: string;
    try {
      text = decodeSource(this.host.read(path, sizeLimit)).text;
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      return problem(1, 1, `The model file cannot be used: ${error.message}.`);
    }
    let root: unknown;
    try {
      root = parseToml(text);
    } catch (error) {
      if (!(error instanceof TomlError)) return problem(1, 1, 'The model file is not valid TOML.');
      return problem(error.line, error.column, 'The model file is not valid TOML here.');
    }
    const parsed = ModelFile.safeParse(root);
    if (parsed.success) return asLibrary(parsed.data);
    for (const issue of parsed.error.issues.slice(0, 10)) {
      const place = issue.path.map(String).join('.');
      const line = lineOf(text, issue.path);
      problem(
        line,
        1,
        `The model file says something that is not understood${place ? ` at "${place}"` : ''}: ${issue.message}.`,
      );
    }
    return null;
  }

  /** Files of a pattern: `*` within one folder, `**` below it. */
  private matching(pattern: string, folder: string): string[] {
    const { base, isGlob } = picomatch.scan(pattern);
    if (!isGlob) return this.host.stat(join(folder, pattern))?.kind === 'file' ? [join(folder, pattern)] : [];
    const matches = picomatch(pattern.replace(/^\.\//, ''));
    const found: string[] = [];
    const walk = (at: string, depth: number): void => {
      if (depth > 6 || found.length > fileLimit) return;
      try {
        for (const { name, kind } of this.host.list(at)) {
          const path = join(at, name);
          if (kind === 'folder') walk(path, depth + 1);
          else if (kind === 'file' && matches(relative(folder, path).split(sep).join('/'))) found.push(path);
        }
      } catch {
        // A folder that is not there matches nothing: said by the caller.
      }
    };
    walk(join(folder, base), 0);
    return found.sort();
  }
}

/** The line of the last part of a path that the text has. */
function lineOf(text: string, path: readonly PropertyKey[]): number {
  for (let i = path.length - 1; i >= 0; i--) {
    const at = typeof path[i] === 'string' ? text.indexOf(String(path[i])) : -1;
    if (at >= 0) return text.slice(0, at).split('\n').length;
  }
  return 1;
}
