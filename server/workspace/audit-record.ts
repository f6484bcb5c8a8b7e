import { figuresOf } from '../../audit-core/audit/compare';
import type { ScriptRequest } from '../../audit-core/audit/request';
import type { AuditOutcome } from '../../audit-core/audit/result';
import type { ModuleFacts } from '../facts/syntax';
import { AuditHistory, pathInProject, stampOf } from './audit-history';
import { codeDigest } from './code-digest';
import type { Configuration } from './configuration/configuration';
import { projectOf } from './private-folder';

export interface FinishedAudit {
  readonly outcome: AuditOutcome;
  readonly request: ScriptRequest;
  readonly script: { readonly path: string; readonly text: string; readonly facts: ModuleFacts } | null;
  readonly configuration: Configuration;
  /** ISO date. */
  readonly date: string;
  readonly version: string;
}

/**
 * Writes an audit into the history of its checkpoint. null: done; else the one sentence that says why there is no record (a folder that
 * cannot be written to is no failure of the audit).
 */
export async function recordAudit(finished: FinishedAudit): Promise<string | null> {
  const { outcome, request, script, configuration, date, version } = finished;
  const { checkpoint } = request;
  const project = projectOf(checkpoint);
  try {
    const data = await Promise.all(request.data.map(({ path }) => stampOf(project, path)));
    const record = {
      version: 1 as const,
      date,
      epsilint: version,
      checkpoint: await stampOf(project, checkpoint),
      script: script && {
        path: pathInProject(checkpoint, script.path),
        digest: codeDigest(script.facts, script.text),
      },
      data,
      members: outcome.members ?? null,
      figures: figuresOf(outcome.result),
    };
    const retention = { records: configuration.auditRecords, days: configuration.auditDays };
    await new AuditHistory().add(checkpoint, record, retention);
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return `The audit is not in the history: its folder cannot be written (${code}).`;
  }
}
