import { type DpEvent, EventError, noiseless, type Relation } from './events';
import { type Directions, spectrumOfLosses } from './pld/accountant';
import { GridError } from './pld/loss';
import { directionsOf } from './pld/mechanisms';

/** A point of the curve that no attack on membership can be above. */
export interface TradeOffPoint {
  readonly fpr: number;
  readonly tpr: number;
}

/** What the whole composition, not one (ε, δ) of it, allows an attacker at best. */
export interface AttackReading {
  /** The largest true-positive rate at a false-positive rate of 1 %, both directions. */
  readonly tprAt1Percent: number;
  /** The largest area under the ROC curve of membership. */
  readonly auc: number;
  /** Points of the bound, by rising false-positive rate. */
  readonly curve: readonly TradeOffPoint[];
}

const CERTAIN: TradeOffPoint[] = [
  { fpr: 0, tpr: 1 },
  { fpr: 1, tpr: 1 },
];

/**
 * The trade-off curve of a composition (Dong, Roth and Su 2019, arXiv 1905.02383) from its loss distribution by the lemma of Neyman and
 * Pearson: outcomes are taken by falling loss. Connect-the-dots dominates the mechanism, so the curve is an upper bound of every attack's.
 *
 * @throws EventError where privacy loss distributions do not know the event
 */
export function attackReading(event: DpEvent, relation: Relation, recordsPerPerson = 1): AttackReading {
  if (noiseless(event)) return { tprAt1Percent: 1, auc: 1, curve: CERTAIN };
  const directions = directionsOf(event, relation, recordsPerPerson);
  if (directions.every(parts => parts.length === 0)) throw new EventError('The event has no step.');
  const curves = directions.filter(parts => parts.length > 0).map(curveOfParts);
  return {
    tprAt1Percent: Math.max(...curves.map(curve => tprAt(curve, 0.01))),
    auc: Math.max(...curves.map(areaUnder)),
    curve: curves.reduce((best, curve) => (areaUnder(curve) > areaUnder(best) ? curve : best)),
  };
}

/** Certainty, the bound that always holds, where no grid holds the composition. */
function curveOfParts(parts: Directions[number]): TradeOffPoint[] {
  try {
    return curveOf(spectrumOfLosses(parts));
  } catch (error) {
    if (error instanceof GridError) return CERTAIN;
    throw error;
  }
}

function curveOf({ losses, masses, infinity }: ReturnType<typeof spectrumOfLosses>): TradeOffPoint[] {
  const points: TradeOffPoint[] = [{ fpr: 0, tpr: infinity }];
  let [fpr, tpr] = [0, infinity];
  for (let i = losses.length - 1; i >= 0; i--) {
    if (!(masses[i]! > 0)) continue;
    tpr += masses[i]!;
    fpr += masses[i]! * Math.exp(-losses[i]!);
    if (fpr >= 1 || tpr >= 1) break;
    points.push({ fpr, tpr });
  }
  points.push({ fpr: 1, tpr: 1 });
  return points;
}

/** The true-positive rate at a false-positive rate, on the line between two points of a curve. */
export function tprAt(curve: readonly TradeOffPoint[], fpr: number): number {
  const after = curve.findIndex(point => point.fpr >= fpr);
  const [a, b] = [curve[Math.max(0, after - 1)]!, curve[Math.max(0, after)]!];
  return b.fpr === a.fpr ? b.tpr : a.tpr + ((b.tpr - a.tpr) * (fpr - a.fpr)) / (b.fpr - a.fpr);
}

function areaUnder(curve: readonly TradeOffPoint[]): number {
  let area = 0;
  for (let i = 1; i < curve.length; i++)
    area += ((curve[i]!.fpr - curve[i - 1]!.fpr) * (curve[i]!.tpr + curve[i - 1]!.tpr)) / 2;
  return Math.min(1, area);
}
