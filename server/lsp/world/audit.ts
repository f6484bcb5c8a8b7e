import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import type { Claim } from '../../../audit-core/audit/inputs';
import { htmlReport } from '../../../audit-core/report/html';
import { inferAudit } from '../../audit/infer';
import type { BudgetStatement } from '../../budget';
import type { Question } from '../../protocol/audits';
import { AuditError, runAudit } from '../../workspace/audit-runner';
import type { AuditRequest, AuditRun, AuditWatch } from '../host';
import type { Analyses } from './analysis';
import { auditFindings, auditSummary } from './audit-findings';
import { hazardFindings } from './hazards';

/** Questions for what a script may not tell, in words. */
const questions: Readonly<Record<string, string>> = {
  checkpoint: 'Which checkpoint does the script write?',
  data: 'Which data file does it read?',
  label: 'Which column is the label?',
  members: 'Which rows was the model trained on? The split could not be followed.',
};

/** A quick audit: specification from the script, the work in a worker, its outcome in the editor's words. */
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
  const analysis = await analyses.of({
    ...request.script,
    uri: '',
    version: 0,
    trusted: true,
    settings,
    notebook: false,
    cells: [],
  });
  const { specification, recipe, missing } = inferAudit(analysis.facts);
  const checkpoints = sameModel(specification.checkpoint, request.checkpoint, script);
  const file = checkpoints[0];
  if (missing.length > 0 || !recipe || file === undefined) {
    const open: Question[] = missing.map(name => ({ name, message: questions[name] ?? `${name}?`, candidates: [] }));
    return { result: { kind: 'missing', missing: open }, checkpoints: [], findings: [], title: '', html: null };
  }
  if (!existsSync(file))
    throw new AuditError(`${basename(file)} is not there yet: run ${basename(script)} first, then audit.`);
  const { data, person, groups } = specification;
  const claim = claimOf(analysis.budgets, script);
  const outcome = await runAudit(
    { kind: 'script', script, checkpoint: file, data, recipe, person, groups, claim, despiteGate: false },
    { signal: watch.signal, progress: watch.progress, ...(workerFolder && { folder: workerFolder }) },
  );
  const subject = { name: basename(file), script: basename(script), date: new Date().toISOString(), version };
  const findings = [...auditFindings(outcome.result), ...(await hazardFindings(checkpoints))];
  const summary = auditSummary(outcome.result);
  return {
    result: outcome.result.gate.passed
      ? { kind: 'done', checkpoint: file, findings: findings.length, summary }
      : { kind: 'gate', checkpoint: file, summary },
    checkpoints,
    findings,
    title: `Audit of ${basename(file)}`,
    html: htmlReport(outcome, subject),
  };
}

/** Set where the worker's bundle lies beside this one; else it runs from source. */
const workerFolder = existsSync(resolve(__dirname, 'audit-worker.js')) ? __dirname : null;

/** The files that hold the same model, the one to run first: a script often saves it in several formats. */
function sameModel(inferred: string | null, asked: string | null, script: string): string[] {
  const best = inferred === null ? null : resolve(dirname(script), inferred);
  if (asked === null) return best === null ? [] : [best, ...siblings(best)];
  const stem = (path: string): string => path.slice(0, path.length - extname(path).length);
  return best !== null && stem(best) === stem(asked) ? [...new Set([best, asked, ...siblings(best)])] : [asked];
}

const siblings = (path: string): string[] => {
  const stem = path.slice(0, path.length - extname(path).length);
  return ['.onnx', '.pt', '.pth', '.keras', '.h5', '.safetensors'].map(end => stem + end).filter(one => one !== path);
};

/** What the code claims: the target that it calibrates to, else the budget that it buys. */
function claimOf(budgets: readonly BudgetStatement[], script: string): Claim | null {
  const [statement] = budgets;
  if (budgets.length !== 1 || !statement) return null;
  const value = statement.target ? Number(statement.target.value) : statement.epsilon.pld;
  if (value === null || !Number.isFinite(value)) return null;
  const delta = Number(statement.parameters.delta?.value);
  const origin = statement.target ? statement.target.origin : 'the budget of the training';
  return {
    value,
    delta: Number.isFinite(delta) ? delta : null,
    unit: 'record',
    origin: `${origin}, ${basename(script)}`,
  };
}
