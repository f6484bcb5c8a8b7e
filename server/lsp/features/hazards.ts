import type { CheckpointPage } from '../../protocol';
import type { AuditFinding } from '../host';

/** At most so many hazards of a file are named; the rest are counted. */
const NAMED = 3;

/** AUD005 for a checkpoint that holds more than weights, in words. */
export function hazardFindings({ name, hazards }: CheckpointPage): AuditFinding[] {
  if (hazards.length === 0) return [];
  const messages = hazards.map(hazard => hazard.message);
  const more = messages.length > NAMED ? ` (and ${messages.length - NAMED} more)` : '';
  return [
    {
      rule: 'AUD005',
      severity: 'error',
      message:
        `${name} holds more than weights: ${messages.slice(0, NAMED).join(' ')}${more} ` +
        'Do not load it with pickle; save tensors only (safetensors, ONNX, or a state dict loaded with weights_only=True).',
    },
  ];
}
