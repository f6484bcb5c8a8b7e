import type { ScoreArrays } from '../audit/inputs';
import {
  difference,
  liraOffline,
  liraOnline,
  liraOnlinePooled,
  type Moments,
  momentsOf,
  type References,
  rmiaOffline,
  rmiaOnline,
} from './references';
import { confidenceOfLoss, signalsOf } from './signals';

/** The scores of one attack, one per record; higher = more member-like. */
export interface AttackScores {
  readonly name: string;
  readonly scores: Float64Array;
}

export interface Attacked {
  readonly attacks: readonly AttackScores[];
  /** φ and log p of the target. */
  readonly confidence: Float64Array;
  readonly references: References | null;
  readonly moments: Moments | null;
  /** What could not be computed, and why. */
  readonly notes: readonly string[];
}

/** All attacks that the arrays allow. */
export function attack(arrays: ScoreArrays): Attacked {
  const { rows, models, classes, logits, losses, labels } = arrays;
  const notes: string[] = [];
  const attacks: AttackScores[] = [];
  let confidence: Float64Array;
  let logP: Float64Array;
  if (arrays.correct) {
    const scores = arrays.correct;
    notes.push('The model gives labels only: right or wrong is all that an attacker sees of it.');
    return { attacks: [{ name: 'gap', scores }], confidence: scores, references: null, moments: null, notes };
  }
  if (logits) {
    const signals = signalsOf(logits, labels, classes);
    confidence = signals.confidence;
    logP = signals.loss;
    attacks.push(
      { name: 'confidence', scores: confidence },
      { name: 'loss', scores: logP },
      { name: 'modified-entropy', scores: signals.modifiedEntropy },
      { name: 'hinge', scores: signals.hinge },
      { name: 'gap', scores: signals.gap },
    );
  } else {
    logP = losses!.subarray(0, rows).map(loss => -loss);
    confidence = logP.map(value => confidenceOfLoss(-value));
    attacks.push({ name: 'confidence', scores: confidence }, { name: 'loss', scores: logP });
    notes.push(
      arrays.lossKind === 'squared-error'
        ? 'The target is a number: the attacks rank records by their squared error, in units of the target’s variance.'
        : 'Only losses are given: modified entropy, hinge and gap need logits.',
    );
  }
  if (models < 2) return { attacks, confidence, references: null, moments: null, notes };
  const references = referencesOf(arrays);
  const moments = momentsOf(references);
  const fewest = (counts: Int32Array): number => counts.reduce((low, each) => Math.min(low, each), models);
  const [fewestIn, fewestOut] = [fewest(moments.inCount), fewest(moments.outCount)];
  if (fewestOut >= 1)
    attacks.push(
      { name: 'difference', scores: difference(confidence, moments) },
      { name: 'rmia', scores: rmiaOffline(logP, moments) },
    );
  else
    notes.push(
      'Some records were seen by every reference model: the attacks that need models without them are left out.',
    );
  // One reference has no spread to measure: the pooled σ needs two.
  if (fewestOut >= 2) attacks.push({ name: 'lira-offline', scores: liraOffline(confidence, moments) });
  if (fewestOut >= 1 && fewestIn >= 1) {
    attacks.push({ name: 'rmia-online', scores: rmiaOnline(logP, moments) });
    if (fewestIn >= 2 && fewestOut >= 2) {
      attacks.push({ name: 'lira-online-pooled', scores: liraOnlinePooled(confidence, moments) });
      attacks.push({ name: 'lira-online', scores: liraOnline(confidence, moments) });
    }
  }
  return { attacks, confidence, references, moments, notes };
}

function referencesOf(arrays: ScoreArrays): References {
  const { rows, models, classes, logits, losses, labels, members } = arrays;
  const count = models - 1;
  const confidence = new Float64Array(count * rows);
  const probability = new Float64Array(count * rows);
  for (let model = 0; model < count; model++) {
    if (logits) {
      labelSignals(logits, labels, classes, (model + 1) * rows * classes, confidence, probability, model * rows);
    } else {
      for (let row = 0; row < rows; row++) {
        const loss = losses![(model + 1) * rows + row]!;
        confidence[model * rows + row] = confidenceOfLoss(loss);
        probability[model * rows + row] = Math.exp(-loss);
      }
    }
  }
  return { models: count, rows, confidence, probability, members: members.subarray(rows) };
}

/** φ and p of the label only, written in place: what references are asked for. */
function labelSignals(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  offset: number,
  confidence: Float64Array,
  probability: Float64Array,
  into: number,
): void {
  for (let row = 0; row < labels.length; row++) {
    const start = offset + row * classes;
    const label = labels[row]!;
    let rival = Number.NEGATIVE_INFINITY;
    for (let each = 0; each < classes; each++)
      if (each !== label && logits[start + each]! > rival) rival = logits[start + each]!;
    let sum = 0;
    for (let each = 0; each < classes; each++) if (each !== label) sum += Math.exp(logits[start + each]! - rival);
    const phi = logits[start + label]! - rival - Math.log(sum);
    confidence[into + row] = phi;
    probability[into + row] = 1 / (1 + Math.exp(-phi));
  }
}
