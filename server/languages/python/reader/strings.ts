import type { Expression } from '../../../facts/syntax';
import { unescapeString } from '../strings';
import { Scanner } from './scanner';
import { BRACE_END, COLON, EQUALS, EXCLAMATION, NAME, STRING } from './tokens';

type Part = string | Expression;

/** String literals, formatted ones with the expressions in them. */
export abstract class StringReader extends Scanner {
  /** What may stand between the braces of a formatted string. */
  protected abstract interpolated(): Expression;

  /** The literal at the current token and those that follow it without an operator. */
  protected strings(): Expression {
    const { start } = this;
    const first = this.string();
    if (this.kind !== STRING) return first;
    const all = [first];
    while (this.kind === STRING) all.push(this.string());
    const end = this.previous;
    let plain = '';
    for (const one of all) {
      if (one.kind !== 'string') {
        const parts = all.flatMap(each =>
          each.kind === 'template' ? each.parts : each.kind === 'string' ? [each.value] : [each],
        );
        return { kind: 'template', start, end, parts };
      }
      plain += one.value;
    }
    return { kind: 'string', start, end, value: plain };
  }

  private string(): Expression {
    const { source, start } = this;
    let raw = false;
    let formatted = false;
    for (let i = start; i < this.end - 1; i++) {
      const c = source.charCodeAt(i) | 0x20;
      if (c === 0x72) raw = true;
      else if (c === 0x66 || c === 0x74) formatted = true;
    }
    const quote = source.charCodeAt(this.end - 1);
    const triple = source.charCodeAt(this.end) === quote && source.charCodeAt(this.end + 1) === quote;
    const from = triple ? this.end + 2 : this.end;
    if (formatted) return this.formatted(start, from, quote, triple, raw);
    const stop = this.close(from, quote, triple);
    this.end = triple ? stop + 3 : stop + 1;
    const { end } = this;
    this.next();
    return { kind: 'string', start, end, value: unescapeString(source.slice(from, stop), raw) };
  }

  /** Where the closing quote stands. */
  private close(from: number, quote: number, triple: boolean): number {
    const { source } = this;
    for (let p = from; ; p++) {
      const c = source.charCodeAt(p);
      if (c === quote) {
        if (!triple || (source.charCodeAt(p + 1) === quote && source.charCodeAt(p + 2) === quote)) return p;
      } else if (c === 0x5c) p += source.charCodeAt(p + 1) === 0x0d && source.charCodeAt(p + 2) === 0x0a ? 2 : 1;
      else if ((c === 0x0a && !triple) || Number.isNaN(c)) this.fail(p);
    }
  }

  private formatted(start: number, from: number, quote: number, triple: boolean, raw: boolean): Expression {
    const { source } = this;
    const parts: Part[] = [];
    let has = false;
    let segment = from;
    let p = from;
    const flush = (): void => {
      if (p > segment) parts.push(unescapeString(source.slice(segment, p), raw));
    };
    for (;;) {
      const c = source.charCodeAt(p);
      if (c === quote && (!triple || (source.charCodeAt(p + 1) === quote && source.charCodeAt(p + 2) === quote))) {
        flush();
        break;
      }
      if (c === 0x5c) {
        // `\N{DASH}` is no place for an expression.
        if (source.charCodeAt(p + 1) === 0x4e || source.charCodeAt(p + 1) === 0x7b) this.fail(p);
        p += 2;
      } else if ((c === 0x0a && !triple) || Number.isNaN(c)) this.fail(p);
      else if (c === 0x7b && source.charCodeAt(p + 1) === 0x7b) p += 2;
      else if (c === 0x7b) {
        flush();
        has = true;
        p = this.interpolation(p + 1, quote, parts);
        segment = p;
      } else p++;
    }
    this.end = triple ? p + 3 : p + 1;
    const { end } = this;
    this.next();
    return has ? { kind: 'template', start, end, parts } : { kind: 'string', start, end, value: parts.join('') };
  }

  /** Reads what stands behind an opening brace; the offset behind the closing one. */
  private interpolation(from: number, quote: number, parts: Part[]): number {
    this.end = from;
    this.brackets++;
    this.next();
    parts.push(this.interpolated());
    if (this.kind === EQUALS) this.next();
    if (this.kind === EXCLAMATION) {
      this.next();
      this.expect(NAME);
    }
    if (this.kind === COLON) {
      // Widths may be expressions too, which no later step reads.
      let open = 1;
      let p = this.end;
      for (; open > 0; p++) {
        const c = this.source.charCodeAt(p);
        if (c === 0x7b) open++;
        else if (c === 0x7d) open--;
        else if (c === quote || c === 0x0a || c === 0x5c || Number.isNaN(c)) this.fail(p);
      }
      this.brackets--;
      return p;
    }
    // The closing brace has closed the bracket that was counted above.
    if (this.kind !== BRACE_END) this.fail();
    return this.end;
  }
}
