import type { BudgetEvent, ModuleRun, PrivatiseEvent } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { Span } from '../facts/syntax';
import type { Accountants } from './answers';

/** What a statement is made from. */
export interface Setting extends Accountants {
  readonly run: ModuleRun;
  readonly files: FileFactsLookup;
}

/** In this file, or reached from a call of it. */
export const placed = (event: PrivatiseEvent | BudgetEvent): boolean =>
  event.path === undefined || event.callSite !== undefined;

/** The span that a statement stands at. */
export const spanOf = (event: PrivatiseEvent | BudgetEvent): Span =>
  event.path === undefined ? event.span : event.callSite!;
