import type { Expression, Statement } from '../syntax';
import { LoopMachine } from './loops';
import { join, UNKNOWN, type Value } from './value';

/** Executes statements in evaluation order. */
export abstract class StatementMachine extends LoopMachine {
  protected execute(body: readonly Statement[]): void {
    for (const statement of body) {
      if (!this.step()) return;
      this.statement(statement);
      if (this.frame.left) return;
    }
  }

  protected statement(s: Statement): void {
    switch (s.kind) {
      case 'expression':
        this.display(s.value, this.evaluate(s.value));
        return;
      case 'assign':
        this.assignment(s);
        return;
      case 'import':
        for (const name of s.names) this.import(name);
        return;
      case 'function':
        this.define(s);
        return;
      case 'class':
        this.defineClass(s);
        return;
      case 'return': {
        const value = s.value ? this.evaluate(s.value) : UNKNOWN;
        this.frame.returns.push({ value, span: s });
        this.frame.returned = this.frame.returned ? join(this.frame.returned, value) : value;
        return;
      }
      case 'if':
        this.branchOn(s.test, s.then, s.otherwise);
        return;
      case 'for':
        this.forLoop(s);
        return;
      case 'while':
        this.evaluate(s.test);
        this.loop({ span: s, over: 'other', count: { kind: 'absent' }, iterable: null }, s.body, () =>
          this.execute(s.body),
        );
        this.execute(s.otherwise);
        return;
      case 'with':
        for (const item of s.items) {
          const value = this.evaluate(item.value);
          if (item.target) this.assign(item.target, value, item.value);
        }
        this.execute(s.body);
        return;
      case 'try':
        this.branches([
          () => {
            this.execute(s.body);
            this.execute(s.otherwise);
          },
          ...s.handlers.map(handler => () => {
            if (handler.name) this.write(this.scope.names, handler.name, UNKNOWN);
            this.execute(handler.body);
          }),
        ]);
        this.execute(s.finally);
        return;
      case 'delete':
        for (const target of s.targets) this.remove(target);
        return;
      case 'raise':
        if (s.value) this.evaluate(s.value);
        return;
      case 'global':
        for (const name of s.names) this.scope.globals?.add(name);
        return;
      case 'export':
        this.write(this.scope.names, s.name, this.evaluate(s.value));
        return;
      case 'jump':
        return;
    }
  }

  /** A notebook shows the value of a bare expression: rows of a table stay in its stored output. */
  protected display(e: Expression, value: Value): void {
    if (!this.interactive || this.stack.length > 0 || this.loops.length > 0 || this.place.path !== this.options.path)
      return;
    if (e.kind === 'call' && !(e.callee.kind === 'attribute' && /^(?:head|tail|sample)$/.test(e.callee.name))) return;
    if (e.kind !== 'call' && e.kind !== 'name' && e.kind !== 'index' && e.kind !== 'attribute') return;
    if (value.strength === 'aggregate' || (this.taintOf(value) === 0 && value.sources.length === 0)) return;
    const values = [this.evidence(value, e)];
    this.emit({ kind: 'log', api: 'notebook.display', tier: 'likely', arguments: {}, sink: 'display', values }, e);
  }

  /** Whether the module is a notebook or a script of cells. */
  protected readonly interactive =
    this.options.path.endsWith('.ipynb') || /^#\s*(?:%%|In\[)/m.test(this.options.text.slice(0, 50_000));
}
