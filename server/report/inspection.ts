import type { Inspection } from '../../audit-core/checkpoints';
import type { Port } from '../../audit-core/runtime/runtime';

/** The stable JSON of `epsilint inspect` (format version 1). */
export function inspectionJson(inspection: Inspection): object {
  return { version: 1, ...inspection };
}

const shownTensors = 40;

/** `epsilint inspect` for people. */
export function inspectionText(inspection: Inspection, colour: boolean): string {
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[0m` : text);
  const red = (text: string): string => (colour ? `\u001b[31m${text}\u001b[0m` : text);
  const lines = [
    `${bold(inspection.format)}  ${inspection.parameters.toLocaleString('en')} parameters in ${inspection.tensors.length} tensors`,
  ];
  for (const [key, value] of Object.entries(inspection.metadata))
    if (value !== '') lines.push(`  ${key}: ${clean(String(value))}`);
  if (inspection.architecture) lines.push('', bold('Model'), `  ${clean(inspection.architecture)}`);
  if (inspection.inputs.length > 0) lines.push('', bold('Inputs'), ...inspection.inputs.map(port));
  if (inspection.outputs.length > 0) lines.push('', bold('Outputs'), ...inspection.outputs.map(port));
  if (inspection.tensors.length > 0) {
    lines.push('', bold('Tensors'));
    for (const tensor of inspection.tensors.slice(0, shownTensors))
      lines.push(`  ${clean(tensor.name)}  ${tensor.dtype}  ${size(tensor.shape)}`);
    const rest = inspection.tensors.length - shownTensors;
    if (rest > 0) lines.push(`  … and ${rest} more (--format json lists all)`);
  }
  if (inspection.hazards.length > 0)
    lines.push(
      '',
      red(bold('Hazards')),
      ...inspection.hazards.map(hazard => red(`  ${hazard.kind}: ${clean(hazard.message)}`)),
    );
  if (inspection.warnings.length > 0)
    lines.push('', bold('Warnings'), ...inspection.warnings.map(warning => `  ${clean(warning)}`));
  lines.push('', `${inspection.runnable ? 'Can be run.' : 'Cannot be run.'} ${clean(inspection.why)}`);
  return `${lines.join('\n')}\n`;
}

const size = (shape: readonly number[]): string => `[${shape.map(each => (each < 0 ? '?' : each)).join(' × ')}]`;
const port = (each: Port): string => `  ${clean(each.name)}  ${each.dtype}  ${size(each.shape)}`;
/** Names in a file may hold control characters that would drive a terminal. */
const clean = (text: string): string => text.replace(/\p{Cc}/gu, '?');
