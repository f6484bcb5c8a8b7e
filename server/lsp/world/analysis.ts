import { basename, dirname, extname, join, sep } from 'node:path';
import { makeAuditable } from '../../audit/auditable/auditable';
import type { FindModule } from '../../audit/follow/follower';
import type { Span } from '../../facts/syntax';
import { joinCells } from '../../languages/notebook/notebook';
import { Analyser, type DocumentAnalysis, type Selection, type SourceDocument } from '../../workspace/analysis';
import { AuditHistory } from '../../workspace/audit-history';
import type { Configuration } from '../../workspace/configuration/configuration';
import { Configurations } from '../../workspace/configuration/find';
import type { Declaration } from '../../workspace/configuration/write-declaration';
import { dataPlaces } from '../../workspace/data-places';
import type { Excludes } from '../../workspace/discovery';
import { excludesOf } from '../../workspace/excludes';
import { DataFiles } from '../../workspace/file-facts';
import { FrontEnds } from '../../workspace/front-ends';
import { type Host, nodeHost } from '../../workspace/host';
import { languageOf, type SourceLanguage } from '../../workspace/languages';
import { projectModules } from '../../workspace/project-modules';
import { decodeSource } from '../../workspace/source-text';
import { checkpointPlaces } from '../features/checkpoints';
import { namesIn } from '../features/names';
import type { AuditableEdits, CheckpointPlace, ModuleAnalysis, ModuleInput } from '../host';
import { budgetView } from './budgets';
import { configurationFileOf, declared } from './configuration-file';
import { Accounts } from './threads/accounts';

export interface AnalysesOptions {
  /** The text of an open document; null when it is not open. */
  readonly open: (path: string) => string | null;
  readonly folders: () => readonly string[];
  readonly log: Host['log'];
  /** Called when rows of a data file were counted: analyses that stand on it say more now. */
  readonly learned: () => void;
  /** `later`: exact figures are computed beside the analysis, and `learned` is called when they are there. */
  readonly accounting: 'at-once' | 'later';
}

/** An excluded file is opened now and then; it still has no findings. */
const nothing: Selection = { select: [] };

/** So many results are kept for scripts that stand on other files. */
const KEPT = 50;

/** The one pipeline of the workspace, kept warm: an analyser for each workspace folder, one set of parsers. */
export class Analyses {
  private readonly frontEnds = new FrontEnds();
  private readonly machine: Host;
  private readonly configurations: Configurations;
  private readonly excludes: Excludes;
  private readonly analysers = new Map<string, Analyser>();
  private readonly dataFiles: DataFiles;
  private readonly history = new AuditHistory();
  /** Data files are looked at in trusted workspaces only. */
  private trusted = false;
  /** The last result of each script, while what it stands on may still mean the same. */
  private readonly last = new Map<string, { readonly key: string; readonly analysis: DocumentAnalysis }>();
  private readonly accounts: Accounts | null;

  constructor(private readonly options: AnalysesOptions) {
    const learned = (): void => {
      this.last.clear();
      options.learned();
    };
    this.accounts = options.accounting === 'later' ? new Accounts(learned, options.log) : null;
    this.machine = withOpenTexts(nodeHost(options.log), options.open);
    this.dataFiles = new DataFiles(this.machine, { reading: 'background', learned });
    this.configurations = new Configurations(this.machine);
    this.excludes = excludesOf(folder => this.configurations.forFolder(folder).configuration);
  }

  async of(input: ModuleInput): Promise<DocumentAnalysis> {
    this.trusted = input.trusted;
    const script = input.path ?? this.untitled(input);
    const language = languageFor(input);
    const { configuration } = this.configurations.forFolder(dirname(script));
    const document: SourceDocument = {
      path: script,
      text: input.text,
      language,
      ...(input.notebook && {
        notebook: joinCells(
          input.cells.map((text, i) => ({ kind: 'code', text, executionCount: input.executed?.[i] ?? null })),
          input.languageId === 'python' ? 'python' : 'javascript',
        ),
      }),
    };
    const limited = {
      ...configuration,
      // Model files are the project's own: read where the workspace is trusted.
      models: input.trusted ? configuration.models : [],
      maxFileSize: Math.min(configuration.maxFileSize, input.settings.maxFileSizeKb * 1000),
    };
    const selection = this.excludes(script, false) ? nothing : selectionOf(configuration, input);
    const analyser = this.analyser(script);
    // A helper was edited: where only its words, comments or places changed, its dependants say what they said.
    const key = JSON.stringify([input.text, language, input.cells, input.executed, input.trusted, input.settings]);
    analyser.project.lookAgain();
    const last = this.last.get(script);
    if (last?.key === key && last.analysis.summaries.size > 0 && analyser.stands(last.analysis)) return last.analysis;
    const analysis = await analyser.analyse(document, limited, selection);
    this.last.delete(script);
    if (analysis.summaries.size > 0) this.last.set(script, { key, analysis });
    if (this.last.size > KEPT) this.last.delete(this.last.keys().next().value!);
    return analysis;
  }

  /** The lines that make a script auditable. It was analysed before, so that its facts are known. */
  async auditable(input: ModuleInput): Promise<AuditableEdits> {
    const script = input.path ?? this.untitled(input);
    await this.frontEnds.load(languageFor(input));
    const made = makeAuditable(this.analyser(script).project.parse(script, input.text), input.text);
    return made.kind === 'edits' ? made.edits : null;
  }

  /** What suppressions and configuration say of audit findings at a place of an analysed text. */
  rulings(input: ModuleInput, analysis: DocumentAnalysis, place: Span): CheckpointPlace['ruled'] {
    const { configuration } = this.configurations.forFolder(dirname(analysis.path));
    return this.analyser(analysis.path).rulings(analysis, place, configuration, selectionOf(configuration, input));
  }

  /** A file's text as the editor holds it, else as it lies on the disk; '' where there is none. */
  text(path: string): string {
    return this.machine.stat(path)?.kind === 'file' ? decodeSource(this.machine.read(path, 2_000_000)).text : '';
  }

  /** Modules of a script's own project, as the editor holds them or as they lie on the disk. */
  modules(script: string): FindModule {
    return projectModules(script, (path, text) =>
      this.frontEnds.parse(path, this.options.open(path) ?? text, 'python'),
    );
  }

  /** The configuration of a script with a declaration in it. */
  declare(script: string, declaration: Declaration): { path: string; text: string; changed: boolean } {
    const folders = this.options.folders();
    return declared(configurationFileOf(script, this.configurations, this.machine, folders), declaration);
  }

  /** The configuration that holds for a script (absolute path). */
  configuration(script: string): Configuration {
    return this.configurations.forFolder(dirname(script)).configuration;
  }

  /** Files changed on disk. */
  forget(paths: readonly string[]): void {
    this.last.clear();
    this.configurations.clear();
    for (const analyser of this.analysers.values()) analyser.forget(paths);
  }

  dispose(): void {
    this.frontEnds.dispose();
    void this.accounts?.end();
  }

  private analyser(script: string): Analyser {
    const root = this.options.folders().find(folder => script.startsWith(folder + sep)) ?? dirname(script);
    let analyser = this.analysers.get(root);
    if (!analyser) {
      analyser = new Analyser({
        host: this.machine,
        root,
        frontEnds: this.frontEnds,
        open: this.options.open,
        keepsResults: true,
        ...(this.accounts && { accountants: this.accounts }),
        files: path => (this.trusted ? this.dataFiles.lookup(path) : null),
        counting: this.dataFiles,
        audit: (...asked) => (this.trusted ? this.history.lookup(...asked) : null),
      });
      this.analysers.set(root, analyser);
    }
    return analyser;
  }

  /** A text without a file stands at the top of the first folder, so that it finds the configuration and helpers. */
  private untitled({ uri, languageId }: ModuleInput): string {
    const name = basename(decodeURIComponent(uri.replace(/^[a-z-]+:/i, ''))) || 'untitled';
    return join(this.options.folders()[0] ?? sep, extname(name) === '' ? name + (endings[languageId] ?? '.py') : name);
  }
}

/** What the editor holds open is read before the disk: an unsaved configuration counts as it stands. */
function withOpenTexts(machine: Host, open: (path: string) => string | null): Host {
  return {
    ...machine,
    stat: path => {
      const text = open(path);
      return text === null ? machine.stat(path) : { kind: 'file', bytes: text.length, modified: -1 };
    },
    read: (path, limit) => {
      const text = open(path);
      return text === null ? machine.read(path, limit) : new TextEncoder().encode(text);
    },
  };
}

const endings: Readonly<Record<string, string>> = {
  python: '.py',
  typescript: '.ts',
  typescriptreact: '.tsx',
  javascript: '.js',
  javascriptreact: '.jsx',
};

/** A project's own configuration beats the editor's settings. */
const selectionOf = ({ path }: Configuration, { settings }: ModuleInput) =>
  path === null ? { tier: settings.tier } : {};

/** The editor's word for the language counts; clients that say nothing are judged by the file's name. */
function languageFor({ languageId, path, notebook }: ModuleInput): SourceLanguage {
  if (notebook) return 'notebook';
  if (languageId === 'python') return 'python';
  if (languageId in endings) return 'javascript';
  return (path === null ? null : languageOf(path)) ?? 'python';
}

/** An analysis as plain data, in the words that the editor shows. */
export function moduleAnalysis(
  input: ModuleInput,
  document: DocumentAnalysis,
  rulings: (place: Span) => CheckpointPlace['ruled'],
): ModuleAnalysis {
  return {
    findings: document.findings,
    broken: document.run.limited,
    budgets: document.budgets.map(budgetView),
    checkpoints: checkpointPlaces(document.run, input.path).map(place => ({ ...place, ruled: rulings(place.span) })),
    // A notebook is not run by itself.
    saves: document.notebook === null && document.run.events.some(({ kind }) => kind === 'save'),
    data: dataPlaces(document.run, input.path),
    ...namesIn(document.run),
    limited: document.limited,
    dependencies: document.dependencies,
  };
}
