import { dirname, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { Configuration } from './configuration/configuration';
import type { Excludes } from './discovery';

/** The `exclude` lists of configurations as one question, in the syntax of `.gitignore` relative to each configuration. */
export function excludesOf(configurationOf: (folder: string) => Configuration): Excludes {
  const matchers = new Map<Configuration, Ignore>();
  return (path, isFolder) => {
    const configuration = configurationOf(dirname(path));
    if (configuration.exclude.length === 0 || configuration.folder === null) return false;
    const name = relative(configuration.folder, path).split(sep).join('/');
    if (name === '' || name.startsWith('../')) return false;
    let matcher = matchers.get(configuration);
    if (!matcher) {
      matcher = ignore({ allowRelativePaths: true }).add([...configuration.exclude]);
      matchers.set(configuration, matcher);
    }
    return matcher.ignores(isFolder ? `${name}/` : name);
  };
}
