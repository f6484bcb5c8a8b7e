import type { DpEvent } from '../../audit-core/accounting';
import type { BudgetEvent } from '../facts/events';
import { addsUp } from './accumulated';
import { composedEpsilon } from './answers';
import { stepsIn } from './curves';
import type { Found, Name } from './found';
import { derive, gatherAccounted, placeOf, samePlace } from './gather';
import { written } from './names';
import type { Schedule } from './schedule';

/** Calls that add up on one accountant, in order; any other question stands alone. */
export function perAccountant(told: readonly BudgetEvent[]): BudgetEvent[][] {
  const groups: BudgetEvent[][] = [];
  for (const event of told) {
    const group = addsUp(event)
      ? groups.find(
          ([first]) =>
            addsUp(first!) &&
            samePlace(placeOf(first!), placeOf(event)) &&
            first!.accountants.some(id => event.accountants.includes(id)),
        )
      : undefined;
    if (group) group.push(event);
    else groups.push([event]);
  }
  return groups;
}

/** What would fill in a parameter of the first call, which says nothing of the others. */
const derivedFrom: Readonly<Partial<Record<Name, readonly Name[]>>> = {
  sampleRate: ['batchSize', 'examples', 'epochs'],
  steps: ['epochs'],
};

/**
 * What several calls on one accountant spend together. The parameters of the whole stand in `found`, that of the first; where phases differ
 * in noise or rate these are no parameters of the whole, and the words list them. null where a phase does not resolve: it is then named.
 */
export function composeInto(
  found: Found,
  event: BudgetEvent,
  others: readonly BudgetEvent[],
  all: Parameters<typeof gatherAccounted>[1],
): Schedule | null {
  const gathered = [found, ...others.map(each => gatherAccounted(each, all))];
  for (const each of gathered) {
    derive(each, event.library);
    const delta = found.get('delta');
    if (delta) each.set('delta', delta);
  }
  const open = gathered.findIndex(each => stepsIn(each) === null);
  if (open > 0)
    for (const name of ['noiseMultiplier', 'sampleRate', 'steps'] as const)
      if (!gathered[open]!.has(name)) {
        const { expression } = gathered[open]!.unknown(name);
        const words = `${expression ?? 'not told'}, in call ${open + 1} of ${gathered.length} on this accountant`;
        for (const each of [name, ...(derivedFrom[name] ?? [])]) found.forget(each, words);
      }
  const phases = gathered.flatMap(each => stepsIn(each) ?? []);
  const [first] = phases;
  if (open !== -1 || !first) return null;
  const composed: DpEvent = {
    type: 'composed',
    events: phases.map(({ noiseMultiplier, sampleRate, steps }) => ({
      type: 'selfComposed',
      count: steps,
      event: { type: 'poissonSampled', sampleRate, event: { type: 'gaussian', noiseMultiplier } },
    })),
  };
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  found.replace('steps', {
    value: steps,
    origin: `${phases.map(phase => phase.steps).join(' + ')}, in ${phases.length} calls on one accountant`,
    overridable: gathered.some(each => each.get('steps')!.overridable),
    span: null,
  });
  for (const name of ['noiseMultiplier', 'sampleRate'] as const)
    if (phases.some(phase => phase[name] !== first[name])) found.forget(name, 'differs from call to call');
  if (!found.has('sampleRate')) found.forget('epochs', 'differs from call to call');
  const words = phases.map(
    phase =>
      `noise multiplier ${written({ value: phase.noiseMultiplier })} at rate ${written({ value: phase.sampleRate })} for ${phase.steps} steps`,
  );
  return {
    pld: composedEpsilon(composed, 'pld', first.delta),
    rdp: composedEpsilon(composed, 'rdp', first.delta),
    words: `${phases.length} calls on one accountant are composed: ${words.join('; ')}.`,
  };
}
