import { rowCount } from '../../audit-core/audit/cells';
import { declaredFlags, type NamedMembersFile } from '../../audit-core/audit/members';
import type { DeclaredMembers } from '../../audit-core/audit/request';
import { ReplayError } from '../../audit-core/datasets/errors';
import { hex, sha256 } from '../../audit-core/datasets/generators/sha2';
import type { Grid } from '../../audit-core/datasets/grid';
import { isUndrawn, memberRows } from '../../audit-core/datasets/prepare';
import type { DataStore } from '../../audit-core/datasets/store';
import { personColumn } from '../models/identifiers';
import { type CompletedAudit, type MissingPart, missingSteps } from './complete';

/** `epsilint audit --plan` as in design.md §6. */
export interface AuditPlan {
  readonly version: 1;
  readonly specification: {
    readonly checkpoint: string | null;
    readonly data: readonly string[];
    readonly label: string | null;
    readonly features: readonly string[];
    /** The column that tells people apart, as the audit takes it. */
    readonly person: string | null;
    readonly groups: readonly string[];
    readonly references: readonly string[];
    readonly members: {
      readonly origin: string;
      readonly rows: number;
      readonly count: number;
      readonly sha256: string;
    } | null;
  };
  readonly missing: readonly string[];
  /** For each missing part the question and the line of the audit entry that answers it. */
  readonly advice: readonly MissingPart[];
  /** Where the training's data were lost: 1-based line and the call that is not followed. */
  readonly unfollowed: readonly { readonly line: number; readonly call: string }[];
}

export interface PlanQuestion {
  readonly completed: CompletedAudit;
  readonly store: DataStore;
  /** The first data file where it is a table. */
  readonly first: Grid | null;
  readonly groups: readonly string[];
  readonly references: readonly string[];
  /** Keys of people that the configuration declares. */
  readonly subjects: readonly string[];
  readonly members: DeclaredMembers | null;
  readonly file: NamedMembersFile | null;
  /** Base name of the script; null for a checkpoint alone. */
  readonly script: string | null;
  /** 1-based line of a place in the script. */
  readonly lineOf: (offset: number) => number;
  /** How a path is shown. */
  readonly show: (path: string) => string;
}

/** The specification with the members: their number and the digest of their sorted int64 little-endian row indexes. */
export async function planAudit({
  completed,
  store,
  first,
  members,
  file,
  script,
  lineOf,
  show,
  ...rest
}: PlanQuestion): Promise<AuditPlan> {
  const { recipe, missing } = completed;
  const person = completed.person ?? (first && personColumn(first.names, rest.subjects));
  const flags = members && first ? await store.run(() => declaredFlags(members, first, file, person)) : null;
  const known = !missing.some(({ name }) => name === 'members') && completed.data.length > 0;
  const own = recipe ?? completed.split;
  let stopped: MissingPart[] = [];
  const followed =
    own && known
      ? await memberRows(own, store, flags && isUndrawn(own.features) ? flags : null).catch((error: unknown) => {
          if (!(error instanceof ReplayError)) throw error;
          stopped = missingSteps(error.message, recipe !== null, flags === null);
          return null;
        })
      : null;
  const rows = flags ? Int32Array.from(flags.keys()).filter(row => flags[row] === 1) : (followed?.rows ?? null);
  const features = recipe && followed ? followed.names : null;
  return {
    version: 1,
    specification: {
      checkpoint: completed.checkpoint === null ? null : show(completed.checkpoint),
      data: completed.data.map(({ path }) => show(path)),
      label: completed.label === null ? null : completed.label.join(', '),
      features: features ?? completed.features ?? [],
      person,
      groups: rest.groups.filter(name => !first || [...store.opened()].some(({ grid }) => grid.names.includes(name))),
      references: rest.references.map(show),
      members: rows && {
        origin: flags ? originOf(members!, file) : `rebuilt from ${script ?? 'the script'}`,
        rows: followed?.total ?? (first ? rowCount(first) : rows.length),
        count: rows.length,
        sha256: hex(sha256(new Uint8Array(BigInt64Array.from(rows, BigInt).buffer))),
      },
    },
    missing: [...missing, ...stopped].map(({ name }) => name),
    advice: [...missing, ...stopped],
    unfollowed: completed.unfollowed.map(({ start, call }) => ({ line: lineOf(start), call })),
  };
}

function originOf(members: DeclaredMembers, file: NamedMembersFile | null): string {
  if (members.kind === 'file') return `declared by ${file?.name ?? 'a file'}`;
  return members.kind === 'column' ? `declared by the column "${members.column}"` : 'declared by row numbers';
}
