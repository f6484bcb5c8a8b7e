import type { Part } from './pld';

/**
 * What happened to the data, as a tree: a closed vocabulary that never changes meaning. An event that an accountant does not
 * know is refused with its name, never approximated.
 */
export type DpEvent =
  | { readonly type: 'gaussian'; readonly noiseMultiplier: number }
  | { readonly type: 'poissonSampled'; readonly sampleRate: number; readonly event: DpEvent }
  | { readonly type: 'selfComposed'; readonly count: number; readonly event: DpEvent }
  | { readonly type: 'composed'; readonly events: readonly DpEvent[] };

/** An event or question that cannot be answered; the message says which part and why. */
export class EventError extends Error {}

const MOST_NODES = 10_000;

/** Checks an event from outside, field by field. @throws EventError */
export function parseEvent(value: unknown, place = 'event', budget = { nodes: MOST_NODES }): DpEvent {
  if (--budget.nodes < 0) throw new EventError(`The event has more than ${MOST_NODES} parts.`);
  if (typeof value !== 'object' || value === null) throw new EventError(`${place} must be an object with a "type".`);
  const event = value as Record<string, unknown>;
  switch (event.type) {
    case 'gaussian':
      return {
        type: 'gaussian',
        noiseMultiplier: numberIn(event.noiseMultiplier, `${place}.noiseMultiplier`, 0, Number.POSITIVE_INFINITY),
      };
    case 'poissonSampled':
      return {
        type: 'poissonSampled',
        sampleRate: numberIn(event.sampleRate, `${place}.sampleRate`, 0, 1),
        event: parseEvent(event.event, `${place}.event`, budget),
      };
    case 'selfComposed': {
      const count = numberIn(event.count, `${place}.count`, 0, 1e12);
      if (!Number.isInteger(count)) throw new EventError(`${place}.count must be a whole number.`);
      return { type: 'selfComposed', count, event: parseEvent(event.event, `${place}.event`, budget) };
    }
    case 'composed':
      if (!Array.isArray(event.events)) throw new EventError(`${place}.events must be a list of events.`);
      return {
        type: 'composed',
        events: event.events.map((each, i) => parseEvent(each, `${place}.events[${i}]`, budget)),
      };
    default:
      throw new EventError(
        `${place} has the type ${JSON.stringify(event.type)?.slice(0, 40)}, which no accountant here knows.`,
      );
  }
}

/** A finite number in [low, high]. @throws EventError */
export function numberIn(value: unknown, place: string, low: number, high: number): number {
  if (typeof value !== 'number' || Number.isNaN(value) || value < low || value > high)
    throw new EventError(
      `${place} must be a number from ${low} to ${high === Number.POSITIVE_INFINITY ? 'infinity' : high}.`,
    );
  return value;
}

/** The event as sampled Gaussian steps with counts; equal steps are gathered. @throws EventError on anything else */
export function partsOf(event: DpEvent, count = 1): Part[] {
  const parts = new Map<string, Part>();
  const walk = (at: DpEvent, times: number, sampleRate: number | null): void => {
    if (at.type === 'composed') for (const each of at.events) walk(each, times, sampleRate);
    else if (at.type === 'selfComposed') {
      if (sampleRate !== null && at.count !== 1)
        throw new EventError('Sampling around a composition is not one step: put the sampling inside.');
      walk(at.event, times * at.count, sampleRate);
    } else if (at.type === 'poissonSampled') walk(at.event, times, (sampleRate ?? 1) * at.sampleRate);
    else {
      const step = { noiseMultiplier: at.noiseMultiplier, sampleRate: sampleRate ?? 1 };
      if (times === 0 || step.sampleRate === 0) return;
      const key = `${step.noiseMultiplier}/${step.sampleRate}`;
      parts.set(key, { step, count: (parts.get(key)?.count ?? 0) + times });
    }
  };
  walk(event, count, null);
  return [...parts.values()];
}
