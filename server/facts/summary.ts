import type { ModuleFacts } from './syntax';

/**
 * What a module means to those that import it, as a hash: its statements without their places, comments and docstrings. Edits
 * that only move or explain code leave it as it is, so that dependants need not be analysed again. 53 bits (cyrb53, a public-domain
 * mix of two 32-bit multiplicative hashes): a clash within one project is as good as impossible.
 */
export function summaryHash({ language, body }: ModuleFacts): string {
  const hash = new Mix();
  hash.text(language);
  visit(body, hash, 0);
  return hash.end();
}

/** Facts are trees of plain objects: places are numbers under these names, everything else is meaning. */
const places = new Set(['start', 'end', 'nameSpan']);
const deepest = 400;

function visit(part: unknown, hash: Mix, depth: number): void {
  if (depth > deepest) return;
  if (Array.isArray(part)) {
    hash.text('[');
    for (const each of part) if (!isDocumentation(each)) visit(each, hash, depth + 1);
    hash.text(']');
  } else if (typeof part === 'object' && part !== null) {
    for (const [name, value] of Object.entries(part)) {
      if (places.has(name) || value === undefined) continue;
      hash.text(name);
      visit(value, hash, depth + 1);
    }
  } else hash.text(String(part));
}

/** A statement that is only a text. */
function isDocumentation(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || !('kind' in part) || part.kind !== 'expression') return false;
  return (
    'value' in part &&
    typeof part.value === 'object' &&
    part.value !== null &&
    'kind' in part.value &&
    part.value.kind === 'string'
  );
}

class Mix {
  private a = 0xdeadbeef;
  private b = 0x41c6ce57;

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.code(text.charCodeAt(i));
    this.code(0x1f);
  }

  end(): string {
    let { a, b } = this;
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  }

  private code(code: number): void {
    this.a = Math.imul(this.a ^ code, 2654435761);
    this.b = Math.imul(this.b ^ code, 1597334677);
  }
}
