import { resolve } from 'node:path';
import type { AuditOutcome } from '../../audit-core/audit/result';
import { htmlReport } from '../../audit-core/report/html';
import { jsonReport } from '../../audit-core/report/json';
import { markdownReport } from '../../audit-core/report/markdown';
import { textReport } from '../../audit-core/report/text';
import type { Subject } from '../../audit-core/report/words';
import type { Severity } from '../rules';
import { writeAtomically } from '../workspace/atomic-write';
import type { LocatedFinding } from '../workspace/located';
import type { Format } from './audit-options';
import { type CliIO, EXIT, UsageError } from './io';

/** What an audit said under the project's configuration, for every format. */
export interface Reported {
  readonly outcome: AuditOutcome;
  readonly subject: Subject;
  readonly findings: readonly LocatedFinding[];
  readonly suppressed: readonly LocatedFinding[];
}

export interface ReportOptions {
  readonly format: Format;
  readonly output: string | null;
  readonly exposedIds: string | null;
  readonly failOn: Severity;
}

const severityRank: Readonly<Record<Severity, number>> = { information: 0, warning: 1, error: 2 };

/** Writes the report and the private list; 1 where the gate failed or a finding reaches `failOn`. */
export async function report(reported: Reported, options: ReportOptions, io: CliIO): Promise<number> {
  const { outcome, findings } = reported;
  const text = render(reported, options.format, io.isTTY && options.output === null);
  if (options.exposedIds !== null) await writeExposed(outcome, resolve(io.cwd, options.exposedIds), options.exposedIds);
  if (options.output === null) io.stdout(text);
  else {
    await write(resolve(io.cwd, options.output), options.output, text);
    if (options.format !== 'json') io.stdout(`The report is in ${options.output}.\n`);
  }
  const failed = findings.some(({ severity }) => severityRank[severity] >= severityRank[options.failOn]);
  return failed || !outcome.result.gate.passed ? EXIT.findings : EXIT.ok;
}

function render({ outcome, subject, findings, suppressed }: Reported, format: Format, colour: boolean): string {
  const { result } = outcome;
  const told: Subject = {
    ...subject,
    findings: findings.map(({ rule, name, severity, path, range, message }) => ({
      rule,
      name,
      severity,
      place: `${path}:${range.start.line}`,
      message,
    })),
    suppressed: suppressed.length,
  };
  switch (format) {
    case 'json':
      return jsonReport(result, {
        findings: findings.map(machine),
        suppressed: suppressed.map(machine),
        ...(subject.comparison && { comparison: subject.comparison }),
      });
    case 'html':
      return htmlReport(outcome, told);
    case 'markdown':
      return markdownReport(result, told);
    default:
      return textReport(result, told, { colour });
  }
}

const machine = ({
  rule,
  name,
  tier,
  severity,
  path,
  cell,
  range,
  message,
  fingerprint,
  suppressed,
}: LocatedFinding) => ({
  rule,
  name,
  tier,
  severity,
  path,
  cell,
  range,
  message,
  fingerprint,
  ...(suppressed && { reason: suppressed.reason }),
});

async function writeExposed(outcome: AuditOutcome, path: string, named: string): Promise<void> {
  if (outcome.exposed === null)
    throw new UsageError(
      `--exposed-ids ${named}: nobody can be named ${outcome.result.gate.passed ? 'without reference models' : 'behind a failed gate'}; nothing was written.`,
    );
  await write(path, named, `${JSON.stringify(outcome.exposed, null, 1)}\n`, 0o600);
}

export async function write(path: string, named: string, text: string, mode?: number): Promise<void> {
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
