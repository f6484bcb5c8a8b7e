import { createHash } from 'node:crypto';
import { RuntimeError } from '../runtime/error';
import type { Runtime } from '../runtime/runtime';
import { asInput, auditCheckpoint } from './checkpoint';
import type { AuditData } from './inputs';
import type { ScriptRequest } from './request';
import type { AuditOutcome } from './result';
import { type PreparedData, readAuditData } from './worker-data';
import { openModel, UnbuiltError } from './worker-model';

type Progress = (message: string, fraction: number) => void;

/** The rows of a script's audit and the model that it saved, ready to be asked. */
export interface PreparedScript extends PreparedData {
  readonly data: AuditData;
  readonly runtime: Runtime;
  readonly parameters: number;
  readonly byScript: boolean;
}

/** Audits the checkpoint of a training script: its data file is read, its steps replayed, the model run once over all rows. */
export async function auditScript(request: ScriptRequest, progress: Progress): Promise<AuditOutcome> {
  const { data, runtime, parameters, byScript, table, close } = await prepareScript(request, progress);
  const references: { name: string; runtime: Runtime }[] = [];
  try {
    for (const path of request.references) {
      const name = path.split(/[\\/]/).at(-1)!;
      references.push({
        name,
        runtime: (await openModel(path, request.script, request.limits.reading?.checkpoints)).runtime,
      });
    }
    const outcome = await auditCheckpoint(data, runtime, {
      claim: request.claim,
      despiteGate: request.despiteGate,
      limits: request.limits,
      references,
      parameters,
      ...(table && { table }),
      progress,
    });
    return { ...outcome, members: digestOf(data.members) };
  } catch (error) {
    if (byScript && error instanceof RuntimeError) throw new UnbuiltError(error.message);
    throw error;
  } finally {
    runtime.dispose();
    await close();
    for (const reference of references) reference.runtime.dispose();
  }
}

function digestOf(members: Uint8Array): { count: number; sha256: string } {
  const rows: bigint[] = [];
  for (const [row, member] of members.entries()) if (member === 1) rows.push(BigInt(row));
  const bytes = new Uint8Array(BigInt64Array.from(rows).buffer);
  return { count: rows.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Reads what a script's audit is of: data as the script prepares them, members, and the checkpoint. The caller disposes of the runtime. */
export async function prepareScript(request: ScriptRequest, progress: Progress): Promise<PreparedScript> {
  const { runtime, parameters, byScript } = await openModel(
    request.checkpoint,
    request.script,
    request.limits.reading?.checkpoints,
  );
  try {
    const prepared = await readAuditData(request, runtime, progress);
    return { ...prepared, data: asInput(prepared.data, runtime), runtime, parameters, byScript };
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}
