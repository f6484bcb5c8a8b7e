import type { Expression, Parameter as ParameterFacts } from '../syntax';
import { type Arguments, noArguments } from './arguments';
import { BranchMachine } from './branches';
import { type ClassRef, copyOf, type FunctionRef, UNKNOWN, Value } from './value';

/** Dataclasses and annotations: what a declaration says of a value. */
export abstract class RecordMachine extends BranchMachine {
  protected readonly instances = new Map<ClassRef, Value>();

  protected fillRecord(cls: ClassRef, value: Value, args: Arguments): void {
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

  protected annotate(value: Value, parameter: ParameterFacts, fn: FunctionRef): void {
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
  protected annotated(annotation: Expression): Value {
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

  protected typed(value: Value): Value {
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
