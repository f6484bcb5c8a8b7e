import type { Tier } from '../facts/events';
import type { Span } from '../facts/syntax';

export type Severity = 'error' | 'warning' | 'information';

/** A place in another or the same file that explains a finding. `path` is absent for the finding's own file. */
export interface RelatedPlace {
  readonly path?: string;
  readonly span: Span;
  readonly message: string;
}

/** An edit that a person can accept; `safe` ones change nothing that the script computes. */
export interface Fix {
  readonly title: string;
  readonly safety: 'safe' | 'unsafe';
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
}

/** What one rule found in one file: on one line, with a message that says what, why and what to do. */
export interface Finding {
  readonly rule: string;
  readonly tier: Tier;
  readonly severity: Severity;
  readonly span: Span;
  readonly message: string;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
}
