import { isOperation, list, literal, literalOf, operation, type Term } from '../../audit-core/datasets/recipe';
import type { CallExpression, Expression, FunctionDefinition, ModuleFacts, Statement } from '../facts/syntax';
import { callLibrary, callMethod, readAttribute } from './library';
import { type Followed, type Instance, instance, known, type Meaning, unknown } from './symbols';

const maxSteps = 200_000;
const maxDepth = 24;
/** Names of calls that draw from a generator. */
const drawing =
  /"(?:shuffle|permutation|choice|choices|sample|randperm|random_split|train_test_split|rand\w*|normal|uniform|seed)"/;

/** Follows a training script from top to bottom without running it: data as terms, everything else unknown. */
export class Follower {
  readonly followed: Followed = { files: [], training: [], saved: [], claims: [] };
  readonly globals: Record<'numpy' | 'python' | 'torch', Instance> = {
    numpy: instance('generator:numpy'),
    python: instance('generator:python'),
    torch: instance('generator:torch'),
  };
  private scopes: Map<string, Meaning>[] = [new Map()];
  private batches: Instance[] = [];
  private steps = 0;
  private returned: Meaning | null = null;

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
        for (const name of s.names) {
          if (!name.local) continue;
          const whole = name.member === null && !s.names.some(n => n.module.startsWith(`${name.local}.`));
          const path = name.member !== null ? `${name.module}.${name.member}` : whole ? name.module : name.local;
          this.bind(name.local, {
            kind: 'path',
            path: name.member === null && name.module.startsWith(`${name.local}.`) ? name.local : path,
          });
        }
        return;
      case 'assign': {
        let value = this.value(s.value);
        const operator = s.operator?.replace(/=$/, '');
        if (operator) value = this.binary(operator, this.value(s.targets[0]!), value);
        for (const target of s.targets) this.assign(target, value);
        return;
      }
      case 'expression':
        this.value(s.value);
        return;
      case 'function':
        this.bind(s.name, { kind: 'function', definition: s });
        return;
      case 'class':
        this.bind(s.name, unknown);
        return;
      case 'return':
        this.returned = s.value ? this.value(s.value) : unknown;
        return;
      case 'if': {
        const test = this.value(s.test);
        const decided = test.kind === 'term' ? literalOf(test.term) : undefined;
        if (decided !== undefined) this.block(decided ? s.then : s.otherwise);
        else if (this.isMain(s.test)) this.block(s.then);
        else {
          const either = [...s.then, ...s.otherwise];
          if (drawing.test(JSON.stringify(either))) this.loseStreams();
          this.forget(either);
        }
        return;
      }
      case 'for':
        this.loop(s);
        return;
      case 'while':
        this.block(s.body);
        this.forget(s.body);
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
      default:
        return;
    }
  }

  private isMain(test: Expression): boolean {
    return test.kind === 'compare' && test.operands.some(x => x.kind === 'name' && x.name === '__name__');
  }

  private loop(s: Extract<Statement, { kind: 'for' }>): void {
    const over = this.value(s.iterable);
    const items = itemsOf(over);
    if (items && items.length <= 500) {
      for (const item of items) {
        this.assign(s.target, item);
        this.block(s.body);
      }
      return;
    }
    const loader = over.kind === 'instance' && over.type === 'torch.utils.data.DataLoader' ? over : null;
    const before = this.draws();
    if (loader) {
      this.batches.push(loader);
      // Iterating a loader draws from torch's global stream.
      this.globals.torch.state = null;
    }
    this.assign(s.target, unknown);
    this.block(s.body);
    if (loader) this.batches.pop();
    else this.forget(s.body);
    if (this.draws().some((last, i) => last !== before[i])) this.loseStreams();
  }

  private draws(): (Term | null)[] {
    return Object.values(this.globals).map(generator => generator.last);
  }

  /** How often the global generators were drawn from is not known: what they give from here on cannot be replayed. */
  private loseStreams(): void {
    for (const generator of Object.values(this.globals)) generator.state = null;
  }

  /** Names that a body would bind are not known after it. */
  private forget(body: readonly Statement[]): void {
    for (const s of body) {
      if (s.kind === 'assign') for (const target of s.targets) this.assign(target, unknown);
      else if (s.kind === 'if') this.forget([...s.then, ...s.otherwise]);
      else if (s.kind === 'for' || s.kind === 'while' || s.kind === 'with') this.forget(s.body);
    }
  }

  private bind(name: string, value: Meaning): void {
    this.scopes.at(-1)!.set(name, value);
  }

  private assign(target: Expression, value: Meaning): void {
    if (target.kind === 'name') this.bind(target.name, value);
    else if (target.kind === 'tuple' || target.kind === 'list') {
      target.items.forEach((item, i) => {
        this.assign(item, this.item(value, i));
      });
    } else if (target.kind === 'index' && target.object.kind === 'name') {
      const base = this.value(target.object);
      const key = this.value(target.index);
      if (base.kind !== 'term') return;
      const column = key.kind === 'term' ? literalOf(key.term) : undefined;
      const made =
        typeof column === 'string' && value.kind === 'term'
          ? known(operation('set', [base.term, literal(column), value.term]))
          : unknown;
      this.rebind(target.object.name, made);
    }
  }

  rebind(name: string, value: Meaning): void {
    const scope = [...this.scopes].reverse().find(s => s.has(name)) ?? this.scopes.at(-1)!;
    scope.set(name, value);
  }

  item(value: Meaning, i: number): Meaning {
    if (value.kind === 'tuple') return value.items.at(i) ?? unknown;
    if (value.kind === 'term') {
      if ('items' in value.term) return value.term.items[i] ? known(value.term.items[i]) : unknown;
      return known(operation('item', [value.term, literal(i)]));
    }
    return unknown;
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
        return known(literal(e.value));
      case 'none':
        return known(literal(null));
      case 'list':
      case 'tuple':
      case 'set': {
        const items = e.items.map(item => this.value(item));
        if (e.kind === 'list' && items.every(item => item.kind === 'term'))
          return known(list(items.map(item => item.term)));
        return { kind: 'tuple', items };
      }
      case 'mapping': {
        const named = new Map<string, Meaning>();
        for (const entry of e.entries) {
          const key = entry.key && this.value(entry.key);
          const text = key?.kind === 'term' ? literalOf(key.term) : undefined;
          if (text === undefined) return unknown;
          named.set(String(text), this.value(entry.value));
        }
        return instance('dict', named);
      }
      case 'attribute': {
        const object = this.value(e.object);
        if (object.kind === 'path') return { kind: 'path', path: `${object.path}.${e.name}` };
        return readAttribute(object, e.name);
      }
      case 'index':
        return this.index(e);
      case 'binary':
        return this.binary(e.operator, this.value(e.left), this.value(e.right));
      case 'compare': {
        const [a, b] = [this.value(e.operands[0]!), this.value(e.operands[1]!)];
        if (e.operands.length !== 2 || a.kind !== 'term' || b.kind !== 'term') return unknown;
        if (!/^[<>=!]=?$/.test(e.operators[0]!)) return unknown;
        return known(operation('compare', [literal(e.operators[0]!), a.term, b.term]));
      }
      case 'unary': {
        const of = this.value(e.operand);
        if (of.kind !== 'term') return unknown;
        const number = literalOf(of.term);
        if (e.operator === '-')
          return known(typeof number === 'number' ? literal(-number) : operation('negate', [of.term]));
        return e.operator === '~' || e.operator === 'not' ? known(operation('not', [of.term])) : unknown;
      }
      case 'template': {
        const parts = e.parts.map(part => (typeof part === 'string' ? part : this.value(part)));
        const texts = parts.map(part =>
          typeof part === 'string' ? part : part.kind === 'term' ? literalOf(part.term) : undefined,
        );
        return texts.every(text => text !== undefined) ? known(literal(texts.join(''))) : unknown;
      }
      case 'comprehension': {
        const items =
          e.clauses.length === 1 && e.clauses[0]!.conditions.length === 0
            ? itemsOf(this.value(e.clauses[0]!.iterable))
            : null;
        if (!items || items.length > 5_000 || e.result === 'mapping') return unknown;
        this.scopes.push(new Map());
        const made = items.map(item => {
          this.assign(e.clauses[0]!.target, item);
          return this.value(e.element);
        });
        this.scopes.pop();
        return made.every(item => item.kind === 'term')
          ? known(list(made.map(item => item.term)))
          : { kind: 'tuple', items: made };
      }
      case 'call':
        return this.call(e);
      default:
        return unknown;
    }
  }

  private binary(operator: string, a: Meaning, b: Meaning): Meaning {
    if (a.kind !== 'term' || b.kind !== 'term') return unknown;
    if (operator === '+' && 'items' in a.term && 'items' in b.term)
      return known(list([...a.term.items, ...b.term.items]));
    const [x, y] = [literalOf(a.term), literalOf(b.term)];
    if (operator === '+' && typeof x === 'string' && typeof y === 'string') return known(literal(x + y));
    return known(operation('binary', [literal(operator), a.term, b.term]));
  }

  private index(e: Extract<Expression, { kind: 'index' }>): Meaning {
    const accessor = e.object.kind === 'attribute' && ['iloc', 'loc'].includes(e.object.name) ? e.object.name : null;
    const object = this.value(accessor && e.object.kind === 'attribute' ? e.object.object : e.object);
    if (e.index.kind === 'slice') {
      if (object.kind !== 'term' || accessor === 'loc') return unknown;
      const bounds = [e.index.from, e.index.to, e.index.step].map(bound =>
        bound ? this.value(bound) : known(literal(null)),
      );
      if (!bounds.every(bound => bound.kind === 'term')) return unknown;
      const places = operation('slice', [
        operation('range', [literal(0), operation('length', [object.term])]),
        ...bounds.map(b => (b as { term: Term }).term),
      ]);
      return known(operation('rows', [object.term, places]));
    }
    const key = this.value(e.index);
    if (object.kind === 'instance' && key.kind === 'term')
      return object.named.get(String(literalOf(key.term))) ?? unknown;
    if (key.kind !== 'term') return unknown;
    const at = literalOf(key.term);
    if (typeof at === 'number' && !accessor) return this.item(object, at);
    if (object.kind !== 'term') return unknown;
    if (!accessor && (typeof at === 'string' || isTexts(key.term)))
      return known(operation('columns', [object.term, key.term]));
    if (isMask(key.term)) return known(operation('mask', [object.term, key.term]));
    if (accessor === 'loc') return unknown;
    return known(operation('rows', [object.term, key.term]));
  }

  private call(e: CallExpression): Meaning {
    const args = e.arguments.map(a => this.value(a));
    const named = new Map(e.keywords.flatMap(k => (k.name ? [[k.name, this.value(k.value)] as const] : [])));
    if (e.callee.kind === 'attribute') {
      const self = this.value(e.callee.object);
      if (e.callee.name === 'backward') this.trained();
      if (self.kind !== 'path') {
        const first = e.arguments[0];
        const name = first?.kind === 'name' ? first.name : null;
        return callMethod(this, self, e.callee.name, args, named, name);
      }
    }
    const callee = this.value(e.callee);
    if (callee.kind === 'function') return this.enter(callee.definition, args, named);
    // A class of the script may build layers, whose first weights use up torch's global stream.
    if (callee.kind === 'unknown') this.globals.torch.state = null;
    if (callee.kind !== 'path') return unknown;
    const first = e.arguments[0];
    return callLibrary(this, callee.path, args, named, first?.kind === 'name' ? first.name : null);
  }

  private trained(): void {
    const loader = this.batches.at(-1);
    const items = loader?.items ?? [];
    const [x, y] = items;
    if (x?.kind === 'term')
      this.followed.training.push({ features: x.term, label: y?.kind === 'term' ? y.term : null });
  }

  private enter(
    definition: FunctionDefinition,
    args: readonly Meaning[],
    named: ReadonlyMap<string, Meaning>,
  ): Meaning {
    if (this.scopes.length > maxDepth) return unknown;
    const scope = new Map<string, Meaning>();
    definition.parameters.forEach((parameter, i) => {
      scope.set(
        parameter.name,
        args[i] ?? named.get(parameter.name) ?? (parameter.default ? this.value(parameter.default) : unknown),
      );
    });
    const outer = this.scopes;
    this.scopes = [outer[0]!, scope];
    this.block(definition.body);
    const result = this.returned ?? unknown;
    this.returned = null;
    this.scopes = outer;
    return result;
  }
}

export function itemsOf(value: Meaning): readonly Meaning[] | null {
  if (value.kind === 'tuple') return value.items;
  if (value.kind === 'term' && 'items' in value.term) return value.term.items.map(known);
  return null;
}

const isTexts = (term: Term): boolean =>
  'items' in term && term.items.every(item => typeof literalOf(item) === 'string');

const isMask = (term: Term): boolean =>
  isOperation(term) &&
  (['compare', 'isin', 'isna', 'notna', 'not'].includes(term.op) ||
    (term.op === 'binary' && ['&', '|'].includes(String(literalOf(term.args[0])))) ||
    (term.op === 'array' && isMask(term.args[0]!)));
