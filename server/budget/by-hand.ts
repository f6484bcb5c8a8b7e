import type { Event, MarkEvent, TrainEvent } from '../facts/events';
import { type Found, ofKind } from './found';
import { numberIn } from './statement';

/** A loop of the script's own that clips example by example and adds noise before it steps. */
export interface ByHand {
  readonly train: TrainEvent;
  readonly clip: MarkEvent;
  readonly noise: MarkEvent;
}

/** Steps that no library makes private, with a clip in a loop over examples inside theirs and a noise drawn in their own. */
export function loopsByHand(events: readonly Event[]): ByHand[] {
  const marks = ofKind(events, 'mark');
  const found: ByHand[] = [];
  for (const train of ofKind(events, 'train')) {
    if (train.style !== 'step' || train.privatisedBy.length > 0 || train.path !== undefined) continue;
    const inside = (mark: MarkEvent): boolean =>
      mark.path === train.path && train.loops.every((loop, i) => mark.loops[i]?.span.start === loop.span.start);
    const clip = marks.find(
      mark => mark.mark === 'clip:norm' && inside(mark) && mark.loops.length > train.loops.length,
    );
    const noise = marks.find(mark => mark.mark === 'noise:normal' && inside(mark));
    if (train.loops.length > 0 && clip && noise && !found.some(each => each.noise === noise))
      found.push({ train, clip, noise });
  }
  return found;
}

/** The noise drawn beside an event, in units of the clip where both are known: the deviation over the norm. */
export function noiseByHand(found: Found, noise: MarkEvent | undefined, clip: MarkEvent | undefined): void {
  found.takeEvidence('maxGradNorm', clip?.values[0]);
  const norm = numberIn(found.get('maxGradNorm'));
  const deviation = noise?.values[0];
  const value = deviation?.constant?.value;
  if (typeof value === 'number' && norm !== null && norm > 0)
    found.set('noiseMultiplier', {
      value: value / norm,
      origin: `deviation / clip: ${deviation!.text}`,
      overridable: deviation!.constant!.overridable,
      span: null,
    });
  else found.takeUnknown('noiseMultiplier', deviation);
}
