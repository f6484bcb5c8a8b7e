import { dirname, join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import type { CheckReport, RuleInfo } from '../report/check';
import { otherRules, rules, type Severity } from '../rules';
import { writeAtomically } from '../workspace/atomic-write';
import { applyBaseline, type Baseline, readBaseline, writeBaseline } from '../workspace/baseline';
import { type CheckSettings, FileChecker, type FileResult } from '../workspace/check-files';
import { checkAll } from '../workspace/check-pool';
import type { Configuration } from '../workspace/configuration/configuration';
import { Configurations, type FoundConfiguration } from '../workspace/configuration/find';
import { ModelFiles } from '../workspace/configuration/model-files';
import { discover } from '../workspace/discovery';
import { excludesOf } from '../workspace/excludes';
import { type Host, nodeHost, ReadError } from '../workspace/host';
import { displayPath } from '../workspace/located';
import { rulePage } from '../workspace/rule-pages';
import { decodeSource } from '../workspace/source-text';
import { type CheckOptions, checkOptions, checkUsage } from './check-options';
import { type CliIO, EXIT, UsageError } from './io';
import { version } from './version';

const severityRank: Readonly<Record<Severity, number>> = { information: 0, warning: 1, error: 2 };

/** `epsilint check`: exit 0, 1 with findings at or above `--fail-on`, or 2. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const options = checkOptions(argv);
  if (options === null) {
    io.stdout(checkUsage);
    return EXIT.ok;
  }
  const started = performance.now();
  const host = nodeHost((level, message) => {
    if (io.env.EPSILINT_DEBUG && level === 'error') io.stderr(`${message}\n`);
  });
  const configurations = new Configurations(host);
  const named =
    options.config === null ? null : readNamed(configurations, resolve(io.cwd, options.config), options.config);
  const configurationOf = (folder: string): FoundConfiguration => named ?? configurations.forFolder(folder);

  const { files, problems, missing } = filesOf(host, options, io.cwd, configurationOf);
  if (missing !== null) throw new UsageError(`${missing}: there is no such file or folder.`);
  complain(new ModelFiles(host), files, configurationOf, io.cwd);

  const settings: CheckSettings = {
    base: io.cwd,
    root: rootOf(host, io.cwd),
    config: options.config === null ? null : resolve(io.cwd, options.config),
    select: options.select,
    ignore: options.ignore,
    tier: options.tier,
  };
  const results = await check(host, settings, files, options, io);
  if (io.signal.aborted) {
    io.stderr('epsilint: stopped.\n');
    return EXIT.usage;
  }
  const here = configurationOf(io.cwd).configuration;
  const baselinePath = baselineOf(host, options, here, io.cwd);
  const baseline = baselinePath === null ? null : loadBaseline(host, baselinePath, options.updateBaseline, io.cwd);
  const all = results.flatMap(({ findings }) => findings);
  if (options.updateBaseline && baselinePath !== null) {
    await write(baselinePath, writeBaseline(all, baseline), io.cwd);
    io.stderr(`epsilint: ${all.length} findings are in ${displayPath(io.cwd, baselinePath)} now.\n`);
    return EXIT.ok;
  }
  const today = new Date().toISOString().slice(0, 10);
  const { fresh, known, stale } = baseline ? applyBaseline(all, baseline, today) : { fresh: all, known: [], stale: 0 };
  if (stale > 0)
    io.stderr(`epsilint: ${stale} entries of the baseline match nothing any more; --update-baseline removes them.\n`);
  const report: CheckReport = {
    files: results.filter(({ error }) => error === null).length,
    durationMs: performance.now() - started,
    findings: fresh,
    suppressed: [...results.flatMap(({ suppressed }) => suppressed), ...known],
    errors: [...problems, ...results.flatMap(({ error }) => (error === null ? [] : [error]))],
  };
  await print(report, options, io);
  const failOn = (path: string): Severity =>
    options.failOn ?? configurationOf(dirname(resolve(io.cwd, path))).configuration.failOn;
  // Nothing of what was asked for could be read: silence would look like a clean project.
  if (report.files === 0 && report.errors.length > 0) return EXIT.usage;
  const failed = fresh.some(({ severity, path }) => severityRank[severity] >= severityRank[failOn(path)]);
  return failed && !options.exitZero ? EXIT.findings : EXIT.ok;
}

/** The baseline that is named, else the one that `--update-baseline` writes where none is; null: there is none. */
function baselineOf(host: Host, options: CheckOptions, here: Configuration, cwd: string): string | null {
  if (options.baseline !== null) return resolve(cwd, options.baseline);
  if (here.baseline !== null) return resolve(here.folder ?? cwd, here.baseline);
  const usual = join(here.folder ?? cwd, 'epsilint-baseline.json');
  return options.updateBaseline || host.stat(usual) !== null ? usual : null;
}

function readNamed(configurations: Configurations, path: string, shown: string): FoundConfiguration {
  try {
    return configurations.named(path);
  } catch (error) {
    if (error instanceof ReadError) throw new UsageError(`--config ${shown}: ${error.message}.`);
    throw error;
  }
}

interface Files {
  readonly files: readonly string[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** The first path that was named and is not there. */
  readonly missing: string | null;
}

function filesOf(
  host: Host,
  options: CheckOptions,
  cwd: string,
  configurationOf: (folder: string) => FoundConfiguration,
): Files {
  if (options.stdinFilename !== null)
    return { files: [resolve(cwd, options.stdinFilename)], problems: [], missing: null };
  const roots = options.paths.length > 0 ? options.paths.flatMap(path => expanded(host, path, cwd)) : ['.'];
  const missing = roots.find(path => host.stat(resolve(cwd, path)) === null) ?? null;
  if (missing !== null) return { files: [], problems: [], missing };
  const excludes = excludesOf(folder => configurationOf(folder).configuration);
  const found = discover(
    host,
    roots.map(path => resolve(cwd, path)),
    excludes,
  );
  const problems = found.problems.map(({ path, message }) => ({ path: displayPath(cwd, path), message }));
  const files = options.forceExclude ? found.files.filter(file => !excludes(file, false)) : found.files;
  return { files, problems, missing };
}

/** A pattern that no shell has expanded (`"src/**\/*.py"`, any on Windows) means the source files that it matches. */
function expanded(host: Host, path: string, cwd: string): readonly string[] {
  if (!/[*?[{]/.test(path) || host.stat(resolve(cwd, path)) !== null) return [path];
  const { base, glob } = picomatch.scan(path.replaceAll('\\', '/'));
  const folder = resolve(cwd, base === '' ? '.' : base);
  if (host.stat(folder)?.kind !== 'folder') return [path];
  const matched = picomatch(glob, { dot: true });
  const found = discover(host, [folder], () => false).files.filter(file =>
    matched(relative(folder, file).split(sep).join('/')),
  );
  return found.length > 0 ? found : [path];
}

/** A slip in a configuration stops the check: half of a configuration would check something else than was meant. */
function complain(
  modelFiles: ModelFiles,
  files: readonly string[],
  configurationOf: (folder: string) => FoundConfiguration,
  cwd: string,
): void {
  const folders = new Set([cwd, ...files.map(file => dirname(file))]);
  const messages = new Set<string>();
  for (const folder of folders)
    for (const { path, line, column, message } of [
      ...configurationOf(folder).problems,
      ...modelFiles.of(configurationOf(folder).configuration).problems,
    ])
      messages.add(`${displayPath(cwd, path)}:${line}:${column}: ${message}`);
  if (messages.size > 0) throw new UsageError([...messages].slice(0, 20).join('\nepsilint: '));
}

async function check(
  host: Host,
  settings: CheckSettings,
  files: readonly string[],
  options: CheckOptions,
  io: CliIO,
): Promise<FileResult[]> {
  if (options.stdinFilename !== null) {
    const checker = new FileChecker(host, settings);
    const source = decodeSource(new TextEncoder().encode(await io.stdin()));
    return [await checker.text(files[0]!, source)];
  }
  const showProgress = io.isTTY && options.format === 'text' && files.length > 300;
  let shown = 0;
  const results = await checkAll(host, settings, files, {
    signal: io.signal,
    threads: options.jobs === null ? null : options.jobs - 1,
    progress: done => {
      const percent = Math.floor((100 * done) / files.length);
      if (!showProgress || percent === shown) return;
      shown = percent;
      io.stderr(`\r${percent} % of ${files.length} files`);
    },
  });
  if (showProgress) io.stderr('\r\u001b[K');
  return results;
}

/** The folder of the repository around the working folder, or that folder itself. */
function rootOf(host: Host, cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (host.stat(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

function loadBaseline(host: Host, path: string, mayBeAbsent: boolean, cwd: string): Baseline | null {
  try {
    const baseline = readBaseline(decodeSource(host.read(path, 64_000_000)).text);
    if (typeof baseline === 'string') throw new UsageError(`baseline ${displayPath(cwd, path)}: ${baseline}.`);
    return baseline;
  } catch (error) {
    if (error instanceof ReadError && mayBeAbsent && error.code === 'ENOENT') return null;
    if (error instanceof ReadError)
      throw new UsageError(`baseline ${displayPath(cwd, path)}: ${error.message}; --update-baseline writes one.`);
    throw error;
  }
}

async function print(report: CheckReport, options: CheckOptions, io: CliIO): Promise<void> {
  const text = await format(report, options, io);
  if (options.output === null) io.stdout(text);
  else await write(resolve(io.cwd, options.output), text, io.cwd);
  if (options.format !== 'text')
    for (const { path, message } of report.errors) io.stderr(`epsilint: ${path}: ${message}.\n`);
}

async function format(report: CheckReport, options: CheckOptions, io: CliIO): Promise<string> {
  switch (options.format) {
    case 'json':
      return (await import('../report/json')).checkJson(report);
    case 'sarif':
      return (await import('../report/sarif')).checkSarif(report, ruleInfos(), version());
    case 'github':
      return (await import('../report/github')).checkGithub(report);
    default: {
      const forced = io.env.FORCE_COLOR !== undefined && io.env.FORCE_COLOR !== '0';
      const plain = options.output !== null || io.env.NO_COLOR !== undefined;
      const color = !plain && (forced || (io.isTTY && io.env.TERM !== 'dumb'));
      return (await import('../report/text')).checkText(report, { color, statistics: options.statistics });
    }
  }
}

const ruleInfos = (): RuleInfo[] =>
  [...rules, ...otherRules].map(({ id, name, summary, severity }) => ({
    id,
    name,
    summary,
    severity,
    page: rulePage(id),
  }));

async function write(path: string, text: string, cwd: string): Promise<void> {
  try {
    await writeAtomically(path, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new UsageError(`${displayPath(cwd, path)} cannot be written (${code}).`);
  }
}
