import { isOperation, list, literal, literalOf, operation, type Term } from '../../../audit-core/datasets/recipe';
import type { CallExpression, Expression, FunctionDefinition, ModuleFacts, Statement } from '../../facts/syntax';
import { attributeOf } from './attributes';
import { enterLoader, itemAt, iterateAll } from './batches';
import { binary, comparison, conditionOf } from './calculate';
import { indexed } from './indexing';
import { callInstance, callLibrary, callTerm } from './library';
import { loseStreams } from './library/generators';
import { isQuiet } from './library/quiet';
import {
  type ClassMeaning,
  type Followed,
  type Instance,
  instance,
  itemsOf,
  known,
  type Lambda,
  literalIn,
  type Meaning,
  type Output,
  type Scope,
  termOf,
  text,
  textOf,
  tuple,
  unknown,
} from './symbols';

const maxSteps = 400_000;
const maxDepth = 30;
const maxTurns = 500;
/** Names of calls that draw from a generator. */
const drawing =
  /"(?:shuffle|permutation|choice|choices|sample|randperm|random_split|train_test_split|rand\w*|normal|uniform|seed)"/;

/** Finds the text of a module of the project by its dotted name as the script imports it. */
export type FindModule = (name: string) => ModuleFacts | null;

export interface CallSite {
  readonly at: Follower;
  readonly args: readonly Meaning[];
  readonly named: ReadonlyMap<string, Meaning>;
  /** The variable given first, for calls that change it in place. */
  readonly first: string | null;
  /** The variable that the method is called on. */
  readonly variable: string | null;
}

/** Follows a training script from top to bottom without running it: data as terms, everything else unknown. */
export class Follower {
  readonly followed: Followed = { files: [], reads: [], training: [], evaluated: [], saved: [], lost: [], claims: [] };
  readonly globals: Record<'numpy' | 'python' | 'torch', Instance> = {
    numpy: instance('generator:numpy'),
    python: instance('generator:python'),
    torch: instance('generator:torch'),
  };
  /** Data loaders that are being iterated, innermost last. */
  readonly loaders: Instance[] = [];
  private scopes: Scope[] = [new Map()];
  private depth = 0;
  private steps = 0;
  private loops = 0;
  private returned: Meaning | null = null;
  private readonly modules = new Map<string, Scope>();

  constructor(private readonly find: FindModule = () => null) {}

  run(facts: ModuleFacts): Followed {
    this.block(facts.body);
    return this.followed;
  }

  private block(body: readonly Statement[]): void {
    for (const statement of body) {
      if (this.returned || ++this.steps > maxSteps) return;
      this.statement(statement);
    }
  }

  private statement(s: Statement): void {
    switch (s.kind) {
      case 'import':
        for (const name of s.names) this.import(name.module, name.member, name.local, s.names);
        return;
      case 'assign': {
        let value = this.value(s.value);
        const operator = s.operator?.replace(/=$/, '');
        if (operator) value = binary(operator, this.value(s.targets[0]!), value);
        for (const target of s.targets) this.assign(target, value);
        return;
      }
      case 'expression':
        this.value(s.value);
        return;
      case 'function':
        this.bind(s.name, { kind: 'function', definition: s, scopes: this.scopes });
        return;
      case 'class':
        this.bind(s.name, this.classOf(s));
        return;
      case 'return':
        this.returned = s.value ? this.value(s.value) : text(null);
        return;
      case 'if': {
        const decided = this.isMain(s.test) ? true : conditionOf(this.value(s.test));
        if (decided !== undefined) this.block(decided ? s.then : s.otherwise);
        else this.either(s.then, s.otherwise);
        return;
      }
      case 'for':
        this.loop(s);
        return;
      case 'while':
        this.turns(s.body);
        return;
      case 'with':
        for (const item of s.items) {
          const value = this.value(item.value);
          if (item.target) this.assign(item.target, value);
        }
        this.block(s.body);
        return;
      case 'try':
        this.block(s.body);
        this.block(s.otherwise);
        this.block(s.finally);
        return;
      case 'delete':
        for (const target of s.targets)
          if (target.kind === 'index' && target.object.kind === 'name') {
            const data = termOf(this.value(target.object));
            const name = termOf(this.value(target.index));
            this.rebind(target.object.name, data && name ? known(operation('drop-columns', [data, name])) : unknown);
          }
        return;
      default:
        return;
    }
  }

  private import(
    module: string,
    member: string | null,
    local: string | null,
    all: readonly { readonly module: string }[],
  ): void {
    const scope = this.project(module);
    if (scope && member === '*') {
      for (const [name, value] of scope) this.bind(name, value);
      return;
    }
    if (!local) return;
    if (scope) {
      const inner = member === null ? null : (scope.get(member) ?? this.submodule(module, member));
      this.bind(local, member === null ? { kind: 'module', scope } : (inner ?? unknown));
      return;
    }
    const whole = member === null && !all.some(name => name.module.startsWith(`${local}.`));
    const path = member !== null ? `${module}.${member}` : whole ? module : local;
    const inside = member !== null ? this.submodule(module, member) : null;
    this.bind(
      local,
      inside ?? { kind: 'path', path: member === null && module.startsWith(`${local}.`) ? local : path },
    );
  }

  private submodule(module: string, member: string): Meaning | null {
    const scope = this.project(/^\.+$/.test(module) ? `${module}${member}` : `${module}.${member}`);
    return scope && { kind: 'module', scope };
  }

  /** Names of a module of the project; what it does at its top is done once. */
  private project(module: string): Scope | null {
    const done = this.modules.get(module);
    if (done) return done;
    const facts = this.depth < maxDepth ? this.find(module) : null;
    if (!facts) return null;
    const scope: Scope = new Map();
    this.modules.set(module, scope);
    const outer = this.scopes;
    this.scopes = [scope];
    this.depth++;
    this.block(facts.body);
    this.depth--;
    this.scopes = outer;
    return scope;
  }

  private classOf(definition: Extract<Statement, { kind: 'class' }>): ClassMeaning {
    const attributes: Scope = new Map();
    const outer = this.scopes;
    this.scopes = [...outer, attributes];
    for (const part of definition.body) if (part.kind === 'assign' || part.kind === 'function') this.statement(part);
    this.scopes = outer;
    const bases = definition.bases.flatMap(base => {
      const value = this.value(base);
      if (value.kind === 'class') {
        for (const [name, each] of value.attributes) if (!attributes.has(name)) attributes.set(name, each);
        return value.bases;
      }
      return value.kind === 'path' ? [value.path] : [];
    });
    return { kind: 'class', definition, scopes: outer, attributes, bases };
  }

  private isMain(test: Expression): boolean {
    return test.kind === 'compare' && test.operands.some(x => x.kind === 'name' && x.name === '__name__');
  }

  /** Neither branch is known to run: what both may bind is not known after it, but what they train is noted. */
  private either(then: readonly Statement[], otherwise: readonly Statement[]): void {
    const both = [...then, ...otherwise];
    if (drawing.test(JSON.stringify(both))) loseStreams(this);
    const returned = this.returned;
    const before = new Map(this.scopes.at(-1)!);
    for (const branch of [then, otherwise]) {
      this.block(branch);
      this.returned = returned;
    }
    const scope = this.scopes.at(-1)!;
    for (const [name, value] of scope)
      if (before.get(name) !== value)
        scope.set(name, before.has(name) && isSame(before.get(name)!, value) ? value : unknown);
  }

  private loop(s: Extract<Statement, { kind: 'for' }>): void {
    const over = this.value(s.iterable);
    const items = itemsOf(over);
    const counts =
      s.iterable.kind === 'call' && s.iterable.callee.kind === 'name' && s.iterable.callee.name === 'range';
    if (items && items.length <= maxTurns && !(counts && trains(s.body))) {
      for (const item of items) {
        this.assign(s.target, item);
        this.block(s.body);
      }
      return;
    }
    const loader = enterLoader(this, over);
    if (loader) {
      this.loaders.push(loader.instance);
      this.assign(s.target, loader.batch);
      this.turns(s.body, false);
      this.loaders.pop();
      return;
    }
    this.assign(s.target, iterateAll(over));
    this.turns(s.body);
  }

  /** A body that runs an unknown number of times: once is enough to see what it trains. */
  private turns(body: readonly Statement[], forget = true): void {
    const before = this.draws();
    const names = new Map(this.scopes.at(-1)!);
    this.loops++;
    this.block(body);
    this.loops--;
    if (this.draws().some((last, i) => last !== before[i])) loseStreams(this);
    if (!forget) return;
    const scope = this.scopes.at(-1)!;
    for (const [name, value] of scope) if (names.get(name) !== value && value.kind === 'term') scope.set(name, unknown);
  }

  private draws(): (Term | null)[] {
    return Object.values(this.globals).map(generator => generator.last);
  }

  bind(name: string, value: Meaning): void {
    this.scopes.at(-1)!.set(name, value);
  }

  rebind(name: string, value: Meaning): void {
    const scope = [...this.scopes].reverse().find(each => each.has(name)) ?? this.scopes.at(-1)!;
    scope.set(name, value);
  }

  private assign(target: Expression, value: Meaning): void {
    switch (target.kind) {
      case 'name':
        this.bind(target.name, value);
        return;
      case 'tuple':
      case 'list':
        target.items.forEach((item, i) => {
          if (item.kind !== 'spread') this.assign(item, itemAt(value, i));
        });
        return;
      case 'attribute': {
        const object = this.value(target.object);
        if (object.kind === 'instance') object.named.set(target.name, value);
        else if (object.kind === 'term') this.store(target.object, setAttribute(object.term, target.name, value));
        return;
      }
      case 'index':
        this.assignItem(target, value);
        return;
      default:
    }
  }

  private assignItem(target: Extract<Expression, { kind: 'index' }>, value: Meaning): void {
    const { object, index } = target;
    const base = this.value(object.kind === 'attribute' && object.name === 'loc' ? object.object : object);
    const holder = object.kind === 'attribute' && object.name === 'loc' ? object.object : object;
    if (base.kind === 'instance') {
      const key = literalIn(this.value(index));
      if (key !== undefined && key !== null) base.named.set(String(key), value);
      return;
    }
    if (base.kind !== 'term') return;
    const cells = termOf(value);
    const isLoc = holder !== object;
    if (isLoc && index.kind === 'tuple' && index.items.length === 2) {
      const [mask, name] = index.items.map(item => this.value(item));
      const [m, n] = [termOf(mask), termOf(name)];
      const all = index.items[0]!.kind === 'slice';
      if (all && n && cells) this.store(holder, known(operation('set', [base.term, n, cells])));
      else
        this.store(
          holder,
          m && n && cells && typeof literalOf(n) === 'string'
            ? known(operation('set-where', [base.term, m, n, cells]))
            : unknown,
        );
      return;
    }
    const key = termOf(this.value(index));
    const column =
      key &&
      (typeof literalOf(key) === 'string' ||
        ('items' in key && key.items.every(item => typeof literalOf(item) === 'string')));
    if (!column || isLoc) {
      this.store(holder, this.lose(target, 'assignment to a part'));
      return;
    }
    // A column that is not followed is lost by itself; the rest of the table is not.
    const words = value.kind === 'unknown' && value.why ? value.why.call : 'an expression';
    this.store(holder, known(operation('set', [base.term, key, cells ?? operation('lost', [literal(words)])])));
  }

  /** A new value for the variable or attribute that an expression names. */
  private store(place: Expression, value: Meaning): void {
    if (place.kind === 'name') this.rebind(place.name, value);
    else if (place.kind === 'attribute') {
      const object = this.value(place.object);
      if (object.kind === 'instance') object.named.set(place.name, value);
    }
  }

  value(e: Expression): Meaning {
    if (++this.steps > maxSteps) return unknown;
    switch (e.kind) {
      case 'name': {
        for (let i = this.scopes.length - 1; i >= 0; i--) {
          const found = this.scopes[i]!.get(e.name);
          if (found) return found;
        }
        return { kind: 'path', path: e.name };
      }
      case 'number':
      case 'string':
      case 'boolean':
        return text(e.value);
      case 'none':
        return text(null);
      case 'list':
      case 'tuple':
      case 'set': {
        const items = e.items.flatMap(item => {
          if (item.kind !== 'spread') return [this.value(item)];
          const more = this.value(item.value);
          return itemsOf(more) ?? [more];
        });
        const terms = items.map(item => (item.kind === 'term' && !item.row && !item.batch ? item.term : null));
        if (e.kind !== 'tuple' && terms.every(term => term !== null)) return known(list(terms));
        return tuple(items);
      }
      case 'mapping': {
        const named = new Map<string, Meaning>();
        const keys: Meaning[] = [];
        for (const entry of e.entries) {
          if (!entry.key) {
            const more = this.value(entry.value);
            if (more.kind === 'instance') for (const [key, value] of more.named) named.set(key, value);
            continue;
          }
          const key = this.value(entry.key);
          const name = literalIn(key);
          if (name === undefined) return unknown;
          keys.push(key);
          named.set(String(name), this.value(entry.value));
        }
        return instance('dict', named, keys);
      }
      case 'attribute':
        return attributeOf(this, this.value(e.object), e.name);
      case 'index':
        return this.keep(e, indexed(this, e, this.loops > 0));
      case 'binary':
        return this.keep(e, binary(e.operator, this.value(e.left), this.value(e.right)));
      case 'compare':
        return this.keep(
          e,
          comparison(
            e.operators,
            e.operands.map(each => this.value(each)),
          ),
        );
      case 'unary': {
        const of = this.value(e.operand);
        const value = literalIn(of);
        if (e.operator === '-' && typeof value === 'number') return text(-value);
        if (e.operator === 'not' && value !== undefined) return text(!value);
        if (of.kind !== 'term') return of.kind === 'unknown' ? of : unknown;
        if (e.operator === '+') return of;
        return { ...of, term: operation(e.operator === '-' ? 'negate' : 'not', [of.term]) };
      }
      case 'boolean-operation': {
        let last: Meaning = unknown;
        for (const operand of e.operands) {
          last = this.value(operand);
          const value = conditionOf(last);
          if (value === undefined) {
            // Truth tables of whole columns are joined by & and |, not by words: the first that is known stands.
            return e.operator === 'and' ? unknown : last;
          }
          if (e.operator === 'or' ? value : !value) return last;
        }
        return last;
      }
      case 'conditional': {
        const test = conditionOf(this.value(e.test));
        if (test !== undefined) return this.value(test ? e.then : e.otherwise);
        const condition = this.value(e.test);
        const [a, b] = [this.value(e.then), this.value(e.otherwise)];
        const [yes, no] = [termOf(a), termOf(b)];
        if (condition.kind === 'term' && condition.row && yes && no)
          return { ...condition, term: operation('where', [condition.term, yes, no]) };
        return isSame(a, b) ? a : this.lose(e, 'a choice that depends on what is not known');
      }
      case 'template': {
        const parts = e.parts.map(part => (typeof part === 'string' ? text(part) : this.value(part)));
        const texts = parts.map(part => literalIn(part));
        if (texts.every(part => part !== undefined)) return text(texts.join(''));
        const terms = parts.map(termOf);
        const row = parts.some(part => part.kind === 'term' && part.row);
        if (!terms.every(term => term !== null)) return unknown;
        return {
          ...(known(operation('join-text', [literal(''), ...terms])) as { kind: 'term'; term: Term }),
          ...(row && { row: true as const }),
        };
      }
      case 'comprehension':
        return this.comprehension(e);
      case 'lambda':
        return { kind: 'function', definition: e, scopes: this.scopes };
      case 'walrus': {
        const value = this.value(e.value);
        this.assign(e.target, value);
        return value;
      }
      case 'await':
        return e.value ? this.value(e.value) : unknown;
      case 'call':
        return this.keep(e, this.call(e));
      default:
        return unknown;
    }
  }

  /** What came out; where nothing did, the place where it was lost. */
  private keep(e: Expression, made: Meaning): Meaning {
    return made.kind === 'unknown' && !made.why && !made.loop ? this.lose(e, wordsOf(e)) : made;
  }

  lose(e: Expression, call: string): Meaning {
    return { kind: 'unknown', why: { start: e.start, end: e.end, call } };
  }

  private comprehension(e: Extract<Expression, { kind: 'comprehension' }>): Meaning {
    const [clause, ...more] = e.clauses;
    if (!clause || more.length > 0 || (e.result === 'mapping' && !e.value)) return unknown;
    const over = this.value(clause.iterable);
    const items = itemsOf(over);
    this.scopes = [...this.scopes, new Map()];
    try {
      if (!items) {
        // Over data: one record stands for all.
        const each = iterateAll(over);
        if (each.kind !== 'term' || clause.conditions.length > 0 || e.result === 'mapping') return unknown;
        this.assign(clause.target, each);
        const made = this.value(e.element);
        return made.kind === 'term' && made.row ? known(made.term) : unknown;
      }
      if (items.length > 5_000) return unknown;
      const made: Meaning[] = [];
      const named = new Map<string, Meaning>();
      for (const item of items) {
        this.assign(clause.target, item);
        const tests = clause.conditions.map(condition => conditionOf(this.value(condition)));
        if (tests.includes(undefined)) return unknown;
        if (tests.includes(false)) continue;
        if (e.result === 'mapping') {
          const key = literalIn(this.value(e.element));
          if (key === undefined) return unknown;
          named.set(String(key), this.value(e.value!));
        } else made.push(this.value(e.element));
      }
      if (e.result === 'mapping') return instance('dict', named, [...named.keys()].map(text));
      const terms = made.map(item => (item.kind === 'term' ? item.term : null));
      return terms.every(term => term !== null) ? known(list(terms)) : tuple(made);
    } finally {
      this.scopes = this.scopes.slice(0, -1);
    }
  }

  private call(e: CallExpression): Meaning {
    const self = e.callee.kind === 'attribute' ? this.value(e.callee.object) : null;
    const args = e.arguments.flatMap(a => {
      if (a.kind !== 'spread') return [this.value(a)];
      const more = this.value(a.value);
      return itemsOf(more) ?? [more];
    });
    const named = new Map<string, Meaning>();
    for (const k of e.keywords) {
      const value = this.value(k.value);
      if (k.name) named.set(k.name, value);
      else if (value.kind === 'instance' && value.type === 'dict')
        for (const [key, each] of value.named) named.set(key, each);
    }
    const nameOf = (x: Expression | undefined): string | null => (x?.kind === 'name' ? x.name : null);
    const site: CallSite = {
      at: this,
      args,
      named,
      first: nameOf(e.arguments[0]),
      variable: e.callee.kind === 'attribute' ? nameOf(e.callee.object) : null,
    };
    if (e.callee.kind === 'attribute' && self) {
      const method = e.callee.name;
      if (self.kind === 'term') return this.rowwise(self, callTerm(self, method, site));
      if (self.kind === 'instance') {
        const own = self.definition?.attributes.get(method);
        if (own?.kind === 'function' && own.definition.kind === 'function')
          return this.enter(own.definition, own.scopes, [self, ...args], named);
        const held = self.named.get(method);
        if (held && held.kind !== 'unknown') return this.callValue(held, site);
        return callInstance(self, method, site);
      }
      if (self.kind === 'output') return this.onOutput(self, method, site);
      if (self.kind === 'unknown') return this.onUnknown(self, method, site);
      if (self.kind === 'tuple' && (method === 'append' || method === 'extend')) {
        if (site.variable) this.rebind(site.variable, unknown);
        return text(null);
      }
    }
    return this.callValue(this.value(e.callee), site);
  }

  /** Calls a value that is no method of data. */
  callValue(callee: Meaning, site: CallSite): Meaning {
    const { args, named } = site;
    switch (callee.kind) {
      case 'function':
        return this.enter(callee.definition, callee.scopes, args, named);
      case 'method':
        return this.enter(callee.definition, callee.scopes, [callee.self, ...args], named);
      case 'class':
        return this.construct(callee, args, named);
      case 'path':
        if (!isQuiet(callee.path)) loseStreams(this);
        return callLibrary(callee.path, site);
      case 'instance': {
        const own = callee.definition?.attributes.get('__call__');
        if (own?.kind === 'function' && own.definition.kind === 'function')
          return this.enter(own.definition, own.scopes, [callee, ...args], named);
        return callInstance(callee, '__call__', site);
      }
      case 'unknown':
        loseStreams(this);
        return this.asked(callee, site) ?? (callee.why ? callee : unknown);
      default:
        return unknown;
    }
  }

  /** A network of the script, or something not known, given data: its answer, if the data are. */
  asked(model: Meaning | null, { args }: CallSite): Meaning | null {
    const first = args.find(arg => arg.kind === 'term' || arg.kind === 'output');
    if (first?.kind === 'output') {
      const label = args.find(arg => arg.kind === 'term');
      return { ...first, label: first.label ?? (label?.kind === 'term' ? label.term : null) };
    }
    if (first?.kind !== 'term' || literalOf(first.term) !== undefined) return null;
    const output: Output = { kind: 'output', features: first.term, label: null, model };
    const loader = this.loaders.at(-1);
    const label = loader?.items[1];
    this.followed.evaluated.push({ features: first.term, label: termOf(label), model });
    return output;
  }

  private onOutput(self: Output, method: string, site: CallSite): Meaning {
    if (method === 'backward') {
      this.trained(self.features, self.label ?? termOf(this.loaders.at(-1)?.items[1]), self.model);
      return text(null);
    }
    return this.asked(null, { ...site, args: [self, ...site.args] }) ?? self;
  }

  private onUnknown(self: Meaning & { kind: 'unknown' }, method: string, site: CallSite): Meaning {
    if (method === 'backward') {
      const [x, y] = this.loaders.at(-1)?.items ?? [];
      if (x) this.trained(termOf(x), termOf(y), null, x);
      return text(null);
    }
    return callInstance(instance('unknown'), method, site).kind === 'unknown' ? (self.why ? self : unknown) : unknown;
  }

  /** Notes a training on data; where they are not known, the place where they were lost. */
  trained(features: Term | null, label: Term | null, model: Meaning | null, given?: Meaning): void {
    if (features) this.followed.training.push({ features, label, model });
    else if (given?.kind === 'unknown' && given.why) this.followed.lost.push(given.why);
  }

  private construct(of: ClassMeaning, args: readonly Meaning[], named: ReadonlyMap<string, Meaning>): Meaning {
    const made = instance(`class:${of.definition.name}`, new Map(), [], of);
    for (const [name, value] of of.attributes) if (value.kind !== 'function') made.named.set(name, value);
    const isNetwork = of.bases.some(base => /(?:^|\.)(?:Module|LightningModule|Model|Layer|Sequential)$/.test(base));
    if (isNetwork) {
      // First weights use up torch's global stream.
      this.globals.torch.state = null;
      return made;
    }
    const init = of.attributes.get('__init__');
    if (init?.kind === 'function' && init.definition.kind === 'function')
      this.enter(init.definition, init.scopes, [made, ...args], named);
    else if (of.definition.decorators.some(each => wordsOf(each).endsWith('dataclass'))) {
      const fields = of.definition.body.flatMap(part =>
        part.kind === 'assign' && part.targets[0]?.kind === 'name' ? [part.targets[0].name] : [],
      );
      fields.forEach((field, i) => {
        const value = args[i] ?? named.get(field);
        if (value) made.named.set(field, value);
      });
    }
    return made;
  }

  enter(
    definition: FunctionDefinition | Lambda,
    scopes: readonly Scope[],
    args: readonly Meaning[],
    named: ReadonlyMap<string, Meaning>,
  ): Meaning {
    if (this.depth > maxDepth) return unknown;
    const scope: Scope = new Map();
    const outer = this.scopes;
    const defaults = definition.kind === 'function' ? optionsOf(this, definition) : new Map<string, Meaning>();
    let at = 0;
    for (const parameter of definition.parameters) {
      if (parameter.style === 'rest') scope.set(parameter.name, tuple(args.slice(at)));
      else if (parameter.style === 'keyword-rest') scope.set(parameter.name, instance('dict', new Map(named)));
      else {
        const given = (parameter.style === 'positional' ? args[at++] : undefined) ?? named.get(parameter.name);
        this.scopes = [...scopes];
        scope.set(
          parameter.name,
          given ?? defaults.get(parameter.name) ?? (parameter.default ? this.value(parameter.default) : unknown),
        );
      }
    }
    this.scopes = [...scopes, scope];
    this.depth++;
    const returned = this.returned;
    this.returned = null;
    this.block(definition.body);
    const result = this.returned ?? text(null);
    this.returned = returned;
    this.depth--;
    this.scopes = outer;
    return result;
  }

  private rowwise(self: Extract<Meaning, { kind: 'term' }>, made: Meaning): Meaning {
    if (made.kind !== 'term') return made;
    return { ...made, ...(self.row && { row: true as const }), ...(self.batch && { batch: true as const }) };
  }
}

/** A body that trains is run once, however often the script runs it. */
const trains = (body: readonly Statement[]): boolean =>
  /"(?:backward|train_on_batch|partial_fit)"/.test(JSON.stringify(body));

const isSame = (a: Meaning, b: Meaning): boolean =>
  a === b ||
  (a.kind === 'term' &&
    b.kind === 'term' &&
    (a.term === b.term || (literalOf(a.term) !== undefined && literalOf(a.term) === literalOf(b.term))));

function setAttribute(data: Term, name: string, value: Meaning): Meaning {
  const cells = termOf(value);
  if (!cells) return unknown;
  if (name === 'columns') return known(operation('rename-all', [data, cells]));
  if (name === 'index')
    return isOperation(cells) && cells.op === 'range' ? known(operation('reset-index', [data])) : unknown;
  return known(operation('set', [data, literal(name), cells]));
}

/** Defaults that click or typer decorators give to parameters. */
function optionsOf(at: Follower, definition: FunctionDefinition): Map<string, Meaning> {
  const out = new Map<string, Meaning>();
  for (const decorator of definition.decorators) {
    if (decorator.kind !== 'call' || !/\b(?:option|argument)$/.test(wordsOf(decorator.callee))) continue;
    const names = decorator.arguments.map(each => textOf(at.value(each)));
    const flag = names.find(name => name?.startsWith('--')) ?? names[0];
    const given = decorator.keywords.find(each => each.name === 'default');
    if (flag && given) out.set(flag.replace(/^-+/, '').split('/')[0]!.replace(/-/g, '_'), at.value(given.value));
  }
  return out;
}

/** A call or a name as words, never its arguments. */
export function wordsOf(e: Expression): string {
  switch (e.kind) {
    case 'name':
      return e.name;
    case 'attribute':
      return `${wordsOf(e.object)}.${e.name}`;
    case 'call':
      return wordsOf(e.callee);
    case 'index':
      return `${wordsOf(e.object)}[…]`;
    case 'binary':
      return `an expression with ${e.operator}`;
    default:
      return 'an expression';
  }
}
