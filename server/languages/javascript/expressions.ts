import { ts } from 'ts-morph';
import type { Expression, KeywordArgument, Span } from '../../facts/syntax';
import type { Lowering } from './lowering';

const comparisons: Readonly<Record<string, string>> = {
  '===': '==',
  '!==': '!=',
  '==': '==',
  '!=': '!=',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  in: 'in',
  instanceof: 'is',
};
const logical: Readonly<Record<string, 'and' | 'or' | 'nullish'>> = { '&&': 'and', '||': 'or', '??': 'nullish' };

/** From the compiler's expressions to facts: casts, parentheses and optional chains vanish. */
export class ExpressionLowering {
  constructor(
    private readonly source: ts.SourceFile,
    private readonly outer: Lowering,
  ) {}

  private span(node: ts.Node): Span {
    return this.outer.span(node);
  }

  lower(node: ts.Expression): Expression {
    const span = this.span(node);
    if (ts.isIdentifier(node))
      return node.text === 'undefined' ? { kind: 'none', ...span } : { kind: 'name', ...span, name: node.text };
    if (ts.isPropertyAccessExpression(node))
      return {
        kind: 'attribute',
        ...span,
        object: this.lower(node.expression),
        name: node.name.text,
        nameSpan: this.span(node.name),
      };
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return this.call(node, span);
    if (ts.isStringLiteralLike(node)) return { kind: 'string', ...span, value: node.text };
    if (ts.isNumericLiteral(node)) return { kind: 'number', ...span, value: Number(node.text) };
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isTypeAssertionExpression(node)
    )
      return this.lower(node.expression);
    if (ts.isElementAccessExpression(node))
      return {
        kind: 'index',
        ...span,
        object: this.lower(node.expression),
        index: this.lower(node.argumentExpression),
      };
    if (ts.isObjectLiteralExpression(node)) return this.object(node, span);
    if (ts.isArrayLiteralExpression(node))
      return { kind: 'list', ...span, items: node.elements.map(item => this.lower(item)) };
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
      return {
        kind: 'lambda',
        ...span,
        parameters: this.outer.parameters(node.parameters),
        body: this.outer.body(node.body),
        isAsync: node.modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.AsyncKeyword) ?? false,
      };
    if (ts.isBinaryExpression(node)) return this.binary(node, span);
    if (ts.isTemplateExpression(node))
      return {
        kind: 'template',
        ...span,
        parts: [
          node.head.text,
          ...node.templateSpans.flatMap(part => [this.lower(part.expression), part.literal.text]),
        ],
      };
    if (ts.isConditionalExpression(node))
      return {
        kind: 'conditional',
        ...span,
        test: this.lower(node.condition),
        then: this.lower(node.whenTrue),
        otherwise: this.lower(node.whenFalse),
      };
    if (ts.isAwaitExpression(node)) return { kind: 'await', ...span, value: this.lower(node.expression) };
    if (ts.isYieldExpression(node))
      return { kind: 'yield', ...span, ...(node.expression && { value: this.lower(node.expression) }) };
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
      return {
        kind: 'unary',
        ...span,
        operator: ts.tokenToString(node.operator) ?? '',
        operand: this.lower(node.operand),
      };
    if (ts.isTypeOfExpression(node) || ts.isVoidExpression(node) || ts.isDeleteExpression(node)) {
      const operator = ts.isTypeOfExpression(node) ? 'typeof' : ts.isVoidExpression(node) ? 'void' : 'delete';
      return { kind: 'unary', ...span, operator, operand: this.lower(node.expression) };
    }
    if (ts.isSpreadElement(node)) return { kind: 'spread', ...span, value: this.lower(node.expression) };
    if (ts.isTaggedTemplateExpression(node))
      return { kind: 'opaque', ...span, parts: [this.lower(node.tag), this.lower(node.template)] };
    if (ts.isClassExpression(node)) return { kind: 'opaque', ...span, parts: [] };
    switch (node.kind) {
      case ts.SyntaxKind.TrueKeyword:
      case ts.SyntaxKind.FalseKeyword:
        return { kind: 'boolean', ...span, value: node.kind === ts.SyntaxKind.TrueKeyword };
      case ts.SyntaxKind.NullKeyword:
        return { kind: 'none', ...span };
      case ts.SyntaxKind.ThisKeyword:
        return { kind: 'name', ...span, name: 'this' };
      default:
        return { kind: 'opaque', ...span, parts: this.parts(node) };
    }
  }

  private call(node: ts.CallExpression | ts.NewExpression, span: Span): Expression {
    const required = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const callee: Expression = required
      ? { kind: 'name', ...this.span(node.expression), name: 'import' }
      : this.lower(node.expression);
    const keywords: KeywordArgument[] = [];
    const given = node.arguments ?? [];
    const positional = given.map(argument => this.lower(argument));
    // JavaScript names its options in a last object literal: each entry is also offered as a keyword argument.
    const last = given.at(-1);
    if (last && ts.isObjectLiteralExpression(last)) {
      for (const property of last.properties) {
        if (ts.isPropertyAssignment(property) && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)))
          keywords.push({ ...this.span(property), name: property.name.text, value: this.lower(property.initializer) });
        else if (ts.isShorthandPropertyAssignment(property))
          keywords.push({ ...this.span(property), name: property.name.text, value: this.lower(property.name) });
      }
    }
    return {
      kind: 'call',
      ...span,
      callee,
      arguments: positional,
      keywords,
      ...(ts.isNewExpression(node) && { isNew: true }),
    };
  }

  private object(node: ts.ObjectLiteralExpression, span: Span): Expression {
    const entries: { key: Expression | null; value: Expression }[] = [];
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) entries.push({ key: null, value: this.lower(property.expression) });
      else if (ts.isShorthandPropertyAssignment(property))
        entries.push({ key: this.key(property.name), value: this.lower(property.name) });
      else if (ts.isPropertyAssignment(property))
        entries.push({ key: this.key(property.name), value: this.lower(property.initializer) });
      else if (ts.isMethodDeclaration(property)) {
        const method = this.span(property);
        entries.push({
          key: this.key(property.name),
          value: {
            kind: 'lambda',
            ...method,
            parameters: this.outer.parameters(property.parameters),
            body: this.outer.body(property.body),
            isAsync: false,
          },
        });
      }
    }
    return { kind: 'mapping', ...span, entries };
  }

  private key(name: ts.PropertyName): Expression {
    const span = this.span(name);
    if (ts.isComputedPropertyName(name)) return this.lower(name.expression);
    return { kind: 'string', ...span, value: name.getText(this.source).replace(/^['"]|['"]$/g, '') };
  }

  private binary(node: ts.BinaryExpression, span: Span): Expression {
    const operator = ts.tokenToString(node.operatorToken.kind) ?? '';
    if (
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    )
      return { kind: 'walrus', ...span, target: this.lower(node.left), value: this.lower(node.right) };
    // Chains of one operator lean to the left and may be thousands long: unrolled, not recursed into.
    const links: { span: Span; operator: string; right: ts.Expression }[] = [];
    let at: ts.Expression = node;
    while (
      ts.isBinaryExpression(at) &&
      !(at.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && at.operatorToken.kind <= ts.SyntaxKind.LastAssignment)
    ) {
      links.push({
        span: this.span(at),
        operator: ts.tokenToString(at.operatorToken.kind) ?? operator,
        right: at.right,
      });
      at = at.left;
    }
    let left = this.lower(at);
    for (const link of links.reverse()) left = this.join(link.span, link.operator, left, this.lower(link.right));
    return left;
  }

  private join(span: Span, operator: string, left: Expression, right: Expression): Expression {
    if (operator in logical)
      return { kind: 'boolean-operation', ...span, operator: logical[operator]!, operands: [left, right] };
    if (operator in comparisons)
      return { kind: 'compare', ...span, operators: [comparisons[operator]!], operands: [left, right] };
    if (operator === ',') return { kind: 'opaque', ...span, parts: [left, right] };
    return { kind: 'binary', ...span, operator, left, right };
  }

  /** Patterns of declarations and parameters as targets: arrays as lists, objects as mappings. */
  binding(node: ts.BindingName): Expression {
    const span = this.span(node);
    if (ts.isIdentifier(node)) return { kind: 'name', ...span, name: node.text };
    if (ts.isArrayBindingPattern(node))
      return {
        kind: 'list',
        ...span,
        items: node.elements.map(item =>
          ts.isOmittedExpression(item) ? { kind: 'opaque', ...this.span(item), parts: [] } : this.binding(item.name),
        ),
      };
    return {
      kind: 'mapping',
      ...span,
      entries: node.elements.map(item => ({
        key: item.dotDotDotToken
          ? null
          : { kind: 'string', ...this.span(item), value: (item.propertyName ?? item.name).getText(this.source) },
        value: this.binding(item.name),
      })),
    };
  }

  /** A type reference as the expression that names it (`tf.Sequential`). */
  typeName(node: ts.TypeReferenceNode): Expression {
    const lower = (name: ts.EntityName): Expression =>
      ts.isIdentifier(name)
        ? { kind: 'name', ...this.span(name), name: name.text }
        : {
            kind: 'attribute',
            ...this.span(name),
            object: lower(name.left),
            name: name.right.text,
            nameSpan: this.span(name.right),
          };
    return lower(node.typeName);
  }

  /** The expressions inside JSX and whatever else has no form of its own. */
  private parts(node: ts.Node): Expression[] {
    const found: Expression[] = [];
    const visit = (child: ts.Node): void => {
      if (ts.isJsxOpeningLikeElement(child)) ts.forEachChild(child.attributes, visit);
      else if (ts.isJsxAttribute(child)) {
        if (child.initializer && !ts.isStringLiteral(child.initializer)) visit(child.initializer);
      } else if (
        ts.isJsxElement(child) ||
        ts.isJsxFragment(child) ||
        ts.isJsxExpression(child) ||
        ts.isJsxSpreadAttribute(child)
      )
        ts.forEachChild(child, visit);
      else if (ts.isExpression(child) && !isJsxShell(child)) found.push(this.lower(child));
    };
    if (ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)) visit(node);
    else ts.forEachChild(node, visit);
    return found;
  }
}

const isJsxShell = (node: ts.Node): boolean =>
  ts.isJsxText(node) || ts.isJsxClosingElement(node) || ts.isJsxOpeningFragment(node) || ts.isJsxClosingFragment(node);
