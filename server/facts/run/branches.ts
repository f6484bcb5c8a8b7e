import type { Expression, Statement } from '../syntax';
import { assignedIn, namesIn, reboundIn } from './assigned';
import { truth } from './constants';
import { Evaluator } from './evaluator';
import { excerpt, type Given } from './machine';
import { held, join, type Scope, UNKNOWN, type Value } from './value';

export type Journal = Map<Map<string, Value>, Map<string, Value | undefined>>;

/** What the function that runs now has given back so far; `left` once nothing of its body can run any more. */
interface Frame {
  returned: Value | null;
  yielded: Value | null;
  /** Each `return` with what it gives. */
  readonly returns: Given[];
  left: boolean;
}

/** Writes of names with a journal, so that alternatives start from the same state. */
export abstract class BranchMachine extends Evaluator {
  protected journal: Journal | null = null;
  protected frame: Frame = { returned: null, yielded: null, returns: [], left: false };

  protected write(names: Map<string, Value>, name: string, value: Value): void {
    if (this.journal) {
      let log = this.journal.get(names);
      if (!log) {
        log = new Map();
        this.journal.set(names, log);
      }
      if (!log.has(name)) log.set(name, held(names, name));
    }
    names.set(name, value);
  }

  protected bind(name: string, value: Value): void {
    this.write(this.holder(name).names, name, value);
  }

  /** The scope that a plain assignment writes to: here, but where a language declares, the nearest that has the name. */
  private holder(name: string): Scope {
    if (this.scope.globals?.has(name)) return this.scope.module;
    if (this.place.language === 'python' || !this.reassigning) return this.scope;
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent)
      if (scope.kind !== 'class' && scope.names.has(name)) return scope;
    return this.scope.module;
  }

  /** Names that are bound now need not be new ones of this scope. */
  protected reassigning = false;

  /** Runs alternatives from the same state; afterwards a name is any of what they made it, or what `only` one made it. */
  protected branches(alternatives: readonly (() => void)[], only: number | null = null): void {
    const outer = this.journal;
    const results: Map<Map<string, Value>, Map<string, Value>>[] = [];
    const originals: Journal = new Map();
    for (const alternative of alternatives) {
      const journal: Journal = new Map();
      this.journal = journal;
      alternative();
      const result = new Map<Map<string, Value>, Map<string, Value>>();
      for (const [names, log] of journal) {
        const finals = new Map<string, Value>();
        let before = originals.get(names);
        if (!before) {
          before = new Map();
          originals.set(names, before);
        }
        for (const [name, original] of log) {
          finals.set(name, held(names, name) ?? UNKNOWN);
          if (!before.has(name)) before.set(name, original);
          if (original) names.set(name, original);
          else names.delete(name);
        }
        result.set(names, finals);
      }
      results.push(result);
    }
    this.journal = outer;
    for (const [names, log] of originals)
      for (const [name, original] of log) {
        let value: Value | null = null;
        for (const [i, result] of results.entries()) {
          if (only !== null && i !== only) continue;
          const made = result.get(names)?.get(name) ?? original;
          if (made) value = value ? join(value, made) : made;
        }
        if (value) this.write(names, name, value);
      }
  }

  private isHere(path: string | undefined): boolean {
    return path === undefined || path === this.options.path;
  }

  /** Bodies of the loops around, in the function that runs now. */
  protected repeated: (readonly Statement[])[] = [];

  /** Whether nothing can change what the condition reads: no round of a loop around, no other function. */
  private staysSo(test: Expression): boolean {
    const names = namesIn(test);
    return names?.every(name => this.repeated.every(body => !assignedIn(body).has(name)) && this.isOwn(name)) ?? false;
  }

  /** A name of the running function, or one of an outer scope that the module binds once. */
  private isOwn(name: string): boolean {
    return this.scope.names.has(name) || !reboundIn(this.place.body, this.place.language).has(name);
  }

  protected branchOn(test: Expression, then: readonly Statement[], otherwise: readonly Statement[]): void {
    const value = this.evaluate(test);
    const [known] = value.constants.length === 1 ? value.constants : [];
    const holds = known ? truth(known.value) : null;
    const setAt = known?.origins.find(origin => origin.span && this.isHere(origin.path))?.span;
    // A switch that nothing can turn at run time: what the other side would make of a name is not so.
    const settled = holds !== null && known && !known.overridable && this.staysSo(test);
    const guarded = (body: readonly Statement[], on: boolean) => () => {
      const before = this.disabled;
      const { returned, yielded } = this.frame;
      if (!on)
        this.disabled ??= {
          flag: excerpt(this.place.text, test.start, test.end),
          span: { start: test.start, end: test.end },
          ...(setAt && { setAt }),
        };
      this.execute(body);
      this.disabled = before;
      if (settled && !on) {
        this.frame.returned = returned;
        this.frame.yielded = yielded;
      }
    };
    const first = guarded(then, holds !== false);
    const second = guarded(otherwise, holds !== true);
    if (otherwise.length === 0 && then.length === 1 && then[0]!.kind === 'jump') return;
    this.branches([first, second], settled ? (holds ? 0 : 1) : null);
    const taken = settled ? (holds ? then : otherwise).at(-1) : undefined;
    if (taken?.kind === 'return' && this.repeated.length === 0) this.frame.left = true;
  }
}
