import type { Expression, Span } from '../syntax';
import { Taint } from '../values';
import { CallMachine } from './calls';
import { combine } from './constants';
import { hintPath, listItems, MAX_ITEMS, show } from './containers';
import { heldUnder } from './properties';
import { join, type Scope, UNKNOWN, union, type Value } from './value';

/** Lists, mappings, comprehensions and strings made of parts. */
export abstract class CollectionMachine extends CallMachine {
  abstract assign(target: Expression, value: Value, from: Expression): void;

  protected template(e: Extract<Expression, { kind: 'template' }>): Value {
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
    // A sentence or an object that is put together of values of a row is not the row.
    if (this.language === 'javascript' && out.strength === 'same') out.strength = 'derived';
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
    // A page or a sentence has slashes too.
    if (this.language === 'javascript' && words.some(word => /[\s<>]/.test(word.trim()))) return;
    if (!surely && !words.some(word => /\/|\.[a-z]\w{1,4}$/i.test(word.trim()))) return;
    this.emit(
      { kind: 'path', api: 'path', tier: 'certain', arguments: {}, values: [this.evidence(value, span)] },
      span,
    );
  }

  protected collection(e: Extract<Expression, { kind: 'list' | 'tuple' | 'set' }>): Value {
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

  protected mapping(e: Extract<Expression, { kind: 'mapping' }>): Value {
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
    const held =
      this.language === 'javascript' ? [...fields].flatMap(([name, value]) => heldUnder(this, name, value)) : [];
    const out = this.flow(held.length > 0 ? [...all, ...held] : all, 'same');
    const spread = e.entries.some(entry => entry.key === null);
    if (this.language === 'javascript' && !spread && out.strength === 'same') out.strength = 'derived';
    if (held.length > 0) out.columns = { names: [...fields.keys()], complete: true, dropped: [] };
    for (const value of all) out.objects = union(out.objects, value.objects);
    out.types = ['builtins.dict'];
    out.fields = fields;
    out.element = element;
    return out;
  }

  protected comprehension(e: Extract<Expression, { kind: 'comprehension' }>): Value {
    const scope = this.scope;
    const inner: Scope = {
      names: new Map(),
      parent: scope,
      kind: 'function',
      globals: null,
      module: scope.module,
      wildcards: scope.wildcards,
    };
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
}
