/** What the explorer's page sends to the extension. */
export type FromPage =
  | { readonly kind: 'ask'; readonly id: number; readonly method: 'whatIf' | 'solve'; readonly question: unknown }
  | { readonly kind: 'copy'; readonly what: string; readonly text: string }
  /** `content` is text, or base64 after a data address's comma. */
  | { readonly kind: 'save'; readonly name: string; readonly content: string; readonly base64: boolean }
  | { readonly kind: 'write'; readonly name: string; readonly text: string };

/** The answer to an `ask`. */
export interface ToPage {
  readonly id: number;
  readonly answer: unknown;
}
