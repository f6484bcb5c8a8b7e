import type {
  ClassDefinition,
  Expression,
  FunctionDefinition,
  ImportedName,
  KeywordArgument,
  Span,
  Statement,
} from '../../../facts/syntax';
import { ExpressionLowering } from './expressions';

/** Blocks nested deeper than this are cut off: real code stays below 20. */
const MAX_BLOCKS = 200;

type Handlers = { type?: Expression; name?: string; body: Statement[] }[];

/** Statements of the flat tree as facts. What the parser could not read is looked through for statements and calls. */
export class StatementLowering extends ExpressionLowering {
  private blocks = 0;

  module(): Statement[] {
    return this.tree.count > 1 ? this.block(1) : [];
  }

  private block(at: number): Statement[] {
    const out: Statement[] = [];
    if (at === 0) return out;
    if (this.blocks >= MAX_BLOCKS) {
      this.problems.push({
        kind: 'limit',
        ...this.span(at),
        message: `Blocks are nested more than ${MAX_BLOCKS} deep.`,
      });
      return out;
    }
    this.blocks++;
    for (const c of this.children(at)) this.statement(c, out);
    this.blocks--;
    return out;
  }

  private statement(at: number, out: Statement[], decorators: readonly Expression[] = []): void {
    const span = this.span(at);
    const { start, end } = span;
    switch (this.nameOf(at)) {
      case 'expression_statement':
        for (const c of this.children(at)) this.simple(c, out);
        return;
      case 'import_statement':
        out.push({ kind: 'import', start, end, names: this.fieldsOf(at, 'name').map(c => this.imported(c)) });
        return;
      case 'import_from_statement':
      case 'future_import_statement':
        out.push({ kind: 'import', start, end, names: this.importedFrom(at) });
        return;
      case 'function_definition':
        out.push(this.functionDefinition(at, span, decorators));
        return;
      case 'class_definition':
        out.push(this.classDefinition(at, span, decorators));
        return;
      case 'decorated_definition': {
        const found = this.children(at)
          .filter(c => this.nameOf(c) === 'decorator')
          .map(c => this.expression(this.children(c).at(-1) ?? 0));
        this.statement(this.fieldOf(at, 'definition'), out, found);
        return;
      }
      case 'if_statement':
        out.push(this.ifStatement(at, span, this.fieldsOf(at, 'alternative')));
        return;
      case 'for_statement':
        out.push({
          kind: 'for',
          start,
          end,
          target: this.expression(this.fieldOf(at, 'left')),
          iterable: this.expression(this.fieldOf(at, 'right')),
          body: this.block(this.fieldOf(at, 'body')),
          otherwise: this.otherwise(this.fieldOf(at, 'alternative')),
        });
        return;
      case 'while_statement':
        out.push({
          kind: 'while',
          start,
          end,
          test: this.expression(this.fieldOf(at, 'condition')),
          body: this.block(this.fieldOf(at, 'body')),
          otherwise: this.otherwise(this.fieldOf(at, 'alternative')),
        });
        return;
      case 'with_statement':
        out.push({ kind: 'with', start, end, items: this.withItems(at), body: this.block(this.fieldOf(at, 'body')) });
        return;
      case 'try_statement':
        out.push(this.tryStatement(at, span));
        return;
      case 'match_statement':
        this.matchStatement(at, out);
        return;
      case 'return_statement': {
        const value = this.firstExpression(at);
        out.push(value ? { kind: 'return', start, end, value } : { kind: 'return', start, end });
        return;
      }
      case 'raise_statement': {
        const value = this.firstExpression(at);
        out.push(value ? { kind: 'raise', start, end, value } : { kind: 'raise', start, end });
        return;
      }
      case 'delete_statement': {
        const targets = this.expressions(at).flatMap(target => (target.kind === 'tuple' ? target.items : [target]));
        out.push({ kind: 'delete', start, end, targets });
        return;
      }
      case 'global_statement':
      case 'nonlocal_statement': {
        const names = this.children(at).filter(c => this.nameOf(c) === 'identifier');
        out.push({ kind: 'global', start, end, names: names.map(c => this.text(c)) });
        return;
      }
      case 'assert_statement':
        for (const value of this.expressions(at)) out.push({ kind: 'expression', start, end, value });
        return;
      case 'print_statement': {
        const callee: Expression = { kind: 'name', start, end: start + 5, name: 'print' };
        const value: Expression = {
          kind: 'call',
          start,
          end,
          callee,
          arguments: this.fieldsOf(at, 'argument').map(c => this.expression(c)),
          keywords: [],
        };
        out.push({ kind: 'expression', start, end, value });
        return;
      }
      case 'pass_statement':
        out.push({ kind: 'jump', start, end, what: 'pass' });
        return;
      case 'break_statement':
        out.push({ kind: 'jump', start, end, what: 'break' });
        return;
      case 'continue_statement':
        out.push({ kind: 'jump', start, end, what: 'continue' });
        return;
      case 'block':
      case 'ERROR':
        out.push(...this.block(at));
        return;
      default:
        if (this.isExpression(at)) this.simple(at, out);
    }
  }

  private expressions(at: number): Expression[] {
    return this.children(at)
      .filter(c => this.isExpression(c))
      .map(c => this.expression(c));
  }

  private firstExpression(at: number): Expression | undefined {
    const first = this.children(at).find(c => this.isExpression(c));
    return first === undefined ? undefined : this.expression(first);
  }

  /** An expression or assignment that stands as a statement; `a = b = c` has several targets. */
  private simple(at: number, out: Statement[]): void {
    const { start, end } = this.span(at);
    const kind = this.nameOf(at);
    if (kind === 'assignment') {
      const targets: Expression[] = [];
      let right = at;
      let annotation: Expression | undefined;
      while (this.nameOf(right) === 'assignment' && targets.length < 50) {
        targets.push(this.expression(this.fieldOf(right, 'left')));
        annotation ??= this.optional(this.fieldOf(right, 'type'));
        right = this.fieldOf(right, 'right');
      }
      const value: Expression = right === 0 ? { kind: 'opaque', start: end, end, parts: [] } : this.expression(right);
      out.push({ kind: 'assign', start, end, targets, value, ...(annotation && { annotation }) });
    } else if (kind === 'augmented_assignment') {
      const targets = [this.expression(this.fieldOf(at, 'left'))];
      const operator = this.text(this.fieldOf(at, 'operator')).slice(0, -1);
      const value = this.expression(this.fieldOf(at, 'right'));
      out.push({ kind: 'assign', start, end, targets, value, operator });
    } else if (this.isExpression(at)) out.push({ kind: 'expression', start, end, value: this.expression(at) });
  }

  private imported(at: number): ImportedName {
    const span = this.span(at);
    if (this.nameOf(at) === 'aliased_import') {
      const module = this.moduleName(this.fieldOf(at, 'name'));
      return { ...span, module, member: null, local: this.text(this.fieldOf(at, 'alias')) };
    }
    const module = this.moduleName(at);
    return { ...span, module, member: null, local: module.split('.', 1)[0]! };
  }

  private importedFrom(at: number): ImportedName[] {
    const from = this.fieldOf(at, 'module_name');
    const module = from === 0 ? '__future__' : this.moduleName(from);
    if (this.children(at).some(c => this.nameOf(c) === 'wildcard_import'))
      return [{ ...this.span(at), module, member: '*', local: null }];
    return this.fieldsOf(at, 'name').map(c => {
      const aliased = this.nameOf(c) === 'aliased_import';
      const member = this.moduleName(aliased ? this.fieldOf(c, 'name') : c);
      return { ...this.span(c), module, member, local: aliased ? this.text(this.fieldOf(c, 'alias')) : member };
    });
  }

  private moduleName(at: number): string {
    return this.text(at).replace(/[\s\\]+/g, '');
  }

  private functionDefinition(at: number, span: Span, decorators: readonly Expression[]): FunctionDefinition {
    const name = this.fieldOf(at, 'name');
    const parameters = this.fieldOf(at, 'parameters');
    const returns = this.optional(this.fieldOf(at, 'return_type'));
    return {
      kind: 'function',
      ...span,
      name: this.text(name),
      nameSpan: this.span(name),
      parameters: parameters === 0 ? [] : this.parameters(parameters),
      decorators,
      ...(returns && { returns }),
      isAsync: this.children(at).some(c => this.nameOf(c) === 'async'),
      body: this.block(this.fieldOf(at, 'body')),
    };
  }

  private classDefinition(at: number, span: Span, decorators: readonly Expression[]): ClassDefinition {
    const name = this.fieldOf(at, 'name');
    const list = this.fieldOf(at, 'superclasses');
    const bases: Expression[] = [];
    const keywords: KeywordArgument[] = [];
    for (const c of list === 0 ? [] : this.children(list)) this.argument(c, bases, keywords);
    const body = this.block(this.fieldOf(at, 'body'));
    return {
      kind: 'class',
      ...span,
      name: this.text(name),
      nameSpan: this.span(name),
      bases,
      keywords,
      decorators,
      body,
    };
  }

  /** `elif` becomes an `if` inside `otherwise`. */
  private ifStatement(at: number, span: Span, alternatives: readonly number[]): Statement {
    const test = this.expression(this.fieldOf(at, 'condition'));
    const then = this.block(this.fieldOf(at, 'consequence'));
    const chain = alternatives.map(c =>
      this.nameOf(c) === 'elif_clause'
        ? {
            span: this.span(c),
            test: this.expression(this.fieldOf(c, 'condition')),
            body: this.block(this.fieldOf(c, 'consequence')),
          }
        : { span: this.span(c), test: null, body: this.block(this.fieldOf(c, 'body')) },
    );
    let otherwise: Statement[] = [];
    for (const link of chain.reverse())
      otherwise = link.test
        ? [{ kind: 'if', start: link.span.start, end: span.end, test: link.test, then: link.body, otherwise }]
        : link.body;
    return { kind: 'if', ...span, test, then, otherwise };
  }

  private otherwise(at: number): Statement[] {
    return at === 0 ? [] : this.block(this.fieldOf(at, 'body'));
  }

  private withItems(at: number): { value: Expression; target?: Expression }[] {
    const clause = this.children(at).find(c => this.nameOf(c) === 'with_clause') ?? 0;
    const items = clause === 0 ? [] : this.children(clause);
    return items
      .filter(c => this.nameOf(c) === 'with_item')
      .map(c => {
        const value = this.fieldOf(c, 'value');
        if (this.nameOf(value) !== 'as_pattern') return { value: this.expression(value) };
        const [inner = 0] = this.children(value);
        const alias = this.fieldOf(value, 'alias');
        const [target = alias] = this.children(alias);
        return { value: this.expression(inner), target: this.expression(target) };
      });
  }

  private tryStatement(at: number, span: Span): Statement {
    const handlers: Handlers = [];
    let otherwise: Statement[] = [];
    let last: Statement[] = [];
    for (const c of this.children(at)) {
      const kind = this.nameOf(c);
      if (kind === 'except_clause' || kind === 'except_group_clause') handlers.push(this.handler(c));
      else if (kind === 'else_clause') otherwise = this.otherwise(c);
      else if (kind === 'finally_clause')
        last = this.block(this.children(c).find(inner => this.nameOf(inner) === 'block') ?? 0);
    }
    const body = this.block(this.fieldOf(at, 'body'));
    return { kind: 'try', ...span, body, handlers, otherwise, finally: last };
  }

  private handler(at: number): Handlers[number] {
    const block = this.children(at).find(c => this.nameOf(c) === 'block') ?? 0;
    const value = this.fieldOf(at, 'value');
    const alias = this.fieldOf(at, 'alias');
    const pattern = value !== 0 && this.nameOf(value) === 'as_pattern';
    const parts = pattern ? this.children(value).filter(c => this.isExpression(c)) : [value, alias];
    const [inner = 0, aliasInside = 0] = parts;
    const name = aliasInside === 0 || !this.isExpression(aliasInside) ? undefined : this.text(aliasInside);
    return {
      ...(inner !== 0 && { type: this.expression(inner) }),
      ...(name !== undefined && { name }),
      body: this.block(block),
    };
  }

  /** Cases become alternatives of an `if` whose test is the subject: which one runs is unknown. */
  private matchStatement(at: number, out: Statement[]): void {
    const span = this.span(at);
    const subjects = this.fieldsOf(at, 'subject').map(c => this.expression(c));
    const test: Expression = { kind: 'opaque', ...span, parts: subjects };
    const cases = this.children(this.fieldOf(at, 'body')).filter(c => this.nameOf(c) === 'case_clause');
    let otherwise: Statement[] = [];
    for (const c of cases.reverse()) {
      const then = this.block(this.fieldOf(c, 'consequence'));
      otherwise = [{ kind: 'if', ...this.span(c), test, then, otherwise }];
    }
    out.push(...otherwise);
  }
}
