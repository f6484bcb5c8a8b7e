import type { ClassDefinition, Expression, FunctionDefinition, Span } from '../syntax';
import { noArguments } from './arguments';
import { findInClass } from './classes-of';
import { childScope } from './machine';
import { ModuleMachine } from './modules';
import { type ClassRef, type FunctionRef, Value } from './value';

/** Definitions of functions and classes, their decorators included. */
export abstract class DefinitionMachine extends ModuleMachine {
  protected readonly functions: FunctionRef[] = [];

  protected readonly classes: ClassRef[] = [];

  protected readonly handlers: {
    framework: string;
    api: string;
    handler: Value;
    span: Span;
    /** The class whose method it is. */
    owner?: ClassRef;
  }[] = [];

  protected definingClass: ClassRef | null = null;

  protected defined(fn: FunctionRef): void {
    if (this.muted > 0 || isTrivial(fn) || this.known.has(fn.definition)) return;
    this.known.add(fn.definition);
    this.functions.push(fn);
  }

  private readonly known = new Set<object>();

  protected define(s: FunctionDefinition): void {
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

  protected decorate(fn: FunctionRef, value: Value, decorator: Value, at: Expression): void {
    const option = decorator.fields?.get('#option');
    const name = decorator.fields?.get('#name')?.constants[0]?.value;
    if (option && typeof name === 'string') {
      fn.defaults ??= new Map();
      fn.defaults.set(name, option);
      return;
    }
    const settings = decorator.fields?.get('#settings');
    if (settings) {
      const [parameter] = fn.definition.parameters;
      fn.defaults ??= new Map();
      if (parameter) fn.defaults.set(parameter.name, settings);
      return;
    }
    let mark = decorator.fields?.get('#serve');
    if (!mark && (decorator.ref?.kind === 'symbol' || decorator.ref?.kind === 'bound')) {
      const api = decorator.ref.kind === 'symbol' ? decorator.ref.name : null;
      const serves = api ? this.serves(api) : at.kind === 'attribute';
      if (serves) mark = this.callValue(decorator, noArguments(at), at).fields?.get('#serve');
    }
    if (mark && this.muted === 0) {
      const [framework = '', api = ''] = mark.types;
      this.handlers.push({
        ...{ framework, api, handler: value, span: fn.definition },
        // A method answers as its object does, with what was put into that.
        ...(fn.owner && !fn.isStatic && { owner: fn.owner }),
      });
    }
  }

  protected defineClass(s: ClassDefinition): void {
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
    this.answers(cls);
    for (const decorator of s.decorators) {
      let evaluated = this.evaluate(decorator);
      if (decorator.kind !== 'call' && evaluated.ref?.kind === 'symbol' && this.serves(evaluated.ref.name))
        evaluated = this.callValue(evaluated, noArguments(decorator), decorator);
      const mark = evaluated.fields?.get('#serve');
      if (mark) this.serveClass(cls, mark);
    }
  }

  private serves(api: string): boolean {
    return this.models.call(api)?.events?.some(event => event.kind === 'serve') ?? false;
  }

  /** A class of a serving framework answers with the methods that it wants to be written. */
  protected answers(cls: ClassRef): void {
    for (const type of cls.types) {
      const model = this.muted === 0 ? this.models.answers(type) : null;
      if (!model) continue;
      for (const name of model.methods) {
        const handler = findInClass(cls, name);
        const { framework } = model;
        if (handler)
          this.handlers.push({ framework, api: `${type}.${name}`, handler, span: cls.definition, owner: cls });
      }
      return;
    }
  }

  protected serveClass(cls: ClassRef, mark: Value): void {
    const [framework = '', api = ''] = mark.types;
    const call = findInClass(cls, '__call__');
    if (call && this.muted === 0)
      this.handlers.push({ framework, api, handler: call, span: cls.definition, owner: cls });
  }
}

/** A body of one statement that only computes; in JavaScript a function of one call or one `try` is a function like others. */
function isTrivial({ definition: { body }, place }: FunctionRef): boolean {
  if (body.length !== 1) return body.length === 0;
  const [only] = body;
  if (place.language !== 'javascript') return true;
  return only?.kind === 'return' && only.value?.kind !== 'call' && only.value?.kind !== 'await';
}
