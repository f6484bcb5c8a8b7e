import { resolve } from 'node:path';
import type { DeclaredMembers, DeclaredStep } from '../../../audit-core/audit/request';
import { type DeclaredAudit, nothingDeclared } from '../../audit/declared';
import type { Configuration } from './configuration';
import type { AuditEntry } from './schema';

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** An entry with its paths made absolute against the folder of its file. `origin` says where a claim stands. */
export function declaredOf(entry: AuditEntry, folder: string, origin: string): DeclaredAudit {
  const path = (name: string): string => resolve(folder, name);
  const label = list(entry.label);
  return {
    checkpoint: entry.checkpoint === undefined ? null : path(entry.checkpoint),
    data: list(entry.data).map(path),
    inputs: {
      features: entry.features ?? null,
      label: label.length > 0 ? label : null,
      steps: (entry.preprocess ?? []).map(stepOf),
    },
    person: entry.person ?? null,
    groups: entry.groups ?? null,
    members: entry.members === undefined ? null : membersOf(entry.members, path),
    target: entry.target ?? null,
    classes: entry.classes ?? null,
    references: [...list(entry.base), ...list(entry.references)].map(path),
    scores: entry.scores === undefined ? null : path(entry.scores),
    claim:
      entry.claim === undefined
        ? null
        : { value: entry.claim, delta: entry.delta ?? null, unit: 'record', origin: `claim, ${origin}` },
  };
}

function membersOf(members: NonNullable<AuditEntry['members']>, path: (name: string) => string): DeclaredMembers {
  if (typeof members === 'string') return { kind: 'file', path: path(members) };
  if ('file' in members) return { kind: 'file', path: path(members.file) };
  if ('column' in members)
    return { kind: 'column', column: members.column, is: Array.isArray(members.is) ? members.is : [members.is] };
  if (typeof members.rows !== 'string') return { kind: 'rows', rows: members.rows };
  const [from = '', to = ''] = members.rows.split(':');
  return { kind: 'range', from: from === '' ? 0 : Number(from), to: to === '' ? null : Number(to) };
}

function stepOf(step: NonNullable<AuditEntry['preprocess']>[number]): DeclaredStep {
  const columns = step.columns ?? null;
  return 'fill' in step ? { kind: 'fill', with: step.fill, columns } : { kind: 'scale', how: step.scale, columns };
}

/**
 * What the configuration declares of the audit of a script or checkpoint (absolute paths): the entry that names both, else the one that
 * names the checkpoint, else the script, else one that names neither. An entry that names another script or checkpoint is not meant.
 */
export function declaredAudit(
  { audits, folder, path }: Pick<Configuration, 'audits' | 'folder' | 'path'>,
  script: string | null,
  checkpoint: string | null,
): DeclaredAudit {
  if (folder === null) return nothingDeclared;
  const rank = (entry: AuditEntry): number => {
    const own = entry.script === undefined ? null : resolve(folder, entry.script) === script;
    const model = entry.checkpoint === undefined ? null : resolve(folder, entry.checkpoint) === checkpoint;
    if (own === false) return -1;
    // An entry for the script may name the checkpoint where none was asked for.
    if (model === false && checkpoint !== null) return -1;
    return (model === true ? 2 : 0) + (own === true ? 1 : 0);
  };
  const best = audits.reduce<{ entry: AuditEntry; rank: number } | null>((found, entry) => {
    const at = rank(entry);
    return at >= 0 && at > (found?.rank ?? -1) ? { entry, rank: at } : found;
  }, null);
  return best ? declaredOf(best.entry, folder, path === null ? 'the configuration' : base(path)) : nothingDeclared;
}

const base = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
