import { signalsOf } from '../models/person-data';
import { truth } from './constants';
import { Evaluator, findInClass, listItems, noArguments } from './evaluator';
import type { LoopFacts, ModuleRun } from './events';
import { noteColumns, stringsOf, withColumn, without } from './frames';
import { spans } from './intrinsics';
import type { Arguments } from './library-calls';
import { childScope, excerpt, type Given, moduleScope, type ProjectModule, type RunOptions } from './machine';
import type {
  ClassDefinition,
  Expression,
  FunctionDefinition,
  ImportedName,
  ModuleFacts,
  Parameter as ParameterFacts,
  Span,
  Statement,
} from './syntax';
import {
  absorb,
  type ClassRef,
  copyOf,
  type FunctionRef,
  join,
  type Scope,
  sameConstants,
  symbol,
  UNKNOWN,
  union,
  Value,
} from './value';
import type { Parameter } from './values';

const MAX_DEPTH = 12;
const MAX_CALLS = 12;
const MAX_MODULES = 24;
const MAX_MODULE_DEPTH = 3;

type Journal = Map<Map<string, Value>, Map<string, Value | undefined>>;
interface Frame {
  returned: Value | null;
  yielded: Value | null;
}

/** Runs a module abstractly, in evaluation order: both sides of every branch, loops until nothing new flows, calls at their call sites. */
class Run extends Evaluator {
  private readonly functions: FunctionRef[] = [];
  private readonly classes: ClassRef[] = [];
  private readonly calls = new Map<object, { count: number; result: Value }>();
  private readonly stack: object[] = [];
  private readonly instances = new Map<ClassRef, Value>();
  private readonly modules = new Map<string, Scope | null>();
  private readonly dependencies = new Set<string>();
  private readonly handlers: { framework: string; api: string; handler: Value; span: Span }[] = [];
  private frame: Frame = { returned: null, yielded: null };
  private journal: Journal | null = null;
  private selves: { self: Value; owner: ClassRef }[] = [];
  private moduleDepth = 0;

  constructor(
    private readonly facts: ModuleFacts,
    options: RunOptions,
  ) {
    super(options);
  }

  run(): ModuleRun & { readonly dependencies: readonly string[] } {
    this.execute(this.facts.body);
    this.runHandlers();
    this.runUncalled();
    this.runHandlers();
    this.settle(() => this.contextWords());
    const limited = this.limited || this.facts.problems.length > 0;
    return { path: this.options.path, events: this.events, limited, dependencies: [...this.dependencies] };
  }

  /** Clinical words in strings and comments. */
  private contextWords(): readonly string[] {
    const words = new Set<string>();
    const scanned = this.options.text.slice(0, 200_000);
    for (const match of scanned.matchAll(/#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*'/g)) {
      for (const signal of signalsOf(match[0])) if (signal.kind !== 'toy') words.add(signal.word);
      if (words.size > 5) break;
    }
    return [...words];
  }

  private runHandlers(): void {
    for (const { framework, api, handler, span } of this.handlers.splice(0))
      this.serve(framework, handler, { api, tier: 'certain', span });
  }

  /** Callers stand below what they call: the last definition first, so that call sites are seen before unknown arguments. */
  private runUncalled(): void {
    for (let round = 0; round < 4; round++) {
      const waiting = this.functions.filter(fn => !this.calls.has(fn.definition)).reverse();
      if (waiting.length === 0) return;
      for (const fn of waiting) {
        if (this.calls.has(fn.definition) || !this.step()) continue;
        const self = fn.owner && !fn.isStatic ? this.selfOf(fn.owner) : null;
        if (this.calls.has(fn.definition)) continue;
        this.invoke(fn, self, { ...noArguments(fn.definition), open: true }, fn.definition);
      }
    }
  }

  private selfOf(cls: ClassRef): Value {
    return (
      this.instances.get(cls) ?? this.construct(cls, { ...noArguments(cls.definition), open: true }, cls.definition)
    );
  }

  protected execute(body: readonly Statement[]): void {
    for (const statement of body) {
      if (!this.step()) return;
      this.statement(statement);
    }
  }

  private statement(s: Statement): void {
    switch (s.kind) {
      case 'expression':
        this.display(s.value, this.evaluate(s.value));
        return;
      case 'assign':
        this.assignment(s);
        return;
      case 'import':
        for (const name of s.names) this.import(name);
        return;
      case 'function':
        this.define(s);
        return;
      case 'class':
        this.defineClass(s);
        return;
      case 'return': {
        const value = s.value ? this.evaluate(s.value) : UNKNOWN;
        this.frame.returned = this.frame.returned ? join(this.frame.returned, value) : value;
        return;
      }
      case 'if':
        this.branchOn(s.test, s.then, s.otherwise);
        return;
      case 'for':
        this.forLoop(s);
        return;
      case 'while':
        this.evaluate(s.test);
        this.loop({ span: s, over: 'other', count: { kind: 'absent' }, iterable: null }, () => this.execute(s.body));
        this.execute(s.otherwise);
        return;
      case 'with':
        for (const item of s.items) {
          const value = this.evaluate(item.value);
          if (item.target) this.assign(item.target, value, item.value);
        }
        this.execute(s.body);
        return;
      case 'try':
        this.branches([
          () => {
            this.execute(s.body);
            this.execute(s.otherwise);
          },
          ...s.handlers.map(handler => () => {
            if (handler.name) this.write(this.scope.names, handler.name, UNKNOWN);
            this.execute(handler.body);
          }),
        ]);
        this.execute(s.finally);
        return;
      case 'delete':
        for (const target of s.targets) this.remove(target);
        return;
      case 'raise':
        if (s.value) this.evaluate(s.value);
        return;
      case 'global':
        for (const name of s.names) this.scope.globals?.add(name);
        return;
      case 'export':
        this.write(this.scope.names, s.name, this.evaluate(s.value));
        return;
      case 'jump':
        return;
    }
  }

  /** A notebook shows the value of a bare expression: rows of a table stay in its stored output. */
  private display(e: Expression, value: Value): void {
    if (!this.interactive || this.stack.length > 0 || this.loops.length > 0 || this.place.path !== this.options.path)
      return;
    if (e.kind === 'call' && !(e.callee.kind === 'attribute' && /^(?:head|tail|sample)$/.test(e.callee.name))) return;
    if (e.kind !== 'call' && e.kind !== 'name' && e.kind !== 'index' && e.kind !== 'attribute') return;
    if (value.strength === 'aggregate' || (this.taintOf(value) === 0 && value.sources.length === 0)) return;
    const values = [this.evidence(value, e)];
    this.emit({ kind: 'log', api: 'notebook.display', tier: 'likely', arguments: {}, sink: 'display', values }, e);
  }

  /** Whether the module is a notebook or a script of cells. */
  private readonly interactive =
    this.options.path.endsWith('.ipynb') || /^#\s*(?:%%|In\[)/m.test(this.options.text.slice(0, 50_000));

  private write(names: Map<string, Value>, name: string, value: Value): void {
    if (this.journal) {
      let log = this.journal.get(names);
      if (!log) {
        log = new Map();
        this.journal.set(names, log);
      }
      if (!log.has(name)) log.set(name, names.get(name));
    }
    names.set(name, value);
  }

  private bind(name: string, value: Value): void {
    const scope = this.scope.globals?.has(name) ? this.scope.module : this.scope;
    this.write(scope.names, name, value);
  }

  /** Runs alternatives from the same state; afterwards a name is any of what they made it. */
  private branches(alternatives: readonly (() => void)[]): void {
    const outer = this.journal;
    const results: Map<Map<string, Value>, Map<string, Value>>[] = [];
    const originals: Journal = new Map();
    for (const alternative of alternatives) {
      const journal: Journal = new Map();
      this.journal = journal;
      alternative();
      const result = new Map<Map<string, Value>, Map<string, Value>>();
      for (const [names, log] of journal) {
        const finals = new Map<string, Value>();
        let before = originals.get(names);
        if (!before) {
          before = new Map();
          originals.set(names, before);
        }
        for (const [name, original] of log) {
          finals.set(name, names.get(name) ?? UNKNOWN);
          if (!before.has(name)) before.set(name, original);
          if (original) names.set(name, original);
          else names.delete(name);
        }
        result.set(names, finals);
      }
      results.push(result);
    }
    this.journal = outer;
    for (const [names, log] of originals)
      for (const [name, original] of log) {
        let value: Value | null = null;
        for (const result of results) {
          const made = result.get(names)?.get(name) ?? original;
          if (made) value = value ? join(value, made) : made;
        }
        if (value) this.write(names, name, value);
      }
  }

  private branchOn(test: Expression, then: readonly Statement[], otherwise: readonly Statement[]): void {
    const value = this.evaluate(test);
    const [known] = value.constants.length === 1 ? value.constants : [];
    const holds = known ? truth(known.value) : null;
    const guarded = (body: readonly Statement[], on: boolean) => () => {
      const before = this.disabled;
      if (!on)
        this.disabled ??= {
          flag: excerpt(this.place.text, test.start, test.end),
          span: { start: test.start, end: test.end },
        };
      this.execute(body);
      this.disabled = before;
    };
    const first = guarded(then, holds !== false);
    const second = guarded(otherwise, holds !== true);
    if (otherwise.length === 0 && then.length === 1 && then[0]!.kind === 'jump') return;
    this.branches([first, second]);
  }

  private forLoop(s: Extract<Statement, { kind: 'for' }>): void {
    const value = this.evaluate(s.iterable);
    this.markUse(value);
    const walked = this.walkedBy(s.iterable, value);
    const facts = this.loopFacts(s, value, walked);
    this.walked.set(s.start, walked);
    const literal = this.rounds(s, value);
    if (literal)
      this.loop(facts, () => {
        for (const item of literal) {
          this.assign(s.target, item, s.iterable);
          this.execute(s.body);
        }
      });
    else
      this.loop(facts, () => {
        this.assign(s.target, this.iterate(value), s.iterable);
        this.execute(s.body);
      });
    this.execute(s.otherwise);
  }

  /** A short literal list over a short body is walked for real: columns are made that way. */
  private rounds(s: Extract<Statement, { kind: 'for' }>, value: Value): readonly Value[] | null {
    if (s.body.length > 6 || s.body.some(inner => inner.kind === 'for' || inner.kind === 'while')) return null;
    const items = value.items ?? listItems(value);
    if (!items || items.length === 0 || items.length > 40) return null;
    return items.every(item => item.constants.length === 1 && typeof item.constants[0]!.value === 'string')
      ? items
      : null;
  }

  /** `for i in range(len(x))` walks x; `enumerate(tqdm(loader))` walks the loader. */
  private walkedBy(iterable: Expression, value: Value): Given {
    if (iterable.kind === 'call' && iterable.callee.kind === 'name' && iterable.arguments.length > 0) {
      const [inner] = iterable.arguments;
      const { name } = iterable.callee;
      if (inner && (name === 'len' || name === 'range' || name === 'enumerate' || name === 'tqdm' || name === 'zip')) {
        if (name === 'len') return { value: this.evaluate(inner), span: inner };
        const last = name === 'range' ? (iterable.arguments.length === 1 ? inner : iterable.arguments[1]!) : inner;
        if (name !== 'range' || (last.kind === 'call' && last.callee.kind === 'name' && last.callee.name === 'len')) {
          const given = this.walkedBy(last, value);
          return given.span === last && name !== 'range' ? { value, span: last } : given;
        }
      }
    }
    return { value, span: iterable };
  }

  private loopFacts(s: Extract<Statement, { kind: 'for' }>, value: Value, walked: Given): LoopFacts {
    const span = { start: s.start, end: s.end };
    const iterable = this.evidence(walked.value, walked.span);
    const count = value.fields?.get('#count');
    if (count && walked.value === value) {
      const counted: Parameter = this.parameter({ value: count, span: spans.get(count) ?? s.iterable });
      return { span, over: 'epochs', count: counted, iterable };
    }
    const absent: Parameter = { kind: 'absent' };
    const rows = walked.value;
    if (
      this.hasRole(rows, 'loader') ||
      this.hasRole(rows, 'data-set') ||
      this.taintOf(rows) !== 0 ||
      rows.sources.length > 0
    )
      return { span, over: 'batches', count: absent, iterable };
    if (/client/i.test(excerpt(this.place.text, s.iterable.start, s.iterable.end)))
      return { span, over: 'clients', count: absent, iterable };
    return { span, over: rows.items || listItems(rows) ? 'values' : 'other', count: absent, iterable };
  }

  /** One round; a second one where the first changed what an outer name carries and no outer loop runs it again anyway. */
  private loop(facts: LoopFacts, body: () => void): void {
    const nested = this.loops.length > 0;
    this.loops.push(facts);
    const outer = this.journal;
    const journal: Journal = new Map();
    this.journal = journal;
    body();
    this.journal = outer;
    const carried: [Map<string, Value>, string, Value][] = [];
    for (const [names, log] of journal)
      for (const [name, before] of log) {
        const after = names.get(name);
        if (outer) {
          let kept = outer.get(names);
          if (!kept) {
            kept = new Map();
            outer.set(names, kept);
          }
          if (!kept.has(name)) kept.set(name, before);
        }
        if (before && after && before !== after && differs(before, after)) carried.push([names, name, before]);
      }
    if (carried.length > 0) {
      for (const [names, name, before] of carried) {
        const either = join(before, names.get(name)!);
        names.set(name, either);
      }
      if (!nested) body();
      for (const [names, name, before] of carried) names.set(name, join(before, names.get(name) ?? before));
    }
    this.loops.pop();
  }

  private assignment(s: Extract<Statement, { kind: 'assign' }>): void {
    let value = this.evaluate(s.value);
    if (s.operator !== undefined) {
      const [target] = s.targets;
      if (!target) return;
      const old = this.evaluate(target);
      const sum = copyOf(this.flow([old, value], 'same'));
      sum.types = old.types;
      sum.objects = old.objects;
      sum.columns = old.columns;
      sum.items = s.operator === '+' && old.items && value.items ? [...old.items, ...value.items] : null;
      sum.element = old.element ?? value.element;
      if (this.loops.length === 0 && s.operator === '+' && sum.items?.every(item => item.constants.length === 1))
        sum.constants = [
          {
            value: sum.items.map(item => item.constants[0]!.value),
            origins: [this.origin('computed', 'list', s)],
            overridable: false,
          },
        ];
      value = sum;
    }
    if (s.annotation && value === UNKNOWN && s.targets[0]?.kind === 'name') value = this.annotated(s.annotation);
    for (const target of s.targets) this.assign(target, value, s.value);
  }

  assign(target: Expression, value: Value, from: Expression): void {
    switch (target.kind) {
      case 'name':
        this.name(value, target.name);
        this.bind(target.name, value);
        return;
      case 'attribute': {
        const object = this.evaluate(target.object);
        if (object === UNKNOWN || object.ref?.kind === 'symbol') return;
        if (object.columns && this.hasRole(object, 'frame')) {
          object.columns = withColumn(object.columns, target.name);
          absorb(object, this.flow([value], 'derived'));
        }
        this.name(value, target.name);
        if (object.ref?.kind === 'class') {
          this.write(object.ref.attributes, target.name, value);
          return;
        }
        object.fields ??= new Map();
        this.write(object.fields, target.name, value);
        return;
      }
      case 'index':
        this.assignIndex(target, value);
        return;
      case 'tuple':
      case 'list':
        this.unpack(target.items, value, from);
        return;
      case 'spread':
        this.assign(target.value, value, from);
        return;
      case 'mapping':
        for (const entry of target.entries) {
          const key = entry.key?.kind === 'string' || entry.key?.kind === 'name' ? entry.key : null;
          const name = key?.kind === 'string' ? key.value : key?.kind === 'name' ? key.name : null;
          this.assign(entry.value, name === null ? value : this.attribute(value, name, target), from);
        }
        return;
      default:
    }
  }

  /** A literal is called by the name it is first given. */
  private name(value: Value, name: string): void {
    const [only] = value.constants;
    if (value.constants.length !== 1 || !only || only.origins.length !== 1 || only.origins[0]!.note !== '') return;
    value.constants = [{ ...only, origins: [{ ...only.origins[0]!, note: name }] }];
  }

  private unpack(targets: readonly Expression[], value: Value, from: Expression): void {
    const items = value.items ?? (from.kind !== 'name' ? null : listItems(value));
    const star = targets.findIndex(target => target.kind === 'spread');
    if (items && star === -1 && items.length >= targets.length) {
      for (const [i, target] of targets.entries()) this.assign(target, items[i]!, from);
      return;
    }
    for (const target of targets) {
      const part = value.element ?? this.flow([value], 'same');
      const empty =
        part.taint === 0 && part.sources.length === 0 && part.types.length === 0 && part.objects.length === 0;
      this.assign(target, empty ? new Value() : copyOf(part), from);
    }
  }

  private assignIndex(target: Extract<Expression, { kind: 'index' }>, value: Value): void {
    const object = this.evaluate(target.object);
    const located = object.types.includes('pandas.Indexer');
    const inner = located && target.index.kind === 'tuple' ? target.index.items[1] : target.index;
    const key = inner ? this.evaluate(inner) : UNKNOWN;
    const into = located ? (object.fields?.get('#frame') ?? object) : object;
    if (into === UNKNOWN) return;
    const names = stringsOf(key);
    if (into.columns) {
      for (const name of names ?? []) into.columns = withColumn(into.columns, name);
      absorb(into, this.flow([value], 'derived'));
      return;
    }
    if (names?.length === 1 && (into.fields || into.types.includes('builtins.dict'))) {
      into.fields ??= new Map();
      this.write(into.fields, names[0]!, value);
    } else if (!into.fields && into.types.includes('builtins.list')) into.items = null;
    const flowing = this.flow([value], 'same');
    absorb(into, flowing);
    into.objects = union(into.objects, value.objects);
    if (!names) into.element = into.element ? join(into.element, value) : value;
    if (into.constants.length > 0) into.constants = [];
  }

  private remove(target: Expression): void {
    if (target.kind === 'name') {
      if (this.scope.names.has(target.name)) this.write(this.scope.names, target.name, UNKNOWN);
    } else if (target.kind === 'index') {
      const object = this.evaluate(target.object);
      const names = stringsOf(this.evaluate(target.index));
      if (object === UNKNOWN || !names) return;
      if (object.columns) {
        noteColumns(object, names);
        object.columns = without(object.columns, names);
      } else for (const name of names) object.fields?.delete(name);
    } else if (target.kind === 'attribute') {
      const object = this.evaluate(target.object);
      object.fields?.delete(target.name);
      const marked = this.models.method(object.types[0] ?? '', '__delattr__');
      if (marked) this.callMethod({ value: object, span: target.object }, '__delattr__', noArguments(target), target);
    }
  }

  private import(imported: ImportedName): void {
    const { module, member, local } = imported;
    if (member === '*') {
      const scope = this.projectScope(module);
      if (scope) for (const [name, value] of scope.names) this.bind(name, value);
      return;
    }
    if (local === null) return;
    if (member === null) {
      const whole = module.split('.', 1)[0] === local && module.includes('.') ? local : module;
      const scope = this.models.knows(whole) ? null : this.projectScope(module === whole ? whole : module);
      if (scope && whole !== module) {
        this.bind(local, this.nested(module, scope));
        return;
      }
      this.bind(local, scope ? this.moduleValue(scope) : symbol(this.models.canonical(whole)));
      return;
    }
    const scope = this.models.knows(module) ? null : this.projectScope(module);
    const found = scope?.names.get(member);
    if (found) {
      this.bind(local, found);
      return;
    }
    const inner = this.models.knows(module)
      ? null
      : this.projectScope(module.endsWith('.') ? module + member : `${module}.${member}`);
    if (inner) this.bind(local, this.moduleValue(inner));
    else if (scope || module.startsWith('.')) this.bind(local, new Value());
    else this.bind(local, symbol(this.models.canonical(member === 'default' ? module : `${module}.${member}`)));
  }

  private moduleValue(scope: Scope): Value {
    const value = new Value();
    value.ref = { kind: 'module', scope };
    return value;
  }

  /** `import a.b` binds `a`; `a.b` is then the module. */
  private nested(module: string, scope: Scope): Value {
    const [, ...rest] = module.split('.');
    let value = this.moduleValue(scope);
    for (const part of rest.reverse()) {
      const outer = moduleScope();
      outer.names.set(part, value);
      value = this.moduleValue(outer);
    }
    return value;
  }

  /** The names of another module of the project: it is run once, silently. */
  private projectScope(name: string): Scope | null {
    if (!this.project.module || this.moduleDepth >= MAX_MODULE_DEPTH) return null;
    const found = this.project.module(this.place.path, name);
    if (!found) return null;
    this.dependencies.add(found.path);
    const known = this.modules.get(found.path);
    if (known !== undefined) return known;
    if (this.modules.size >= MAX_MODULES) return null;
    return this.runModule(found);
  }

  private runModule(module: ProjectModule): Scope {
    const scope = moduleScope();
    this.modules.set(module.path, scope);
    const before = {
      scope: this.scope,
      place: this.place,
      names: this.names,
      loops: this.loops,
      disabled: this.disabled,
      journal: this.journal,
    };
    this.scope = scope;
    this.place = { path: module.path, text: module.text };
    this.names = [];
    this.loops = [];
    this.disabled = null;
    this.journal = null;
    this.muted++;
    this.moduleDepth++;
    try {
      this.execute(module.facts.body);
    } finally {
      this.moduleDepth--;
      this.muted--;
      Object.assign(this, before);
    }
    return scope;
  }

  private define(s: FunctionDefinition): void {
    const owner = this.scope.kind === 'class' ? this.definingClass : null;
    const decorators = s.decorators.map(decorator => ({ value: this.evaluate(decorator), decorator }));
    const named = (suffix: string) =>
      decorators.some(({ value }) => value.ref?.kind === 'symbol' && value.ref.name.endsWith(suffix));
    const value = new Value();
    const fn: FunctionRef = {
      kind: 'function',
      name: s.name,
      definition: s,
      scope: this.scope,
      place: this.place,
      owner,
      isProperty: named('builtins.property') || named('cached_property'),
      isStatic: named('builtins.staticmethod'),
      defaults: null,
    };
    value.ref = fn;
    if (this.muted === 0) this.functions.push(fn);
    for (const { value: decorated, decorator } of decorators) this.decorate(fn, value, decorated, decorator);
    for (const parameter of s.parameters)
      if (parameter.default && this.scope.kind === 'module') this.evaluate(parameter.default);
    this.bind(s.name, value);
  }

  private decorate(fn: FunctionRef, value: Value, decorator: Value, at: Expression): void {
    const option = decorator.fields?.get('#option');
    const name = decorator.fields?.get('#name')?.constants[0]?.value;
    if (option && typeof name === 'string') {
      fn.defaults ??= new Map();
      fn.defaults.set(name, option);
      return;
    }
    let mark = decorator.fields?.get('#serve');
    if (!mark && (decorator.ref?.kind === 'symbol' || decorator.ref?.kind === 'bound')) {
      const api = decorator.ref.kind === 'symbol' ? decorator.ref.name : null;
      const serves = api
        ? this.models.call(api)?.events?.some(event => event.kind === 'serve')
        : at.kind === 'attribute';
      if (serves) mark = this.callValue(decorator, noArguments(at), at).fields?.get('#serve');
    }
    if (mark && this.muted === 0) {
      const [framework = '', api = ''] = mark.types;
      this.handlers.push({ framework, api, handler: value, span: fn.definition });
    }
  }

  private definingClass: ClassRef | null = null;

  private defineClass(s: ClassDefinition): void {
    const bases: ClassRef[] = [];
    const types: string[] = [s.name];
    for (const base of s.bases) {
      const value = this.evaluate(base);
      if (value.ref?.kind === 'class') {
        bases.push(value.ref);
        types.push(...value.ref.types);
      } else if (value.ref?.kind === 'symbol') types.push(value.ref.name);
    }
    const decorators = s.decorators.map(decorator =>
      this.evaluate(decorator.kind === 'call' ? decorator.callee : decorator),
    );
    const isRecord =
      decorators.some(value => value.ref?.kind === 'symbol' && /dataclass|attrs?\.|define/.test(value.ref.name)) ||
      types.some(type => /^(?:pydantic|pydantic_settings|typing\.NamedTuple|flax\.struct)/.test(type)) ||
      bases.some(base => base.isRecord);
    const scope = childScope(this.scope, 'class');
    const cls: ClassRef = {
      kind: 'class',
      name: s.name,
      definition: s,
      scope: this.scope,
      place: this.place,
      attributes: scope.names,
      bases,
      types: [...new Set(types)],
      isRecord,
    };
    const value = new Value();
    value.ref = cls;
    const before = { scope: this.scope, definingClass: this.definingClass };
    this.bind(s.name, value);
    this.scope = scope;
    this.definingClass = cls;
    this.names.push(s.name);
    this.execute(s.body);
    this.names.pop();
    this.scope = before.scope;
    this.definingClass = before.definingClass;
    if (this.muted === 0) this.classes.push(cls);
    for (const decorator of s.decorators) {
      const evaluated = this.evaluate(decorator);
      if (evaluated.fields?.get('#serve')) this.serveClass(cls, evaluated.fields.get('#serve')!);
    }
  }

  private serveClass(cls: ClassRef, mark: Value): void {
    const [framework = '', api = ''] = mark.types;
    const call = findInClass(cls, '__call__');
    if (call && this.muted === 0) this.handlers.push({ framework, api, handler: call, span: cls.definition });
  }

  superValue(): Value | null {
    const top = this.selves.at(-1);
    if (!top) return null;
    const value = new Value();
    value.ref = { kind: 'super', self: top.self, owner: top.owner };
    return value;
  }

  construct(cls: ClassRef, args: Arguments, span: Span): Value {
    const known = this.calls.get(cls.definition);
    if (this.stack.includes(cls.definition) || this.stack.length > MAX_DEPTH) return this.instances.get(cls) ?? UNKNOWN;
    if (known && known.count >= MAX_CALLS) return known.result;
    const value = new Value();
    value.types = cls.types;
    value.classes = [cls];
    value.objects = [this.newObject()];
    value.fields = new Map();
    this.calls.set(cls.definition, { count: (known?.count ?? 0) + 1, result: value });
    if (!known || args.positional.length + args.keywords.size > 0) this.instances.set(cls, value);
    if (cls.isRecord) this.fillRecord(cls, value, args);
    // What making a library's own class means (a strategy, a client) its subclasses mean too.
    for (const base of cls.types.slice(1)) {
      const model = this.models.call(base);
      if (!model?.events?.some(event => event.kind === 'federate')) continue;
      const places = base.startsWith('flwr.client.') ? handedOut(cls.definition) : [];
      if (places.length === 0) places.push(span === cls.definition ? cls.definition.nameSpan : span);
      for (const place of places) this.applyCall(model, base, null, args, place, 'certain');
      break;
    }
    const init = findInClass(cls, '__init__');
    if (init?.ref?.kind === 'function') this.invoke(init.ref, value, args, span);
    else {
      const flowing = this.derived(null, args);
      absorb(value, flowing);
      for (const [name, given] of args.keywords) value.fields.set(name, given.value);
    }
    // What a data set of the project holds is in it.
    if (this.hasRole(value, 'data-set') || this.hasRole(value, 'loader'))
      for (const field of value.fields.values()) absorb(value, this.flow([field], 'same'));
    return value;
  }

  private fillRecord(cls: ClassRef, value: Value, args: Arguments): void {
    for (const base of cls.bases) this.fillRecord(base, value, { ...args, positional: [], keywords: new Map() });
    const names: string[] = [];
    for (const statement of cls.definition.body)
      if (statement.kind === 'assign' && statement.annotation && statement.targets[0]?.kind === 'name') {
        const { name } = statement.targets[0];
        names.push(name);
        const given = cls.attributes.get(name);
        if (given) value.fields!.set(name, asFieldDefault(given, name));
      }
    args.positional.forEach((given, i) => {
      if (names[i] !== undefined) value.fields!.set(names[i], given.value);
    });
    for (const [name, given] of args.keywords) value.fields!.set(name, given.value);
  }

  invoke(fn: FunctionRef, self: Value | null, args: Arguments, span: Span): Value {
    const { definition } = fn;
    const known = this.calls.get(definition);
    if (this.stack.includes(definition) || this.stack.length >= MAX_DEPTH)
      return known?.result ?? this.derived(null, args);
    if (known && known.count >= MAX_CALLS) return known.result;
    const entry = { count: (known?.count ?? 0) + 1, result: known?.result ?? UNKNOWN };
    this.calls.set(definition, entry);
    const before = { scope: this.scope, place: this.place, frame: this.frame, names: this.names, entry: this.entry };
    if (this.place.path === this.options.path)
      this.entry = fn.place.path === this.options.path ? null : { start: span.start, end: span.end };
    const scope = childScope(fn.scope, 'function');
    this.bindParameters(fn, self, args, scope);
    this.scope = scope;
    this.place = fn.place;
    this.frame = { returned: null, yielded: null };
    if (fn.name !== '') this.names = fn.owner ? [fn.owner.name, fn.name] : [...this.names, fn.name].slice(-6);
    this.stack.push(definition);
    if (self && fn.owner) this.selves.push({ self, owner: fn.owner });
    try {
      this.execute(definition.body);
    } finally {
      if (self && fn.owner) this.selves.pop();
      this.stack.pop();
      const { returned, yielded } = this.frame;
      Object.assign(this, before);
      if (yielded) {
        const generator = this.flow([yielded], 'same');
        generator.element = yielded;
        entry.result = generator;
      } else entry.result = returned ?? UNKNOWN;
    }
    return entry.result;
  }

  protected yielded(value: Value): void {
    this.frame.yielded = this.frame.yielded ? join(this.frame.yielded, value) : value;
  }

  private bindParameters(fn: FunctionRef, self: Value | null, args: Arguments, scope: Scope): void {
    const { parameters } = fn.definition;
    const method = fn.owner !== null && !fn.isStatic && fn.definition.kind === 'function';
    const positional = [...args.positional];
    const used = new Set<string>();
    parameters.forEach((parameter, i) => {
      if (i === 0 && method && self) {
        scope.names.set(parameter.name, self);
        return;
      }
      let value: Value | null = null;
      if (parameter.style === 'rest') {
        value = new Value();
        value.items = positional.splice(0).map(given => given.value);
        value.types = ['builtins.tuple'];
      } else if (parameter.style === 'keyword-rest') {
        value = new Value();
        value.types = ['builtins.dict'];
        value.fields = new Map();
        for (const [name, given] of args.keywords) if (!used.has(name)) value.fields.set(name, given.value);
      } else {
        const named = args.keywords.get(parameter.name);
        if (named) value = named.value;
        else if (parameter.style === 'positional' && positional.length > 0) value = positional.shift()!.value;
        used.add(parameter.name);
      }
      value ??= this.parameterDefault(fn, parameter);
      if (value === UNKNOWN) value = new Value();
      if (parameter.annotation && value.types.length === 0 && value.constants.length === 0)
        this.annotate(value, parameter, fn);
      if (parameter.pattern) {
        const outer = this.scope;
        this.scope = scope;
        this.assign(parameter.pattern, value, parameter.pattern);
        this.scope = outer;
      } else scope.names.set(parameter.name, value);
    });
  }

  private parameterDefault(fn: FunctionRef, parameter: ParameterFacts): Value {
    const declared = fn.defaults?.get(parameter.name);
    if (declared) return declared;
    if (!parameter.default) return UNKNOWN;
    const before = { scope: this.scope, place: this.place };
    this.scope = fn.scope;
    this.place = fn.place;
    const value = this.evaluate(parameter.default);
    const origin = this.origin('parameter-default', `default of ${parameter.name}`, parameter.default);
    Object.assign(this, before);
    if (value.constants.length === 0) return value;
    const out = copyOf(value);
    out.constants = value.constants.map(one => ({
      value: one.value,
      origins: one.origins.some(known => known.kind === 'argument-default') ? one.origins : [origin],
      overridable: true,
    }));
    // `def f(x=None)` says nothing of what x is when it is called.
    return out.constants.every(one => one.value === null) ? new Value() : out;
  }

  private annotate(value: Value, parameter: ParameterFacts, fn: FunctionRef): void {
    const before = { scope: this.scope, place: this.place };
    this.scope = fn.scope;
    this.place = fn.place;
    const known = this.annotated(parameter.annotation!);
    Object.assign(this, before);
    if (known === UNKNOWN) return;
    value.types = known.types;
    value.classes = known.classes;
    if (known.fields && !value.fields) value.fields = known.fields;
  }

  /** What an annotation says; `Optional[X]` and quoted names included. */
  private annotated(annotation: Expression): Value {
    if (annotation.kind === 'index') {
      const name = annotation.object.kind === 'name' ? annotation.object.name : '';
      return name === 'Optional' || name === 'Annotated' ? this.annotated(annotation.index) : UNKNOWN;
    }
    if (annotation.kind === 'binary') return this.annotated(annotation.left);
    if (annotation.kind === 'string') {
      const found = this.lookup(annotation.value);
      return found?.ref?.kind === 'class' ? this.typed(found) : UNKNOWN;
    }
    if (annotation.kind !== 'name' && annotation.kind !== 'attribute') return UNKNOWN;
    return this.typed(this.evaluate(annotation));
  }

  private typed(value: Value): Value {
    if (value.ref?.kind === 'symbol') {
      const { name } = value.ref;
      if (name.startsWith('builtins.') || name.startsWith('typing.')) return UNKNOWN;
      return Object.assign(new Value(), { types: [name] });
    }
    if (value.ref?.kind !== 'class') return UNKNOWN;
    const known = this.instances.get(value.ref);
    if (known) return known;
    const out = Object.assign(new Value(), { types: value.ref.types, classes: [value.ref] });
    if (value.ref.isRecord) {
      out.fields = new Map();
      this.fillRecord(value.ref, out, noArguments(value.ref.definition));
    }
    return out;
  }
}

/** Where a federated client hands its parameters over: the last returns of these methods. */
function handedOut(definition: ClassDefinition): Span[] {
  return definition.body.flatMap(method => {
    if (method.kind !== 'function' || (method.name !== 'fit' && method.name !== 'get_parameters')) return [];
    const last = method.body.filter(statement => statement.kind === 'return').at(-1);
    return last ? [{ start: last.start, end: last.end }] : [];
  });
}

function asFieldDefault(value: Value, name: string): Value {
  if (value.constants.length === 0) return value;
  const out = copyOf(value);
  out.constants = value.constants.map(one => ({
    value: one.value,
    origins: one.origins.map(origin => ({
      ...origin,
      kind: 'argument-default' as const,
      note: `default of field ${name}`,
    })),
    overridable: true,
  }));
  return out;
}

function differs(before: Value, after: Value): boolean {
  return (
    (after.taint | before.taint) !== before.taint ||
    after.objects.some(id => !before.objects.includes(id)) ||
    after.types.some(type => !before.types.includes(type)) ||
    after.sources.some(source => !before.sources.includes(source)) ||
    !sameConstants(before.constants, after.constants)
  );
}

/** What happens when a module runs: events in the order of evaluation, and the files of the project it depends on. */
export function runModule(
  facts: ModuleFacts,
  options: RunOptions,
): ModuleRun & { readonly dependencies: readonly string[] } {
  return new Run(facts, options).run();
}
