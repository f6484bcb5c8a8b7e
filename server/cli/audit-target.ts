import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import type { Claim } from '../../audit-core/audit/inputs';
import type { ScriptRequest } from '../../audit-core/audit/request';
import { type InferredAudit, inferAudit } from '../audit/infer';
import { planAudit, readTables } from '../audit/plan';
import type { ModuleFacts } from '../facts/syntax';
import { Analyser } from '../workspace/analysis';
import { AuditError, runAudit } from '../workspace/audit-runner';
import { FileError, type FileSource, fileSource } from '../workspace/byte-source';
import { Configurations } from '../workspace/configuration/find';
import { DataFiles } from '../workspace/file-facts';
import { FrontEnds } from '../workspace/front-ends';
import { nodeHost } from '../workspace/host';
import { clearProgress, type Finish, type FinishOptions, progressOn } from './audit';
import type { ShadowOptions } from './audit-shadow-options';
import { purge, runShadows } from './audit-shadows';
import { type CliIO, EXIT, UsageError } from './io';

export interface TargetOptions extends FinishOptions {
  readonly target: string;
  readonly members: string | null;
  readonly plan: boolean;
  readonly despiteGate: boolean;
  readonly shadows: ShadowOptions | null;
  readonly purge: boolean;
}

/** `epsilint audit SCRIPT`: the specification inferred from the script's text, then the plan or the audit in a worker. */
export async function auditTarget(options: TargetOptions, io: CliIO, finish: Finish): Promise<number> {
  const script = resolve(io.cwd, options.target);
  if (extname(script) !== '.py')
    throw new UsageError(
      `${options.target}: name the training script (.py) that saves the checkpoint, or give score arrays by --scores.`,
    );
  if (options.purge) return await purge(script, io);
  const text = await readFile(script, 'utf8').catch(error => {
    throw new UsageError(
      `${options.target}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  });
  const facts = await factsOf(script, text);
  const inferred = inferAudit(facts);
  if (options.plan) return await printPlan(inferred, script, io);
  const { specification, recipe } = inferred;
  const missing = inferred.missing.filter(name => name !== 'members' || options.members === null);
  if (missing.length > 0 || !recipe || specification.checkpoint === null)
    throw new UsageError(
      `${options.target}: the script does not tell ${missing.join(', ') || 'how its training rows are made'}; see epsilint audit --plan.`,
    );
  const checkpoint = resolve(dirname(script), specification.checkpoint);
  if (!existsSync(checkpoint))
    throw new UsageError(`${basename(checkpoint)} is not there yet: run ${basename(script)} first, then audit.`);
  try {
    const request: ScriptRequest = {
      kind: 'script',
      script,
      checkpoint,
      data: specification.data,
      recipe,
      person: specification.person,
      groups: specification.groups,
      claim: inferred.claim ?? (await claimOfBudget(script, text)),
      despiteGate: options.despiteGate,
      ...(options.members !== null && { members: resolve(io.cwd, options.members) }),
    };
    const outcome = options.shadows
      ? await runShadows({ request, text, facts, listExposed: options.exposedIds !== null }, options.shadows, io)
      : await runAudit(request, { signal: io.signal, progress: progressOn(io) });
    clearProgress(io);
    return await finish(outcome, { name: basename(checkpoint), script: basename(script) }, options, io);
  } catch (error) {
    clearProgress(io);
    if (error instanceof AuditError) throw new UsageError(`${options.target}: ${error.message}`);
    throw error;
  }
}

async function factsOf(script: string, text: string): Promise<ModuleFacts> {
  const frontEnds = new FrontEnds();
  try {
    await frontEnds.load('python');
    const facts = frontEnds.parse(script, text, 'python');
    if (!facts) throw new UsageError(`${basename(script)}: this language is not audited.`);
    return facts;
  } finally {
    frontEnds.dispose();
  }
}

async function printPlan(inferred: InferredAudit, script: string, io: CliIO): Promise<number> {
  const opened: FileSource[] = [];
  try {
    const tables = await readTables(inferred.specification, async name => {
      const source = await fileSource(resolve(dirname(script), name));
      opened.push(source);
      return source;
    });
    io.stdout(`${JSON.stringify(planAudit(inferred, tables, basename(script)), null, 2)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof FileError || (error instanceof Error && error.name !== 'TypeError'))
      throw new UsageError(`${basename(script)}: ${error.message}`);
    throw error;
  } finally {
    for (const source of opened) await source.close();
  }
}

/** The budget that the code buys, where it states no target; rows of its data files are counted for it. */
async function claimOfBudget(script: string, text: string): Promise<Claim | null> {
  const host = nodeHost(() => {});
  const { lookup } = new DataFiles(host, { reading: 'at-once' });
  const frontEnds = new FrontEnds();
  try {
    const root = dirname(script);
    const analyser = new Analyser({ host, root, frontEnds, files: lookup });
    const { configuration } = new Configurations(host).forFolder(root);
    const { budgets } = await analyser.analyse({ path: script, text, language: 'python' }, configuration);
    const [statement] = budgets;
    const value = statement?.epsilon.pld ?? null;
    if (!statement || budgets.length !== 1 || value === null || !Number.isFinite(value)) return null;
    const delta = Number(statement.parameters.delta?.value);
    return {
      value,
      delta: Number.isFinite(delta) ? delta : null,
      unit: 'record',
      origin: `the budget of the training, ${basename(script)}`,
    };
  } finally {
    frontEnds.dispose();
  }
}
