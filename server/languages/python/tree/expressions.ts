import type { Expression, KeywordArgument, Parameter, Span } from '../../../facts/syntax';
import { numberValue } from '../strings';
import { DisplayLowering } from './displays';

/** Deepest nesting of expressions and blocks that is read; below it an expression has no parts. */
const MAX_DEPTH = 300;

/** Expressions of the flat tree as facts. */
export class ExpressionLowering extends DisplayLowering {
  protected depth = 0;

  protected optional(at: number): Expression | undefined {
    return at === 0 ? undefined : this.expression(at);
  }

  expression(at: number): Expression {
    const span = this.span(at);
    if (at === 0) return { kind: 'opaque', start: 0, end: 0, parts: [] };
    if (this.depth > MAX_DEPTH) {
      if (this.problems.every(problem => problem.kind !== 'limit'))
        this.problems.push({ kind: 'limit', ...span, message: `The code is nested more than ${MAX_DEPTH} deep here.` });
      return { kind: 'opaque', ...span, parts: [] };
    }
    this.depth++;
    try {
      return this.lower(at, span);
    } finally {
      this.depth--;
    }
  }

  private lower(at: number, span: Span): Expression {
    const { start, end } = span;
    const name = this.nameOf(at);
    switch (name) {
      case 'identifier':
      case 'keyword_identifier':
        return { kind: 'name', start, end, name: this.text(at) };
      case 'attribute':
        return this.attribute(at, span);
      case 'call':
        return this.call(at, span);
      case 'subscript':
        return this.subscript(at, span);
      case 'slice':
        return this.slice(at, span);
      case 'integer':
      case 'float': {
        const value = numberValue(this.text(at));
        return Number.isNaN(value) ? { kind: 'opaque', start, end, parts: [] } : { kind: 'number', start, end, value };
      }
      case 'true':
      case 'false':
        return { kind: 'boolean', start, end, value: name === 'true' };
      case 'none':
        return { kind: 'none', start, end };
      case 'string':
        return this.string(at, span);
      case 'concatenated_string':
        return this.concatenation(at, span);
      case 'list':
      case 'list_pattern':
        return this.items('list', at, span);
      case 'tuple':
      case 'tuple_pattern':
      case 'expression_list':
      case 'pattern_list':
        return this.items('tuple', at, span);
      case 'set':
        return this.items('set', at, span);
      case 'dictionary':
        return this.mapping(at, span);
      case 'binary_operator':
        return {
          kind: 'binary',
          start,
          end,
          // The sign of a matrix product is a decorator's too, which the tree does not keep.
          operator: this.operator(at) || '@',
          left: this.expression(this.fieldOf(at, 'left')),
          right: this.expression(this.fieldOf(at, 'right')),
        };
      case 'comparison_operator':
        return this.comparison(at, span);
      case 'not_operator':
        return { kind: 'unary', start, end, operator: 'not', operand: this.expression(this.fieldOf(at, 'argument')) };
      case 'unary_operator':
        return {
          kind: 'unary',
          start,
          end,
          operator: this.source.charAt(start),
          operand: this.expression(this.fieldOf(at, 'argument')),
        };
      case 'boolean_operator': {
        const operator = this.operator(at) === 'or' ? 'or' : 'and';
        const operands = [this.expression(this.fieldOf(at, 'left')), this.expression(this.fieldOf(at, 'right'))];
        return { kind: 'boolean-operation', start, end, operator, operands };
      }
      case 'conditional_expression': {
        const [then = 0, test = 0, otherwise = 0] = this.children(at).filter(c => this.isExpression(c));
        return {
          kind: 'conditional',
          start,
          end,
          test: this.expression(test),
          then: this.expression(then),
          otherwise: this.expression(otherwise),
        };
      }
      case 'lambda': {
        const parameters = this.fieldOf(at, 'parameters');
        const value = this.expression(this.fieldOf(at, 'body'));
        const body = [{ kind: 'return' as const, start: value.start, end: value.end, value }];
        return {
          kind: 'lambda',
          start,
          end,
          parameters: parameters === 0 ? [] : this.parameters(parameters),
          body,
          isAsync: false,
        };
      }
      case 'list_comprehension':
        return this.comprehension('list', at, span);
      case 'set_comprehension':
        return this.comprehension('set', at, span);
      case 'dictionary_comprehension':
        return this.comprehension('mapping', at, span);
      case 'generator_expression':
        return this.comprehension('generator', at, span);
      case 'parenthesized_expression': {
        const inner = this.bracketed(() => this.children(at).map(c => this.expression(c)));
        return inner.length === 1 ? inner[0]! : { kind: 'opaque', start, end, parts: inner };
      }
      case 'list_splat':
      case 'dictionary_splat':
      case 'list_splat_pattern':
      case 'dictionary_splat_pattern':
      case 'parenthesized_list_splat':
        return { kind: 'spread', start, end, value: this.expression(this.lastChild(at)) };
      case 'await':
        return { kind: 'await', start, end, value: this.expression(this.lastChild(at)) };
      case 'yield': {
        const parts = this.children(at).filter(c => this.isExpression(c));
        const value = parts[0];
        return value === undefined
          ? { kind: 'yield', start, end }
          : { kind: 'yield', start, end, value: this.expression(value) };
      }
      case 'named_expression':
        return {
          kind: 'walrus',
          start,
          end,
          target: this.expression(this.fieldOf(at, 'name')),
          value: this.expression(this.fieldOf(at, 'value')),
        };
      case 'type':
      case 'constrained_type':
      case 'case_pattern':
      case 'format_expression': {
        const parts = this.children(at);
        return parts.length === 1 ? this.expression(parts[0]!) : this.opaque(at, span);
      }
      case 'dotted_name':
        return this.dotted(at, span);
      case 'generic_type': {
        const [object = 0, parameters = 0] = this.children(at);
        const indexes = parameters === 0 ? [] : this.children(parameters).map(c => this.expression(c));
        const index: Expression = indexes.length === 1 ? indexes[0]! : { kind: 'tuple', start, end, items: indexes };
        return { kind: 'index', start, end, object: this.expression(object), index };
      }
      default:
        return this.opaque(at, span);
    }
  }

  private opaque(at: number, span: Span): Expression {
    const parts = this.children(at)
      .filter(c => this.isExpression(c))
      .map(c => this.expression(c));
    return { kind: 'opaque', ...span, parts };
  }

  /** The grammar joins `x = df.` and the next line; outside brackets that is two statements, the first unfinished. */
  private attribute(at: number, { start, end }: Span): Expression {
    const object = this.fieldOf(at, 'object');
    const attribute = this.fieldOf(at, 'attribute');
    const name = this.text(attribute);
    const nameSpan = this.span(attribute);
    if (this.brackets === 0 && object !== 0) {
      const between = this.source.slice(this.tree.end[object], nameSpan.start);
      if (/\n/.test(between) && !/\\\r?\n/.test(between)) {
        this.problems.push({ kind: 'syntax', start, end: nameSpan.start, message: 'A name is missing after the dot.' });
        return { kind: 'name', ...nameSpan, name };
      }
    }
    return { kind: 'attribute', start, end, object: this.expression(object), name, nameSpan };
  }

  private call(at: number, { start, end }: Span): Expression {
    const callee = this.expression(this.fieldOf(at, 'function'));
    const list = this.fieldOf(at, 'arguments');
    const positional: Expression[] = [];
    const keywords: KeywordArgument[] = [];
    this.bracketed(() => {
      if (this.nameOf(list) === 'generator_expression') positional.push(this.expression(list));
      else for (const c of list === 0 ? [] : this.children(list)) this.argument(c, positional, keywords);
    });
    return { kind: 'call', start, end, callee, arguments: positional, keywords };
  }

  protected argument(c: number, positional: Expression[], keywords: KeywordArgument[]): void {
    const kind = this.nameOf(c);
    if (kind === 'keyword_argument') {
      const name = this.text(this.fieldOf(c, 'name'));
      keywords.push({ ...this.span(c), name, value: this.expression(this.fieldOf(c, 'value')) });
    } else if (kind === 'dictionary_splat')
      keywords.push({ ...this.span(c), name: null, value: this.expression(this.lastChild(c)) });
    else if (this.isExpression(c)) positional.push(this.expression(c));
  }

  private comparison(at: number, { start, end }: Span): Expression {
    const operators: string[] = [];
    const operands: Expression[] = [];
    for (const c of this.children(at)) {
      if (this.fields[this.tree.field[c]!] === 'operators') operators.push(this.text(c).replace(/\s+/g, ' '));
      else if (this.isExpression(c)) operands.push(this.expression(c));
    }
    return { kind: 'compare', start, end, operators, operands };
  }

  protected dotted(at: number, { start, end }: Span): Expression {
    const parts = this.children(at);
    let expression: Expression | null = null;
    for (const part of parts) {
      const nameSpan = this.span(part);
      const name = this.text(part);
      expression = expression
        ? { kind: 'attribute', start, end: nameSpan.end, object: expression, name, nameSpan }
        : { kind: 'name', ...nameSpan, name };
    }
    return expression ?? { kind: 'opaque', start, end, parts: [] };
  }

  protected parameters(at: number): Parameter[] {
    const found: Parameter[] = [];
    let keywordOnly = false;
    for (const c of this.children(at)) {
      const kind = this.nameOf(c);
      const span = this.span(c);
      const style = keywordOnly ? 'keyword' : 'positional';
      if (kind === 'identifier') found.push({ ...span, name: this.text(c), style });
      else if (kind === 'keyword_separator') keywordOnly = true;
      else if (kind === 'default_parameter' || kind === 'typed_default_parameter') {
        const annotation = this.optional(this.fieldOf(c, 'type'));
        const value = this.optional(this.fieldOf(c, 'value'));
        const name = this.text(this.fieldOf(c, 'name'));
        found.push({ ...span, name, style, ...(annotation && { annotation }), ...(value && { default: value }) });
      } else if (kind === 'typed_parameter') {
        const annotation = this.optional(this.fieldOf(c, 'type'));
        const inner = this.children(c)[0] ?? 0;
        const parameter = this.restOrPlain(inner, span, style);
        if (parameter.style === 'rest') keywordOnly = true;
        found.push({ ...parameter, ...(annotation && { annotation }) });
      } else if (kind === 'list_splat_pattern' || kind === 'dictionary_splat_pattern') {
        if (kind === 'list_splat_pattern') keywordOnly = true;
        found.push(this.restOrPlain(c, span, style));
      } else if (kind === 'tuple_pattern') found.push({ ...span, name: '', style, pattern: this.expression(c) });
    }
    return found;
  }

  private restOrPlain(at: number, span: Span, style: 'positional' | 'keyword'): Parameter {
    const kind = this.nameOf(at);
    if (kind === 'list_splat_pattern') return { ...span, name: this.text(this.lastChild(at)), style: 'rest' };
    if (kind === 'dictionary_splat_pattern')
      return { ...span, name: this.text(this.lastChild(at)), style: 'keyword-rest' };
    return { ...span, name: this.text(at), style };
  }
}
