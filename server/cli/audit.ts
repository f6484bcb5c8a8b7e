import { basename, dirname, resolve } from 'node:path';
import { compareAudits } from '../../audit-core/audit/compare';
import { comparisonText } from '../../audit-core/report/comparison';
import { auditFindings } from '../audit/findings';
import { Analyser } from '../workspace/analysis';
import { AuditHistory } from '../workspace/audit-history';
import { AuditError, runAudit } from '../workspace/audit-runner';
import { Configurations } from '../workspace/configuration/find';
import { FrontEnds } from '../workspace/front-ends';
import { nodeHost } from '../workspace/host';
import { languageOf } from '../workspace/languages';
import { type AuditWords, auditUsage, auditWords } from './audit-options';
import { comparisonWith, readFigures } from './audit-past';
import { clearProgress, progressOn, report, write } from './audit-report';
import { type CliIO, EXIT, UsageError } from './io';
import { version } from './version';

/** `epsilint audit`: 0 nothing found, 1 a failed gate or an AUD finding, 2 usage or input error with nothing written. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const words = auditWords(argv);
  if (words === null) {
    io.stdout(auditUsage);
    return EXIT.ok;
  }
  if (words.purge) return await purge(words, io);
  if (words.scores !== null && words.target === null) return await auditScores(words, words.scores, io);
  if (words.target !== null && words.compare !== null && isAudit(words.target, words.compare))
    return await compareFiles(words, words.compare, words.target, io);
  if (words.target === null) throw new UsageError(`--compare wants two audits, or one and a target.\n${auditUsage}`);
  const { auditTarget } = await import('./audit-target');
  return await auditTarget(words.target, words, io);
}

/** Two JSON files: nothing is audited, they are compared. */
const isAudit = (target: string, compare: string): boolean => /\.json$/i.test(target) && /\.json$/i.test(compare);

async function compareFiles(words: AuditWords, before: string, after: string, io: CliIO): Promise<number> {
  const comparison = compareAudits(readFigures(before, io.cwd), readFigures(after, io.cwd), {
    date: null,
    sameMembers: null,
  });
  const text =
    words.format === 'json'
      ? `${JSON.stringify({ version: 1, ...comparison }, null, 2)}\n`
      : comparisonText(comparison);
  if (words.output === null) io.stdout(text);
  else await write(resolve(io.cwd, words.output), words.output, text);
  return EXIT.ok;
}

async function purge({ target }: AuditWords, io: CliIO): Promise<number> {
  const history = new AuditHistory();
  const gone =
    target === null ? await history.purge(io.cwd, true) : await history.purge(resolve(io.cwd, target), false);
  io.stdout(
    gone === 0
      ? 'There was no history to delete.\n'
      : `The history of ${gone} ${gone === 1 ? 'model' : 'models'} is deleted.\n`,
  );
  if (target !== null && languageOf(target) !== null) {
    const { purgeScores } = await import('./audit-shadows');
    io.stdout(await purgeScores(resolve(io.cwd, target)));
  }
  return EXIT.ok;
}

async function auditScores(words: AuditWords, scores: string, io: CliIO): Promise<number> {
  const file = resolve(io.cwd, scores);
  try {
    const outcome = await runAudit(
      { kind: 'scores', file, despiteGate: words.despiteGate, listExposed: words.exposedIds !== null },
      { signal: io.signal, progress: progressOn(io) },
    );
    clearProgress(io);
    const host = nodeHost(() => {});
    const { configuration } = new Configurations(host).forFolder(dirname(file));
    const analyser = new Analyser({ host, root: dirname(file), frontEnds: new FrontEnds() });
    const { findingsOf } = await import('./audit-target');
    const located = findingsOf(auditFindings(outcome.result), { analyser, script: null, configuration }, file, io.cwd);
    const comparison = words.compare === null ? null : comparisonWith(words.compare, file, outcome, io.cwd);
    const subject = {
      name: basename(file),
      script: null,
      date: new Date().toISOString(),
      version: version(),
      comparison,
    };
    return await report({ outcome, subject, ...located }, { ...words, failOn: configuration.failOn }, io);
  } catch (error) {
    clearProgress(io);
    if (error instanceof AuditError) throw new UsageError(`${scores}: ${error.message}`);
    throw error;
  }
}
