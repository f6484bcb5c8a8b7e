import type { ModuleFacts, Span } from '../facts/syntax';

const statements = new Set(
  'import assign expression function class return if for while with try delete raise global export jump'.split(' '),
);

/**
 * The statements of a module as spans, in the order of their starts; a statement with a body counts only up to it.
 * Statements inside function expressions are there too.
 */
export function logicalLines(facts: ModuleFacts, text: string): Span[] {
  const lines: Span[] = [];
  const seen = new Set<object>();
  const queue: object[] = [facts.body];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (isStatement(node)) lines.push({ start: node.start, end: headEnd(node, text) });
    for (const part of Object.values(node)) if (typeof part === 'object' && part !== null) queue.push(part);
  }
  return lines.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Ends before the first statement of its body or `then`, and before the white space that leads there. */
function headEnd(node: Span & { readonly kind: string }, text: string): number {
  const body = (node as { body?: readonly Span[] }).body ?? (node as { then?: readonly Span[] }).then;
  const first = Array.isArray(body) ? (body[0] as Span | undefined) : undefined;
  if (!first || first.start <= node.start) return node.end;
  let end = Math.min(node.end, first.start);
  while (end > node.start && /\s/.test(text[end - 1]!)) end--;
  return end;
}

/** The innermost logical line around an offset, by the latest start; null between statements. */
export function lineAround(lines: readonly Span[], offset: number): Span | null {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.start <= offset) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0; i--) if (lines[i]!.end >= offset) return lines[i]!;
  return null;
}

const isStatement = (node: object): node is Span & { readonly kind: string } =>
  statements.has((node as { kind?: string }).kind ?? '') && typeof (node as { start?: number }).start === 'number';
