import type { Expression, Span, Statement } from '../syntax';
import { type ConstantValue, type Origin, Taint } from '../values';
import type { Arguments } from './arguments';
import { CollectionMachine } from './collections';
import { arithmetic, combine, compare, truth } from './constants';
import { hintPath, MAX_ITEMS, withOverride, wordsOf } from './containers';
import { anyMethods, intrinsics, textMethods } from './intrinsics';
import { environmentDefault } from './intrinsics/configuration';
import { NOISE, text } from './intrinsics/support';
import type { CommandLine, Given } from './machine';
import { constant, type FunctionRef, held, join, type Scope, symbol, UNKNOWN, union, Value } from './value';

/** Evaluates expressions to values. */
export abstract class Evaluator extends CollectionMachine {
  /** The loss that was last differentiated: what a step learns from where no loop over batches tells. */
  differentiated: Given | null = null;

  protected abstract execute(body: readonly Statement[]): void;

  /** A function without a name was written here; it may run although no call of it is seen. */
  protected abstract defined(fn: FunctionRef): void;

  protected abstract yielded(value: Value): void;

  configuration(file: string): ConstantValue | null {
    return this.asked(this.project.configuration, file);
  }

  /** What a dotted name (`package.module.Class`) means here: the project's own, or a library's. */
  abstract dotted(name: string): Value;

  /** A text that the code implies without writing it. */
  textConstant(text: string, span: Span): Value {
    return constant(text, this.origin('computed', '', span));
  }

  /** The command lines that start the module under analysis. */
  commands(): readonly CommandLine[] {
    return this.project.commands?.(this.options.path) ?? [];
  }

  protected intrinsic(name: string, receiver: Given | null, args: Arguments, span: Span): Value | null {
    return intrinsics.get(name)?.(this, receiver, args, span) ?? null;
  }

  protected intrinsicMethod(
    of: 'text' | 'any',
    name: string,
    receiver: Given,
    args: Arguments,
    span: Span,
  ): Value | null {
    return (of === 'text' ? textMethods : anyMethods).get(name)?.(this, receiver, args, span) ?? null;
  }

  lookup(name: string): Value | null {
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
      if (scope.kind === 'class' && scope !== this.scope) continue;
      const found = held(scope.names, name);
      if (found) return found;
    }
    return null;
  }

  /** A name that `from library import *` brought. */
  private imported(name: string): Value | null {
    const { wildcards } = this.scope.module;
    if (wildcards.length === 0) return null;
    const full = wildcards.map(module => this.models.canonical(`${module}.${name}`)).reverse();
    const found =
      full.find(each => this.models.declares(each)) ??
      full.find(each => this.models.call(each) || this.models.classOf(each));
    return found === undefined ? null : symbol(found);
  }

  evaluate(e: Expression): Value {
    switch (e.kind) {
      case 'name': {
        const found = this.lookup(e.name);
        if (found) return found;
        if (e.name === '__file__') return this.textConstant(this.ownFile(), e);
        return this.imported(e.name) ?? symbol(this.models.member('builtins', e.name));
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
        // Whether there is a value, or of what type, tells nothing of it.
        if (e.operator === '!' || e.operator === 'typeof' || e.operator === 'void' || e.operator === 'delete')
          return this.decided(operand, e.operator);
        const out = this.flow([operand], e.operator === 'not' ? 'derived' : 'same');
        out.columns = operand.columns;
        out.types = operand.types;
        out.constants = combine([operand.constants], ([x]) => {
          if (e.operator === 'not') return !truth(x!);
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
          const unset = e.operator === 'or' && text(value.fields?.get('#unset') ?? null);
          if (typeof unset === 'string') {
            value = environmentDefault(this, next, unset, e);
            continue;
          }
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
        const made: FunctionRef = {
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
        value.ref = made;
        this.defined(made);
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

  private decided(operand: Value, operator: string): Value {
    const out = new Value();
    if (operator === '!') out.constants = combine([operand.constants], ([x]) => !truth(x!));
    return out;
  }

  protected literalOrigin(start: number, end: number): Origin {
    return this.origin('literal', '', { start, end });
  }

  protected either(a: Value, b: Value, operator: string): Value {
    return operator === 'and' ? this.flow([a, b], 'derived') : join(a, b);
  }

  protected binary(e: Extract<Expression, { kind: 'binary' }>): Value {
    const left = this.evaluate(e.left);
    const right = this.evaluate(e.right);
    // `prompt | model | parser`: what goes in is sent where the model is.
    if (e.operator === '|') {
      const client = [left, right].find(value => this.hasRole(value, 'client'));
      if (client) return client;
    }
    const isText = e.operator === '%' && left.constants.some(one => typeof one.value === 'string');
    const out = this.flow([left, right], isText ? 'same' : 'derived');
    if (out.taint !== 0 && !isText && (left.strength === 'aggregate') !== (right.strength === 'aggregate'))
      out.strength = 'derived';
    out.columns = left.columns ?? right.columns;
    out.counts = left.counts ?? right.counts;
    out.types = left.types.length > 0 ? left.types : right.types;
    if (right.types.includes(NOISE)) out.types = union(out.types, [NOISE]);
    if (e.operator === '+' && left.items && right.items)
      out.items = [...left.items, ...right.items].slice(0, MAX_ITEMS);
    if (e.operator === '+') {
      out.element = left.element ?? right.element;
      if (!out.items && (left.items || right.items)) this.keepParts(out, left, right);
    }
    out.constants = combine([left.constants, right.constants], ([a, b]) => arithmetic(e.operator, a!, b!));
    if (out.constants.length === 0 && (e.operator === '/' || e.operator === '+' || isText))
      hintPath(out, wordsOf(left, right));
    if (e.operator === '/' || e.operator === '+' || isText) this.notePath(out, e, wordsOf(left, right));
    return out;
  }

  /** A list that is put together of known and unknown ones: what is known to stand in it. */
  private keepParts(sum: Value, ...lists: readonly Value[]): void {
    const parts = new Value();
    parts.items = lists.flatMap(list => list.items ?? list.fields?.get('#parts')?.items ?? [list]).slice(0, MAX_ITEMS);
    sum.fields = new Map([['#parts', parts]]);
  }

  protected subscript(e: Extract<Expression, { kind: 'index' }>): Value {
    const object = this.evaluate(e.object);
    const key = this.evaluate(e.index);
    return this.indexed(object, key, e.index);
  }
}
