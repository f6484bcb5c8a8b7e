import type { BudgetEvent } from '../facts/events';
import type { Found } from './found';
import { numberIn } from './statement';

/** Adds what it is told to what its accountant holds already. */
export const addsUp = ({ api }: BudgetEvent): boolean =>
  /\.(?:compose|compose_poisson_subsampled_mechanisms|compose_subsampled_mechanism)$/.test(api);

/** A call that adds up, in counting loops: as many times its steps; unknown where a count is. */
export function inLoops(found: Found, event: BudgetEvent): void {
  if (!addsUp(event) || event.loops.length === 0) return;
  const steps = found.get('steps');
  let times: number | null = 1;
  for (const { over, count } of event.loops) {
    const value = over === 'epochs' && count.kind === 'constant' ? count.resolved.value : null;
    times = times !== null && typeof value === 'number' ? times * value : null;
  }
  const each = numberIn(steps);
  if (!steps || each === null) return;
  if (times === null) found.forget('steps', `${steps.origin} in each pass of a loop`);
  else if (times > 1)
    found.replace('steps', { ...steps, value: each * times, origin: `${steps.origin} × ${times} passes`, span: null });
}

/** Counts once where it is not told how often. */
export function onceByDefault(found: Found, { parameters }: BudgetEvent): void {
  if ((parameters.steps?.kind ?? 'absent') === 'absent')
    found.set('steps', { value: 1, origin: 'one call', overridable: false, span: null });
}
