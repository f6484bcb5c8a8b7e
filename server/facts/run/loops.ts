import type { LoopFacts } from '../events';
import type { Expression, Span, Statement } from '../syntax';
import type { Parameter } from '../values';
import { noArguments } from './arguments';
import { carriedIn } from './assigned';
import type { Journal } from './branches';
import { listItems } from './containers';
import { DefinitionMachine } from './definitions';
import { spans } from './intrinsics/support';
import { excerpt, type Given } from './machine';
import { held, join, sameConstants, unsure, type Value } from './value';

/** Loops: what they walk, how often, and what a second round would change. */
export abstract class LoopMachine extends DefinitionMachine {
  protected forLoop(s: Extract<Statement, { kind: 'for' }>): void {
    const value = this.walkable(this.evaluate(s.iterable), s.iterable);
    this.markUse(value);
    const walked = this.walkedBy(s.iterable, value);
    const facts = this.loopFacts(s, value, walked);
    this.walked.set(s.start, walked);
    const literal = this.rounds(s, value);
    if (literal)
      this.loop(facts, s.body, () => {
        for (const item of literal) {
          this.assign(s.target, item, s.iterable);
          this.execute(s.body);
        }
      });
    else
      this.loop(facts, s.body, () => {
        this.assign(s.target, this.iterate(value), s.iterable);
        this.execute(s.body);
      });
    this.execute(s.otherwise);
  }

  /** What a loop over an object walks: what its own method gives, where its class has one for that. */
  private walkable(value: Value, span: Span): Value {
    for (const type of value.types) {
      const method = this.models.walks(type);
      if (method) return this.callMethod({ value, span }, method, noArguments(span), span);
    }
    return value;
  }

  /** A short literal list over a short body is walked for real: columns are made that way. */
  protected rounds(s: Extract<Statement, { kind: 'for' }>, value: Value): readonly Value[] | null {
    if (s.body.length > 6 || s.body.some(inner => inner.kind === 'for' || inner.kind === 'while')) return null;
    const items = value.items ?? listItems(value);
    if (!items || items.length === 0 || items.length > 40) return null;
    return items.every(item => item.constants.length === 1 && typeof item.constants[0]!.value === 'string')
      ? items
      : null;
  }

  /** `for i in range(len(x))` walks x; `enumerate(tqdm(loader))` walks the loader. */
  protected walkedBy(iterable: Expression, value: Value): Given {
    if (iterable.kind === 'call' && iterable.callee.kind === 'name' && iterable.arguments.length > 0) {
      const [inner] = iterable.arguments;
      const { name } = iterable.callee;
      if (inner && (name === 'len' || name === 'range' || name === 'enumerate' || name === 'tqdm' || name === 'zip')) {
        if (name === 'len') return { value: this.evaluate(inner), span: inner };
        const last = name === 'range' ? (iterable.arguments.length === 1 ? inner : iterable.arguments[1]!) : inner;
        if (name !== 'range' || (last.kind === 'call' && last.callee.kind === 'name' && last.callee.name === 'len')) {
          const given = this.walkedBy(last, value);
          return given.span === last && name !== 'range' ? { value, span: last } : given;
        }
      }
    }
    return { value, span: iterable };
  }

  protected loopFacts(s: Extract<Statement, { kind: 'for' }>, value: Value, walked: Given): LoopFacts {
    const span = {
      start: s.start,
      end: s.end,
    };
    const path = this.place.path === this.options.path ? {} : { path: this.place.path };
    const iterable = this.evidence(walked.value, walked.span);
    const count = value.fields?.get('#count');
    if (count && walked.value === value) {
      const counted: Parameter = this.parameter({ value: count, span: spans.get(count) ?? s.iterable });
      return { span, ...path, over: 'epochs', count: counted, iterable };
    }
    const absent: Parameter = { kind: 'absent' };
    const rows = walked.value;
    if (
      this.hasRole(rows, 'loader') ||
      this.hasRole(rows, 'data-set') ||
      this.taintOf(rows) !== 0 ||
      rows.sources.length > 0
    )
      return { span, ...path, over: 'batches', count: absent, iterable };
    if (
      /client|hospital|institution|cent(?:er|re)s?\b|(?<!ep)silo|\bsites?\b|\bnodes\b|workers/i.test(
        excerpt(this.place.text, s.iterable.start, s.iterable.end),
      )
    )
      return { span, ...path, over: 'clients', count: absent, iterable };
    const listed = rows.items || listItems(rows) || this.variesOver(rows);
    return { span, ...path, over: listed ? 'values' : 'other', count: absent, iterable };
  }

  /** A product or grid of values that are written out. */
  private variesOver(value: Value): boolean {
    const item = value.fields?.get('#item');
    return item?.items?.some(part => part.constants.length > 1) ?? false;
  }

  /** One round; a second one where the first changed what an outer name carries and no outer loop runs it again anyway. */
  protected loop(facts: LoopFacts, statements: readonly Statement[], round: () => void): void {
    this.repeated.push(statements);
    const open = this.numbersCarried(statements);
    for (const name of open) this.openNumber(name);
    this.round(facts, round);
    for (const name of open) this.openNumber(name);
    this.repeated.pop();
  }

  /** Names that hold a number which every round changes: none of the values that a round or two would show is the one. */
  private numbersCarried(statements: readonly Statement[]): string[] {
    return [...carriedIn(statements)].filter(name =>
      this.scope.names.get(name)?.constants.some(({ value }) => typeof value === 'number'),
    );
  }

  private openNumber(name: string): void {
    const value = this.scope.names.get(name);
    if (value && value.constants.length > 0) this.scope.names.set(name, unsure(value));
  }

  private round(facts: LoopFacts, body: () => void): void {
    const nested = this.loops.length > 0;
    this.loops.push(facts);
    const outer = this.journal;
    const journal: Journal = new Map();
    this.journal = journal;
    body();
    this.journal = outer;
    const carried: [Map<string, Value>, string, Value][] = [];
    for (const [names, log] of journal)
      for (const [name, before] of log) {
        const after = held(names, name);
        if (outer) {
          let kept = outer.get(names);
          if (!kept) {
            kept = new Map();
            outer.set(names, kept);
          }
          if (!kept.has(name)) kept.set(name, before);
        }
        if (before && after && before !== after && differs(before, after)) carried.push([names, name, before]);
      }
    if (carried.length > 0) {
      for (const [names, name, before] of carried) {
        const either = join(before, names.get(name)!);
        names.set(name, either);
      }
      if (!nested) body();
      for (const [names, name, before] of carried) names.set(name, join(before, names.get(name) ?? before));
    }
    this.loops.pop();
  }
}

function differs(before: Value, after: Value): boolean {
  return (
    (after.taint | before.taint) !== before.taint ||
    after.objects.some(id => !before.objects.includes(id)) ||
    after.types.some(type => !before.types.includes(type)) ||
    after.sources.some(source => !before.sources.includes(source)) ||
    !sameConstants(before.constants, after.constants)
  );
}
