import type { ClientCapabilities, Connection } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { type InitializationOptions, readInitializationOptions, readSettings, type Settings } from '../protocol';
import { Audits } from './audits';
import { configurationKind } from './configuration/files';
import { Documents } from './documents';
import { type AuditableEdits, type LspHost, type ModuleAnalysis, type ModuleInput, Superseded } from './host';
import { Inspections } from './inspections';
import { moduleOf, type SourceModule } from './modules';
import { Notebooks } from './notebooks';
import { refreshAll } from './refresh';

/** A module and what was found in exactly this text of it. */
export interface Analysed {
  readonly module: SourceModule;
  readonly analysis: ModuleAnalysis;
}

interface Cached {
  readonly stamp: string;
  readonly result: Promise<Analysed>;
  /** Set when the analysis is done. */
  analysed: Analysed | null;
}

/** The state of one connection; handlers read it and hold none of their own. */
export class Session {
  readonly documents = new Documents();
  readonly notebooks = new Notebooks();
  readonly audits = new Audits(this);
  readonly inspections = new Inspections(this);
  client: ClientCapabilities = {};
  options: InitializationOptions = readInitializationOptions(null);
  folders: string[] = [];
  settings: Settings = readSettings(null);
  trusted = true;
  /** Raised when anything but a document's text changes what an analysis would say. */
  epoch = 0;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly cache = new Map<string, Cached>();
  /** Called to publish diagnostics again, where the client does not pull. */
  readonly pushers: (() => void)[] = [];
  /** The last whole analysis of each module: lenses fall back on it while the text is broken. */
  readonly whole = new Map<string, Analysed>();

  constructor(
    readonly connection: Connection,
    readonly host: LspHost,
  ) {
    host.attach({
      texts: () => this.texts(),
      folders: () => this.folders,
      log: (level, message) => this.connection.console[level](message),
    });
    host.onDidLearn(() => {
      this.epoch++;
      refreshAll(this);
    });
  }

  get pulls(): boolean {
    return this.client.textDocument?.diagnostic !== undefined;
  }

  readonly log = (message: string): void => this.connection.console.error(message);

  /** A configuration is no module: it has words of its own. */
  module(uri: string): SourceModule | null {
    if (configurationKind(uri)) return null;
    return moduleOf(uri, this.documents, this.notebooks);
  }

  /** The analysis of the text as it is now; one run per version, shared by all requests. */
  async analysed(uri: string): Promise<Analysed | null> {
    const module = this.module(uri);
    if (!module || !this.settings.enable) return null;
    const stamp = `${this.epoch}/${module.stamp}`;
    const known = this.cache.get(module.uri);
    if (known?.stamp === stamp) return this.newest(uri, known.result);
    const cached: Cached = { stamp, result: this.run(module), analysed: null };
    this.cache.set(module.uri, cached);
    const analysed = await this.newest(uri, cached.result);
    if (this.cache.get(module.uri) === cached) cached.analysed = analysed;
    return analysed;
  }

  /** An analysis that a newer text has overtaken is answered by that text's. */
  private async newest(uri: string, result: Promise<Analysed>): Promise<Analysed | null> {
    try {
      return await result;
    } catch (error) {
      if (error instanceof Superseded) return this.analysed(uri);
      throw error;
    }
  }

  /** Paths and texts of the open documents; cells and untitled texts have no path. */
  private texts(): (readonly [string, string])[] {
    return [...this.documents.all()].flatMap(document => {
      const path = pathOf(document.uri);
      return path === null ? [] : [[path, document.getText()] as const];
    });
  }

  /** Edits that make an analysed script auditable; asked for once. */
  auditable(analysed: Analysed): Promise<AuditableEdits> {
    let edits = this.edits.get(analysed);
    if (!edits) {
      edits = this.host.auditable(this.input(analysed.module));
      this.edits.set(analysed, edits);
    }
    return edits;
  }
  private readonly edits = new WeakMap<Analysed, Promise<AuditableEdits>>();

  private input(module: SourceModule): ModuleInput {
    return {
      uri: module.uri,
      path: pathOf(module.uri),
      languageId: module.languageId,
      text: module.text,
      version: module.version,
      trusted: this.trusted,
      settings: this.settings,
      notebook: module.notebook,
      cells: module.cells,
      executed: module.executed,
    };
  }

  private async run(module: SourceModule): Promise<Analysed> {
    const analysis = await this.host.analyse(this.input(module));
    const analysed = { module, analysis };
    if (!analysis.broken) this.whole.set(module.uri, analysed);
    return analysed;
  }

  /** A text changed: what stands on it is analysed again, a moment after the last key. */
  changed(uri: string): void {
    const path = pathOf(uri);
    if (path === null) return;
    for (const [other, { analysed }] of this.cache) {
      if (other === uri || !analysed?.analysis.dependencies.has(path)) continue;
      this.cache.delete(other);
      this.later('dependants', 80, () => refreshAll(this));
    }
  }

  /** Whether an analysis that is shown stands on a file, or has not said yet. */
  standsOn(path: string): boolean {
    return [...this.cache.values()].some(({ analysed }) => analysed?.analysis.dependencies.has(path) ?? true);
  }

  forget(uri: string): void {
    this.cache.delete(uri);
    this.whole.delete(uri);
  }

  /** Runs something once, `delay` ms after the last call with this name. */
  later(name: string, delay: number, action: () => void): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        action();
      }, delay),
    );
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /** The client's documents that show results: text documents and cells. */
  shown(): TextDocument[] {
    return [...this.documents.all()];
  }
}

/** File system path of a `file:` address, else null (untitled, virtual file systems). */
export function pathOf(uri: string): string | null {
  try {
    const parsed = URI.parse(uri);
    return parsed.scheme === 'file' ? parsed.fsPath : null;
  } catch {
    return null;
  }
}

export const uriOf = (path: string): string => URI.file(path).toString();
