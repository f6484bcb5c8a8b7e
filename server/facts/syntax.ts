/**
 * The facts of one module: a language-neutral tree of plain objects, made by a front end from text and read by the
 * abstract run. It keeps what an analysis needs (names, calls, literals, control flow) and where it stands; the
 * front end's own syntax tree is deleted at once. Offsets are UTF-16 code units into the module's text.
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Language = 'python' | 'javascript';

/** Everything known of one module from its text alone. */
export interface ModuleFacts {
  readonly language: Language;
  readonly length: number;
  readonly body: readonly Statement[];
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}

/** A comment with its marker (`#`, `//`) removed; `ownLine` when nothing but white space stands before it. */
export interface Comment extends Span {
  readonly text: string;
  readonly ownLine: boolean;
}

/** A place that could not be read; the rest of the module is still analysed. */
export interface SyntaxProblem extends Span {
  readonly kind: 'syntax' | 'limit';
  readonly message: string;
}

export type Statement =
  | (Span & { readonly kind: 'import'; readonly names: readonly ImportedName[] })
  | (Span & {
      readonly kind: 'assign';
      readonly targets: readonly Expression[];
      readonly value: Expression;
      readonly annotation?: Expression;
      readonly operator?: string;
      /** The name is new in this scope (`let`, `const`, `var`); else, where a language declares, the nearest one that has it. */
      readonly declares?: boolean;
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
      readonly handlers: readonly {
        readonly type?: Expression;
        readonly name?: string;
        readonly body: readonly Statement[];
      }[];
      readonly otherwise: readonly Statement[];
      readonly finally: readonly Statement[];
    })
  | (Span & { readonly kind: 'delete'; readonly targets: readonly Expression[] })
  | (Span & { readonly kind: 'raise'; readonly value?: Expression })
  | (Span & { readonly kind: 'global'; readonly names: readonly string[] })
  | (Span & { readonly kind: 'export'; readonly name: string; readonly value: Expression })
  | (Span & { readonly kind: 'jump'; readonly what: 'break' | 'continue' | 'pass' });

/**
 * `import a.b as c` → module `a.b`, member null, local `c`; `from .m import x as y` → module `.m`, member `x`, local `y`;
 * `from m import *` → member `*`; `import d, {x} from 'm'` → members `default` and `x`; `import 'm'` → local null.
 */
export interface ImportedName extends Span {
  readonly module: string;
  readonly member: string | null;
  readonly local: string | null;
}

export interface Parameter extends Span {
  readonly name: string;
  readonly style: 'positional' | 'keyword' | 'rest' | 'keyword-rest';
  readonly annotation?: Expression;
  readonly default?: Expression;
  /** A destructured parameter (`({ x, y }) =>`): its pattern. */
  readonly pattern?: Expression;
}

export interface FunctionDefinition extends Span {
  readonly kind: 'function';
  readonly name: string;
  readonly nameSpan: Span;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Expression[];
  readonly returns?: Expression;
  readonly isAsync: boolean;
  readonly body: readonly Statement[];
}

export interface ClassDefinition extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly nameSpan: Span;
  readonly bases: readonly Expression[];
  readonly keywords: readonly KeywordArgument[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
}

export interface KeywordArgument extends Span {
  /** null for `**mapping`. */
  readonly name: string | null;
  readonly value: Expression;
}

export type Expression =
  | (Span & { readonly kind: 'name'; readonly name: string })
  | (Span & { readonly kind: 'attribute'; readonly object: Expression; readonly name: string; readonly nameSpan: Span })
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
  | (Span & {
      readonly kind: 'lambda';
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
      readonly isAsync: boolean;
    })
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
  /** JSX and other things with parts but no meaning to the analysis: the parts are still run. */
  | (Span & { readonly kind: 'opaque'; readonly parts: readonly Expression[] });

export interface CallExpression extends Span {
  readonly kind: 'call';
  readonly callee: Expression;
  /** Positional arguments; `*rest` is a `spread`. */
  readonly arguments: readonly Expression[];
  readonly keywords: readonly KeywordArgument[];
  /** `new X(…)` in JavaScript. */
  readonly isNew?: boolean;
}
