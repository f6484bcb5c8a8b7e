import { thousands } from '../report/words';
import { bootstrapAuc, quantile } from '../statistics/bootstrap';
import { clopperPearson } from '../statistics/proportions';
import { below, shuffle, uniformStream } from '../statistics/random';
import { auc, rank } from '../statistics/ranking';
import { blindClassifiers } from './blind';
import type { PersonKey } from './inputs';
import type { Gate, GateCheck } from './result';

/** What the gate looks at; rows that take no part are already left out. */
export interface GateInput {
  readonly rows: number;
  readonly members: Uint8Array;
  readonly people: PersonKey | null;
  /** Class index per row; null for targets that are not classes. */
  readonly labels: Int32Array | null;
  readonly classes: number;
  /** `[rows, width]` inputs as the model takes them; null for score arrays. */
  readonly features: { readonly data: Float32Array; readonly width: number } | null;
}

/** Checks, before any number, that members and non-members differ by membership only. */
export function runGate(input: GateInput, progress: (message: string, fraction: number) => void = () => {}): Gate {
  const checks: GateCheck[] = [];
  const add = (check: GateCheck | null): void => {
    if (check) checks.push(check);
  };
  add(personOverlap(input));
  add(duplicates(input));
  add(labelShift(input));
  progress('Blind baseline', 0.5);
  add(blindBaseline(input));
  return { passed: checks.every(check => check.passed), checks };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function personOverlap({ people, members }: GateInput): GateCheck | null {
  if (!people) return null;
  const sides = new Uint8Array(people.count);
  for (const [row, member] of members.entries()) sides[people.codes[row]!]! |= member ? 2 : 1;
  const both = sides.reduce((sum, each) => sum + (each === 3 ? 1 : 0), 0);
  const present = sides.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0);
  return {
    name: 'person-overlap',
    passed: both === 0,
    value: both,
    low: null,
    high: null,
    message:
      both === 0
        ? `Nobody of ${thousands(present)} people has records on both sides.`
        : `${both} of ${present} people have records on both sides; split by "${people.key}" so that a non-member is somebody the model has not seen.`,
  };
}

/** Largest share of non-members whose inputs also occur among the members. */
const duplicateShare = 0.01;

function duplicates({ features, rows, members, people }: GateInput): GateCheck | null {
  if (!features || features.width === 0) return null;
  const hash = rowHashes(features.data, rows, features.width);
  const inside = new Map<number, number[]>();
  for (let row = 0; row < rows; row++)
    if (members[row]) {
      const held = inside.get(hash[row]!);
      if (held) held.push(row);
      else inside.set(hash[row]!, [row]);
    }
  let copies = 0;
  let outside = 0;
  for (let row = 0; row < rows; row++) {
    if (members[row]) continue;
    outside++;
    const twin = inside.get(hash[row]!)?.some(other => sameRow(features.data, features.width, row, other));
    // A copy of the same person's own record is already counted as overlap.
    if (twin && !(people && inside.get(hash[row]!)!.every(other => people.codes[other] === people.codes[row])))
      copies++;
  }
  const { low, high } = clopperPearson(copies, outside);
  const passed = low <= duplicateShare;
  return {
    name: 'duplicates',
    passed,
    value: copies / Math.max(1, outside),
    low,
    high,
    message: passed
      ? `${thousands(copies)} of ${thousands(outside)} non-members have the same inputs as a member.`
      : `${thousands(copies)} of ${thousands(outside)} non-members (${percent(copies / outside)}) have the same inputs as a member; remove duplicates before the split.`,
  };
}

function rowHashes(data: Float32Array, rows: number, width: number): Float64Array {
  const bits = new Int32Array(data.buffer, data.byteOffset, rows * width);
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    for (let at = row * width; at < (row + 1) * width; at++) {
      a = Math.imul(a ^ bits[at]!, 0x01000193);
      b = Math.imul(b ^ bits[at]! ^ (b >>> 15), 0x85ebca6b);
    }
    out[row] = (a >>> 0) * 2 ** 20 + ((b >>> 12) & 0xfffff);
  }
  return out;
}

function sameRow(data: Float32Array, width: number, a: number, b: number): boolean {
  for (let at = 0; at < width; at++) if (!Object.is(data[a * width + at], data[b * width + at])) return false;
  return true;
}

/** A class share may differ by this much between the sides before the difference is one that an attack could use. */
const shiftAllowed = 0.02;

/** Largest difference of a class share, interval by resampling people, corrected for the number of classes. */
function labelShift({ labels, classes, members, people, rows }: GateInput): GateCheck | null {
  if (!labels || classes < 2) return null;
  const count = people?.count ?? rows;
  const code = (row: number): number => (people ? people.codes[row]! : row);
  const sides = [countsBy(0), countsBy(1)] as const;
  function countsBy(side: number): { ids: Int32Array; start: Int32Array; labels: Int32Array } {
    const rowsOf = Array.from({ length: rows }, (_, row) => row).filter(row => members[row] === side);
    const sizes = new Int32Array(count + 1);
    for (const row of rowsOf) sizes[code(row) + 1]!++;
    for (let at = 0; at < count; at++) sizes[at + 1]! += sizes[at]!;
    const cursor = sizes.slice();
    const out = new Int32Array(rowsOf.length);
    for (const row of rowsOf) out[cursor[code(row)]!++] = labels![row]!;
    const ids = Int32Array.from({ length: count }, (_, id) => id).filter(id => sizes[id + 1]! > sizes[id]!);
    return { ids, start: sizes, labels: out };
  }
  const shares = (side: 0 | 1, pick: (index: number, ids: Int32Array) => number): Float64Array => {
    const { ids, start, labels: own } = sides[side];
    const out = new Float64Array(classes);
    let total = 0;
    for (let index = 0; index < ids.length; index++) {
      const id = pick(index, ids);
      for (let at = start[id]!; at < start[id + 1]!; at++) out[own[at]!]!++;
      total += start[id + 1]! - start[id]!;
    }
    return out.map(each => each / total);
  };
  const whole = (index: number, ids: Int32Array): number => ids[index]!;
  const [outside, inside] = [shares(0, whole), shares(1, whole)];
  let worst = 0;
  for (let each = 1; each < classes; each++)
    if (Math.abs(inside[each]! - outside[each]!) > Math.abs(inside[worst]! - outside[worst]!)) worst = each;
  const uniform = uniformStream(5);
  const random = (_: number, ids: Int32Array): number => ids[below(uniform, ids.length)]!;
  const resamples = 400;
  const seen = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) seen[round] = shares(1, random)[worst]! - shares(0, random)[worst]!;
  seen.sort();
  const tail = 0.025 / classes;
  const low = quantile(seen, tail);
  const high = quantile(seen, 1 - tail);
  const passed = low <= shiftAllowed && high >= -shiftAllowed;
  const value = inside[worst]! - outside[worst]!;
  return {
    name: 'label-shift',
    passed,
    value,
    low,
    high,
    message: passed
      ? `Class shares differ by at most ${percent(Math.abs(value))} between the sides.`
      : `Class ${worst} is ${percent(Math.abs(value))} ${value > 0 ? 'more' : 'less'} frequent among members; stratify the split, or audit within classes.`,
  };
}

/** Rounds with permuted members that say how far a classifier comes by chance. */
const permutations = 8;
/**
 * Interval widths below the AUC after which a linear classifier is past chance without permutations: over noise its cross-fitted AUC spreads
 * up to 1.6 times as wide as resampling says (measured: n 240 and 1,000, 20 to 256 inputs).
 */
const clear = 2;
/** Student's t with 7 degrees of freedom at 1.25 %. */
const critical = 2.84;

/**
 * Can members be told from non-members by the inputs alone? A linear classifier and boosted trees try; fails where the interval (by people,
 * corrected for two tries) of one lies above ½. A cross-fitted AUC varies more than resampling with the classifier held fixed says, the more
 * so for trees: a suspicion must also stand against the same classifier on members permuted by person. The stronger one is told.
 */
function blindBaseline({ features, rows, members, people }: GateInput): GateCheck | null {
  if (!features || features.width === 0) return null;
  const blind = blindClassifiers(features.data, rows, features.width, people);
  const tries = (['linear', 'trees'] as const).map(name => {
    const ranking = rank(blind[name](members), members);
    const { low, high } = bootstrapAuc(ranking, people, { resamples: 1000, seed: 11, level: 0.975 });
    const value = auc(ranking);
    const suspect = low > 0.5;
    const plain = name === 'linear' && value - 0.5 > clear * (value - low);
    const differs = suspect && (plain || value > chanceLimit(blind[name], members, people));
    return { name, value, low, high, differs };
  });
  const passed = tries.every(({ differs }) => !differs);
  const order = ({ differs, low }: (typeof tries)[number]): number => low + (differs ? 1 : 0);
  const told = passed ? tries[0]! : tries.reduce((best, each) => (order(each) > order(best) ? each : best));
  const { value, low, high, name } = told;
  const strongest = Math.max(...tries.map(each => each.value));
  return {
    name: 'blind-baseline',
    passed,
    value,
    low,
    high,
    message: passed
      ? `Classifiers that never see the model (linear, boosted trees) do not tell members from non-members beyond chance (AUC at most ${strongest.toFixed(3)}).`
      : `Members and non-members differ without the model (${name === 'linear' ? 'a linear classifier' : 'boosted trees'} on the inputs: AUC ${value.toFixed(3)}); the result is not interpretable as leakage. Compare with non-members drawn like the members.`,
  };
}

/** The largest AUC that chance explains (1.25 %): mean and spread of the classifier's AUC over members permuted by person. */
function chanceLimit(
  classifier: (members: Uint8Array) => Float64Array,
  members: Uint8Array,
  people: PersonKey | null,
): number {
  const count = people?.count ?? members.length;
  const sides = new Uint8Array(count);
  for (const [row, member] of members.entries()) if (member) sides[people ? people.codes[row]! : row] = 1;
  const areas = Float64Array.from({ length: permutations }, (_, round) => {
    const permuted = sides.slice();
    shuffle(permuted, uniformStream(31 + round));
    const flags = Uint8Array.from(members, (_, row) => permuted[people ? people.codes[row]! : row]!);
    return auc(rank(classifier(flags), flags));
  });
  const mean = areas.reduce((sum, each) => sum + each, 0) / permutations;
  const variance = areas.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (permutations - 1);
  return mean + critical * Math.sqrt(variance * (1 + 1 / permutations));
}
