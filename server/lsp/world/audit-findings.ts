import type { AuditResult } from '../../../audit-core/audit/result';
import { sentence } from '../../../audit-core/report/words';
import { auditFindings } from '../../audit/findings';

export { auditFindings } from '../../audit/findings';

/** The message after an audit: what was asked comes first. A failed gate says why; reference models say how many are exposed. */
export function auditSummary(result: AuditResult): string {
  if (!result.gate.passed) return auditFindings(result)[0]?.message ?? sentence(result);
  if (!result.exposure) return sentence(result);
  const { named, references } = result.exposure;
  const who = result.people ? (named === 1 ? 'person is' : 'people are') : named === 1 ? 'record is' : 'records are';
  return `${named === 0 ? 'No' : named.toLocaleString('en')} ${who} exposed beyond chance, by ${references} reference models. ${sentence(result)}`;
}
