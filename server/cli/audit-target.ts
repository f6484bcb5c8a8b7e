import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { NamedMembersFile } from '../../audit-core/audit/members';
import type { DeclaredMembers, ScoresRequest, ScriptRequest } from '../../audit-core/audit/request';
import type { AuditOutcome } from '../../audit-core/audit/result';
import { readMembers } from '../../audit-core/datasets/members-file';
import { DataStore } from '../../audit-core/datasets/store';
import { type AuditFinding, auditFindings } from '../audit/findings';
import { hazardFindings } from '../audit/hazards';
import { planAudit } from '../audit/plan';
import type { Finding } from '../rules';
import { recordAudit } from '../workspace/audit-record';
import { type AuditPreparation, missingLines, prepareAudit, protectedOf, subjectsOf } from '../workspace/audit-request';
import { AuditError, runAudit } from '../workspace/audit-runner';
import { fileSource } from '../workspace/byte-source';
import { checkpointHazards } from '../workspace/checkpoint-hazards';
import { checkpointPlaces, placesOf } from '../workspace/checkpoint-places';
import { defaultConfiguration } from '../workspace/configuration/configuration';
import { dataAccess } from '../workspace/data-access';
import { displayPath, type LocatedFinding, locateFindings } from '../workspace/located';
import { writeConfiguration } from './audit-configuration';
import type { AuditWords } from './audit-options';
import { comparisonWith } from './audit-past';
import { clearProgress, progressOn, report } from './audit-report';
import { type AuditSubject, subjectOf } from './audit-subject';
import { type CliIO, EXIT, UsageError } from './io';
import { version } from './version';

/** `epsilint audit TARGET`: script and configuration as one specification, then the plan or the audit in a worker. */
export async function auditTarget(target: string, words: AuditWords, io: CliIO): Promise<number> {
  const subject = await subjectOf(target, words, io.cwd, message => {
    if (io.env.EPSILINT_DEBUG) io.stderr(`${message}\n`);
  });
  const prepared = prepareAudit({
    script: subject.script && { path: subject.script.path, facts: subject.script.facts, find: subject.find },
    checkpoint: subject.checkpoint,
    configuration: subject.configuration,
    given: subject.given,
    budget: subject.budget,
    despiteGate: words.despiteGate,
  });
  if (words.writeConfig) await writeConfiguration(subject, words, io);
  if (words.plan) return await printPlan(prepared, subject, target, io);
  if (prepared.kind === 'missing') {
    if (words.writeConfig) return EXIT.ok;
    const inProject = /pyproject\.toml$/.test(prepared.file);
    const lines = missingLines(prepared.missing, displayPath(io.cwd, prepared.file), inProject);
    const [model] = prepared.missing.flatMap(({ name, candidates }) => (name === 'checkpoint' ? candidates : []));
    if (model !== undefined) lines.push(`Or name the file: epsilint audit ${displayPath(io.cwd, model)}`);
    const [lost] = prepared.completed.unfollowed;
    if (lost)
      lines.push(
        `The training data are lost at line ${lineIn(subject.script?.text ?? '')(lost.start)}: ${lost.call} is not followed.`,
      );
    throw new UsageError(
      `${target}: ${prepared.missing.length === 1 ? 'one thing is' : `${prepared.missing.length} things are`} missing.\n  ${lines.join('\n  ')}`,
    );
  }
  return await run(prepared, subject, target, words, io);
}

async function run(
  prepared: Extract<AuditPreparation, { kind: 'ready' }>,
  subject: AuditSubject,
  target: string,
  words: AuditWords,
  io: CliIO,
): Promise<number> {
  const request = requestOf(prepared, words);
  const file = request.kind === 'scores' ? request.file : request.checkpoint;
  if (!existsSync(file))
    throw new UsageError(
      subject.script && request.kind === 'script'
        ? `${basename(file)} is not there yet: run ${basename(subject.script.path)} first, then audit.`
        : `${basename(file)}: there is no such file.`,
    );
  let outcome: AuditOutcome;
  try {
    outcome = words.shadows
      ? await withShadows(request, subject, words, io)
      : await runAudit(request, { signal: io.signal, progress: progressOn(io) });
  } catch (error) {
    if (error instanceof AuditError) throw new UsageError(`${target}: ${error.message}`);
    throw error;
  } finally {
    clearProgress(io);
  }
  const date = new Date().toISOString();
  const comparison = words.compare === null ? null : comparisonWith(words.compare, file, outcome, io.cwd);
  if (words.history && request.kind === 'script') {
    const { script, configuration } = subject;
    const refused = await recordAudit({ outcome, request, script, configuration, date, version: version() });
    if (refused !== null) io.stderr(`epsilint: ${refused}\n`);
  }
  const hazards = request.kind === 'scores' ? [] : hazardFindings(basename(file), await checkpointHazards(file));
  const { findings, suppressed } = findingsOf([...auditFindings(outcome.result), ...hazards], subject, file, io.cwd);
  return await report(
    {
      outcome,
      findings,
      suppressed,
      subject: {
        name: basename(file),
        script: subject.script ? basename(subject.script.path) : null,
        date,
        version: version(),
        comparison,
      },
    },
    { ...words, failOn: subject.configuration.failOn },
    io,
  );
}

/** Reference models of the script first, then the audit with them. */
async function withShadows(
  request: ScriptRequest | ScoresRequest,
  { script, configuration }: AuditSubject,
  { shadows, exposedIds }: AuditWords,
  io: CliIO,
): Promise<AuditOutcome> {
  if (!script || request.kind !== 'script')
    throw new UsageError(
      '--shadows trains models like a script does: name the script, not a checkpoint or score arrays.',
    );
  const { runShadows } = await import('./audit-shadows');
  const { path, text, facts } = script;
  return await runShadows(
    { request, script: path, text, facts, listExposed: exposedIds !== null },
    { ...shadows!, retentionDays: configuration.shadowDays },
    io,
  );
}

function requestOf({ request }: Extract<AuditPreparation, { kind: 'ready' }>, words: AuditWords) {
  if (request.kind === 'scores') return { ...request, listExposed: words.exposedIds !== null };
  return {
    ...request,
    limits: { ...request.limits, seconds: (words.shadows ? null : words.timeLimit) ?? request.limits.seconds },
  } satisfies ScriptRequest;
}

/** The findings on the lines that save or load the model, under suppressions and configuration; without a script, on the file. */
export function findingsOf(
  said: readonly AuditFinding[],
  { analyser, script, configuration }: Pick<AuditSubject, 'analyser' | 'script' | 'configuration'>,
  checkpoint: string,
  cwd: string,
): { findings: readonly LocatedFinding[]; suppressed: readonly LocatedFinding[] } {
  const places = script ? placesOf(checkpointPlaces(script.run, script.path), checkpoint) : [];
  const saves = places.filter(({ kind }) => kind === 'save');
  // A model that is saved in several formats is told about once; the first line that saves it is the one.
  const span = (saves[0] ?? places[0])?.span ?? { start: 0, end: 0 };
  const found: Finding[] = said.map(one => ({
    ...one,
    tier: 'certain',
    span: { start: span.start, end: span.end },
    related: [],
    fixes: [],
  }));
  const about = script ?? bare(checkpoint);
  const governed = analyser.govern(about, found, configuration);
  return locateFindings(governed, cwd, configuration.folder ?? cwd, () => null);
}

/** A document that stands for a file without a script, so that findings have a path. */
const bare = (path: string) => ({
  path,
  text: '',
  notebook: null,
  facts: { language: 'python' as const, length: 0, body: [], comments: [], problems: [] },
  run: { path, events: [], limited: false },
  budgets: [],
  findings: [],
  suppressed: [],
  limited: null,
  dependencies: new Set<string>(),
  summaries: new Map(),
});

async function printPlan(
  prepared: AuditPreparation,
  { script, configuration }: AuditSubject,
  target: string,
  io: CliIO,
): Promise<number> {
  const { completed, declared } = prepared;
  const folder = script ? dirname(script.path) : io.cwd;
  const access = dataAccess(completed.data, script?.path ?? null);
  try {
    const store = new DataStore(access);
    const first = completed.data[0] && isTableName(completed.data[0].path) ? completed.data[0].name : null;
    const plan = await planAudit({
      completed,
      store,
      first: first === null ? null : await store.run(() => store.table(first, { format: 'any' })),
      groups: declared.groups ?? protectedOf(configuration ?? defaultConfiguration),
      references: declared.references,
      subjects: subjectsOf(configuration ?? defaultConfiguration),
      members: declared.members,
      file: await membersFile(declared.members),
      script: script && basename(script.path),
      lineOf: lineIn(script?.text ?? ''),
      show: path => displayPath(folder, path),
    });
    io.stdout(`${JSON.stringify(plan, null, 2)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Error && error.name !== 'TypeError') throw new UsageError(`${target}: ${error.message}`);
    throw error;
  } finally {
    await access.close();
  }
}

/** 1-based line of an offset. */
const lineIn =
  (text: string) =>
  (offset: number): number =>
    text.slice(0, offset).split('\n').length;

/** Tables by their ending; arrays, tensors and folders of pictures are none. */
const isTableName = (path: string): boolean => /\.(?:csv|tsv|tab|txt|parquet|pq|feather|arrow|ftr|gz)$/i.test(path);

async function membersFile(members: DeclaredMembers | null): Promise<NamedMembersFile | null> {
  if (members?.kind !== 'file') return null;
  const source = await fileSource(members.path);
  try {
    return { content: await readMembers(source), name: source.name };
  } finally {
    await source.close();
  }
}
