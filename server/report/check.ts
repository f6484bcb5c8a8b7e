import type { LocatedFinding } from '../workspace/located';

/** What one `check` found: plain data, in the order of paths and lines. */
export interface CheckReport {
  /** Files that were analysed. */
  readonly files: number;
  readonly durationMs: number;
  readonly findings: readonly LocatedFinding[];
  /** Found but suppressed in the source or known to the baseline. */
  readonly suppressed: readonly LocatedFinding[];
  /** Files that could not be read. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/** What a rule is called where findings are shown. */
export interface RuleInfo {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** Markdown of its page, when it is at hand. */
  readonly page: string | null;
}

/** Findings per rule, most first. */
export function countByRule(findings: readonly LocatedFinding[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
