import type { Tier } from '../events';
import type { Span } from '../syntax';
import type { Given } from './machine';

/** Arguments of one call, evaluated. */
export interface Arguments {
  readonly positional: readonly Given[];
  readonly keywords: ReadonlyMap<string, Given>;
  /** `*rest` or `**mapping` of unknown content was passed. */
  readonly open: boolean;
  readonly span: Span;
}

/** A call of a library function, ready for its model. */
export interface LibraryCall {
  readonly api: string;
  readonly receiver: Given | null;
  readonly named: ReadonlyMap<string, Given>;
  readonly arguments: Arguments;
  readonly tier: Tier;
  readonly span: Span;
}

export function noArguments(span: Span): Arguments {
  return { positional: [], keywords: new Map(), open: false, span };
}
