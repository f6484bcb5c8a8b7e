import type * as tfjs from '@tensorflow/tfjs';
import { RuntimeError } from '../../error';
import { familyClass } from '../families';
import type { Expression, Parameter, SourceFile, Span, Statement } from '../language/syntax';
import { lineOf } from '../language/syntax';
import type { Layer } from '../layers/layer';
import {
  type ClassValue,
  type FunctionValue,
  is,
  isList,
  listOf,
  type ModuleValue,
  type ObjectValue,
  type ParameterValue,
  type Place,
  type Scope,
  symbol,
  truth,
  unknown,
  unknownOf,
  type Value,
} from '../values';
import { assign, attributeOf } from './access';
import { instantiate } from './classes';
import { evaluate } from './evaluate';
import { callLayer } from './layers';
import { callLibrary } from './library';
import { callMethod } from './methods';
import { iterate } from './operations';

export type Named = ReadonlyMap<string, Value>;

/** What ends a block early. */
type Signal =
  | { readonly kind: 'return'; readonly value: Value }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' };

/** An error with its place already told. */
export class PlacedError extends RuntimeError {}

export interface MachineOptions {
  readonly tf: typeof tfjs | null;
  /** Files that imports and qualified names lead to, by module name. */
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly seed?: number;
}

/** What a script was seen to save: the module behind `torch.save(model.state_dict(), path)`. */
export interface Saved {
  readonly path: string | null;
  readonly module: ModuleValue;
}

const maxSteps = 5_000_000;
const maxDepth = 120;

/**
 * Runs the code of a network. While a network is put together (`construct`) what cannot be followed becomes unknown and nothing stops; a
 * forward pass stops at the first thing that is not known and says its line.
 */
export class Machine {
  /** What a pass computes with may change from pass to pass. */
  tf: typeof tfjs | null;
  phase: 'construct' | 'forward' = 'construct';
  training = false;
  readonly saved: Saved[] = [];
  /** Modules made outside of any other module, in order. */
  readonly made: ModuleValue[] = [];
  readonly updates = new Map<ParameterValue, tfjs.Tensor>();
  private readonly files: ReadonlyMap<string, SourceFile>;
  private readonly scopes = new Map<SourceFile, Scope>();
  private steps = 0;
  private depth = 0;
  private draws: number;
  /** Modules under construction: a module made while this is not empty is a part. */
  building = 0;

  constructor(options: MachineOptions) {
    this.tf = options.tf;
    this.files = options.files;
    this.draws = options.seed ?? 1;
  }

  readonly seed = (): number => ++this.draws;

  /** The names of a file, run once. */
  scopeOf(file: SourceFile): Scope {
    const known = this.scopes.get(file);
    if (known) return known;
    const scope: Scope = { names: new Map(), parent: null, file };
    this.scopes.set(file, scope);
    this.block(file.body, scope);
    return scope;
  }

  /** What the names of the files that were run stand for. */
  globals(): Value[] {
    return [...this.scopes.values()].flatMap(scope => [...scope.names.values()]);
  }

  fileOf(module: string): SourceFile | null {
    return this.files.get(module) ?? null;
  }

  /** Where something of a module that is among the files, or a class of a known family, is bound; null for other libraries. */
  lookup(path: string): Value | null {
    const dot = path.lastIndexOf('.');
    const file = dot < 0 ? null : this.fileOf(path.slice(0, dot));
    return file ? (this.scopeOf(file).names.get(path.slice(dot + 1)) ?? null) : familyClass(this, path);
  }

  get tensors(): typeof tfjs {
    return this.tf ?? this.fail('Tensors are not computed here.');
  }

  fail(message: string): never {
    throw new RuntimeError(message);
  }

  tick(): void {
    if (++this.steps > maxSteps) this.fail('The code of the network takes too many steps to follow.');
  }

  restart(): void {
    this.steps = 0;
  }

  block(body: readonly Statement[], scope: Scope): Signal | null {
    for (const statement of body) {
      const signal = this.guarded(statement, scope);
      if (signal) return signal;
    }
    return null;
  }

  /** One statement; in construction a failure makes what it binds unknown, in a forward pass it is told with its line. */
  private guarded(statement: Statement, scope: Scope): Signal | null {
    try {
      this.tick();
      return this.execute(statement, scope);
    } catch (error) {
      if (!(error instanceof RuntimeError) && !(error instanceof Error && error.name === 'Error')) throw error;
      const placed = this.place(error, scope.file, statement);
      if (this.phase === 'forward') throw placed;
      if (this.steps > maxSteps) throw placed;
      if (statement.kind === 'assign')
        for (const target of statement.targets) assign(this, target, unknownOf(placed.message), scope);
      else if (statement.kind === 'return') return { kind: 'return', value: unknownOf(placed.message) };
      return null;
    }
  }

  private place(error: Error, file: SourceFile, at: Span): PlacedError {
    if (error instanceof PlacedError) return error;
    const message = error.message.split('\n')[0]?.slice(0, 300) ?? '';
    if (/\(line \d+ of /.test(message)) return new PlacedError(`${message.replace(/[.!]$/, '')}.`);
    const line = `line ${lineOf(file, at.start)} of ${file.name}`;
    return new PlacedError(`${message.replace(/[.!]$/, '')} (${line}).`);
  }

  placeOf(file: SourceFile, span: Span): string {
    return `line ${lineOf(file, span.start)} of ${file.name}`;
  }

  private execute(s: Statement, scope: Scope): Signal | null {
    switch (s.kind) {
      case 'import':
        this.imports(s.names, scope);
        return null;
      case 'assign': {
        const value = this.named(evaluate(this, s.value, scope), scope, s);
        if (s.operator !== undefined) {
          const [target] = s.targets;
          if (target) assign(this, target, value, scope, s.operator);
        } else for (const target of s.targets) assign(this, target, value, scope);
        return null;
      }
      case 'expression':
        evaluate(this, s.value, scope);
        return null;
      case 'function':
        scope.names.set(s.name, this.decorated(this.define(s, scope), s.decorators, scope));
        return null;
      case 'class':
        scope.names.set(s.name, this.classOf(s, scope));
        return null;
      case 'return':
        return { kind: 'return', value: s.value ? evaluate(this, s.value, scope) : null };
      case 'if':
        return this.branch(s, scope);
      case 'for':
        return this.loop(s, scope);
      case 'while':
        return this.repeat(s, scope);
      case 'with':
        for (const item of s.items) {
          const value = evaluate(this, item.value, scope);
          if (item.target) assign(this, item.target, value, scope);
        }
        return this.block(s.body, scope);
      case 'try':
        return this.block(s.body, scope) ?? this.block(s.otherwise, scope) ?? this.block(s.finally, scope);
      case 'raise':
        return this.phase === 'forward' ? this.fail('The network refuses this input with an error of its own.') : null;
      case 'delete':
        for (const target of s.targets) {
          if (target.kind === 'name') scope.names.delete(target.name);
          else if (target.kind === 'attribute') {
            const object = evaluate(this, target.object, scope);
            if (is(object, 'module') || is(object, 'object')) object.attributes.delete(target.name);
          }
        }
        return null;
      case 'jump':
        return s.what === 'pass' ? null : { kind: s.what };
      default:
        return null;
    }
  }

  /** A value that is not known, with the line that it comes from, so that whoever needs it can say so. */
  private named(value: Value, scope: Scope, at: Span): Value {
    if (!is(value, 'unknown') || value.why !== null) return value;
    return unknownOf(`What is computed at ${this.placeOf(scope.file, at)} is not known`);
  }

  private imports(names: Extract<Statement, { kind: 'import' }>['names'], scope: Scope): void {
    for (const { module, member, local } of names) {
      if (member === '*') {
        const file = this.fileOf(module);
        for (const [name, value] of file ? this.scopeOf(file).names : []) scope.names.set(name, value);
        if (!file) scope.names.set('*', symbol(module));
      } else if (local !== null) {
        // `import a.b` binds `a`; `import a.b as c` binds the module itself.
        const path = member !== null ? `${module}.${member}` : module.startsWith(`${local}.`) ? local : module;
        scope.names.set(local, (member !== null ? this.lookup(path) : null) ?? symbol(path));
      }
    }
  }

  private branch(s: Extract<Statement, { kind: 'if' }>, scope: Scope): Signal | null {
    const test = truth(evaluate(this, s.test, scope));
    if (test !== null) return this.block(test ? s.then : s.otherwise, scope);
    if (this.phase === 'forward') this.fail('What decides a branch of the network is not known');
    return this.block(s.then, scope) ?? this.block(s.otherwise, scope);
  }

  private loop(s: Extract<Statement, { kind: 'for' }>, scope: Scope): Signal | null {
    const over = evaluate(this, s.iterable, scope);
    const items = iterate(this, over);
    if (!items && this.phase === 'forward') this.fail('What a loop of the network runs over is not known');
    for (const item of items ?? [unknown]) {
      this.tick();
      assign(this, s.target, item, scope);
      const signal = this.block(s.body, scope);
      if (signal?.kind === 'return') return signal;
      if (signal?.kind === 'break') return null;
    }
    return this.block(s.otherwise, scope);
  }

  private repeat(s: Extract<Statement, { kind: 'while' }>, scope: Scope): Signal | null {
    const forward = this.phase === 'forward';
    const endless = s.test.kind === 'boolean' || s.test.kind === 'number';
    for (let round = 0; round < (forward ? 100_000 : 1000); round++) {
      this.tick();
      const test = truth(evaluate(this, s.test, scope));
      if (test === false) return this.block(s.otherwise, scope);
      if (test === null && forward) this.fail('What ends a loop of the network is not known');
      const signal = this.block(s.body, scope);
      if (signal?.kind === 'return') return signal;
      // In construction a loop without a known end is run once; `while True` of a training loop too.
      if (signal?.kind === 'break' || (!forward && (test === null || endless))) return null;
    }
    return forward ? this.fail('A loop of the network does not end') : null;
  }

  define(
    s: {
      readonly name?: string;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
      readonly decorators?: readonly Expression[];
    },
    scope: Scope,
  ): FunctionValue {
    const defaults = new Map<string, Value>();
    for (const parameter of s.parameters)
      if (parameter.default) defaults.set(parameter.name, evaluate(this, parameter.default, scope));
    const named = (s.decorators ?? []).map(each =>
      each.kind === 'name' ? each.name : each.kind === 'attribute' ? each.name : '',
    );
    const decoration = named.includes('staticmethod')
      ? 'static'
      : named.includes('classmethod')
        ? 'class'
        : named.includes('property') || named.includes('cached_property')
          ? 'property'
          : 'none';
    return {
      kind: 'function',
      name: s.name ?? 'lambda',
      parameters: s.parameters,
      body: s.body,
      defaults,
      scope,
      decoration,
      owner: null,
    };
  }

  /** Decorators are taken to leave a function what it is (`no_grad`, `torch.jit.script`, `lru_cache`). */
  private decorated(value: FunctionValue, _: readonly Expression[], __: Scope): Value {
    return value;
  }

  private classOf(s: Extract<Statement, { kind: 'class' }>, scope: Scope): ClassValue {
    const names = new Map<string, Value>();
    const inner: Scope = { names, parent: scope, file: scope.file };
    this.block(s.body, inner);
    const bases = s.bases.map(base => evaluate(this, base, scope));
    const decorators = s.decorators
      .map(each => (each.kind === 'call' ? each.callee : each))
      .map(each => ('name' in each ? each.name : ''));
    const data =
      decorators.includes('dataclass') ||
      bases.some(base => is(base, 'symbol') && /(?:^|\.)NamedTuple$/.test(base.path));
    const inherited = bases.flatMap(base => (is(base, 'class') ? (base.fields ?? []) : []));
    const own = s.body.flatMap(each =>
      each.kind === 'assign' && each.targets[0]?.kind === 'name' ? [each.targets[0].name] : [],
    );
    const value: ClassValue = {
      kind: 'class',
      name: s.name,
      bases,
      members: names,
      place: { file: scope.file, span: s },
      fields: data ? [...new Set([...inherited, ...own])] : null,
    };
    for (const member of names.values()) if (is(member, 'function')) member.owner = value;
    return value;
  }

  /** Calls anything that can be called. */
  call(callee: Value, positional: readonly Value[], named: Named, place: Place): Value {
    if (++this.depth > maxDepth) {
      this.depth = 0;
      this.fail('The code of the network calls itself too deeply.');
    }
    try {
      this.tick();
      return this.dispatch(callee, positional, named, place);
    } finally {
      this.depth = Math.max(0, this.depth - 1);
    }
  }

  private dispatch(callee: Value, positional: readonly Value[], named: Named, place: Place): Value {
    if (is(callee, 'function')) return this.invoke(callee, positional, named);
    if (is(callee, 'bound'))
      return typeof callee.function === 'string'
        ? callMethod(this, callee.self, callee.function, positional, named, place)
        : this.invoke(callee.function, [callee.self, ...positional], named);
    if (is(callee, 'class')) return instantiate(this, callee, positional, named, place);
    if (is(callee, 'module')) return this.forward(callee, positional, named, place);
    if (is(callee, 'native')) return callee.call(positional, named, place.span);
    if (is(callee, 'symbol')) return callLibrary(this, callee.path, positional, named, place);
    if (is(callee, 'object')) {
      const method = attributeOf(this, callee, '__call__');
      return is(method, 'bound') ? this.call(method, positional, named, place) : unknown;
    }
    if (this.phase === 'forward')
      this.fail(is(callee, 'unknown') && callee.why !== null ? callee.why : 'What is called here is not known');
    return unknown;
  }

  /** The forward method of a module of the script, or what one of PyTorch's layers computes. */
  forward(module: ModuleValue, positional: readonly Value[], named: Named, place: Place): Value {
    if (this.phase === 'construct') return unknown;
    const method = module.attributes.get('forward') ?? attributeOf(this, module, 'forward');
    if (is(method, 'bound') && typeof method.function !== 'string')
      return this.invoke(method.function, [module, ...positional], named);
    if (is(method, 'function')) return this.invoke(method, positional, named);
    if (is(method, 'native')) return method.call(positional, named, place.span);
    if (module.layer) return callLayer(this, module, module.layer as Layer, positional, named, place);
    return this.fail(
      `The layer ${module.type} (made at ${this.placeOf(module.made.file, module.made.span)}) is not run here`,
    );
  }

  /** Binds arguments as Python does, and runs the body. */
  invoke(fn: FunctionValue, positional: readonly Value[], named: Named): Value {
    const names = new Map<string, Value>();
    const scope: Scope = { names, parent: fn.scope, file: fn.scope.file };
    if (fn.owner) names.set('__class__', fn.owner);
    const rest = [...positional];
    const left = new Map(named);
    for (const parameter of fn.parameters) {
      if (parameter.style === 'rest') names.set(parameter.name, listOf(rest.splice(0), 'tuple'));
      else if (parameter.style === 'keyword-rest') {
        names.set(parameter.name, { kind: 'dict', entries: new Map([...left].filter(([key]) => key !== '**')) });
        left.clear();
      } else if (parameter.style === 'positional' && rest.length > 0) names.set(parameter.name, rest.shift() ?? null);
      else if (left.has(parameter.name)) {
        names.set(parameter.name, left.get(parameter.name) ?? null);
        left.delete(parameter.name);
      } else
        names.set(
          parameter.name,
          fn.defaults.get(parameter.name) ??
            (fn.defaults.has(parameter.name) ? null : unknownOf(`The argument "${parameter.name}" is not known`)),
        );
    }
    const signal = this.block(fn.body, scope);
    return signal?.kind === 'return' ? signal.value : null;
  }

  isObject(value: Value): value is ObjectValue {
    return is(value, 'object');
  }

  items(value: Value): Value[] | null {
    return isList(value) ? value.items : iterate(this, value);
  }
}
