import type { Span, SyntaxProblem } from '../../../facts/syntax';
import { ERROR, type FlatTree } from './flat-tree';

/** Nodes of the flat tree: their names, texts, children and fields. */
export class TreeNodes {
  readonly problems: SyntaxProblem[] = [];

  constructor(
    protected readonly source: string,
    protected readonly tree: FlatTree,
    private readonly names: readonly string[],
    protected readonly fields: readonly (string | null)[],
    private readonly readable: Uint8Array,
  ) {}

  protected nameOf(at: number): string {
    const id = this.tree.type[at]!;
    return id === ERROR ? 'ERROR' : this.names[id]!;
  }

  protected span(at: number): Span {
    return { start: this.tree.start[at]!, end: this.tree.end[at]! };
  }

  protected text(at: number): string {
    return this.source.slice(this.tree.start[at], this.tree.end[at]);
  }

  /** Children without comments and line continuations. */
  protected children(at: number): number[] {
    const found: number[] = [];
    for (let c = this.tree.child[at]!; c !== 0; c = this.tree.next[c]!) {
      const name = this.nameOf(c);
      if (name !== 'comment' && name !== 'line_continuation') found.push(c);
    }
    return found;
  }

  protected fieldOf(at: number, field: string): number {
    for (let c = this.tree.child[at]!; c !== 0; c = this.tree.next[c]!)
      if (this.fields[this.tree.field[c]!] === field) return c;
    return 0;
  }

  protected fieldsOf(at: number, field: string): number[] {
    return this.children(at).filter(c => this.fields[this.tree.field[c]!] === field);
  }

  /** Operators and keywords are kept as nodes too; only named nodes have a meaning of their own. */
  protected isExpression(at: number): boolean {
    return this.readable[this.tree.type[at]!] === 1;
  }

  protected lastChild(at: number): number {
    return this.children(at).at(-1) ?? 0;
  }

  protected operator(at: number): string {
    const operator = this.fieldOf(at, 'operator');
    return operator === 0 ? '' : this.text(operator);
  }
}
