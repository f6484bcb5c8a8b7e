import type { Expression, Span } from '../../../facts/syntax';
import { unescapeString } from '../strings';
import { TreeNodes } from './nodes';

type Items = Extract<Expression, { kind: 'list' | 'tuple' | 'set' }>['kind'];
type Clauses = Extract<Expression, { kind: 'comprehension' }>['clauses'];

/** Strings, and what stands between brackets: displays, comprehensions, indexes. */
export abstract class DisplayLowering extends TreeNodes {
  /** Open brackets around the current node: a line break inside them is harmless. */
  protected brackets = 0;

  abstract expression(at: number): Expression;

  protected bracketed<T>(work: () => T): T {
    this.brackets++;
    try {
      return work();
    } finally {
      this.brackets--;
    }
  }

  protected subscript(at: number, { start, end }: Span): Expression {
    const object = this.expression(this.fieldOf(at, 'value'));
    const parts = this.bracketed(() => this.fieldsOf(at, 'subscript').map(c => this.expression(c)));
    const index: Expression =
      parts.length === 1
        ? parts[0]!
        : { kind: 'tuple', start: parts[0]?.start ?? end, end: parts.at(-1)?.end ?? end, items: parts };
    return { kind: 'index', start, end, object, index };
  }

  protected slice(at: number, span: Span): Expression {
    // Colons are not kept: the text tells which side of them a part stands on.
    const parts = this.children(at).filter(c => this.isExpression(c));
    const sides: (Expression | undefined)[] = [undefined, undefined, undefined];
    let from = span.start;
    let side = 0;
    for (const part of parts) {
      side += this.source.slice(from, this.tree.start[part]).split(':').length - 1;
      if (side < 3) sides[side] = this.expression(part);
      from = this.tree.end[part]!;
    }
    const [first, second, third] = sides;
    return {
      kind: 'slice',
      ...span,
      ...(first && { from: first }),
      ...(second && { to: second }),
      ...(third && { step: third }),
    };
  }

  protected string(at: number, { start, end }: Span): Expression {
    const prefix = /^[a-zA-Z]*/.exec(this.source.slice(start, start + 3))![0].toLowerCase();
    const raw = prefix.includes('r');
    const parts: (string | Expression)[] = [];
    let formatted = false;
    for (let c = this.tree.child[at]!; c !== 0; c = this.tree.next[c]!) {
      const name = this.nameOf(c);
      if (name === 'string_content') parts.push(unescapeString(this.text(c), raw));
      else if (name === 'interpolation') {
        formatted = true;
        const inner = this.fieldOf(c, 'expression');
        if (inner !== 0) parts.push(this.bracketed(() => this.expression(inner)));
      }
    }
    if (formatted) return { kind: 'template', start, end, parts };
    return { kind: 'string', start, end, value: parts.join('') };
  }

  protected concatenation(at: number, { start, end }: Span): Expression {
    const parts = this.children(at).map(c => this.expression(c));
    if (parts.every(part => part.kind === 'string'))
      return { kind: 'string', start, end, value: parts.map(part => part.value).join('') };
    const flat = parts.flatMap(part =>
      part.kind === 'template' ? part.parts : part.kind === 'string' ? [part.value] : [part],
    );
    return { kind: 'template', start, end, parts: flat };
  }

  protected items(kind: Items, at: number, { start, end }: Span): Expression {
    const items = this.bracketed(() =>
      this.children(at)
        .filter(c => this.isExpression(c))
        .map(c => this.expression(c)),
    );
    return { kind, start, end, items };
  }

  protected mapping(at: number, { start, end }: Span): Expression {
    const entries = this.bracketed(() =>
      this.children(at).flatMap((c): { key: Expression | null; value: Expression }[] => {
        const kind = this.nameOf(c);
        if (kind === 'pair')
          return [{ key: this.expression(this.fieldOf(c, 'key')), value: this.expression(this.fieldOf(c, 'value')) }];
        return kind === 'dictionary_splat' ? [{ key: null, value: this.expression(this.lastChild(c)) }] : [];
      }),
    );
    return { kind: 'mapping', start, end, entries };
  }

  protected comprehension(
    result: 'list' | 'set' | 'mapping' | 'generator',
    at: number,
    { start, end }: Span,
  ): Expression {
    return this.bracketed(() => {
      const body = this.fieldOf(at, 'body');
      const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
      for (const c of this.children(at)) {
        const kind = this.nameOf(c);
        if (kind === 'for_in_clause')
          clauses.push({
            target: this.expression(this.fieldOf(c, 'left')),
            iterable: this.expression(this.fieldOf(c, 'right')),
            conditions: [],
          });
        else if (kind === 'if_clause') clauses.at(-1)?.conditions.push(this.expression(this.lastChild(c)));
      }
      const pair = this.nameOf(body) === 'pair';
      const element = this.expression(pair ? this.fieldOf(body, 'key') : body);
      const value = pair ? this.expression(this.fieldOf(body, 'value')) : undefined;
      const all: Clauses = clauses;
      return { kind: 'comprehension', start, end, result, element, ...(value && { value }), clauses: all };
    });
  }
}
