import type { LocatedFinding } from '../workspace/located';
import type { CheckReport } from './check';

/** The stable JSON of `check` (version 1). */
export function checkJson({ files, durationMs, findings, errors }: CheckReport): string {
  return `${JSON.stringify({ version: 1, files, durationMs: Math.round(durationMs), findings: findings.map(entry), errors })}\n`;
}

const entry = ({ rule, name, tier, severity, path, cell, range, message, related, fingerprint }: LocatedFinding) => ({
  rule,
  name,
  tier,
  severity,
  path,
  cell,
  range,
  message,
  related,
  fingerprint,
});
