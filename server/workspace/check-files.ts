import { dirname } from 'node:path';
import type { Tier } from '../facts/events';
import { Analyser, type AnalyserOptions, type Selection } from './analysis';
import { AuditHistory } from './audit-history';
import { Configurations } from './configuration/find';
import { DataFiles } from './file-facts';
import { FrontEnds } from './front-ends';
import { type Host, ReadError } from './host';
import { languageOf } from './languages';
import { displayPath, type LocatedFinding, locateFindings } from './located';
import { decodeSource, type SourceText } from './source-text';

/** What every file of one check has in common; plain data, so that it can go to a worker. */
export interface CheckSettings {
  /** Paths are shown relative to it. */
  readonly base: string;
  /** Imports are not followed above it. */
  readonly root: string;
  /** A configuration file that was named; it then holds for all files. */
  readonly config: string | null;
  readonly select: readonly string[] | null;
  readonly ignore: readonly string[];
  readonly tier: Tier | null;
  /** Characters of helper modules whose facts a thread keeps; all threads share the memory. */
  readonly keep?: number;
}

export interface FileResult {
  readonly findings: readonly LocatedFinding[];
  readonly suppressed: readonly LocatedFinding[];
  readonly error: { readonly path: string; readonly message: string } | null;
}

/** What the command line adds to the analysis: facts of data files, records of audits. */
export type Services = Pick<AnalyserOptions, 'files' | 'audit'>;

const none: Pick<FileResult, 'findings' | 'suppressed'> = { findings: [], suppressed: [] };

/** Files with more bytes are not even read. */
const readLimit = 64_000_000;

/** Checks files one after the other, sharing parsers, configurations and helper modules. */
export class FileChecker {
  private readonly frontEnds = new FrontEnds();
  private readonly configurations: Configurations;
  private readonly analyser: Analyser;

  constructor(
    private readonly host: Host,
    private readonly settings: CheckSettings,
    services: Services = {},
  ) {
    this.configurations = new Configurations(host);
    const dataFiles = new DataFiles(host, { reading: 'at-once' });
    this.analyser = new Analyser({
      host,
      root: settings.root,
      frontEnds: this.frontEnds,
      files: dataFiles.lookup,
      counting: dataFiles,
      ...(settings.keep !== undefined && { keep: settings.keep }),
      audit: new AuditHistory().lookup,
      ...services,
    });
  }

  /** A file on disk. Never throws: what cannot be read becomes an error of this file. */
  async file(path: string): Promise<FileResult> {
    const shown = displayPath(this.settings.base, path);
    if (languageOf(path) === null)
      return { ...none, error: { path: shown, message: 'it is no Python, notebook, TypeScript or JavaScript file' } };
    let source: SourceText;
    try {
      source = decodeSource(this.host.read(path, readLimit));
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      return { ...none, error: { path: shown, message: error.message } };
    }
    return this.text(path, source);
  }

  /** A text that stands for a file (standard input). */
  async text(path: string, { text, problem }: SourceText): Promise<FileResult> {
    const language = languageOf(path) ?? 'python';
    const { select, ignore, tier, base, config } = this.settings;
    const { configuration } =
      config === null ? this.configurations.forFolder(dirname(path)) : this.configurations.named(config);
    const selection: Selection = { select, ignore, tier };
    try {
      const analysis = await this.analyser.analyse({ path, text, language, problem }, configuration, selection);
      const located = locateFindings(analysis, base, configuration.folder ?? base, other => this.textOf(other));
      return { ...located, error: null };
    } catch (error) {
      // A fault of ours in one file must not end the run of all; it is told, not hidden.
      const reason = error instanceof Error ? error.message : String(error);
      this.host.log('error', `${path}: ${error instanceof Error ? (error.stack ?? reason) : reason}`);
      return {
        ...none,
        error: {
          path: displayPath(base, path),
          message: `the analysis failed (${reason.slice(0, 120)}); this is a fault of Epsilint`,
        },
      };
    }
  }

  dispose(): void {
    this.frontEnds.dispose();
  }

  private textOf(path: string): string | null {
    try {
      return decodeSource(this.host.read(path, 2_000_000)).text;
    } catch {
      return null;
    }
  }
}
