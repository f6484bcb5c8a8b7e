import type { AuditResult } from '../../../audit-core/audit/result';
import { sentence } from '../../../audit-core/report/words';
import { auditFindings } from '../../audit/findings';

export { auditFindings } from '../../audit/findings';

/** The message after an audit, the gravest first: a failed gate says why, a broken claim that it is broken, reference models how many are exposed. */
export function auditSummary(result: AuditResult): string {
  const findings = auditFindings(result);
  if (!result.gate.passed) return findings[0]?.message ?? sentence(result);
  const broken = findings.find(({ rule }) => rule === 'AUD004')?.message;
  return [broken, exposed(result), broken === undefined ? sentence(result) : undefined]
    .filter(part => part !== undefined)
    .join(' ');
}

function exposed({ exposure, people }: AuditResult): string | undefined {
  if (!exposure) return undefined;
  const { named, references } = exposure;
  const who = people ? (named === 1 ? 'person is' : 'people are') : named === 1 ? 'record is' : 'records are';
  return `${named === 0 ? 'No' : named.toLocaleString('en')} ${who} exposed beyond chance, by ${references} reference models.`;
}
