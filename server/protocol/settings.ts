import { z } from 'zod';

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
