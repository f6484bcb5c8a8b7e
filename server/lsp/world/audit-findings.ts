import type { AuditResult } from '../../../audit-core/audit/result';
import { sentence } from '../../../audit-core/report/words';
import { auditFindings } from '../../audit/findings';

export { auditFindings } from '../../audit/findings';

/** One sentence for the message after an audit. */
export const auditSummary = (result: AuditResult): string =>
  result.gate.passed ? sentence(result) : (auditFindings(result)[0]?.message ?? sentence(result));
