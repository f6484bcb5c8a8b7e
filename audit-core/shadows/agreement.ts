import type { ScoreArrays } from '../audit/inputs';

/** How well the reference models do their task beside the audited one. */
export interface Agreement {
  /** Accuracy of the audited model on its own members and on the others. */
  readonly target: { readonly inside: number; readonly outside: number };
  /** Mean over the references, and the standard deviation from model to model. */
  readonly references: { readonly inside: Spread; readonly outside: Spread };
  /** False where the target lies outside what another reference would show (99 %). */
  readonly matches: boolean;
}

export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Do the reference models behave like the audited one? Its accuracy on rows it saw and on rows it did not must lie where one more reference
 * would: within t·s·√(1 + 1/K), and a floor of one percentage point for recipes that hardly vary. A mismatch weakens the attack
 * (auditing by people §8.2: the top reason for weak results), so it is said, not hidden. null without class labels or with fewer than 4 references.
 */
export function agreementOf(arrays: ScoreArrays): Agreement | null {
  const { logits, models, rows, classes, labels, members } = arrays;
  if (!logits || models < 5) return null;
  const sides = Array.from({ length: models }, (_, model) => {
    const right = [0, 0];
    const all = [0, 0];
    for (let row = 0; row < rows; row++) {
      const start = (model * rows + row) * classes;
      let best = 0;
      for (let each = 1; each < classes; each++) if (logits[start + each]! > logits[start + best]!) best = each;
      const side = members[model * rows + row]!;
      all[side]!++;
      if (best === labels[row]) right[side]!++;
    }
    return { inside: right[1]! / all[1]!, outside: right[0]! / all[0]! };
  });
  const [target, ...others] = sides;
  const spread = (pick: (side: { inside: number; outside: number }) => number): Spread => {
    const mean = others.reduce((sum, each) => sum + pick(each), 0) / others.length;
    const squares = others.reduce((sum, each) => sum + (pick(each) - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / (others.length - 1)) };
  };
  const inside = spread(each => each.inside);
  const outside = spread(each => each.outside);
  const near = (value: number, { mean, deviation }: Spread): boolean =>
    Math.abs(value - mean) <= Math.max(0.01, 3 * deviation * Math.sqrt(1 + 1 / others.length));
  return {
    target: target!,
    references: { inside, outside },
    matches: near(target!.inside, inside) && near(target!.outside, outside),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The agreement in one sentence. */
export function agreementSentence({ target, references, matches }: Agreement): string {
  const figures =
    `the audited model is right on ${percent(target.inside)} of its training rows and ${percent(target.outside)} of the others, ` +
    `the reference models on ${percent(references.inside.mean)} and ${percent(references.outside.mean)} ` +
    `(± ${percent(references.inside.deviation)} and ${percent(references.outside.deviation)} from model to model)`;
  return matches
    ? `The reference models behave like the audited one: ${figures}.`
    : `The reference models do not behave like the audited one: ${figures}. They were not trained in the same way; who is exposed is understated.`;
}
