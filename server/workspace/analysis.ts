import { relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { type Accountants, type BudgetStatement, budgetStatements, figureOf } from '../budget';
import { runModule } from '../facts';
import type { ModuleRun, Tier } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { ModuleFacts, Span } from '../facts/syntax';
import { locate, type NotebookModule, parseNotebook } from '../languages/notebook/notebook';
import { executedOrder, withRuns } from '../languages/notebook/order';
import {
  type AuditState,
  check,
  type Finding,
  makeContext,
  otherRules,
  type Rule,
  rules,
  type Severity,
  type StoredOutput,
} from '../rules';
import { type Suppressed, suppress } from '../rules/suppressions';
import { codeDigest } from './code-digest';
import { byPrefix, type Configuration, isSelected } from './configuration/configuration';
import { ModelFiles } from './configuration/model-files';
import { declarationsOf, ruleSettingsOf } from './declarations';
import type { DataFiles } from './file-facts';
import type { FrontEnds } from './front-ends';
import type { Host } from './host';
import type { SourceLanguage } from './languages';
import { type OpenTexts, Project } from './project';

/** One text to analyse, from disk or from an editor. */
export interface SourceDocument {
  /** Absolute. */
  readonly path: string;
  /** As it stands in the file; of a notebook the JSON, or the joined module when `notebook` is given. */
  readonly text: string;
  readonly language: SourceLanguage;
  /** A notebook that an editor holds open, already joined. */
  readonly notebook?: NotebookModule;
  /** What was wrong with the bytes, one sentence. */
  readonly problem?: string | null;
}

export interface DocumentAnalysis {
  readonly path: string;
  /** The text that all offsets mean: of a notebook, the joined module. */
  readonly text: string;
  readonly notebook: NotebookModule | null;
  readonly facts: ModuleFacts;
  readonly run: ModuleRun;
  readonly budgets: readonly BudgetStatement[];
  /** After suppressions and configuration, in the order of the text; of all tiers that the configuration shows. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  /** One sentence when something was left out; null when the analysis is whole. */
  readonly limited: string | null;
  /** Other files that the result stands on. */
  readonly dependencies: ReadonlySet<string>;
  /** What each of them was when the result was made, where results are kept: while these stay, so does the result. */
  readonly summaries: ReadonlyMap<string, string | null>;
}

export interface AnalyserOptions {
  readonly host: Host;
  /** Imports are not followed above it. */
  readonly root: string;
  readonly frontEnds: FrontEnds;
  /** null: data files are not looked at. */
  readonly files?: FileFactsLookup;
  /** What counts them; absent where `files` needs no word of it. */
  readonly counting?: Pick<DataFiles, 'declare' | 'caughtUp'>;
  readonly open?: OpenTexts;
  /** Characters of helper modules whose facts are kept. */
  readonly keep?: number;
  /** Whether results will be asked later if they still stand (an editor does); then what they stand on is noted. */
  readonly keepsResults?: boolean;
  /** Answers what a budget costs; absent: computed at once. */
  readonly accountants?: Accountants;
  /** What the records of past audits say; `digest` is that of the script's code. */
  readonly audit?: (script: string, checkpoint: string | null, digest: () => string) => AuditState | null;
}

/** What one analysis is asked for beyond the configuration. */
export interface Selection {
  readonly select?: readonly string[] | null;
  readonly ignore?: readonly string[];
  /** Overrides the configuration's tier. */
  readonly tier?: Tier | null;
}

const tierRank: Readonly<Record<Tier, number>> = { possible: 0, likely: 1, certain: 2 };
const countingRounds = 3;
const nothingKnown: FileFactsLookup = () => null;

/** Every rule's id and name, for suppressions. */
export const ruleNames: ReadonlyMap<string, string> = new Map(
  [...rules, ...otherRules].map(({ id, name }) => [id, name]),
);

/** text → facts → run → rules → findings → suppressions: the one way for command line and editor. */
export class Analyser {
  readonly project: Project;
  private readonly modelFiles: ModelFiles;

  constructor(private readonly options: AnalyserOptions) {
    const { host, root, frontEnds, files = nothingKnown, open, keep } = options;
    this.modelFiles = new ModelFiles(host);
    this.project = new Project(host, root, frontEnds, files, open, keep);
  }

  /** Analyses one document; never throws on what the text says. */
  async analyse(
    document: SourceDocument,
    configuration: Configuration,
    selection: Selection = {},
  ): Promise<DocumentAnalysis> {
    await this.options.frontEnds.load(document.language);
    let analysis = this.analyseNow(document, configuration, selection);
    // A size that is known now can lead to a further file, as a helper's does.
    for (let round = 0; round < countingRounds && (await this.options.counting?.caughtUp()); round++)
      analysis = this.analyseNow(document, configuration, selection);
    return analysis;
  }

  /** Files changed on disk. */
  forget(paths?: readonly string[]): void {
    this.project.forget(paths);
    this.modelFiles.clear();
  }

  /** Whether everything that an earlier result stands on still means the same: then a new analysis would say the same. */
  stands({ summaries }: Pick<DocumentAnalysis, 'summaries'>): boolean {
    return [...summaries].every(([path, summary]) => this.project.summaryOf(path) === summary);
  }

  /** As `analyse`, for a language whose front end is loaded. */
  analyseNow(document: SourceDocument, configured: Configuration, selection: Selection = {}): DocumentAnalysis {
    const configuration = this.here(configured, document.path);
    const { files = nothingKnown } = this.options;
    const { path } = document;
    const tooLarge = document.text.length > configuration.maxFileSize;
    const notebook =
      document.notebook ?? (document.language === 'notebook' && !tooLarge ? parseNotebook(document.text) : null);
    const text = notebook ? notebook.text : document.text;
    const facts = tooLarge ? cutOff(text, configuration.maxFileSize) : this.facts(path, text, notebook);
    const dependencies = new Set<string>();
    const declared = declarationsOf(configuration);
    this.options.counting?.declare(declared.subjectKeys);
    const options: Parameters<typeof runModule>[1] = {
      path,
      text,
      models: this.modelFiles.of(configuration).models,
      declared,
      project: {
        module: (from, name) => this.project.module(from, name, dependencies),
        locate: (from, name) => this.project.locate(from, name, dependencies),
        configuration: (from, file) => this.project.configuration(from, file, dependencies),
        columns: (from, file) => this.project.columns(from, file),
        rows: (from, file) => this.project.rows(from, file),
        classes: (from, folder) => this.project.classes(from, folder),
        people: from => this.project.people(from),
        commands: script => this.project.commands(script, dependencies),
      },
    };
    const run = this.run(facts, options);
    const near: FileFactsLookup = name => {
      const found = this.project.nearData(path, name);
      return found === null ? null : files(found);
    };
    const isOn = this.isOn(path, configuration, selection);
    const active = rules.filter(({ id }) => isOn(id));
    const look = (seen: ModuleRun, budgets: readonly BudgetStatement[]) =>
      makeContext({
        run: seen,
        text,
        comments: facts.comments,
        declared,
        files: near,
        budgets: budgets.map(figureOf),
        settings: ruleSettingsOf(configuration),
        outputs: notebook ? storedOutputs(notebook) : [],
        audit: checkpoint => this.options.audit?.(path, checkpoint, () => codeDigest(facts, text)) ?? null,
        project: () => this.project.people(path),
      });
    let budgets = budgetStatements(run, near, this.options.accountants);
    const limits = limitsOf(facts, run, notebook, document.problem ?? null, text);
    let found = this.check(active, look(run, budgets), limits);
    // What a notebook holds now came of the order in which its cells were run; what it will hold, of the order they stand in.
    const executed = notebook && executedOrder(facts, notebook);
    if (executed) {
      const asRun = this.run(executed, options);
      const itsBudgets = budgetStatements(asRun, near, this.options.accountants);
      found = inEitherOrder(found, this.check(active, look(asRun, itsBudgets), limits));
      budgets = budgets.map(one => moreResolved(one, itsBudgets));
    }
    const result = suppress({
      facts,
      text,
      findings: [...found, ...limits].sort((a, b) => a.span.start - b.span.start),
      rules: ruleNames,
      isOn,
      requireReason: configuration.requireReason,
      ...(notebook ? { cells: notebook.cells } : {}),
    });
    const findings = result.findings
      .filter(({ rule }) => isOn(rule))
      .map(one => ({ ...one, severity: byPrefix(configuration.severity, one.rule) ?? one.severity }))
      .filter(({ rule, tier }) => isShown(rule, tier, configuration, selection))
      .slice(0, configuration.maxFindingsPerFile);
    const limited = limits[0]?.message ?? null;
    return {
      path,
      text,
      notebook,
      facts,
      run,
      budgets,
      findings,
      suppressed: result.suppressed,
      limited,
      dependencies,
      summaries: new Map(
        this.options.keepsResults ? [...dependencies].map(each => [each, this.project.summaryOf(each)]) : [],
      ),
    };
  }

  /** Findings of an audit on lines of an analysed document, under its suppressions and configuration; the document's own are left out. */
  govern(
    analysis: DocumentAnalysis,
    found: readonly Finding[],
    configured: Configuration,
    selection: Selection = {},
  ): DocumentAnalysis {
    const configuration = this.here(configured, analysis.path);
    const { facts, text, notebook } = analysis;
    const isOn = this.isOn(analysis.path, configuration, selection);
    const { findings, suppressed } = suppress({
      facts,
      text,
      findings: found,
      rules: ruleNames,
      isOn,
      requireReason: configuration.requireReason,
      ...(notebook ? { cells: notebook.cells } : {}),
    });
    const kept = findings
      .filter(one => found.includes(one) && isOn(one.rule))
      .map(one => ({ ...one, severity: byPrefix(configuration.severity, one.rule) ?? one.severity }))
      .filter(({ rule, tier }) => isShown(rule, tier, configuration, selection));
    return { ...analysis, findings: kept, suppressed };
  }

  /** What suppressions and configuration would say of audit findings at one place: null where one is silenced, a severity where one is set. */
  rulings(
    analysis: DocumentAnalysis,
    { start, end }: Span,
    configured: Configuration,
    selection: Selection = {},
  ): ReadonlyMap<string, Severity | null> {
    const { severity } = this.here(configured, analysis.path);
    const found = [...ruleNames.keys()]
      .filter(rule => rule.startsWith('AUD'))
      .map(
        (rule): Finding => ({
          ...{ rule, tier: 'certain', severity: 'warning', span: { start, end } },
          ...{ message: '', related: [], fixes: [] },
        }),
      );
    const kept = new Set(this.govern(analysis, found, configured, selection).findings.map(({ rule }) => rule));
    return new Map(
      found.flatMap(({ rule }): [string, Severity | null][] => {
        const set = byPrefix(severity, rule);
        return !kept.has(rule) ? [[rule, null]] : set ? [[rule, set]] : [];
      }),
    );
  }

  private facts(path: string, text: string, notebook: NotebookModule | null): ModuleFacts {
    if (!notebook) return this.project.parse(path, text);
    const language =
      notebook.language === 'javascript' ? 'javascript' : notebook.language === 'python' ? 'python' : null;
    const facts = this.options.frontEnds.parse(path, text, language);
    if (facts) return withRuns(facts, notebook);
    return { language: 'python', length: text.length, body: [], comments: [], problems: [] };
  }

  /** Code made to exhaust the stack is cut off, visibly; any other fault is told by the caller. */
  private run(facts: ModuleFacts, options: Parameters<typeof runModule>[1]): ModuleRun {
    try {
      return runModule(facts, options);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.options.host.log('error', `${options.path}: ${error.stack ?? error.message}`);
      return { path: options.path, events: [], limited: true };
    }
  }

  /** One rule that fails must not take the others with it; the file is then marked as limited. */
  private check(active: readonly Rule[], context: ReturnType<typeof makeContext>, limits: Finding[]): Finding[] {
    try {
      return check(active, context);
    } catch {
      return active.flatMap(rule => {
        try {
          return check([rule], context);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          this.options.host.log('error', `${rule.id} failed in ${context.run.path}: ${reason}`);
          limits.push(
            limit({ start: 0, end: 0 }, `${rule.id} could not be checked here; this is a fault of Epsilint.`),
          );
          return [];
        }
      });
    }
  }

  /** The configuration with what it says of this path. */
  private here(configuration: Configuration, path: string): Configuration {
    if (configuration.overrides.length === 0) return configuration;
    const name = relative(configuration.folder ?? this.options.root, path)
      .split(sep)
      .join('/');
    let out = configuration;
    for (const { paths, select, ignore, tier, severity } of configuration.overrides) {
      if (!paths.some(pattern => picomatch.isMatch(name, patternsOf(pattern), { dot: true }))) continue;
      out = {
        ...out,
        select: select ?? out.select,
        ignore: [...out.ignore, ...ignore],
        tier: tier ?? out.tier,
        severity: { ...out.severity, ...severity },
      };
    }
    return out;
  }

  private isOn(path: string, configuration: Configuration, selection: Selection): (rule: string) => boolean {
    const folder = configuration.folder ?? this.options.root;
    const name = relative(folder, path).split(sep).join('/');
    const here = configuration.perFileIgnores
      .filter(({ pattern }) => picomatch.isMatch(name, patternsOf(pattern), { dot: true }))
      .flatMap(({ rules }) => rules);
    const select = selection.select ?? configuration.select;
    const ignored = [...configuration.ignore, ...(selection.ignore ?? [])];
    return rule => isSelected(rule, select, ignored) && !here.some(prefix => rule.startsWith(prefix));
  }
}

/** A pattern without a slash matches at any depth, as in `.gitignore`. */
export const patternsOf = (pattern: string): string[] =>
  pattern.includes('/')
    ? [pattern.replace(/^\.?\//, ''), `${pattern.replace(/^\.?\//, '').replace(/\/$/, '')}/**`]
    : [pattern, `**/${pattern}`, `**/${pattern}/**`];

function isShown(rule: string, tier: Tier, configuration: Configuration, selection: Selection): boolean {
  const least = selection.tier ?? byPrefix(configuration.tiers, rule) ?? configuration.tier;
  return tierRank[tier] >= tierRank[least];
}

const limit = ({ start, end }: Span, message: string): Finding => ({
  rule: 'EPS003',
  tier: 'certain',
  severity: 'information',
  span: { start, end },
  message,
  related: [],
  fixes: [],
});

function cutOff(text: string, most: number): ModuleFacts {
  const message = `The file has ${text.length} characters and the limit is ${most}; it was not analysed.`;
  const problems = [{ kind: 'limit' as const, start: 0, end: Math.min(1, text.length), message }];
  return { language: 'python', length: text.length, body: [], comments: [], problems };
}

/** Findings of two orders of the same cells: what only one of them shows is not certain. */
function inEitherOrder(standing: readonly Finding[], run: readonly Finding[]): Finding[] {
  const key = ({ rule, span }: Finding): string => `${rule} ${span.start} ${span.end}`;
  const [both, known] = [new Set(run.map(key)), new Set(standing.map(key))];
  return [
    ...standing.map(one => (both.has(key(one)) ? one : likely(one))),
    ...run.filter(one => !known.has(key(one))).map(likely),
  ];
}

const likely = (one: Finding): Finding => (one.tier === 'certain' ? { ...one, tier: 'likely' } : one);

/** The same statement in another order of the cells, where that order tells more of its parameters. */
const moreResolved = (one: BudgetStatement, others: readonly BudgetStatement[]): BudgetStatement =>
  others.find(
    ({ span, path, unresolved }) =>
      span.start === one.span.start && path === one.path && unresolved.length < one.unresolved.length,
  ) ?? one;

/** What could not be read, as findings: all limits, and the first place of broken syntax. */
function limitsOf(
  facts: ModuleFacts,
  run: ModuleRun,
  notebook: NotebookModule | null,
  encoding: string | null,
  text: string,
): Finding[] {
  const problems = [...(notebook?.problems ?? []), ...facts.problems];
  const hard = problems.filter(({ kind }) => kind === 'limit').map(one => limit(one, one.message));
  const syntax = problems.filter(({ kind }) => kind === 'syntax');
  const first = syntax[0];
  const found = encoding === null ? hard : [limit({ start: 0, end: Math.min(1, text.length) }, encoding), ...hard];
  if (first) {
    const more = syntax.length > 1 ? ` (and ${syntax.length - 1} more)` : '';
    found.push(limit(first, `A syntax error hides part of the code from the analysis${more}: ${first.message}`));
  }
  if (found.length === 0 && run.limited)
    found.push(
      limit(
        { start: 0, end: Math.min(1, text.length) },
        'The module takes too much work to follow; only its first part was analysed.',
      ),
    );
  const inside = (offset: number): number => Math.max(0, Math.min(offset, text.length));
  return found.map(one => ({ ...one, span: { start: inside(one.span.start), end: inside(one.span.end) } }));
}

function storedOutputs({ cells }: NotebookModule): StoredOutput[] {
  return cells.flatMap(cell =>
    cell.outputs.map(output => ({ span: { start: cell.start, end: cell.end }, type: output.mime, text: output.text })),
  );
}

/** Where a span stands: in a notebook the cell and offsets inside it, else the span itself. */
export function placeOf(
  analysis: DocumentAnalysis,
  span: Span,
): { cell: number | null; cellId: string | null; span: Span } {
  if (!analysis.notebook) return { cell: null, cellId: null, span };
  const found = locate(analysis.notebook, span.start);
  if (!found) return { cell: null, cellId: null, span: { start: 0, end: 0 } };
  const { cell, offset } = found;
  return {
    cell: cell.index,
    cellId: cell.id ?? String(cell.index),
    span: { start: offset, end: Math.max(offset, Math.min(span.end, cell.end) - cell.start) },
  };
}
