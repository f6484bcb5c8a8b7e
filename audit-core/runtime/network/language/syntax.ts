/**
 * The part of Python that networks are written in, as plain data that can be sent to a worker. The facts of a training script have this
 * shape (server/facts/syntax.ts), and so has what the small parser beside this file reads from a TorchScript archive.
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One file of code: offsets in its spans are told as lines by `lines` (the offset at which each line starts). */
export interface SourceFile {
  /** Base name, for messages. */
  readonly name: string;
  readonly lines: readonly number[];
  readonly body: readonly Statement[];
}

export type Statement =
  | (Span & { readonly kind: 'import'; readonly names: readonly ImportedName[] })
  | (Span & {
      readonly kind: 'assign';
      readonly targets: readonly Expression[];
      readonly value: Expression;
      readonly operator?: string;
    })
  | (Span & { readonly kind: 'expression'; readonly value: Expression })
  | FunctionDefinition
  | ClassDefinition
  | (Span & { readonly kind: 'return'; readonly value?: Expression })
  | (Span & {
      readonly kind: 'if';
      readonly test: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    })
  | (Span & {
      readonly kind: 'for';
      readonly target: Expression;
      readonly iterable: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    })
  | (Span & {
      readonly kind: 'while';
      readonly test: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    })
  | (Span & {
      readonly kind: 'with';
      readonly items: readonly { readonly value: Expression; readonly target?: Expression }[];
      readonly body: readonly Statement[];
    })
  | (Span & {
      readonly kind: 'try';
      readonly body: readonly Statement[];
      readonly handlers: readonly { readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
      readonly finally: readonly Statement[];
    })
  | (Span & { readonly kind: 'delete'; readonly targets: readonly Expression[] })
  | (Span & { readonly kind: 'raise'; readonly value?: Expression })
  | (Span & { readonly kind: 'global'; readonly names: readonly string[] })
  | (Span & { readonly kind: 'export'; readonly name: string; readonly value: Expression })
  | (Span & { readonly kind: 'jump'; readonly what: 'break' | 'continue' | 'pass' });

/** `import a.b as c` → module `a.b`, member null, local `c`; `from .m import x as y` → module `.m`, member `x`, local `y`. */
export interface ImportedName {
  readonly module: string;
  readonly member: string | null;
  readonly local: string | null;
}

export interface Parameter {
  readonly name: string;
  readonly style: 'positional' | 'keyword' | 'rest' | 'keyword-rest';
  readonly default?: Expression;
}

export interface FunctionDefinition extends Span {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
}

export interface ClassDefinition extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Expression[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
}

export type Expression =
  | (Span & { readonly kind: 'name'; readonly name: string })
  | (Span & { readonly kind: 'attribute'; readonly object: Expression; readonly name: string })
  | CallExpression
  | (Span & { readonly kind: 'index'; readonly object: Expression; readonly index: Expression })
  | (Span & {
      readonly kind: 'slice';
      readonly from?: Expression;
      readonly to?: Expression;
      readonly step?: Expression;
    })
  | (Span & { readonly kind: 'number'; readonly value: number })
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'boolean'; readonly value: boolean })
  | (Span & { readonly kind: 'none' })
  | (Span & { readonly kind: 'template'; readonly parts: readonly (string | Expression)[] })
  | (Span & { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly Expression[] })
  | (Span & {
      readonly kind: 'mapping';
      readonly entries: readonly { readonly key: Expression | null; readonly value: Expression }[];
    })
  | (Span & {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Span & {
      readonly kind: 'compare';
      readonly operators: readonly string[];
      readonly operands: readonly Expression[];
    })
  | (Span & { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression })
  | (Span & {
      readonly kind: 'boolean-operation';
      readonly operator: 'and' | 'or' | 'nullish';
      readonly operands: readonly Expression[];
    })
  | (Span & {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    })
  | (Span & { readonly kind: 'lambda'; readonly parameters: readonly Parameter[]; readonly body: readonly Statement[] })
  | (Span & {
      readonly kind: 'comprehension';
      readonly result: 'list' | 'set' | 'mapping' | 'generator';
      readonly element: Expression;
      readonly value?: Expression;
      readonly clauses: readonly {
        readonly target: Expression;
        readonly iterable: Expression;
        readonly conditions: readonly Expression[];
      }[];
    })
  | (Span & { readonly kind: 'spread'; readonly value: Expression })
  | (Span & { readonly kind: 'await' | 'yield'; readonly value?: Expression })
  | (Span & { readonly kind: 'walrus'; readonly target: Expression; readonly value: Expression })
  /** What has no meaning here; without parts it may be Python's `...`. */
  | (Span & { readonly kind: 'opaque'; readonly parts: readonly Expression[] });

export interface CallExpression extends Span {
  readonly kind: 'call';
  readonly callee: Expression;
  /** Positional arguments; `*rest` is a `spread`. */
  readonly arguments: readonly Expression[];
  /** Name null for `**mapping`. */
  readonly keywords: readonly { readonly name: string | null; readonly value: Expression }[];
}

/** The 1-based line of an offset. */
export function lineOf(file: SourceFile, offset: number): number {
  let low = 0;
  let high = file.lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((file.lines[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The offsets at which the lines of a text start. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
