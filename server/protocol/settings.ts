import * as z from 'zod';

/** Editor settings under `epsilint.*`; anything malformed falls back to its default, so bad settings stop nothing. */
export const Settings = z.object({
  enable: z.boolean().catch(true).default(true),
  tier: z.enum(['certain', 'likely', 'possible']).catch('likely').default('likely'),
  codeLens: z.boolean().catch(true).default(true),
  inlayHints: z.boolean().catch(false).default(false),
  maxFileSizeKb: z.number().int().min(1).max(100_000).catch(2_000).default(2_000),
  maxFindingsPerFile: z.number().int().min(1).max(10_000).catch(200).default(200),
  /** Python for reference models that run the user's script; empty: looked for. */
  python: z.string().catch('').default(''),
  /** Address of a Ray cluster's job server; empty: from the environment. */
  rayAddress: z.string().catch('').default(''),
  /** Processors and GPUs that one reference model asks Ray for. */
  rayCpus: z.number().min(0).max(1024).catch(1).default(1),
  rayGpus: z.number().min(0).max(1024).catch(0).default(0),
  /** A folder that every node of the cluster has, with the script's files; empty: they are copied. */
  rayFolder: z.string().catch('').default(''),
  /** Reference models trained at the same time; 0: one a core, eight on a cluster. */
  workers: z.number().int().min(0).max(1024).catch(0).default(0),
  /** Seconds for one reference model. */
  modelTimeLimitSeconds: z.number().int().min(1).max(2_592_000).catch(3_600).default(3_600),
  readTimeLimitSeconds: z.number().int().min(1).max(3_600).catch(20).default(20),
  auditTimeLimitSeconds: z.number().int().min(1).max(86_400).catch(120).default(120),
});
export type Settings = z.infer<typeof Settings>;

/** Reads settings as an editor sends them: `{…}`, `{ epsilint: {…} }`, null or nonsense. */
export function readSettings(value: unknown): Settings {
  const section = isRecord(value) && isRecord(value.epsilint) ? value.epsilint : value;
  const parsed = Settings.safeParse(isRecord(section) ? section : {});
  return parsed.success ? parsed.data : Settings.parse({});
}

/** What the client says of itself in `initialize`. Everything may be absent: other editors send nothing. */
export const InitializationOptions = z.object({
  /** False in Restricted Mode: scripts and configuration are read, no data file and no checkpoint. */
  trusted: z.boolean().catch(true).default(true),
  /** True when the client shows report and explorer panels and answers `epsilint/ask`. */
  panels: z.boolean().catch(false).default(false),
  settings: z.unknown().optional(),
});
export type InitializationOptions = z.infer<typeof InitializationOptions>;

export function readInitializationOptions(value: unknown): InitializationOptions {
  const parsed = InitializationOptions.safeParse(isRecord(value) ? value : {});
  return parsed.success ? parsed.data : InitializationOptions.parse({});
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
