import type { Expression, Statement } from '../syntax';
import { noArguments } from './arguments';
import { arithmetic, combine } from './constants';
import { listItems } from './containers';
import { noteColumns, stringsOf, withColumn, without } from './frames';
import { UpdateMachine } from './updates';
import { absorb, copyOf, join, UNKNOWN, union, Value } from './value';

/** Assignment to names, attributes, subscripts and patterns; deletion. */
export abstract class AssignmentMachine extends UpdateMachine {
  protected assignment(s: Extract<Statement, { kind: 'assign' }>): void {
    let value = this.evaluate(s.value);
    this.learns(s, value);
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
      else if (this.loops.length === 0 && !sum.items)
        sum.constants = combine([old.constants, value.constants], ([a, b]) => arithmetic(s.operator!, a!, b!));
      value = sum;
    }
    if (s.annotation && value === UNKNOWN && s.targets[0]?.kind === 'name') value = this.annotated(s.annotation);
    // A result that nothing is known of is still one thing: what is learned of it later holds for its name.
    if (value === UNKNOWN && isCall(s.value)) value = new Value();
    const before = this.reassigning;
    this.reassigning = s.declares !== true;
    for (const target of s.targets) this.assign(target, value, s.value);
    this.reassigning = before;
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
        this.special(object, '__setattr__', target);
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
  protected name(value: Value, name: string): void {
    const [only] = value.constants;
    if (value.constants.length !== 1 || !only || only.origins.length !== 1 || only.origins[0]!.note !== '') return;
    value.constants = [{ ...only, origins: [{ ...only.origins[0]!, note: name }] }];
  }

  protected unpack(targets: readonly Expression[], value: Value, from: Expression): void {
    const items = value.items ?? (from.kind !== 'name' ? null : listItems(value));
    const star = targets.findIndex(target => target.kind === 'spread');
    if (items && star === -1 && items.length >= targets.length) {
      for (const [i, target] of targets.entries()) this.assign(target, items[i]!, from);
      return;
    }
    for (const target of targets) {
      const part = value.element ?? (this.hasRounds(value) ? this.iterate(value) : this.flow([value], 'same'));
      const empty =
        part.taint === 0 && part.sources.length === 0 && part.types.length === 0 && part.objects.length === 0;
      const own = empty ? new Value() : copyOf(part);
      own.counts = value.counts;
      this.assign(target, own, from);
    }
  }

  protected assignIndex(target: Extract<Expression, { kind: 'index' }>, value: Value): void {
    const object = this.evaluate(target.object);
    const located = object.types.includes('pandas.Indexer');
    const inner = located && target.index.kind === 'tuple' ? target.index.items[1] : target.index;
    const key = inner ? this.evaluate(inner) : UNKNOWN;
    const into = located ? (object.fields?.get('#frame') ?? object) : object;
    if (into === UNKNOWN) return;
    // `run["scores"] = x` of a tracker is a call of its own.
    if (into.types.length > 0 && this.models.method(into.types[0]!, '__setitem__')) {
      const positional = [key, value].map(each => ({ value: each, span: target }));
      this.callMethod({ value: into, span: target }, '__setitem__', { ...noArguments(target), positional }, target);
      return;
    }
    const names = stringsOf(key);
    if (into.ref?.kind === 'symbol' && into.ref.name === 'os.environ' && names?.length === 1) {
      this.stored.set(`$${names[0]!}`, value);
      return;
    }
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

  protected remove(target: Expression): void {
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
      this.special(object, '__delattr__', target);
    }
  }

  /** Setting or deleting an attribute of a library's object, where its model says what that means. */
  private special(object: Value, method: '__setattr__' | '__delattr__', target: Expression): void {
    if (object.types.length > 0 && this.models.method(object.types[0]!, method))
      this.callMethod({ value: object, span: target }, method, noArguments(target), target);
  }
}

function isCall(e: Expression): boolean {
  return e.kind === 'call' || (e.kind === 'await' && e.value !== undefined && isCall(e.value));
}
