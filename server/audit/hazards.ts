import type { AuditFinding } from './findings';

/** At most so many hazards of a file are named; the rest are counted. */
const NAMED = 3;

const advice: Readonly<Record<string, string>> = {
  'embedded-records':
    'Save a model that keeps no rows (a linear model, trees), or guard this file as the data themselves.',
  'external-file': 'Do not load it where the files that it points to may be read by others.',
};
const otherwise =
  'Do not load it with pickle; save tensors only (safetensors, ONNX, or a state dict loaded with weights_only=True).';

/** AUD005 for a checkpoint that holds more than weights, in words; empty where it holds no more. */
export function hazardFindings(
  name: string,
  hazards: readonly { readonly kind: string; readonly message: string }[],
): AuditFinding[] {
  if (hazards.length === 0) return [];
  const messages = hazards.map(({ message }) => message);
  const more = messages.length > NAMED ? ` (and ${messages.length - NAMED} more)` : '';
  const advised = [...new Set(hazards.map(({ kind }) => advice[kind] ?? otherwise))];
  return [
    {
      rule: 'AUD005',
      severity: 'error',
      message: `${name} holds more than weights: ${messages.slice(0, NAMED).join(' ')}${more} ${advised.join(' ')}`,
    },
  ];
}
