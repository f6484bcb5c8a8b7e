import type { LoopFacts } from '../events';
import type { Parameter as ParameterFacts, Span } from '../syntax';
import type { Arguments } from './arguments';
import { AssignmentMachine } from './assignments';
import { childScope } from './machine';
import { parameterOf } from './properties';
import { copyOf, type FunctionRef, join, type Scope, UNKNOWN, Value } from './value';

export const MAX_DEPTH = 12;
export const MAX_CALLS = 12;

/** Runs the project's own functions at their call sites. */
export abstract class FunctionMachine extends AssignmentMachine {
  protected readonly calls = new Map<object, { count: number; result: Value }>();

  protected readonly stack: object[] = [];

  superValue(): Value | null {
    const top = this.selves.at(-1);
    if (!top) return null;
    const value = new Value();
    value.ref = { kind: 'super', self: top.self, owner: top.owner };
    return value;
  }

  protected insideForward(): boolean {
    return this.forwards > 0;
  }
  private forwards = 0;

  invoke(fn: FunctionRef, self: Value | null, args: Arguments, span: Span): Value {
    const { definition } = fn;
    const known = this.calls.get(definition);
    if (this.stack.includes(definition) || this.stack.length >= MAX_DEPTH)
      return known?.result ?? this.derived(null, args);
    if (known && known.count >= MAX_CALLS) return known.result;
    const entry = { count: (known?.count ?? 0) + 1, result: known?.result ?? UNKNOWN };
    this.calls.set(definition, entry);
    const before = {
      scope: this.scope,
      place: this.place,
      frame: this.frame,
      names: this.names,
      entry: this.entry,
      repeated: this.repeated,
      loops: this.loops,
    };
    if (this.place.path === this.options.path)
      this.entry =
        fn.place.path === this.options.path ? null : { start: span.start, end: span.end, scope: [...this.names] };
    const scope = childScope(fn.scope, 'function');
    this.bindParameters(fn, self, args, scope);
    this.scope = scope;
    this.place = fn.place;
    this.frame = { returned: null, yielded: null, returns: [], left: false };
    this.repeated = [];
    if (fn.name !== '') this.names = fn.owner ? [fn.owner.name, fn.name] : [...this.names, fn.name].slice(-6);
    const forward = fn.owner !== null && (fn.name === 'forward' || fn.name === 'call') ? 1 : 0;
    this.forwards += forward;
    const rounds = fn.name === 'fit' && fn.owner?.types.some(type => /^flwr\.client\./.test(type));
    if (rounds) this.loops = [...this.loops, roundsOf(fn)];
    this.stack.push(definition);
    if (self && fn.owner) this.selves.push({ self, owner: fn.owner });
    try {
      this.execute(definition.body);
    } finally {
      if (self && fn.owner) this.selves.pop();
      this.stack.pop();
      this.forwards -= forward;
      const { returned, yielded, returns } = this.frame;
      this.returns.set(definition, returns);
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

  protected bindParameters(fn: FunctionRef, self: Value | null, args: Arguments, scope: Scope): void {
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
      value ??= this.parameterDefault(fn, parameter, args.open);
      if (value === UNKNOWN)
        value = fn.place.language === 'javascript' ? parameterOf(this, parameter.name) : new Value();
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

  protected parameterDefault(fn: FunctionRef, parameter: ParameterFacts, open: boolean): Value {
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
      origins: one.origins.some(known => known.kind === 'argument-default')
        ? one.origins.map(known =>
            known.note === 'option default' ? { ...known, note: `--${parameter.name} default` } : known,
          )
        : [origin],
      overridable: open,
    }));
    // `def f(x=None)` says nothing of what x is where the call is not seen.
    return open && out.constants.every(one => one.value === null) ? new Value() : out;
  }
}

/** A federation calls `fit` of a client once a round. */
const roundsOf = ({ definition: { start, end } }: FunctionRef): LoopFacts => ({
  span: { start, end },
  over: 'rounds',
  count: { kind: 'absent' },
  iterable: null,
});
