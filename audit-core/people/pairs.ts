import { below } from '../statistics/random';

/** References by design: pairs whose members are exact complements, and the rest. */
export interface MaskDesign {
  readonly pairs: readonly (readonly [number, number])[];
  readonly single: readonly number[];
}

/** Finds exact complements among the rows of `members [models, rows]`. */
export function complementaryPairs(members: Uint8Array, models: number, rows: number): MaskDesign {
  const waiting = new Map<string, number[]>();
  const pairs: [number, number][] = [];
  const single = new Set<number>();
  for (let model = 0; model < models; model++) {
    const own = fingerprint(members, model, rows, 0);
    const partner = (waiting.get(fingerprint(members, model, rows, 1)) ?? []).find(
      other => single.has(other) && areComplements(members, model, other, rows),
    );
    if (partner === undefined) {
      single.add(model);
      waiting.set(own, [...(waiting.get(own) ?? []), model]);
    } else {
      single.delete(partner);
      pairs.push([partner, model]);
    }
  }
  return { pairs, single: [...single] };
}

/** A hash of a mask, or of its complement when `flip` is 1 (FNV-1a in two lanes). */
function fingerprint(members: Uint8Array, model: number, rows: number, flip: number): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let row = 0; row < rows; row++) {
    const bit = members[model * rows + row]! ^ flip;
    a = Math.imul(a ^ bit, 0x01000193);
    b = Math.imul(b ^ (bit + row), 0x85ebca6b);
  }
  return `${a >>> 0}:${b >>> 0}`;
}

function areComplements(members: Uint8Array, a: number, b: number, rows: number): boolean {
  for (let row = 0; row < rows; row++) if (members[a * rows + row] === members[b * rows + row]) return false;
  return true;
}

/**
 * A mask under the null for one person: within pairs the two values are swapped with probability ½; values of unpaired references are
 * permuted freely among themselves (auditing by complementary halves: swaps keep the pairs' negative correlation).
 */
export function permuteMask(mask: Uint8Array, design: MaskDesign, uniform: () => number): void {
  for (const [a, b] of design.pairs)
    if (uniform() < 0.5) {
      const held = mask[a]!;
      mask[a] = mask[b]!;
      mask[b] = held;
    }
  const { single } = design;
  for (let last = single.length - 1; last > 0; last--) {
    const other = below(uniform, last + 1);
    const held = mask[single[last]!]!;
    mask[single[last]!] = mask[single[other]!]!;
    mask[single[other]!] = held;
  }
}
