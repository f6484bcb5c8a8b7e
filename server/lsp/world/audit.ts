import { existsSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { WorkerRequest } from '../../../audit-core/audit/request';
import type { AuditOutcome } from '../../../audit-core/audit/result';
import { htmlReport } from '../../../audit-core/report/html';
import { partialSentence } from '../../../audit-core/shadows/words';
import { nothingDeclared } from '../../audit/declared';
import type { Settings, Shadows } from '../../protocol';
import { recordAudit } from '../../workspace/audit-record';
import { budgetClaim } from '../../workspace/audit-request';
import { AuditError, runAudit } from '../../workspace/audit-runner';
import type { ShadowAuditRequest, ShadowSettings, ShadowWatch } from '../../workspace/shadows/shadow-audit';
import type { AuditRequest, AuditRun, AuditWatch } from '../host';
import type { Analyses } from './analysis';
import { completed } from './audit-dialogue';
import { auditFindings, auditSummary } from './audit-findings';
import { exported } from './export';
import { hazardFindings } from './hazards';

/** A quick audit: specification from script and configuration, the work in a worker, its outcome in the editor's words. */
export async function audit(
  request: AuditRequest,
  analyses: Analyses,
  watch: AuditWatch,
  version: string,
): Promise<AuditRun> {
  if (!request.script)
    throw new AuditError('No script beside this checkpoint saves or loads it: open the script and audit from there.');
  const script = request.script.path;
  const { settings } = request;
  const input = { ...request.script, uri: '', version: 0, trusted: true, settings, notebook: false, cells: [] };
  const { facts, text, budgets } = await analyses.of(input);
  const configuration = analyses.configuration(script);
  const prepared = await completed(
    {
      script: { path: script, facts, find: analyses.modules(script) },
      checkpoint: request.checkpoint,
      configuration,
      given: nothingDeclared,
      budget: budgetClaim(budgets, script),
      despiteGate: false,
    },
    script,
    analyses,
    watch,
  );
  if ('result' in prepared) return { result: prepared.result, checkpoints: [], findings: [], title: '', html: null };
  const file = prepared.request.kind === 'script' ? prepared.request.checkpoint : prepared.request.file;
  if (!existsSync(file))
    throw new AuditError(`${basename(file)} is not there yet: run ${basename(script)} first, then audit.`);
  const { signal, progress } = watch;
  if (request.export) {
    const result = await exported({ script, checkpoint: file }, request.export, settings.python, watch);
    return { result, checkpoints: [], findings: [], title: '', html: null };
  }
  const beside = { signal, progress, ...(workerFolder && { folder: workerFolder }) };
  const outcome =
    request.shadows && prepared.request.kind === 'script'
      ? await withShadows(
          { request: prepared.request, script, text, facts },
          request.shadows,
          { ...settings, retentionDays: configuration.shadowDays },
          beside,
        )
      : await runAudit(timed(prepared.request, settings), beside).catch((error: unknown) => {
          if (error instanceof AuditError && error.unbuilt) return error;
          throw error;
        });
  if (outcome instanceof AuditError) {
    const result = { kind: 'unbuilt' as const, message: outcome.message, script, checkpoint: file };
    return { result, checkpoints: [], findings: [], title: '', html: null };
  }
  const date = new Date().toISOString();
  if (prepared.request.kind === 'script')
    await recordAudit({
      outcome,
      request: prepared.request,
      script: { path: script, text, facts },
      configuration,
      date,
      version,
    });
  const checkpoints = [
    ...new Set([file, ...(request.checkpoint === null ? [] : [request.checkpoint]), ...siblings(file)]),
  ];
  const subject = { name: basename(file), script: basename(script), date, version };
  const findings = [...auditFindings(outcome.result), ...(await hazardFindings(checkpoints))];
  const summary = auditSummary(outcome.result);
  return {
    result: outcome.result.gate.passed
      ? { kind: 'done', checkpoint: file, findings: findings.length, summary }
      : { kind: 'gate', checkpoint: file, summary },
    checkpoints,
    findings,
    title: request.shadows ? `Who is exposed by ${basename(file)}` : `Audit of ${basename(file)}`,
    html: htmlReport(outcome, subject),
  };
}

/** Reference models on complementary halves of the people; what is known at 16, 32, 64 of them is told as it comes. */
async function withShadows(
  subject: Pick<ShadowAuditRequest, 'request' | 'script' | 'text' | 'facts'>,
  { models, engine }: Shadows,
  chosen: Settings & { readonly retentionDays: number },
  watch: ShadowWatch,
): Promise<AuditOutcome> {
  const { auditWithShadows, defaultShadowSettings } = await import('../../workspace/shadows/shadow-audit');
  const settings = shadowSettings(chosen, defaultShadowSettings);
  let fraction = 0;
  // What is known so far stands beside the progress until there is more.
  let known = '';
  return auditWithShadows(
    { ...subject, models, engine, seed: 0, listExposed: false, settings },
    {
      ...watch,
      progress: (message, done) => {
        fraction = done;
        watch.progress(known === '' ? message : `${message}. ${known}`, done);
      },
      partial: (count, outcome) => {
        known = partialSentence(count, outcome);
        watch.progress(known, fraction);
      },
    },
  );
}

/** A quick audit within the editor's time limit, where the project's own configuration sets none. */
const timed = (request: WorkerRequest, { auditTimeLimitSeconds }: Settings): WorkerRequest =>
  request.kind === 'script' && request.limits.seconds === null
    ? { ...request, limits: { ...request.limits, seconds: auditTimeLimitSeconds } }
    : request;

/** The editor's settings as a shadow audit wants them. */
export function shadowSettings(
  chosen: Settings & { readonly retentionDays: number },
  usual: Omit<ShadowSettings, 'env' | 'retentionDays'>,
): ShadowSettings {
  const named = (text: string): string | null => (text === '' ? null : text);
  return {
    ...usual,
    python: named(chosen.python),
    workers: chosen.workers === 0 ? null : chosen.workers,
    timeLimit: chosen.modelTimeLimitSeconds,
    retentionDays: chosen.retentionDays,
    ray: {
      ...usual.ray,
      address: named(chosen.rayAddress),
      cpus: chosen.rayCpus,
      gpus: chosen.rayGpus,
      folder: named(chosen.rayFolder),
    },
    env: process.env,
  };
}

/** Set where the worker's bundle lies beside this one; else it runs from source. */
const workerFolder = existsSync(resolve(__dirname, 'audit-worker.js')) ? __dirname : null;

/** Files of the same name that hold the model in other formats. */
const siblings = (path: string): string[] => {
  const stem = path.slice(0, path.length - extname(path).length);
  return ['.onnx', '.pt', '.pth', '.keras', '.h5', '.safetensors'].map(end => stem + end).filter(one => one !== path);
};
