import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openCheckpoint } from '../../../audit-core/checkpoints';
import type { AuditResult, Export } from '../../protocol/audits';
import { AuditError } from '../../workspace/audit-runner';
import { fileSource } from '../../workspace/byte-source';
import { ExportError, exportSeconds, plannedExport, runExport } from '../../workspace/network-export';
import { findInterpreter } from '../../workspace/shadows/interpreter';
import type { AuditWatch } from '../host';

type Exported = Extract<AuditResult, { kind: 'exported' }>;

/**
 * A network that cannot be rebuilt, left to the user's own interpreter: its export script is written beside the checkpoint, for the user to
 * read; in a second step, which needs a yes of its own, that file is run as it stands by then.
 */
export async function exported(
  { script, checkpoint }: { readonly script: string; readonly checkpoint: string },
  step: Export['step'],
  python: string,
  watch: Pick<AuditWatch, 'signal' | 'progress' | 'save'>,
): Promise<Exported> {
  const stem = basename(checkpoint).replace(/\.[^.]*$/, '');
  const target = join(dirname(checkpoint), `export_${stem}.py`);
  const output = join(dirname(checkpoint), `${stem}.onnx`);
  const interpreter = findInterpreter(script, process.env, python === '' ? null : python);
  const made = { kind: 'exported' as const, file: target, output, interpreter };
  try {
    if (step === 'write') {
      watch.progress('Reading the checkpoint and the script', 0);
      if (!existsSync(target)) {
        const source = await fileSource(checkpoint);
        try {
          const planned = await plannedExport({ script, checkpoint, target }, (await openCheckpoint(source)).stateDict);
          if (!(await watch.save(target, planned.source)))
            throw new AuditError(`${basename(target)} could not be written.`);
        } finally {
          await source.close();
        }
      }
      return { ...made, ran: false };
    }
    if (!existsSync(target)) throw new AuditError(`${basename(target)} is not there: let it be written first.`);
    if (interpreter === null)
      throw new AuditError('There is no Python interpreter: name one in the setting "epsilint.python".');
    watch.progress(`${basename(interpreter)} runs ${basename(target)} (at most ${exportSeconds / 60} minutes)`, 0.1);
    await runExport(interpreter, target, watch.signal);
    if (!existsSync(output))
      throw new AuditError(
        `${basename(target)} ended, but ${basename(output)} is not there; run it yourself to see why.`,
      );
    return { ...made, ran: true };
  } catch (error) {
    if (error instanceof ExportError) throw new AuditError(error.message);
    throw error;
  }
}
