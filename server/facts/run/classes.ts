import type { Span } from '../syntax';
import type { Arguments } from './arguments';
import { findInClass, handedOut } from './classes-of';
import { FunctionMachine, MAX_CALLS, MAX_DEPTH } from './functions';
import { GENERATIVE, reparametrises } from './generative';
import { absorb, type ClassRef, UNKNOWN, union, Value } from './value';

/** Makes objects of the project's own classes. */
export abstract class ClassMachine extends FunctionMachine {
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
      absorb(value, this.holding(args));
      for (const [name, given] of args.keywords) value.fields.set(name, given.value);
    }
    // What a data set of the project holds is in it.
    if (this.hasRole(value, 'data-set') || this.hasRole(value, 'loader'))
      for (const field of value.fields.values()) absorb(value, this.flow([field], 'same'));
    if (cls.types.length > 1 && this.drawsRecords(cls, value)) value.types = union(value.types, [GENERATIVE]);
    return value;
  }

  /** Whether a network draws its latent code itself, or one that it is made of or stands on does. */
  private drawsRecords(cls: ClassRef, value: Value): boolean {
    if (!this.hasRole(value, 'module')) return false;
    if (reparametrises(cls.definition, cls.place.text)) return true;
    if (cls.bases.some(base => reparametrises(base.definition, base.place.text))) return true;
    for (const field of value.fields!.values()) if (field.types.includes(GENERATIVE)) return true;
    return false;
  }
}
