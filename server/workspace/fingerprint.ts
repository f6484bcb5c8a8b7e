import { createHash } from 'node:crypto';
import type { ModuleFacts, Span, Statement } from '../facts/syntax';

/** What tells one finding from another without line numbers. */
export interface FingerprintParts {
  readonly rule: string;
  readonly path: string;
  /** Names of the definitions around it, or the notebook cell's id. */
  readonly place: string;
  /** The statement's text with blanks collapsed and values of people hidden. */
  readonly statement: string;
  /** How many equal ones stand before it. */
  readonly occurrence: number;
}

/** 32 hexadecimal digits that stay when lines move. */
export function fingerprint({ rule, path, place, statement, occurrence }: FingerprintParts): string {
  return createHash('sha256')
    .update([rule, path, place, statement.replace(/\s+/g, ' ').trim(), String(occurrence)].join('\0'))
    .digest('hex')
    .slice(0, 32);
}

/** Dotted names of the functions and classes around an offset. */
export function enclosingNames(facts: ModuleFacts, offset: number): string {
  const names: string[] = [];
  let body: readonly Statement[] = facts.body;
  for (;;) {
    const inside = body.find(one => one.start <= offset && offset < one.end);
    if (!inside) return names.join('.');
    if (inside.kind === 'function' || inside.kind === 'class') names.push(inside.name);
    const next = bodiesOf(inside).find(block => block.some(one => one.start <= offset && offset < one.end));
    if (!next) return names.join('.');
    body = next;
  }
}

function bodiesOf(statement: Statement): (readonly Statement[])[] {
  switch (statement.kind) {
    case 'function':
    case 'class':
    case 'with':
      return [statement.body];
    case 'for':
    case 'while':
      return [statement.body, statement.otherwise];
    case 'if':
      return [statement.then, statement.otherwise];
    case 'try':
      return [statement.body, ...statement.handlers.map(({ body }) => body), statement.otherwise, statement.finally];
    default:
      return [];
  }
}

/** A finding's statement as far as it identifies it: its text, at most 400 characters. */
export const statementText = (text: string, { start, end }: Span): string =>
  text.slice(start, Math.min(end, start + 400));
