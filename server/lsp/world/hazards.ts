import { existsSync } from 'node:fs';
import { hazardFindings as findingsOf } from '../../audit/hazards';
import type { AuditFinding } from '../host';
import { inspect } from './inspect';

/** AUD005 for each file of an audited model that holds more than weights: read by headers and opcodes, nothing is executed. */
export async function hazardFindings(paths: readonly string[]): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = [];
  for (const path of paths.filter(existsSync)) {
    const { name, hazards } = await inspect({ path, script: null });
    findings.push(...findingsOf(name, hazards));
  }
  return findings;
}
