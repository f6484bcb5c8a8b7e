import type { Attacked } from '../attacks/attacks';
import type { Exposure } from '../people/exposure';
import { noiseFloor } from '../shadows/words';
import type { AuditResult } from './result';
import { toldApart } from './told';

interface Circumstances {
  readonly attacked: Attacked;
  readonly exposure: Exposure | null;
  readonly hasPeople: boolean;
  /** Said where the people of the two sides have different numbers of records. */
  readonly recordsDiffer: string | null;
  /** What the model's size means for its people. */
  readonly capacity: string | null;
}

const round = (value: number): string => String(Number(value.toPrecision(3)));

/** The sentences that keep a reader from taking the numbers for more than they are. */
export function warningsOf(
  result: AuditResult,
  { attacked, exposure, hasPeople, recordsDiffer, capacity }: Circumstances,
): string[] {
  const out: string[] = [...attacked.notes];
  const { nonMembers } = result.records;
  const headline = result.attacks.find(({ name, level }) => name === 'confidence' && level === 'record');
  if (!result.gate.passed) {
    const failed = result.gate.checks.filter(check => !check.passed).map(check => check.name);
    out.push(`The gate failed (${failed.join(', ')}): the numbers below are not interpretable as leakage.`);
  }
  if (headline && headline.auc.low <= 0.5 && headline.auc.high >= 0.5) out.push(quietWords(result));
  if (!result.gate.checks.some(({ name }) => name === 'blind-baseline'))
    out.push(
      'The inputs are not given: whether members and non-members differ without the model was not checked, and a difference would look like leakage.',
    );
  if (nonMembers < 1000)
    out.push(
      `With ${nonMembers} non-members nothing can be said about a false positive rate of 0.1 %: even no false positive leaves up to ${(300 / nonMembers).toPrecision(2)} %.`,
    );
  const bound = result.epsilonLowerBounds.find(({ delta }) => delta > 0) ?? result.epsilonLowerBounds[0];
  if (bound)
    out.push(
      `A certified ε is a lower bound, never a guarantee: with these numbers of people even a perfect attack certifies at most ${round(bound.ceiling)}. It holds under the assumption that members and non-members are exchangeable.`,
    );
  const saturated = attacked.attacks.some(({ name }) => name === 'hinge') ? countSaturated(attacked) : 0;
  if (saturated > 0)
    out.push(
      `${saturated} records share the highest score (saturated probabilities): give logits for exact low false positive rates.`,
    );
  if (!hasPeople)
    out.push(
      'No person key is given: every record counts as a person, and intervals are too narrow if a person has several.',
    );
  const { claimedEpsilon, people } = result;
  if (claimedEpsilon?.unit === 'record' && people && people.maxRecords > 1)
    out.push(
      claimedEpsilon.personValue === null
        ? `The claim of ε = ${round(claimedEpsilon.value)} is per record; for a person with ${people.maxRecords} records its δ reaches 1: it says nothing about people.`
        : `The claim of ε = ${round(claimedEpsilon.value)} is per record; for a person with ${people.maxRecords} records it means ε = ${round(claimedEpsilon.personValue)}.`,
    );
  if (recordsDiffer) out.push(recordsDiffer);
  if (capacity) out.push(capacity);
  out.push(...referenceWarnings(attacked, exposure));
  return out;
}

/** What it means that the interval of the headline covers ½: another attack may tell them apart, and so may single people. */
function quietWords(result: AuditResult): string {
  const { members, nonMembers } = result.records;
  if (toldApart(result))
    return 'Logit-scaled confidence alone does not tell members from non-members; a stronger attack of the table does, corrected for the number of attacks.';
  const named = result.exposure?.named ?? 0;
  if (named > 0)
    return `On average members are not told from non-members at ${members} members and ${nonMembers} non-members, and yet ${named} ${named === 1 ? 'is' : 'are'} exposed beyond chance: the average says nothing about them.`;
  return `No leakage found by this probe at ${members} members and ${nonMembers} non-members; this is not evidence of safety: 2 % of the records at AUC .96 give about .52.`;
}

function referenceWarnings(attacked: Attacked, exposure: Exposure | null): string[] {
  const models = attacked.references?.models ?? 0;
  if (models === 0)
    return ['One checkpoint gives a lower bound on the leakage on average; who is exposed needs reference models.'];
  const out: string[] = [];
  if (!exposure)
    out.push(
      `${models === 1 ? '1 reference model is' : `${models} reference models are`} too few to say who is exposed; 16 or more are needed.`,
    );
  else {
    const floor = noiseFloor(models);
    if (floor !== null)
      out.push(
        `At ${models} references a record AUC below ${floor.toFixed(2).replace(/^0/, '')} is noise (99 %)${models < 24 ? ', and a person’s largest one says nothing; people are named only beyond chance' : ''}.`,
      );
  }
  if (exposure) {
    const { pairs, single } = exposure.design;
    out.push(
      pairs.length > 0 && single.length === 0
        ? `The null swaps members within the ${pairs.length} complementary pairs of references; people are tested pair by pair.`
        : pairs.length > 0
          ? `${pairs.length} complementary pairs and ${single.length} unpaired references: the null swaps within pairs and permutes the rest.`
          : 'The references come in no complementary pairs: the null permutes each person freely, which is valid only if their members were drawn independently.',
    );
    out.push('Named means exposed beyond chance; it says nothing about how much.');
  }
  return out;
}

function countSaturated(attacked: Attacked): number {
  const scores = attacked.confidence;
  let top = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > top) top = score;
  let count = 0;
  for (const score of scores) if (score === top) count++;
  return count > 10 ? count : 0;
}
