import { ts } from 'ts-morph';
import type {
  ClassDefinition,
  Expression,
  FunctionDefinition,
  ImportedName,
  Parameter,
  Span,
  Statement,
} from '../../facts/syntax';
import { ExpressionLowering } from './expressions';

/** From the compiler's statements to facts. Types vanish; what has no meaning to the analysis keeps its parts. */
export class Lowering {
  readonly expressions: ExpressionLowering;

  constructor(private readonly source: ts.SourceFile) {
    this.expressions = new ExpressionLowering(source, this);
  }

  span(node: ts.Node): Span {
    return { start: node.getStart(this.source), end: node.end };
  }

  statements(nodes: readonly ts.Statement[]): Statement[] {
    const out: Statement[] = [];
    // Functions are there before the first statement runs.
    for (const node of nodes) if (ts.isFunctionDeclaration(node)) this.statement(node, out);
    for (const node of nodes) if (!ts.isFunctionDeclaration(node)) this.statement(node, out);
    return out;
  }

  private block(node: ts.Statement | undefined): Statement[] {
    if (!node) return [];
    return this.statements(ts.isBlock(node) ? node.statements : [node]);
  }

  private statement(node: ts.Statement, out: Statement[]): void {
    const span = this.span(node);
    const e = this.expressions;
    if (ts.isVariableStatement(node)) {
      this.declarations(node.declarationList, out);
      if (isExported(node))
        for (const declared of node.declarationList.declarations)
          if (ts.isIdentifier(declared.name)) out.push(exportOf(span, declared.name.text));
    } else if (ts.isExpressionStatement(node)) {
      out.push(
        this.assignment(node.expression, span) ?? { kind: 'expression', ...span, value: e.lower(node.expression) },
      );
    } else if (ts.isFunctionDeclaration(node)) {
      const lowered = this.function(node, node.name?.text ?? 'default');
      out.push(lowered);
      if (isExported(node)) out.push(exportOf(span, isDefault(node) ? 'default' : lowered.name, lowered.name));
    } else if (ts.isClassDeclaration(node)) {
      const lowered = this.class(node);
      out.push(lowered);
      if (isExported(node)) out.push(exportOf(span, isDefault(node) ? 'default' : lowered.name, lowered.name));
    } else if (ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node)) {
      const names = this.imports(node);
      if (names.length > 0) out.push({ kind: 'import', ...span, names });
    } else if (ts.isExportDeclaration(node)) {
      this.reexports(node, out);
    } else if (ts.isExportAssignment(node)) {
      out.push({ kind: 'export', ...span, name: 'default', value: e.lower(node.expression) });
    } else if (ts.isReturnStatement(node)) {
      out.push({ kind: 'return', ...span, ...(node.expression && { value: e.lower(node.expression) }) });
    } else if (ts.isIfStatement(node)) {
      out.push({
        kind: 'if',
        ...span,
        test: e.lower(node.expression),
        then: this.block(node.thenStatement),
        otherwise: this.block(node.elseStatement),
      });
    } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      const target = ts.isVariableDeclarationList(node.initializer)
        ? e.binding(node.initializer.declarations[0]!.name)
        : e.lower(node.initializer);
      out.push({
        kind: 'for',
        ...span,
        target,
        iterable: e.lower(node.expression),
        body: this.block(node.statement),
        otherwise: [],
      });
    } else if (ts.isForStatement(node)) {
      this.countingLoop(node, span, out);
    } else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
      out.push({
        kind: 'while',
        ...span,
        test: e.lower(node.expression),
        body: this.block(node.statement),
        otherwise: [],
      });
    } else if (ts.isTryStatement(node)) {
      const name = node.catchClause?.variableDeclaration?.name;
      const handlers = node.catchClause
        ? [{ ...(name && ts.isIdentifier(name) && { name: name.text }), body: this.block(node.catchClause.block) }]
        : [];
      out.push({
        kind: 'try',
        ...span,
        body: this.block(node.tryBlock),
        handlers,
        otherwise: [],
        finally: this.block(node.finallyBlock),
      });
    } else if (ts.isThrowStatement(node)) {
      out.push({ kind: 'raise', ...span, value: e.lower(node.expression) });
    } else if (ts.isSwitchStatement(node)) {
      this.switch(node, span, out);
    } else if (ts.isBlock(node)) {
      out.push(...this.block(node));
    } else if (ts.isLabeledStatement(node)) {
      this.statement(node.statement, out);
    } else if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
      out.push({ kind: 'jump', ...span, what: ts.isBreakStatement(node) ? 'break' : 'continue' });
    } else if (ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body)) {
      out.push(...this.statements(node.body.statements));
    }
  }

  private declarations(list: ts.VariableDeclarationList, out: Statement[]): void {
    for (const declared of list.declarations) {
      const required = declared.initializer && requiredModule(declared.initializer);
      if (required !== undefined) {
        const names = this.requires(declared, required);
        if (names) {
          out.push({ kind: 'import', ...this.span(declared), names });
          continue;
        }
      }
      const span = this.span(declared);
      const unset: Expression = { kind: 'opaque', ...span, parts: [] };
      out.push({
        kind: 'assign',
        declares: true,
        ...span,
        targets: [this.expressions.binding(declared.name)],
        value: declared.initializer ? this.expressions.lower(declared.initializer) : unset,
        ...(declared.type &&
          ts.isTypeReferenceNode(declared.type) && { annotation: this.expressions.typeName(declared.type) }),
      });
    }
  }

  /** `a = b`, `a += b` as statements; null for any other expression. `module.exports = x` is an export. */
  private assignment(node: ts.Expression, span: Span): Statement | null {
    if (!ts.isBinaryExpression(node)) return null;
    const kind = node.operatorToken.kind;
    if (kind < ts.SyntaxKind.FirstAssignment || kind > ts.SyntaxKind.LastAssignment) return null;
    const exported = kind === ts.SyntaxKind.EqualsToken ? commonJsExport(node.left) : undefined;
    if (exported !== undefined)
      return { kind: 'export', ...span, name: exported, value: this.expressions.lower(node.right) };
    const operator =
      kind === ts.SyntaxKind.EqualsToken ? undefined : node.operatorToken.getText(this.source).slice(0, -1);
    return {
      kind: 'assign',
      ...span,
      targets: [this.expressions.lower(node.left)],
      value: this.expressions.lower(node.right),
      ...(operator !== undefined && { operator }),
    };
  }

  /** `for (let i = a; i < n; i++)` becomes `for i in range(n)`, so that epochs are counted alike in all languages. */
  private countingLoop(node: ts.ForStatement, span: Span, out: Statement[]): void {
    const e = this.expressions;
    const first =
      node.initializer && ts.isVariableDeclarationList(node.initializer) ? node.initializer.declarations[0] : undefined;
    const test = node.condition;
    const counts =
      first &&
      ts.isIdentifier(first.name) &&
      test &&
      ts.isBinaryExpression(test) &&
      ts.isIdentifier(test.left) &&
      test.left.text === first.name.text &&
      (test.operatorToken.kind === ts.SyntaxKind.LessThanToken ||
        test.operatorToken.kind === ts.SyntaxKind.LessThanEqualsToken);
    if (counts && first.initializer) {
      const testSpan = this.span(test);
      const upTo = e.lower(test.right);
      const inclusive = test.operatorToken.kind === ts.SyntaxKind.LessThanEqualsToken;
      const stop: Expression = inclusive
        ? { kind: 'binary', ...testSpan, operator: '+', left: upTo, right: { kind: 'number', ...testSpan, value: 1 } }
        : upTo;
      const iterable: Expression = {
        kind: 'call',
        ...testSpan,
        callee: { kind: 'name', ...testSpan, name: 'range' },
        arguments: [e.lower(first.initializer), stop],
        keywords: [],
      };
      out.push({
        kind: 'for',
        ...span,
        target: e.binding(first.name),
        iterable,
        body: this.block(node.statement),
        otherwise: [],
      });
      return;
    }
    if (node.initializer && ts.isVariableDeclarationList(node.initializer)) this.declarations(node.initializer, out);
    const always: Expression = { kind: 'boolean', ...span, value: true };
    out.push({
      kind: 'while',
      ...span,
      test: test ? e.lower(test) : always,
      body: this.block(node.statement),
      otherwise: [],
    });
  }

  private switch(node: ts.SwitchStatement, span: Span, out: Statement[]): void {
    const subject = this.expressions.lower(node.expression);
    out.push({ kind: 'expression', ...span, value: subject });
    for (const clause of node.caseBlock.clauses) {
      const test: Expression = ts.isCaseClause(clause)
        ? {
            kind: 'compare',
            ...this.span(clause.expression),
            operators: ['=='],
            operands: [subject, this.expressions.lower(clause.expression)],
          }
        : { kind: 'opaque', ...this.span(clause), parts: [] };
      out.push({ kind: 'if', ...this.span(clause), test, then: this.statements(clause.statements), otherwise: [] });
    }
  }

  parameters(nodes: readonly ts.ParameterDeclaration[]): Parameter[] {
    return nodes
      .filter(node => !(ts.isIdentifier(node.name) && node.name.text === 'this'))
      .map((node, index) => ({
        ...this.span(node),
        name: ts.isIdentifier(node.name) ? node.name.text : `_${index}`,
        style: node.dotDotDotToken ? 'rest' : 'positional',
        ...(!ts.isIdentifier(node.name) && { pattern: this.expressions.binding(node.name) }),
        ...(node.type && ts.isTypeReferenceNode(node.type) && { annotation: this.expressions.typeName(node.type) }),
        ...(node.initializer && { default: this.expressions.lower(node.initializer) }),
      }));
  }

  /** The statements of a body; an arrow's expression body is its return. */
  body(node: ts.ConciseBody | undefined): Statement[] {
    if (!node) return [];
    return ts.isBlock(node)
      ? this.statements(node.statements)
      : [{ kind: 'return', ...this.span(node), value: this.expressions.lower(node) }];
  }

  function(
    node: ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration | ts.AccessorDeclaration,
    name: string,
  ): FunctionDefinition {
    return {
      kind: 'function',
      ...this.span(node),
      name,
      nameSpan: node.name ? this.span(node.name) : this.span(node),
      parameters: this.parameters(node.parameters),
      decorators: this.decorators(node),
      isAsync: node.modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.AsyncKeyword) ?? false,
      body: this.body(node.body),
    };
  }

  /** Methods take `self` as `this`; the constructor is `__init__`: one notion of a class for all languages. */
  class(node: ts.ClassLikeDeclaration): ClassDefinition {
    const span = this.span(node);
    const body: Statement[] = [];
    for (const member of node.members) {
      if (ts.isConstructorDeclaration(member))
        body.push(withThis(withProperties(this.function(member, '__init__'), member)));
      else if (ts.isMethodDeclaration(member) || ts.isAccessor(member))
        body.push(withThis(this.function(member, memberName(member.name))));
      else if (ts.isPropertyDeclaration(member) && member.initializer)
        body.push({
          kind: 'assign',
          ...this.span(member),
          targets: [{ kind: 'name', ...this.span(member.name), name: memberName(member.name) }],
          value: this.expressions.lower(member.initializer),
          declares: true,
        });
    }
    const heritage = node.heritageClauses?.find(clause => clause.token === ts.SyntaxKind.ExtendsKeyword);
    return {
      kind: 'class',
      ...span,
      name: node.name?.text ?? 'default',
      nameSpan: node.name ? this.span(node.name) : span,
      bases: heritage?.types.map(type => this.expressions.lower(type.expression)) ?? [],
      keywords: [],
      decorators: this.decorators(node),
      body,
    };
  }

  private decorators(node: ts.Node): Expression[] {
    return ts.canHaveDecorators(node)
      ? (ts.getDecorators(node) ?? []).map(decorator => this.expressions.lower(decorator.expression))
      : [];
  }

  private imports(node: ts.ImportDeclaration | ts.ImportEqualsDeclaration): ImportedName[] {
    const span = this.span(node);
    if (ts.isImportEqualsDeclaration(node)) {
      const reference = node.moduleReference;
      return ts.isExternalModuleReference(reference) && ts.isStringLiteral(reference.expression)
        ? [{ ...span, module: reference.expression.text, member: null, local: node.name.text }]
        : [];
    }
    if (!ts.isStringLiteral(node.moduleSpecifier)) return [];
    const module = node.moduleSpecifier.text;
    const clause = node.importClause;
    if (!clause) return [{ ...span, module, member: null, local: null }];
    const names: ImportedName[] = [];
    if (clause.name) names.push({ ...this.span(clause.name), module, member: 'default', local: clause.name.text });
    const bindings = clause.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings))
      names.push({ ...this.span(bindings), module, member: null, local: bindings.name.text });
    if (bindings && ts.isNamedImports(bindings))
      for (const item of bindings.elements)
        names.push({
          ...this.span(item),
          module,
          member: (item.propertyName ?? item.name).text,
          local: item.name.text,
        });
    return names;
  }

  /** `const x = require('m')`, `const { a, b: c } = require('m')`; null when the pattern is anything else. */
  private requires(declared: ts.VariableDeclaration, module: string): ImportedName[] | null {
    const span = this.span(declared);
    if (ts.isIdentifier(declared.name)) return [{ ...span, module, member: null, local: declared.name.text }];
    if (!ts.isObjectBindingPattern(declared.name)) return null;
    const names: ImportedName[] = [];
    for (const item of declared.name.elements) {
      if (!ts.isIdentifier(item.name) || (item.propertyName && !ts.isIdentifier(item.propertyName))) return null;
      names.push({
        ...this.span(item),
        module,
        member: (item.propertyName as ts.Identifier | undefined)?.text ?? item.name.text,
        local: item.name.text,
      });
    }
    return names;
  }

  private reexports(node: ts.ExportDeclaration, out: Statement[]): void {
    const span = this.span(node);
    const module =
      node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined;
    if (!node.exportClause) {
      if (module !== undefined)
        out.push({ kind: 'import', ...span, names: [{ ...span, module, member: '*', local: null }] });
    } else if (ts.isNamedExports(node.exportClause)) {
      for (const item of node.exportClause.elements) {
        const original = (item.propertyName ?? item.name).text;
        if (module !== undefined)
          out.push({
            kind: 'import',
            ...span,
            names: [{ ...this.span(item), module, member: original, local: item.name.text }],
          });
        out.push(exportOf(span, item.name.text, module === undefined ? original : item.name.text));
      }
    }
  }
}

function exportOf(span: Span, name: string, local = name): Statement {
  return { kind: 'export', ...span, name, value: { kind: 'name', ...span, name: local } };
}

function withThis(method: FunctionDefinition): FunctionDefinition {
  const self: Parameter = { ...method.nameSpan, name: 'this', style: 'positional' };
  return { ...method, parameters: [self, ...method.parameters] };
}

const propertyMarks = [
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.OverrideKeyword,
];

/** `constructor(private readonly service: Service)` declares a field and sets it. */
function withProperties(made: FunctionDefinition, { parameters }: ts.ConstructorDeclaration): FunctionDefinition {
  const set = made.parameters.flatMap(({ name, start, end }, i): Statement[] => {
    const node = parameters.find(one => ts.isIdentifier(one.name) && one.name.text === name) ?? parameters[i];
    if (!node || !propertyMarks.some(mark => hasModifier(node, mark))) return [];
    const span = { start, end };
    const target: Expression = {
      kind: 'attribute',
      ...span,
      object: { kind: 'name', ...span, name: 'this' },
      name,
      nameSpan: span,
    };
    return [{ kind: 'assign', ...span, targets: [target], value: { kind: 'name', ...span, name } }];
  });
  return set.length === 0 ? made : { ...made, body: [...set, ...made.body] };
}

function memberName(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isPrivateIdentifier(name) ? name.text : '[computed]';
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(modifier => modifier.kind === kind) ?? false);
}

const isExported = (node: ts.Node): boolean => hasModifier(node, ts.SyntaxKind.ExportKeyword);
const isDefault = (node: ts.Node): boolean => hasModifier(node, ts.SyntaxKind.DefaultKeyword);

/** The module named by `require('m')` (awaited or not, `import('m')` alike). */
function requiredModule(node: ts.Expression): string | undefined {
  const call = ts.isAwaitExpression(node) ? node.expression : node;
  if (!ts.isCallExpression(call)) return undefined;
  const named =
    (ts.isIdentifier(call.expression) && call.expression.text === 'require') ||
    call.expression.kind === ts.SyntaxKind.ImportKeyword;
  const [first] = call.arguments;
  return named && first && ts.isStringLiteralLike(first) ? first.text : undefined;
}

/** `module.exports = …` → `default`; `exports.x = …`, `module.exports.x = …` → `x`. */
function commonJsExport(node: ts.Expression): string | undefined {
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const isModuleExports = (at: ts.Expression): boolean =>
    ts.isPropertyAccessExpression(at) &&
    at.name.text === 'exports' &&
    ts.isIdentifier(at.expression) &&
    at.expression.text === 'module';
  if (isModuleExports(node)) return 'default';
  if (isModuleExports(node.expression) || (ts.isIdentifier(node.expression) && node.expression.text === 'exports'))
    return node.name.text;
  return undefined;
}
