import { arithmetic, combine, compare, truth } from './constants';
import type { Tier } from './events';
import { pick, select, stringsOf } from './frames';
import { intrinsics } from './intrinsics';
import { type Arguments, LibraryMachine } from './library-calls';
import type { Given } from './machine';
import type { CallExpression, Expression, Span, Statement } from './syntax';
import {
  type ClassRef,
  constant,
  copyOf,
  type FunctionRef,
  instance,
  join,
  type Scope,
  symbol,
  UNKNOWN,
  union,
  Value,
} from './value';
import { type ConstantValue, type Origin, Taint } from './values';

/** Attributes of any value that tell its shape or kind and nothing of its content. */
const harmless = new Set(
  'shape size dtype dtypes ndim columns index device itemsize nbytes length T_shape requires_grad __name__ __class__ __len__'.split(
    ' ',
  ),
);
/** A name is asked of the value so that the next call can be resolved; nothing flows yet. */
const MAX_ITEMS = 256;

/** Evaluates expressions to values; calls of the module's own functions are left to the run. */
export abstract class Evaluator extends LibraryMachine {
  abstract invoke(fn: FunctionRef, self: Value | null, args: Arguments, span: Span): Value;
  abstract construct(cls: ClassRef, args: Arguments, span: Span): Value;
  protected abstract execute(body: readonly Statement[]): void;

  abstract superValue(): Value | null;
  /** The loss that was last differentiated: what a step learns from where no loop over batches tells. */
  differentiated: Given | null = null;

  configuration(file: string): ConstantValue | null {
    return this.project.configuration?.(this.place.path, file) ?? null;
  }

  /** Values that a command-line library declared by name (absl flags). */
  readonly flags = new Map<string, Value>();

  lookup(name: string): Value | null {
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
      if (scope.kind === 'class' && scope !== this.scope) continue;
      const found = scope.names.get(name);
      if (found) return found;
    }
    return null;
  }

  evaluate(e: Expression): Value {
    switch (e.kind) {
      case 'name': {
        const found = this.lookup(e.name);
        if (found) return found;
        return this.place.text.length > 0 ? symbol(this.models.canonical(`builtins.${e.name}`)) : UNKNOWN;
      }
      case 'number':
      case 'string':
      case 'boolean': {
        const { start, end } = e;
        return constant(e.value, this.literalOrigin(start, end));
      }
      case 'none':
        return constant(null, this.literalOrigin(e.start, e.end));
      case 'call':
        return this.call(e);
      case 'attribute':
        return this.attribute(this.evaluate(e.object), e.name, e);
      case 'index':
        return this.subscript(e);
      case 'template':
        return this.template(e);
      case 'list':
      case 'tuple':
      case 'set':
        return this.collection(e);
      case 'mapping':
        return this.mapping(e);
      case 'binary':
        return this.binary(e);
      case 'compare': {
        const operands = e.operands.map(operand => this.evaluate(operand));
        const out = this.flow(operands, 'derived');
        // A comparison thresholds: what is left of a score is a decision.
        if (out.taint & Taint.confidence) out.taint = (out.taint & ~Taint.confidence) | Taint.prediction;
        out.taint &= ~(Taint.identifier | Taint.subjectKey | Taint.quasiIdentifier);
        const [a, b] = operands;
        if (a && b && operands.length === 2)
          out.constants = combine([a.constants, b.constants], ([x, y]) => compare(e.operators[0] ?? '', x!, y!));
        return out;
      }
      case 'unary': {
        const operand = this.evaluate(e.operand);
        const out = this.flow([operand], e.operator === 'not' ? 'derived' : 'same');
        out.columns = operand.columns;
        out.types = operand.types;
        out.constants = combine([operand.constants], ([x]) => {
          if (e.operator === 'not' || e.operator === '!') return !truth(x!);
          if (typeof x !== 'number') return undefined;
          return e.operator === '-' ? -x : e.operator === '+' ? x : undefined;
        });
        return out;
      }
      case 'boolean-operation': {
        const [first, ...rest] = e.operands;
        let value = this.evaluate(first!);
        for (const operand of rest) {
          const next = this.evaluate(operand);
          const known = value.constants.length === 1 ? value.constants[0]! : null;
          if (known && (e.operator === 'and' ? !truth(known.value) : truth(known.value))) continue;
          value = known ? (known.overridable ? withOverride(next, true) : next) : this.either(value, next, e.operator);
        }
        return value;
      }
      case 'conditional': {
        const test = this.evaluate(e.test);
        const then = this.evaluate(e.then);
        const otherwise = this.evaluate(e.otherwise);
        const known = test.constants.length === 1 ? test.constants[0]! : null;
        if (known && !known.overridable) return truth(known.value) ? then : otherwise;
        return join(then, otherwise);
      }
      case 'lambda': {
        const value = new Value();
        value.ref = {
          kind: 'function',
          name: '',
          definition: e,
          scope: this.scope,
          place: this.place,
          owner: null,
          isProperty: false,
          isStatic: false,
          defaults: null,
        };
        return value;
      }
      case 'comprehension':
        return this.comprehension(e);
      case 'spread':
        return this.evaluate(e.value);
      case 'await':
        return e.value ? this.evaluate(e.value) : UNKNOWN;
      case 'yield': {
        const value = e.value ? this.evaluate(e.value) : UNKNOWN;
        this.yielded(value);
        return UNKNOWN;
      }
      case 'walrus': {
        const value = this.evaluate(e.value);
        this.assign(e.target, value, e.value);
        return value;
      }
      case 'slice': {
        for (const part of [e.from, e.to, e.step]) if (part) this.evaluate(part);
        return UNKNOWN;
      }
      case 'opaque':
        return this.flow(
          e.parts.map(part => this.evaluate(part)),
          'derived',
        );
    }
  }

  protected abstract yielded(value: Value): void;
  abstract assign(target: Expression, value: Value, from: Expression): void;

  private literalOrigin(start: number, end: number): Origin {
    return this.origin('literal', '', { start, end });
  }

  private either(a: Value, b: Value, operator: string): Value {
    return operator === 'and' ? this.flow([a, b], 'derived') : join(a, b);
  }

  given(e: Expression): Given {
    return { value: this.evaluate(e), span: e };
  }

  private template(e: Extract<Expression, { kind: 'template' }>): Value {
    const values: Value[] = [];
    const constants = [];
    const words: string[] = [];
    for (const part of e.parts) {
      if (typeof part === 'string') {
        words.push(part);
        constants.push([{ value: part, origins: [], overridable: false }]);
      } else {
        const value = this.evaluate(part);
        values.push(value);
        constants.push(value.constants);
        for (const one of value.constants) if (typeof one.value === 'string') words.push(one.value);
      }
    }
    const out = this.flow(values, 'same');
    if (values.length > 0 && out.strength === 'same' && out.taint !== 0) out.strength = 'derived';
    if (values.some(value => value.strength === 'same' && this.taintOf(value) !== 0)) out.strength = 'same';
    out.columns = values.length === 1 ? values[0]!.columns : null;
    out.types = ['builtins.str'];
    out.constants = combine(constants, parts => parts.map(part => show(part)).join(''));
    if (out.constants.length === 0) hintPath(out, words);
    this.notePath(out, e, words);
    return out;
  }

  /** A path that is made of who somebody is. */
  notePath(value: Value, span: Span, words: readonly string[], surely = false): void {
    if ((this.taintOf(value) & (Taint.identifier | Taint.subjectKey)) === 0 || value.strength === 'aggregate') return;
    if (!surely && !words.some(word => /\/|\.[a-z]\w{1,4}$/i.test(word.trim()))) return;
    this.emit(
      { kind: 'path', api: 'path', tier: 'certain', arguments: {}, values: [this.evidence(value, span)] },
      span,
    );
  }

  private collection(e: Extract<Expression, { kind: 'list' | 'tuple' | 'set' }>): Value {
    const items: Value[] = [];
    let open = false;
    for (const item of e.items) {
      if (item.kind === 'spread') {
        const inner = this.evaluate(item.value);
        const known = inner.items ?? listItems(inner);
        if (known) items.push(...known);
        else {
          open = true;
          items.push(this.iterate(inner));
        }
      } else items.push(this.evaluate(item));
    }
    const out = this.flow(items, 'same');
    for (const item of items) out.objects = union(out.objects, item.objects);
    out.types = [`builtins.${e.kind}`];
    if (open || items.length > MAX_ITEMS) {
      out.element = items.reduce((a, b) => join(a, b), items[0] ?? UNKNOWN);
      return out;
    }
    out.items = items;
    if (items.length > 0 && items.every(item => item.constants.length === 1)) {
      const parts = items.map(item => item.constants[0]!);
      const origins = [this.origin('literal', '', e)];
      out.constants = [
        { value: parts.map(part => part.value), origins, overridable: parts.some(part => part.overridable) },
      ];
    }
    return out;
  }

  private mapping(e: Extract<Expression, { kind: 'mapping' }>): Value {
    const fields = new Map<string, Value>();
    const all: Value[] = [];
    let element: Value | null = null;
    for (const entry of e.entries) {
      const value = this.evaluate(entry.value);
      if (entry.key === null) {
        for (const [name, inner] of value.fields ?? []) if (!name.startsWith('#')) fields.set(name, inner);
        all.push(value);
        continue;
      }
      const key = this.evaluate(entry.key);
      all.push(value, key);
      const name = key.constants.length === 1 ? key.constants[0]!.value : undefined;
      if (typeof name === 'string' || typeof name === 'number') fields.set(String(name), value);
      else element = element ? join(element, value) : value;
    }
    const out = this.flow(all, 'same');
    for (const value of all) out.objects = union(out.objects, value.objects);
    out.types = ['builtins.dict'];
    out.fields = fields;
    out.element = element;
    return out;
  }

  private binary(e: Extract<Expression, { kind: 'binary' }>): Value {
    const left = this.evaluate(e.left);
    const right = this.evaluate(e.right);
    const text = e.operator === '%' && left.constants.some(one => typeof one.value === 'string');
    const out = this.flow([left, right], text ? 'same' : 'derived');
    if (out.taint !== 0 && !text && (left.strength === 'aggregate') !== (right.strength === 'aggregate'))
      out.strength = 'derived';
    out.columns = left.columns ?? right.columns;
    out.types = left.types.length > 0 ? left.types : right.types;
    if (e.operator === '+' && left.items && right.items)
      out.items = [...left.items, ...right.items].slice(0, MAX_ITEMS);
    if (e.operator === '+') out.element = left.element ?? right.element;
    out.constants = combine([left.constants, right.constants], ([a, b]) => arithmetic(e.operator, a!, b!));
    if (out.constants.length === 0 && (e.operator === '/' || e.operator === '+' || text))
      hintPath(out, wordsOf(left, right));
    if (e.operator === '/' || e.operator === '+' || text) this.notePath(out, e, wordsOf(left, right));
    return out;
  }

  private comprehension(e: Extract<Expression, { kind: 'comprehension' }>): Value {
    const scope = this.scope;
    const inner: Scope = { names: new Map(), parent: scope, kind: 'function', globals: null, module: scope.module };
    this.scope = inner;
    try {
      let literal: readonly Value[] | null = null;
      let only: Expression | null = null;
      for (const clause of e.clauses) {
        const walked = this.evaluate(clause.iterable);
        if (e.clauses.length === 1 && clause.conditions.length === 0) {
          literal = walked.items ?? listItems(walked);
          only = clause.target;
        }
        this.assign(clause.target, this.iterate(walked), clause.iterable);
        for (const condition of clause.conditions) this.evaluate(condition);
      }
      // A short literal list is walked for real: column names are made that way.
      if (literal && only && literal.length > 0 && literal.length <= 32 && e.result !== 'mapping') {
        const items = literal.map(item => {
          this.assign(only, item, e);
          return this.evaluate(e.element);
        });
        const out = this.flow(items, 'same');
        out.types = ['builtins.list'];
        out.items = items;
        if (items.every(item => item.constants.length === 1))
          out.constants = [
            {
              value: items.map(item => item.constants[0]!.value),
              origins: [this.origin('literal', '', e)],
              overridable: items.some(item => item.constants[0]!.overridable),
            },
          ];
        return out;
      }
      const element = this.evaluate(e.element);
      const value = e.value ? this.evaluate(e.value) : null;
      const out = this.flow(value ? [element, value] : [element], 'same');
      out.types = [`builtins.${e.result === 'mapping' ? 'dict' : e.result === 'set' ? 'set' : 'list'}`];
      out.element = value ?? element;
      out.objects = (value ?? element).objects;
      return out;
    } finally {
      this.scope = scope;
    }
  }

  /** What one round of a loop over it gives. */
  iterate(value: Value): Value {
    if (value === UNKNOWN) return UNKNOWN;
    const item = value.fields?.get('#item');
    if (item) return item;
    if (value.items) {
      if (value.items.length === 0) return value.element ?? UNKNOWN;
      return value.items.length > 64 ? this.flow(value.items, 'same') : value.items.reduce((a, b) => join(a, b));
    }
    if (value.element) return value.element;
    const listed = listItems(value);
    if (listed) return listed.length === 0 ? UNKNOWN : listed.slice(0, 8).reduce((a, b) => join(a, b));
    if (value.fields && value.types.includes('builtins.dict')) return UNKNOWN;
    if (value.constants.length > 0) return UNKNOWN;
    if (value.columns && this.hasRole(value, 'frame')) return UNKNOWN;
    const out = this.flow([value], 'same');
    out.element = null;
    // Batches and rows are data again; what made them is not.
    return out.taint === 0 && out.sources.length === 0 ? UNKNOWN : out;
  }

  attribute(object: Value, name: string, span: Span): Value {
    const { ref } = object;
    if (ref?.kind === 'symbol') return this.symbolAttribute(ref.name, name);
    if (ref?.kind === 'module') return ref.scope.names.get(name) ?? UNKNOWN;
    if (ref?.kind === 'class') {
      const own = findInClass(ref, name);
      if (own) return own;
      const library = ref.types.find(type => this.models.method(type, name));
      return library ? symbol(`${library}.${name}`) : bound(object, name);
    }
    if (ref?.kind === 'super') return bound(object, name);
    const field = object.fields?.get(name);
    if (field) return field;
    for (const cls of object.classes) {
      const own = findInClass(cls, name);
      if (own?.ref?.kind === 'function') {
        if (own.ref.isProperty) return this.invoke(own.ref, object, noArguments(span), span);
        return bound(object, name);
      }
      if (own) return own;
    }
    for (const type of object.types) {
      const model = this.models.attribute(type, name);
      if (!model) continue;
      if (model.same) return object;
      if (model.flow === 'none') return model.type ? instance(model.type) : UNKNOWN;
      const out = this.flow([object], model.flow ?? 'same');
      for (const added of model.adds ?? []) out.taint |= Taint[added];
      if (model.flow === 'same' || model.flow === undefined) {
        out.columns = object.columns;
        out.objects = object.objects;
      }
      if (model.type) out.types = [model.type];
      return out;
    }
    if (harmless.has(name)) return UNKNOWN;
    // `frame.column` where no method has that name.
    if (object.columns && this.hasRole(object, 'frame') && !object.types.some(type => this.models.method(type, name))) {
      const out = this.flow([object], 'same');
      pick(this, object, name, out);
      out.types = ['pandas.Series'];
      return out;
    }
    const out = bound(object, name);
    if (object !== UNKNOWN) {
      const flowing = this.flow([object], 'derived');
      out.taint = flowing.taint;
      out.sources = flowing.sources;
      out.strength = flowing.strength;
      out.trace = flowing.trace;
    }
    return out;
  }

  private symbolAttribute(base: string, name: string): Value {
    const full = this.models.canonical(`${base}.${name}`);
    const number = numbers[full];
    if (number !== undefined) return constant(number, { kind: 'literal', note: full });
    if (base.endsWith('.FLAGS') || base === 'flags.FLAGS') return this.flags.get(name) ?? UNKNOWN;
    return symbol(full);
  }

  private subscript(e: Extract<Expression, { kind: 'index' }>): Value {
    const object = this.evaluate(e.object);
    const key = this.evaluate(e.index);
    return this.indexed(object, key, e.index);
  }

  protected indexed(object: Value, key: Value, index: Expression): Value {
    if (object === UNKNOWN) return UNKNOWN;
    const only = key.constants.length === 1 ? key.constants[0]!.value : undefined;
    if (typeof only === 'string' || typeof only === 'number') {
      const field = object.fields?.get(String(only));
      if (field) return field;
    }
    if (typeof only === 'number' && object.items) {
      const item = object.items.at(only);
      if (item) return item;
    }
    const picked = this.configured(object, only);
    if (picked) return picked;
    if (object.types.includes('pandas.Indexer')) return this.located(object, index);
    const framed =
      object.columns !== null &&
      (this.hasRole(object, 'frame') || object.types.length === 0 || object.columns.complete === false);
    const names = stringsOf(key);
    if (names && (framed || (object.sources.length > 0 && object.types.length === 0))) {
      const out = this.flow([object], 'same');
      if (Array.isArray(only) || key.items) {
        select(object, names, out);
        out.types = object.types;
      } else {
        for (const source of object.sources) if (!object.columns?.complete) source.seen.add(names[0]!);
        pick(this, object, names[0]!, out);
        out.types = ['pandas.Series'];
      }
      return out;
    }
    const out = this.flow([object], 'same');
    const keepsColumns =
      index.kind === 'slice' || index.kind === 'compare' || key.taint !== 0 || this.hasRole(key, 'array');
    const opaqueColumns = framed && !keepsColumns && this.hasRole(object, 'frame') && key.constants.length === 0;
    out.columns = opaqueColumns && index.kind !== 'binary' && index.kind !== 'unary' ? null : object.columns;
    out.types = object.types;
    if (index.kind === 'slice') {
      out.objects = object.objects;
      out.element = object.element;
    } else if (object.element) {
      if (isPlainContainer(object)) return object.element;
    } else if (object.items && object.items.length > 0 && object.items.length <= 32 && isPlainContainer(object)) {
      return object.items.reduce((a, b) => join(a, b));
    } else if (object.fields && isPlainContainer(object)) {
      const values = [...object.fields].filter(([name]) => !name.startsWith('#')).map(([, value]) => value);
      if (values.length > 0 && values.length <= 32 && only === undefined) return values.reduce((a, b) => join(a, b));
      if (only !== undefined) return UNKNOWN;
    }
    if (object.types.includes('builtins.list') || object.types.includes('builtins.tuple')) out.types = [];
    return out;
  }

  /** A value from a configuration file or a constant mapping. */
  private configured(object: Value, key: ConstantValue | undefined): Value | null {
    if (object.constants.length !== 1 || (typeof key !== 'string' && typeof key !== 'number')) return null;
    const held = object.constants[0]!;
    if (typeof held.value !== 'object' || held.value === null) return null;
    const inner = Array.isArray(held.value)
      ? held.value.at(Number(key))
      : (held.value as Readonly<Record<string, ConstantValue>>)[String(key)];
    if (inner === undefined) return null;
    const value = new Value();
    value.constants = [{ ...held, value: inner }];
    return value;
  }

  /** `frame.loc[rows, columns]` and `iloc`. */
  private located(object: Value, index: Expression): Value {
    const frame = object.fields?.get('#frame') ?? object;
    const out = this.flow([frame], 'same');
    out.types = frame.types.includes('pandas.Indexer') ? ['pandas.DataFrame'] : frame.types;
    out.columns = frame.columns;
    if (index.kind !== 'tuple' || index.items.length < 2) return out;
    const columns = index.items[1]!;
    if (columns.kind === 'slice' && !columns.from && !columns.to) return out;
    const key = this.evaluate(columns);
    const names = stringsOf(key);
    if (!names) {
      out.columns = null;
      return out;
    }
    if (columns.kind === 'list' || key.items) select(frame, names, out);
    else {
      pick(this, frame, names[0]!, out);
      out.types = ['pandas.Series'];
    }
    return out;
  }

  evaluateArguments(e: CallExpression): Arguments {
    const positional: Given[] = [];
    const keywords = new Map<string, Given>();
    let open = false;
    for (const argument of e.arguments) {
      if (argument.kind === 'spread') {
        const value = this.evaluate(argument.value);
        const items = value.items;
        if (items) for (const item of items) positional.push({ value: item, span: argument });
        else {
          positional.push({ value: this.iterate(value), span: argument });
          open = true;
        }
      } else positional.push(this.given(argument));
    }
    for (const keyword of e.keywords) {
      const given = this.given(keyword.value);
      if (keyword.name !== null) keywords.set(keyword.name, given);
      else if (given.value.fields && given.value.fields.size > 0)
        for (const [name, value] of given.value.fields) {
          if (!name.startsWith('#')) keywords.set(name, { value, span: keyword });
        }
      else {
        const held = given.value.constants.length === 1 ? given.value.constants[0]! : null;
        if (held && typeof held.value === 'object' && held.value !== null && !Array.isArray(held.value))
          for (const [name, inner] of Object.entries(held.value as Readonly<Record<string, ConstantValue>>)) {
            const value = new Value();
            value.constants = [{ ...held, value: inner }];
            keywords.set(name, { value, span: keyword });
          }
        else open = true;
      }
    }
    return { positional, keywords, open, span: e };
  }

  private call(e: CallExpression): Value {
    if (!this.step()) return UNKNOWN;
    const { callee } = e;
    if (callee.kind === 'attribute') {
      const receiver = this.evaluate(callee.object);
      const args = this.evaluateArguments(e);
      this.markPassed(args);
      return this.callMethod({ value: receiver, span: callee.object }, callee.name, args, e);
    }
    const fn = this.evaluate(callee);
    const args = this.evaluateArguments(e);
    this.markPassed(args);
    return this.callValue(fn, args, e);
  }

  /** A private model or loader that is handed on is used; an optimizer is used by its step. */
  private markPassed(args: Arguments): void {
    for (const { value } of args.positional) this.markUse(value);
    for (const { value } of args.keywords.values()) this.markUse(value);
  }

  protected markUse(value: Value): void {
    if (value.objects.length === 0) return;
    const state = this.objects[value.objects[0]!]!.privatise;
    if (state && state.role !== 'optimizer') this.markUsed(state);
  }

  callMethod(receiver: Given, name: string, args: Arguments, span: Span): Value {
    const object = receiver.value;
    const { ref } = object;
    if (ref?.kind === 'symbol') return this.callSymbol(this.models.canonical(`${ref.name}.${name}`), args, span);
    if (ref?.kind === 'module') return this.callValue(ref.scope.names.get(name) ?? UNKNOWN, args, span);
    if (ref?.kind === 'class') {
      const own = findInClass(ref, name);
      if (own?.ref?.kind === 'function')
        return own.ref.isStatic ? this.invoke(own.ref, object, args, span) : this.invoke(own.ref, null, args, span);
      return this.callTyped(ref.types, receiver, name, args, span) ?? this.derived(receiver, args);
    }
    if (ref?.kind === 'super') {
      for (const base of ref.owner.bases) {
        const own = findInClass(base, name);
        if (own?.ref?.kind === 'function') return this.invoke(own.ref, ref.self, args, span);
      }
      const self = { value: ref.self, span: receiver.span };
      return this.callTyped(ref.owner.types.slice(1), self, name, args, span) ?? this.derived(receiver, args);
    }
    this.markUse(object);
    const field = object.fields?.get(name);
    // `self.f = self.f`: the field is this very method, bound to the object itself.
    const circular =
      field?.ref?.kind === 'bound' && field.ref.name === name && field.ref.receiver.fields === object.fields;
    if (!circular && (field?.ref || (field && field.types.length > 0))) return this.callValue(field, args, span);
    for (const cls of object.classes) {
      const own = findInClass(cls, name);
      if (own?.ref?.kind === 'function') return this.invoke(own.ref, object, args, span);
      if (own) return this.callValue(own, args, span);
    }
    const intrinsic = intrinsics.get(`*.${name}`);
    if (intrinsic) {
      const done = intrinsic(this, receiver, args, span);
      if (done) return done;
    }
    const typed = this.callTyped(object.types, receiver, name, args, span);
    if (typed) return typed;
    if (object.types.every(type => !type.includes('.'))) {
      const generic = this.models.method('*', name);
      if (generic) return this.applyCall(generic.call, generic.name, receiver, args, span, 'likely');
    }
    return this.derived(receiver, args);
  }

  private callTyped(
    types: readonly string[],
    receiver: Given,
    name: string,
    args: Arguments,
    span: Span,
  ): Value | null {
    let out: Value | null = null;
    for (const type of types) {
      const found = this.models.method(type, name);
      if (!found) continue;
      const tier: Tier = types.length > 1 && out ? 'likely' : 'certain';
      const value = this.applyCall(found.call, found.name, receiver, args, span, tier);
      out = out ? join(out, value) : value;
      // A class of the project lists its library bases after its own name: the first that answers is enough.
      if (receiver.value.classes.length > 0 || types.length > 3) break;
    }
    return out;
  }

  callValue(callee: Value, args: Arguments, span: Span): Value {
    const { ref } = callee;
    if (ref?.kind === 'symbol') return this.callSymbol(ref.name, args, span);
    if (ref?.kind === 'function') return this.invoke(ref, null, args, span);
    if (ref?.kind === 'class') return this.construct(ref, args, span);
    if (ref?.kind === 'bound') return this.callMethod({ value: ref.receiver, span }, ref.name, args, span);
    if (callee === UNKNOWN) return this.derived(null, args);
    this.markUse(callee);
    const receiver = { value: callee, span };
    for (const cls of callee.classes) {
      const own = findInClass(cls, '__call__');
      if (own?.ref?.kind === 'function') return this.invoke(own.ref, callee, args, span);
    }
    const typed = this.callTyped(callee.types, receiver, '__call__', args, span);
    if (typed) return typed;
    return this.derived(receiver, args);
  }

  callSymbol(name: string, args: Arguments, span: Span): Value {
    const intrinsic = intrinsics.get(name);
    if (intrinsic) {
      const done = intrinsic(this, null, args, span);
      if (done) return done;
    }
    const model = this.models.call(name);
    if (model || this.models.classOf(name)) return this.applyCall(model, name, null, args, span, 'certain');
    // `Class.method(instance, …)` and class methods.
    const dot = name.lastIndexOf('.');
    const method = this.models.method(name.slice(0, dot), name.slice(dot + 1));
    if (method && this.models.classOf(name.slice(0, dot))) {
      const owner = { value: instance(name.slice(0, dot)), span };
      return this.applyCall(method.call, method.name, owner, args, span, 'certain');
    }
    const out = this.derived(null, args);
    const last = name.charCodeAt(dot + 1);
    if (last >= 65 && last <= 90) {
      if (out === UNKNOWN) return instance(name);
      out.types = [name];
    }
    return out;
  }

  /** An unknown call passes on what it gets. */
  derived(receiver: Given | null, args: Arguments): Value {
    const inputs: Value[] = [];
    if (receiver) inputs.push(receiver.value);
    for (const { value } of args.positional) {
      inputs.push(value);
      this.runCallback(value, receiver?.value ?? null, args.span);
    }
    for (const { value } of args.keywords.values()) inputs.push(value);
    const out = this.flow(inputs, this.comparesScores(inputs) ? 'aggregate' : 'derived');
    return out.taint === 0 && out.sources.length === 0 ? UNKNOWN : out;
  }

  /** What takes scores and rows without scores is taken for a metric: it measures one against the other. */
  private comparesScores(inputs: readonly Value[]): boolean {
    const scored = (value: Value) => (this.taintOf(value) & (Taint.confidence | Taint.prediction)) !== 0;
    const bearing = inputs.filter(value => this.sourcesOf(value).length > 0 && value.strength !== 'aggregate');
    return bearing.some(scored) && bearing.some(value => !scored(value));
  }

  /** A function handed to an unknown call is called with what the receiver holds. */
  private runCallback(value: Value, receiver: Value | null, span: Span): void {
    if (value.ref?.kind !== 'function' || value.ref.definition.kind !== 'lambda') return;
    const element = receiver ? this.iterate(receiver) : UNKNOWN;
    this.invoke(
      value.ref,
      null,
      { positional: [{ value: element, span }], keywords: new Map(), open: true, span },
      span,
    );
  }
}

const numbers: Readonly<Record<string, number>> = {
  'numpy.inf': Number.POSITIVE_INFINITY,
  'math.inf': Number.POSITIVE_INFINITY,
  'torch.inf': Number.POSITIVE_INFINITY,
  'numpy.pi': Math.PI,
  'math.pi': Math.PI,
  'math.e': Math.E,
};

export function noArguments(span: Span): Arguments {
  return { positional: [], keywords: new Map(), open: false, span };
}

export function findInClass(cls: ClassRef, name: string, depth = 0): Value | null {
  const own = cls.attributes.get(name);
  if (own || depth > 8) return own ?? null;
  for (const base of cls.bases) {
    const found = findInClass(base, name, depth + 1);
    if (found) return found;
  }
  return null;
}

function bound(receiver: Value, name: string): Value {
  const value = new Value();
  if (receiver !== UNKNOWN) value.ref = { kind: 'bound', receiver, name };
  return value;
}

/** The items of a constant list. */
export function listItems(value: Value): Value[] | null {
  if (value.constants.length !== 1) return null;
  const held = value.constants[0]!;
  if (!Array.isArray(held.value) || held.value.length > MAX_ITEMS) return null;
  return held.value.map((item: ConstantValue) => {
    const one = new Value();
    one.constants = [{ ...held, value: item }];
    return one;
  });
}

function isPlainContainer(value: Value): boolean {
  return value.types.some(type => type === 'builtins.list' || type === 'builtins.dict' || type === 'builtins.tuple');
}

function withOverride(value: Value, overridable: boolean): Value {
  if (value.constants.length === 0) return value;
  const out = copyOf(value);
  out.constants = value.constants.map(one => ({ ...one, overridable: one.overridable || overridable }));
  return out;
}

function show(value: ConstantValue): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Remembers the known words of a path that is not known as a whole. */
export function hintPath(value: Value, words: readonly string[]): void {
  if (words.length === 0) return;
  const hint = new Value();
  hint.types = words.filter(word => /[a-z]{3}/i.test(word)).slice(0, 6);
  value.fields = new Map([['#path', hint]]);
}

export function wordsOf(...values: readonly Value[]): string[] {
  return values.flatMap(value => [
    ...value.constants.flatMap(one => (typeof one.value === 'string' ? [one.value] : [])),
    ...(value.fields?.get('#path')?.types ?? []),
  ]);
}
