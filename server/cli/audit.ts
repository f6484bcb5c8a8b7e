import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { AuditOutcome, AuditResult } from '../../audit-core/audit/result';
import { htmlReport } from '../../audit-core/report/html';
import { jsonReport } from '../../audit-core/report/json';
import { markdownReport } from '../../audit-core/report/markdown';
import { textReport } from '../../audit-core/report/text';
import type { Subject } from '../../audit-core/report/words';
import { writeAtomically } from '../workspace/atomic-write';
import { AuditError, runAudit } from '../workspace/audit-runner';
import { parseShadows, type ShadowOptions } from './audit-shadow-options';
import { type CliIO, EXIT, UsageError } from './io';
import { version } from './version';

const usage = `Usage: epsilint audit SCRIPT [options]
       epsilint audit --scores F.npz [options]

Says whether a model tells its training members from others: gate, attacks, certified bounds, and, with references, who is exposed.

  --scores F.npz          audit score arrays (logits [K, N, C] or losses [K, N], labels, members, people, groups_*)
  --members FILE          who was trained on: JSON {"person_key", "members"}, row indexes, .npy, or a list
  --plan                  print what would be audited, run nothing
  --quick                 the checkpoint alone (default)
  --shadows K             who is exposed: K reference models on halves of the people (16, 32, 64 …)
  --engine process        train them by the script itself, in your Python; giving this flag is the consent to run it
  --python FILE           the interpreter for --engine process (default: the virtual environment, else python3)
  --workers N             models trained at the same time (default: one a core)
  --time-limit SECONDS    for one reference model (default 3600)
  --seed N                of the masks (default 0)
  --purge                 remove the kept scores of SCRIPT's reference models
  --despite-gate          go on after a failed gate; the numbers are marked
  --exposed-ids FILE      write the people exposed beyond chance to a private file (mode 600)
  --format text|json|html|markdown
  --output FILE           write the report there
`;

const formats = ['text', 'json', 'html', 'markdown'] as const;
type Format = (typeof formats)[number];

interface Options {
  readonly target: string | null;
  readonly scores: string | null;
  readonly members: string | null;
  readonly plan: boolean;
  readonly despiteGate: boolean;
  readonly exposedIds: string | null;
  readonly format: Format;
  readonly output: string | null;
  readonly shadows: ShadowOptions | null;
  readonly purge: boolean;
}

/** `epsilint audit`: 0 nothing found, 1 a failed gate or an AUD finding, 2 usage or input error with nothing written. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const options = parse(argv);
  if (options === null) {
    io.stdout(usage);
    return EXIT.ok;
  }
  if (options.scores !== null) return await auditScores(options, options.scores, io);
  const { auditTarget } = await import('./audit-target');
  return await auditTarget({ ...options, target: options.target! }, io, finish);
}

async function auditScores(options: Options, scores: string, io: CliIO): Promise<number> {
  const file = resolve(io.cwd, scores);
  try {
    const outcome = await runAudit(
      { kind: 'scores', file, despiteGate: options.despiteGate, listExposed: options.exposedIds !== null },
      { signal: io.signal, progress: progressOn(io) },
    );
    clearProgress(io);
    return await finish(outcome, { name: basename(file), script: null }, options, io);
  } catch (error) {
    clearProgress(io);
    if (error instanceof AuditError) throw new UsageError(`${scores}: ${error.message}`);
    throw error;
  }
}

export type Finish = typeof finish;
export type FinishOptions = Pick<Options, 'exposedIds' | 'format' | 'output'>;

/** Writes the report and the private list; the exit code says whether there is something to act on. */
async function finish(
  outcome: AuditOutcome,
  named: Pick<Subject, 'name' | 'script'>,
  options: FinishOptions,
  io: CliIO,
): Promise<number> {
  const subject: Subject = { ...named, date: new Date().toISOString(), version: version() };
  const report = render(outcome, subject, options.format, io.isTTY && options.output === null);
  if (options.exposedIds !== null) await writeExposed(outcome, resolve(io.cwd, options.exposedIds), options.exposedIds);
  if (options.output === null) io.stdout(report);
  else {
    await write(resolve(io.cwd, options.output), options.output, report);
    if (options.format !== 'json') io.stdout(`The report is in ${options.output}.\n`);
  }
  return exitCode(outcome.result);
}

/** Findings of an audit: members told apart (AUD001), people named (AUD002), groups (AUD003), a contradicted claim (AUD004), a failed gate. */
export function exitCode(result: AuditResult): number {
  const leaks = result.attacks.some(({ auc }) => auc.low > 0.5);
  const named = (result.exposure?.named ?? 0) > 0;
  return !result.gate.passed || leaks || named || result.contradicted === true ? EXIT.findings : EXIT.ok;
}

function render(outcome: AuditOutcome, subject: Subject, format: Format, colour: boolean): string {
  switch (format) {
    case 'json':
      return jsonReport(outcome.result);
    case 'html':
      return htmlReport(outcome, subject);
    case 'markdown':
      return markdownReport(outcome.result, subject);
    default:
      return textReport(outcome.result, subject, { colour });
  }
}

async function writeExposed(outcome: AuditOutcome, path: string, named: string): Promise<void> {
  if (outcome.exposed === null)
    throw new UsageError(
      `--exposed-ids ${named}: nobody can be named ${outcome.result.gate.passed ? 'without reference models' : 'behind a failed gate'}; nothing was written.`,
    );
  await write(path, named, `${JSON.stringify(outcome.exposed, null, 1)}\n`, 0o600);
}

async function write(path: string, named: string, text: string, mode?: number): Promise<void> {
  try {
    await writeAtomically(path, text, mode);
  } catch (error) {
    throw new UsageError(`${named}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`);
  }
}

/** One line that is rewritten, on a terminal only. */
export const progressOn =
  (io: CliIO) =>
  (message: string, fraction: number): void => {
    if (io.isTTY) io.stderr(`\r\u001b[K${Math.round(100 * fraction)} %  ${message}`);
  };

export const clearProgress = (io: CliIO): void => {
  if (io.isTTY) io.stderr('\r\u001b[K');
};

function parse(argv: readonly string[]): Options | null {
  const { values, positionals } = read(argv);
  if (values.help) return null;
  const [target, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`audit wants one script, specification or checkpoint.\n${usage}`);
  if (target === undefined && values.scores === undefined)
    throw new UsageError(`audit wants a script, a checkpoint, or --scores F.npz.\n${usage}`);
  if (target !== undefined && values.scores !== undefined)
    throw new UsageError('audit takes either a script or checkpoint, or --scores, not both.');
  if (values.data !== undefined)
    throw new UsageError('--data is not available in this version: the data file is the one that the script reads.');
  const format = values.format ?? 'text';
  if (!formats.includes(format as Format))
    throw new UsageError(`--format ${format} is not one of ${formats.join(', ')}.`);
  return {
    target: target ?? null,
    scores: values.scores ?? null,
    members: values.members ?? null,
    plan: values.plan ?? false,
    despiteGate: values['despite-gate'] ?? false,
    exposedIds: values['exposed-ids'] ?? null,
    format: format as Format,
    output: values.output ?? null,
    shadows: parseShadows(values),
    purge: values.purge ?? false,
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        scores: { type: 'string' },
        data: { type: 'string' },
        members: { type: 'string' },
        plan: { type: 'boolean' },
        quick: { type: 'boolean' },
        shadows: { type: 'string' },
        engine: { type: 'string' },
        python: { type: 'string' },
        workers: { type: 'string' },
        'time-limit': { type: 'string' },
        seed: { type: 'string' },
        purge: { type: 'boolean' },
        'despite-gate': { type: 'boolean' },
        'exposed-ids': { type: 'string' },
        format: { type: 'string' },
        output: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
