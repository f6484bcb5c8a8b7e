import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileSource } from '../../workspace/byte-source';
import type { AuditFinding } from '../host';

/** At most so many hazards of a file are named; the rest are counted. */
const NAMED = 3;

/** AUD005 for each file of an audited model that holds more than weights: read by headers and opcodes, nothing is executed. */
export async function hazardFindings(paths: readonly string[]): Promise<AuditFinding[]> {
  const { CheckpointError, openCheckpoint } = await import('../../../audit-core/checkpoints');
  const findings: AuditFinding[] = [];
  for (const path of paths.filter(existsSync)) {
    const source = await fileSource(path);
    try {
      const { inspection } = await openCheckpoint(source);
      const messages = inspection.hazards.map(hazard => hazard.message);
      if (messages.length > 0) findings.push(finding(path, messages));
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      if (error.hazard) findings.push(finding(path, [error.message]));
    } finally {
      await source.close();
    }
  }
  return findings;
}

function finding(path: string, messages: readonly string[]): AuditFinding {
  const more = messages.length > NAMED ? ` (and ${messages.length - NAMED} more)` : '';
  return {
    rule: 'AUD005',
    severity: 'error',
    message:
      `${basename(path)} holds more than weights: ${messages.slice(0, NAMED).join(' ')}${more} ` +
      'Do not load it with pickle; save tensors only (safetensors, ONNX, or a state dict loaded with weights_only=True).',
  };
}
