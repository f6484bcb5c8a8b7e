import { basename, dirname, join } from 'node:path';
import { projectPeople } from '../models/person-data';
import type { Host } from './host';
import { decodeSource } from './source-text';

/** Largest file that is read for its words, and most characters in all. */
const fileLimit = 300_000;
const totalLimit = 1_000_000;
const prose = /^readme|\.(?:md|rst|txt|ini|cfg|toml|ya?ml)$/i;
const source = /\.(?:py|ipynb|[jt]sx?)$/i;
/** In a folder of more sources than this, one says nothing of another: it is a collection, not a project. */
const mostSources = 40;

/**
 * What the files around a script say of the people behind its data: its folder and the root of the project (read-me,
 * settings, neighbouring sources), read once a folder. A training script often names nobody; the folder that it lives in does.
 */
export class ProjectContext {
  private readonly texts = new Map<string, string>();
  private readonly answers = new Map<string, readonly string[]>();

  constructor(
    private readonly host: Host,
    private readonly root: string,
  ) {}

  /** The clinical or personal words that make the project one about people; empty where it is not, or where it teaches on toy data. */
  words(script: string): readonly string[] {
    const folder = dirname(script);
    const known = this.answers.get(folder);
    if (known) return known;
    const folders = folder === this.root ? [folder] : [folder, this.root];
    const words = projectPeople([basename(this.root), ...folders.map(each => this.textOf(each))].join('\n'));
    this.answers.set(folder, words);
    return words;
  }

  forget(): void {
    this.texts.clear();
    this.answers.clear();
  }

  private textOf(folder: string): string {
    const known = this.texts.get(folder);
    if (known !== undefined) return known;
    const parts: string[] = [];
    let left = totalLimit;
    try {
      const entries = this.host.list(folder);
      const collection = entries.filter(({ name }) => source.test(name)).length > mostSources;
      for (const { name, kind } of entries) {
        if (collection && source.test(name)) continue;
        parts.push(name);
        if (kind !== 'file' || left <= 0 || !(prose.test(name) || source.test(name))) continue;
        const status = this.host.stat(join(folder, name));
        if (!status || status.bytes > Math.min(fileLimit, left)) continue;
        const { text } = decodeSource(this.host.read(join(folder, name), fileLimit));
        left -= text.length;
        parts.push(text);
      }
    } catch {
      // Not there, or not ours to read: it says nothing.
    }
    const text = parts.join('\n');
    this.texts.set(folder, text);
    return text;
  }
}
