import type { AuditResult } from '../audit/result';

/** The machine format (version 1): the result as it stands; numbers that are not finite become null. */
export const jsonReport = (result: AuditResult): string =>
  `${JSON.stringify(result, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? null : value), 2)}\n`;
