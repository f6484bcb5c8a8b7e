/** A seeded stream of uniform numbers in [0, 1) (xoshiro128**, Blackman & Vigna 2018), seeded by splitmix32. */
export function uniformStream(seed: number): () => number {
  let mix = seed | 0;
  const next = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let a = next();
  let b = next();
  let c = next();
  let d = next();
  return () => {
    const scrambled = Math.imul(b, 5);
    const out = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return out / 4294967296;
  };
}

/** An integer in [0, bound). */
export const below = (uniform: () => number, bound: number): number => Math.floor(uniform() * bound);

/** Shuffles in place (Fisher–Yates). */
export function shuffle(values: Int32Array | Uint8Array, uniform: () => number): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = below(uniform, last + 1);
    const held = values[last]!;
    values[last] = values[other]!;
    values[other] = held;
  }
}
