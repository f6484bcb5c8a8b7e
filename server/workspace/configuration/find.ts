import { basename, dirname, join } from 'node:path';
import { type Host, ReadError } from '../host';
import { decodeSource } from '../source-text';
import { type Configuration, defaultConfiguration } from './configuration';
import { type ConfigurationProblem, type FileKind, type Parsed, parseConfiguration } from './parse';

export interface FoundConfiguration {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

const nothing: FoundConfiguration = { configuration: defaultConfiguration, problems: [] };
const kinds: readonly FileKind[] = ['epsilint.toml', 'pyproject.toml', 'package.json'];
const sizeLimit = 2_000_000;

/** Finds and keeps configurations: the nearest folder upwards that has one; in a folder `epsilint.toml` comes first. */
export class Configurations {
  private readonly byFolder = new Map<string, FoundConfiguration>();

  constructor(private readonly host: Host) {}

  /** The configuration that holds for files of a folder (absolute path). */
  forFolder(folder: string): FoundConfiguration {
    const known = this.byFolder.get(folder);
    if (known) return known;
    const here = this.read(folder);
    const above = dirname(folder);
    const found = here ?? (above === folder ? nothing : this.forFolder(above));
    this.byFolder.set(folder, found);
    return found;
  }

  /** A file that was named (`--config`). Throws `ReadError`. */
  named(path: string): FoundConfiguration {
    const name = basename(path);
    const kind = kinds.find(known => known === name) ?? (name.endsWith('.json') ? 'package.json' : 'epsilint.toml');
    const { text } = decodeSource(this.host.read(path, sizeLimit));
    return (
      parseConfiguration(text, kind, path, dirname(path)) ?? {
        configuration: defaultConfiguration,
        problems: [{ path, line: 1, column: 1, message: 'The file has no section for Epsilint ("tool.epsilint").' }],
      }
    );
  }

  /** Forgets what was read; files on disk may have changed. */
  clear(): void {
    this.byFolder.clear();
  }

  private read(folder: string): FoundConfiguration | null {
    for (const kind of kinds) {
      const path = join(folder, kind);
      let parsed: Parsed;
      try {
        if (this.host.stat(path)?.kind !== 'file') continue;
        const { text } = decodeSource(this.host.read(path, sizeLimit));
        // Most package and project files say nothing of us: no need to parse them.
        if (kind !== 'epsilint.toml' && !text.includes('epsilint')) continue;
        parsed = parseConfiguration(text, kind, path, folder);
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        if (kind !== 'epsilint.toml') continue;
        parsed = {
          configuration: defaultConfiguration,
          problems: [{ path, line: 1, column: 1, message: `The file cannot be used: ${error.message}.` }],
        };
      }
      if (parsed) return parsed;
    }
    return null;
  }
}
