import type { Answer, DpEvent } from '../../audit-core/accounting';
import type { Event, PrivatiseEvent } from '../facts/events';
import { composedEpsilon, type Steps } from './answers';
import { Found, ofKind } from './found';
import { numberIn } from './statement';

/** A noise scheduler of Opacus, composed phase by phase. */
export interface Schedule {
  readonly pld: Answer;
  readonly rdp: Answer;
  readonly words: string;
}

const MOST_EPOCHS = 400;

/** Noise that changes while training goes on: γ an epoch, or every few of them. null where no schedule is set up or its γ is not known. */
export function scheduleOf(dp: PrivatiseEvent, found: Found, events: readonly Event[], steps: Steps): Schedule | null {
  const mark = ofKind(events, 'mark').find(event => event.mark === 'noise-schedule' && event.id > dp.id);
  const epochs = numberIn(found.get('epochs'));
  if (!mark || epochs === null || epochs > MOST_EPOCHS || steps.noiseMultiplier <= 0) return null;
  const read = (name: string): number | null => {
    const held = new Found();
    held.takeEvidence('noiseMultiplier', mark.arguments[name]);
    return numberIn(held.get('noiseMultiplier'));
  };
  const gamma = read('gamma');
  if (gamma === null || gamma <= 0) return null;
  const every = mark.api.endsWith('StepNoise') ? (read('step_size') ?? 1) : 1;
  const perEpoch = Math.max(1, Math.round(steps.steps / Math.max(1, epochs)));
  const phases: DpEvent[] = [];
  for (let epoch = 0; epoch < epochs; epoch += every)
    phases.push({
      type: 'selfComposed',
      count: perEpoch * Math.min(every, epochs - epoch),
      event: {
        type: 'poissonSampled',
        sampleRate: steps.sampleRate,
        event: { type: 'gaussian', noiseMultiplier: steps.noiseMultiplier * gamma ** (epoch / every) },
      },
    });
  const event: DpEvent = { type: 'composed', events: phases };
  const name = mark.api.split('.').at(-1);
  return {
    pld: composedEpsilon(event, 'pld', steps.delta),
    rdp: composedEpsilon(event, 'rdp', steps.delta),
    words: `The noise is multiplied by ${gamma} ${every === 1 ? 'every epoch' : `every ${every} epochs`} (${name}): phases are composed one by one.`,
  };
}
