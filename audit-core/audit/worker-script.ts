import { dirname, resolve } from 'node:path';
import { runtimeAssets } from '../../server/workspace/assets';
import { fileSource } from '../../server/workspace/byte-source';
import { openCheckpoint } from '../checkpoints';
import { readCsv } from '../datasets/csv';
import type { Grid } from '../datasets/grid';
import { memberFlags, readMembers } from '../datasets/members-file';
import { prepareAuditData } from '../datasets/prepare';
import type { Runtime } from '../runtime/runtime';
import { auditCheckpoint } from './checkpoint';
import type { AuditData } from './inputs';
import type { ScriptRequest } from './request';
import type { AuditOutcome } from './result';

type Progress = (message: string, fraction: number) => void;

/** The rows of a script's audit and the model that it saved, ready to be asked. */
export interface PreparedScript {
  readonly data: AuditData;
  readonly runtime: Runtime;
  readonly tables: ReadonlyMap<string, Grid>;
}

/** Audits the checkpoint of a training script: its data file is read, its steps replayed, the model run once over all rows. */
export async function auditScript(request: ScriptRequest, progress: Progress): Promise<AuditOutcome> {
  const { data, runtime } = await prepareScript(request, progress);
  try {
    return await auditCheckpoint(data, runtime, { claim: request.claim, despiteGate: request.despiteGate, progress });
  } finally {
    runtime.dispose();
  }
}

/** Reads what a script's audit is of: data as the script prepares them, members, and the checkpoint. The caller disposes of the runtime. */
export async function prepareScript(request: ScriptRequest, progress: Progress): Promise<PreparedScript> {
  const tables = new Map<string, Grid>();
  for (const name of request.data) {
    progress(`Reading ${name}`, 0);
    const source = await fileSource(resolve(dirname(request.script), name));
    try {
      tables.set(name, await readCsv(source, /\.tsv$/i.test(name) ? '\t' : ','));
    } finally {
      await source.close();
    }
  }
  progress('Replaying the split and the preprocessing', 0.02);
  const replayed = prepareAuditData(request.recipe, tables, { person: request.person, groups: request.groups });
  const data = request.members === undefined ? replayed : await withMembers(replayed, request.members);
  const source = await fileSource(request.checkpoint);
  try {
    const checkpoint = await openCheckpoint(source);
    if (!checkpoint.load)
      throw new RangeError(`${source.name}: this checkpoint cannot be run here. ${checkpoint.inspection.why}`);
    return { data, tables, runtime: await checkpoint.load(runtimeAssets(__dirname)) };
  } finally {
    await source.close();
  }
}

/** The members as a file says; rows that take no part stay out. */
async function withMembers(data: AuditData, path: string): Promise<AuditData> {
  const source = await fileSource(path);
  try {
    const { people } = data;
    const ids = people && Array.from(people.codes, code => people.ids[code] ?? null);
    const flags = memberFlags(await readMembers(source), data.rows, ids, source.name);
    return { ...data, members: flags.map((flag, row) => (data.members[row] === 2 ? 2 : flag)) };
  } finally {
    await source.close();
  }
}
