import * as z from 'zod';
import type { LocatedFinding } from './located';

const File = z.object({
  version: z.literal(1),
  findings: z.array(
    z.object({
      rule: z.string(),
      path: z.string(),
      fingerprint: z.string(),
      reason: z.string().optional(),
      /** ISO date; from that day on the finding counts again. */
      expires: z.string().optional(),
    }),
  ),
});

export type Baseline = z.infer<typeof File>;

/** Reads a baseline; a sentence when it is none. */
export function readBaseline(text: string): Baseline | string {
  try {
    const parsed = File.safeParse(JSON.parse(text));
    return parsed.success
      ? parsed.data
      : 'it is no baseline of Epsilint (version 1); write it anew with --update-baseline';
  } catch {
    return 'it is not valid JSON; write it anew with --update-baseline';
  }
}

/** The known findings as a file: sorted, one entry each, reasons of the old file kept. */
export function writeBaseline(findings: readonly LocatedFinding[], before: Baseline | null): string {
  const known = new Map(before?.findings.map(one => [one.fingerprint, one]));
  const entries = findings
    .map(({ rule, path, fingerprint }) => ({ ...known.get(fingerprint), rule, path, fingerprint }))
    .sort((a, b) => compare(a.path, b.path) || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint));
  return `${JSON.stringify({ version: 1, findings: entries }, null, 1)}\n`;
}

/** Divides findings into new ones and those that the baseline knows. `today` is an ISO date. */
export function applyBaseline(
  findings: readonly LocatedFinding[],
  baseline: Baseline,
  today: string,
): { readonly fresh: LocatedFinding[]; readonly known: LocatedFinding[]; readonly stale: number } {
  const entries = new Map(baseline.findings.map(one => [one.fingerprint, one]));
  const fresh: LocatedFinding[] = [];
  const known: LocatedFinding[] = [];
  const met = new Set<string>();
  for (const finding of findings) {
    const entry = entries.get(finding.fingerprint);
    if (entry) met.add(finding.fingerprint);
    if (entry && !(entry.expires && entry.expires <= today))
      known.push({ ...finding, suppressed: { kind: 'external', reason: entry.reason ?? null } });
    else fresh.push(finding);
  }
  return { fresh, known, stale: entries.size - met.size };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
