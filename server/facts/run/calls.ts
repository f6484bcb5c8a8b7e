import type { CallModel } from '../../models/schema';
import type { Tier } from '../events';
import type { CallExpression, Expression, Span } from '../syntax';
import type { ConstantValue } from '../values';
import { AccessMachine } from './access';
import type { Arguments } from './arguments';
import { findInClass } from './classes-of';
import type { Given } from './machine';
import { type ClassRef, copyOf, type FunctionRef, held, instance, join, NAMING, UNKNOWN, Value } from './value';

const isPrivate = (found: { readonly call: CallModel } | null): boolean =>
  found?.call.events?.some(({ kind }) => kind === 'privatise') ?? false;

/** Calls: of the project's functions and classes, of methods, of libraries, of what is unknown. */
export abstract class CallMachine extends AccessMachine {
  abstract construct(cls: ClassRef, args: Arguments, span: Span): Value;

  /** A call whose meaning is about names and constants; null: it is none, or the models say more. */
  protected abstract intrinsic(name: string, receiver: Given | null, args: Arguments, span: Span): Value | null;
  /** The same for a method of texts, or of whatever class. */
  protected abstract intrinsicMethod(
    of: 'text' | 'any',
    name: string,
    receiver: Given,
    args: Arguments,
    span: Span,
  ): Value | null;
  abstract superValue(): Value | null;

  evaluateArguments(e: CallExpression): Arguments {
    const positional: Given[] = [];
    const keywords = e.keywords.length === 0 ? noKeywords : new Map<string, Given>();
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

  given(e: Expression): Given {
    return { value: this.evaluate(e), span: e };
  }

  protected call(e: CallExpression): Value {
    if (!this.step()) return UNKNOWN;
    const { callee } = e;
    const hides = this.language === 'javascript' && hidden.test(calledName(callee));
    return hides ? this.withoutNames(this.called(e)) : this.called(e);
  }

  /** A function that says that it hides who somebody is. */
  private withoutNames(value: Value): Value {
    if ((this.taintOf(value) & NAMING) === 0) return value;
    const out = copyOf(value);
    out.taint &= ~NAMING;
    out.columns = null;
    return out;
  }

  private called(e: CallExpression): Value {
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
  protected markPassed(args: Arguments): void {
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
    if (ref?.kind === 'symbol') return this.callSymbol(this.models.member(ref.name, name), args, span);
    if (ref?.kind === 'module') return this.callValue(held(ref.scope.names, name) ?? UNKNOWN, args, span);
    if (ref?.kind === 'class') {
      const own = findInClass(ref, name);
      if (own?.ref?.kind === 'function')
        return own.ref.isStatic ? this.invoke(own.ref, object, args, span) : this.invoke(own.ref, null, args, span);
      return (
        this.callTyped(ref.types, receiver, name, args, span) ??
        this.intrinsicMethod('any', name, receiver, args, span) ??
        this.derived(receiver, args)
      );
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
      if (own?.ref?.kind === 'function') {
        const seen = this.privatisations;
        const value = this.invoke(own.ref, object, args, span);
        return (seen === this.privatisations && this.overridden(cls, own.ref, receiver, args, span)) || value;
      }
      if (own) return this.callValue(own, args, span);
    }
    const isText = holdsText(object);
    const done =
      (isText ? this.intrinsicMethod('text', name, receiver, args, span) : null) ??
      this.intrinsicMethod('any', name, receiver, args, span);
    if (done) return done;
    const types = isText && object.types.length === 0 ? textTypes : object.types;
    const typed = this.callTyped(types, receiver, name, args, span);
    if (typed) return typed;
    if (object.types.every(type => !type.includes('.'))) {
      const generic = this.models.method('*', name);
      if (generic) return this.applyCall(generic.call, generic.name, receiver, args, span, 'likely');
    }
    return this.derived(receiver, args);
  }

  /** A method that a project writes anew for its own kind of a library's engine still makes training private, where its body does not say how. */
  private overridden(cls: ClassRef, own: FunctionRef, receiver: Given, args: Arguments, span: Span): Value | null {
    const standing = cls.types.map(type => this.models.method(type, own.name)).find(isPrivate);
    const parameters = own.definition.parameters.map(({ name }) => name);
    const found = standing ?? this.models.rewritten(own.name, parameters);
    return found && this.applyCall(found.call, found.name, receiver, args, span, 'likely');
  }

  protected callTyped(
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

  callValue(callee: Value, given: Arguments, span: Span): Value {
    const { ref } = callee;
    const args = withHeld(callee, given);
    const choices = callee.fields?.get('#choices')?.items;
    if (choices) return choices.map(one => this.callValue(one, args, span)).reduce(join);
    if (ref?.kind === 'symbol') return this.callSymbol(ref.name, args, span);
    const narrow = callee.fields?.get('#namespace');
    if (ref?.kind === 'function' && narrow) return this.invoke(ref, null, narrowed(args, narrow), span);
    if (ref?.kind === 'function') return this.callOwn(ref, args, span);
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

  /** A function of the project; where it is a copy of a library's, that call too. */
  private callOwn(fn: FunctionRef, args: Arguments, span: Span): Value {
    const copied = this.models.copied(
      fn.name,
      fn.definition.parameters.map(({ name }) => name),
    );
    const value = this.invoke(fn, null, args, span);
    if (copied) this.applyCall(copied.call, copied.name, null, args, span, 'likely');
    return value;
  }

  callSymbol(name: string, args: Arguments, span: Span): Value {
    const done = this.intrinsic(name, null, args, span);
    if (done) return done;
    const model = this.models.call(name);
    if (model || this.models.classOf(name)) return this.applyCall(model, name, null, args, span, 'certain');
    // `Class.method(instance, …)` and class methods.
    const dot = name.lastIndexOf('.');
    const method = this.models.method(name.slice(0, dot), name.slice(dot + 1));
    if (method && this.models.classOf(name.slice(0, dot))) {
      const owner = { value: instance(name.slice(0, dot)), span };
      return this.applyCall(method.call, method.name, owner, args, span, 'certain');
    }
    const last = name.charCodeAt(dot + 1);
    const makes = last >= 65 && last <= 90;
    const out = makes ? this.holding(args) : this.derived(null, args);
    if (makes) {
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
    // What an unknown function of a web program answers is of what it was asked about, and mostly not who.
    if (this.language === 'javascript') out.taint &= ~NAMING;
    return out.taint === 0 && out.sources.length === 0 ? UNKNOWN : out;
  }

  /** A new object holds what it is made with: scores beside rows measure nothing here. */
  protected holding(args: Arguments): Value {
    const inputs = [...args.positional, ...args.keywords.values()].map(given => given.value);
    const out = this.flow(inputs, 'derived');
    return out.taint === 0 && out.sources.length === 0 ? UNKNOWN : out;
  }

  /** A function handed to an unknown call is called with what the receiver holds. */
  protected runCallback(value: Value, receiver: Value | null, span: Span): void {
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

/** The arguments that a partial call already holds, before those that are given now. */
function withHeld(callee: Value, args: Arguments): Arguments {
  const [first, named] = [callee.fields?.get('#positional')?.items, callee.fields?.get('#keywords')?.fields];
  if (!first && !named) return args;
  const { span } = args;
  const keywords = new Map([...(named ?? [])].map(([name, value]) => [name, { value, span }]));
  for (const [name, value] of args.keywords) keywords.set(name, value);
  return { ...args, keywords, positional: [...(first ?? []).map(value => ({ value, span })), ...args.positional] };
}

/** A command of a command line is called with its own options only. */
function narrowed(args: Arguments, namespace: Value): Arguments {
  const positional = args.positional.map(given =>
    given.value.types.includes('argparse.Namespace') ? { ...given, value: namespace } : given,
  );
  return { ...args, positional };
}

const hidden = /redact|mask|anonymi[sz]|pseudonymi[sz]|de-?identif|scrub|obfuscat|encrypt/i;

const calledName = (callee: Expression): string =>
  callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';

/** Shared by the calls that have none: never changed. */
const noKeywords = new Map<string, Given>();
const textTypes: readonly string[] = ['builtins.str'];

function holdsText(value: Value): boolean {
  return (
    value.types.includes('builtins.str') ||
    (value.constants.length > 0 && value.constants.every(one => typeof one.value === 'string'))
  );
}
