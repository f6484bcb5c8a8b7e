import type { Expression, Statement } from '../syntax';
import { NOISE } from './intrinsics/support';
import type { Given } from './machine';
import { RecordMachine } from './records';
import { type ClassRef, UNKNOWN, type Value } from './value';

/**
 * Training that is written out: `w -= rate * gradient`, `w = w - rate * gradient`. It is taken for training where it stands
 * in a loop, the step is a product, and one factor comes from rows while what is changed does not.
 */
export abstract class UpdateMachine extends RecordMachine {
  protected selves: { self: Value; owner: ClassRef }[] = [];

  protected learns(s: Extract<Statement, { kind: 'assign' }>, value: Value): void {
    const [target] = s.targets;
    if (!target || this.loops.length === 0) return;
    const step = s.operator === '-' ? s.value : s.operator === undefined ? subtracted(target, s.value) : null;
    const factors = step && product(step);
    if (!factors) return;
    const old = this.evaluate(target);
    if (old.sources.length > 0 && this.hasRole(old, 'frame')) return;
    if (this.loops.every(loop => loop.over === 'values')) return;
    const parts = factors.map(e => ({ value: this.evaluate(e), span: e }));
    const gradient = parts.find(part => part.value.sources.length > 0);
    if (!gradient || parts.every(part => part.value.sources.length > 0)) return;
    const noisy = gradient.value.types.includes(NOISE) || value.types.includes(NOISE);
    const model: Given = { value: this.selves.at(-1)?.self ?? old, span: target };
    if (model.value !== UNKNOWN && model.value.objects.length === 0 && !Object.isFrozen(model.value))
      model.value.objects = [this.newObject()];
    this.descend(model, gradient, noisy, s);
  }
}

/** What `w - step` takes away, where `w` is the very target. */
function subtracted(target: Expression, value: Expression): Expression | null {
  return value.kind === 'binary' && value.operator === '-' && same(target, value.left) ? value.right : null;
}

function same(a: Expression, b: Expression): boolean {
  if (a.kind === 'name') return b.kind === 'name' && a.name === b.name;
  if (a.kind === 'attribute') return b.kind === 'attribute' && a.name === b.name && same(a.object, b.object);
  if (a.kind === 'index') return b.kind === 'index' && same(a.object, b.object);
  return false;
}

/** The factors of a product, a division of it included; null for anything else. */
function product(e: Expression): readonly Expression[] | null {
  if (e.kind !== 'binary') return null;
  if (e.operator === '*') return [e.left, e.right];
  return e.operator === '/' ? product(e.left) : null;
}
