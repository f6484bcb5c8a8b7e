import type { AuditResult } from '../audit/result';

/**
 * The machine format (version 1): the result as it stands, with what goes beside it (findings, a comparison); numbers that are not finite
 * become null.
 */
export const jsonReport = (result: AuditResult, beside: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({ ...result, ...beside }, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? null : value), 2)}\n`;
