import type { ByteSource } from '../../audit-core/checkpoints/byte-source';
import { readCsv } from '../../audit-core/datasets/csv';
import { hex, sha256 } from '../../audit-core/datasets/generators/sha2';
import type { Grid } from '../../audit-core/datasets/grid';
import { memberRows } from '../../audit-core/datasets/prepare';
import { Replay } from '../../audit-core/datasets/replay';
import type { AuditSpecification, InferredAudit } from './infer';

/** `epsilint audit --plan` as in design.md §6. */
export interface AuditPlan {
  readonly version: 1;
  readonly specification: AuditSpecification & {
    readonly members: {
      readonly origin: string;
      readonly rows: number;
      readonly count: number;
      readonly sha256: string;
    } | null;
  };
  readonly missing: readonly string[];
}

/** Reads the data files that a script names, relative to its folder. */
export async function readTables(
  specification: AuditSpecification,
  openFile: (path: string) => Promise<ByteSource>,
): Promise<Map<string, Grid>> {
  const tables = new Map<string, Grid>();
  for (const path of specification.data)
    tables.set(path, await readCsv(await openFile(path), /\.tsv$/i.test(path) ? '\t' : ','));
  return tables;
}

/** The specification with the members rebuilt: their number and the digest of their sorted int64 little-endian row indexes. */
export function planAudit(inferred: InferredAudit, tables: ReadonlyMap<string, Grid>, script: string): AuditPlan {
  const { specification, recipe, missing } = inferred;
  if (!recipe) return { version: 1, specification: { ...specification, members: null }, missing };
  const rows = memberRows(recipe, tables);
  const digest = hex(sha256(new Uint8Array(BigInt64Array.from(rows, BigInt).buffer)));
  const total = [...tables.values()].reduce((sum, table) => sum + table.index.length, 0);
  const features = new Replay(tables).grid(recipe.features).names;
  return {
    version: 1,
    specification: {
      ...specification,
      features,
      members: { origin: `rebuilt from ${script}`, rows: total, count: rows.length, sha256: digest },
    },
    missing,
  };
}
