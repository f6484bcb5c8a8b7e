import type { Tier } from '../../facts/events';
import type { Severity } from '../../rules/finding';
import { defaultReading, type ReadingLimits, readingOf } from './limits';
import type { ConfigurationFile } from './schema';

/** What a project says of itself, with defaults filled in. Patterns of paths are relative to `folder`. */
export interface Configuration {
  /** The file it was read from; null for the defaults. */
  readonly path: string | null;
  readonly folder: string | null;
  readonly select: readonly string[] | null;
  readonly ignore: readonly string[];
  readonly tier: Tier;
  readonly failOn: Severity;
  readonly sensitivity: 'auto' | 'always' | 'never';
  readonly exclude: readonly string[];
  readonly requireReason: boolean;
  readonly requireProvenance: boolean;
  readonly perFileIgnores: readonly { readonly pattern: string; readonly rules: readonly string[] }[];
  readonly overrides: readonly Override[];
  readonly severity: Readonly<Record<string, Severity>>;
  readonly tiers: Readonly<Record<string, Tier>>;
  readonly baseline: string | null;
  readonly models: readonly string[];
  readonly columns: DeclaredColumns;
  readonly data: readonly DeclaredData[];
  readonly maxEpsilon: number | null;
  readonly maxDelta: number | null;
  readonly trustedLoggers: readonly string[];
  readonly internalHosts: readonly string[];
  readonly maxFileSize: number;
  readonly maxFindingsPerFile: number;
  readonly audits: NonNullable<ConfigurationFile['audit']>;
  /** What reading one checkpoint or data file may take. */
  readonly reading: ReadingLimits;
  /** Seconds for running models in a quick audit; null: no limit. */
  readonly auditSeconds: number | null;
  readonly auditRows: number;
  /** Heap of an audit, in MB. */
  readonly auditMemory: number;
  /** Audits kept in the history of a checkpoint, and for how many days. */
  readonly auditRecords: number;
  readonly auditDays: number;
  /** Days after which a run of reference models that nothing was written to is removed; 0 keeps it. */
  readonly shadowDays: number;
}

/** What else holds under some paths. */
export interface Override {
  readonly paths: readonly string[];
  readonly select: readonly string[] | null;
  readonly ignore: readonly string[];
  readonly tier: Tier | null;
  readonly severity: Readonly<Record<string, Severity>>;
}

export interface DeclaredColumns {
  readonly subject: readonly string[];
  readonly direct: readonly string[];
  readonly quasi: readonly string[];
  readonly protected: readonly string[];
  readonly safe: readonly string[];
}

export interface DeclaredData extends DeclaredColumns {
  /** Path or name pattern of the data. */
  readonly name: string;
  readonly public: boolean;
}

export const defaultConfiguration: Configuration = {
  path: null,
  folder: null,
  select: null,
  ignore: [],
  tier: 'likely',
  failOn: 'warning',
  sensitivity: 'auto',
  exclude: [],
  requireReason: false,
  requireProvenance: false,
  perFileIgnores: [],
  overrides: [],
  severity: {},
  tiers: {},
  baseline: null,
  models: [],
  columns: { subject: [], direct: [], quasi: [], protected: [], safe: [] },
  data: [],
  maxEpsilon: null,
  maxDelta: null,
  trustedLoggers: [],
  internalHosts: [],
  maxFileSize: 5_000_000,
  maxFindingsPerFile: 1_000,
  audits: [],
  reading: defaultReading,
  auditSeconds: null,
  auditRows: 200_000,
  auditMemory: 2048,
  auditRecords: 50,
  auditDays: 730,
  shadowDays: 30,
};

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** The file's keys as the rest of the workspace reads them. */
export function fromFile(file: ConfigurationFile, path: string, folder: string): Configuration {
  const defaults = defaultConfiguration;
  const { columns, ...files } = file.data ?? {};
  const declared = (one: typeof columns): DeclaredColumns => ({
    subject: list(one?.subject),
    direct: list(one?.direct),
    quasi: list(one?.quasi),
    protected: list(one?.protected),
    safe: list(one?.safe),
  });
  return {
    path,
    folder,
    select:
      file.select || file['extend-select'] ? [...(file.select ?? allRules), ...(file['extend-select'] ?? [])] : null,
    ignore: file.ignore ?? [],
    tier: file.tier ?? defaults.tier,
    failOn: file['fail-on'] ?? defaults.failOn,
    sensitivity: file.sensitivity ?? defaults.sensitivity,
    exclude: file.exclude ?? [],
    requireReason: file['require-reason'] ?? false,
    requireProvenance: file['require-provenance'] ?? false,
    perFileIgnores: Object.entries(file['per-file-ignores'] ?? {}).map(([pattern, rules]) => ({ pattern, rules })),
    overrides: (file.overrides ?? []).map(one => ({
      paths: one.paths,
      select: one.select ?? null,
      ignore: one.ignore ?? [],
      tier: one.tier ?? null,
      severity: one.severity ?? {},
    })),
    severity: file.severity ?? {},
    tiers: file.tiers ?? {},
    baseline: file.baseline ?? null,
    models: file.models ?? [],
    columns: declared(columns),
    data: Object.entries(files as Readonly<Record<string, NonNullable<typeof columns> & { public?: boolean }>>).map(
      ([name, one]) => ({ name, public: one.public ?? false, ...declared(one) }),
    ),
    maxEpsilon: file.dp?.['max-epsilon'] ?? null,
    maxDelta: file.dp?.['max-delta'] ?? null,
    trustedLoggers: file.sinks?.['trusted-loggers'] ?? [],
    internalHosts: file.sinks?.['internal-hosts'] ?? [],
    maxFileSize: file.limits?.['file-size'] ?? defaults.maxFileSize,
    maxFindingsPerFile: file.limits?.['findings-per-file'] ?? defaults.maxFindingsPerFile,
    audits: file.audit ?? [],
    reading: readingOf(file.limits),
    auditMemory: file.limits?.['audit-memory'] ?? defaults.auditMemory,
    auditSeconds: file.limits?.['audit-seconds'] ?? null,
    auditRows: file.limits?.['audit-rows'] ?? defaults.auditRows,
    auditRecords: file.limits?.['audit-records'] ?? defaults.auditRecords,
    auditDays: file.limits?.['audit-days'] ?? defaults.auditDays,
    shadowDays: file.limits?.['shadow-days'] ?? defaults.shadowDays,
  };
}

/** Families of rules: what "select" means when it is left out. */
const allRules = ['DP', 'LEAK', 'PHI', 'MEM', 'GOV', 'AUD', 'EPS'];

/** The entry of the longest prefix of a rule's id. */
export function byPrefix<T>(table: Readonly<Record<string, T>>, rule: string): T | undefined {
  let best: string | undefined;
  for (const prefix in table)
    if (rule.startsWith(prefix) && (best === undefined || prefix.length > best.length)) best = prefix;
  return best === undefined ? undefined : table[best];
}

/** Whether a rule is on: the longest prefix of `select` and `ignore` decides, `ignore` at equal length. */
export function isSelected(rule: string, select: readonly string[] | null, ignored: readonly string[]): boolean {
  const longest = (prefixes: readonly string[]): number =>
    prefixes.reduce((best, prefix) => (rule.startsWith(prefix) ? Math.max(best, prefix.length) : best), -1);
  const on = select === null ? 0 : longest(select);
  return on >= 0 && longest(ignored) < on;
}
