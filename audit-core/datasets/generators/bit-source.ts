/**
 * A stream of random words and what numpy's C helpers draw from it. Both numpy families (legacy `RandomState` over MT19937 and
 * `Generator` over PCG64) share these. Source: numpy `_distributions/distributions.c`, `src/legacy/legacy-distributions.c`.
 */
export interface BitSource {
  /** The next 32 bits, in [0, 2^32). */
  next32(): number;
  /** A double in [0, 1) with 53 random bits. */
  nextDouble(): number;
  /** An independent copy at the same place of the stream. */
  clone(): BitSource;
}

function maskOf(max: number): number {
  let mask = max >>> 0;
  mask |= mask >>> 1;
  mask |= mask >>> 2;
  mask |= mask >>> 4;
  mask |= mask >>> 8;
  mask |= mask >>> 16;
  return mask >>> 0;
}

/** `random_interval`: uniform in [0, max] by masked rejection; `max` < 2^32. */
export function maskedInterval(source: BitSource, max: number): number {
  if (max <= 0) return 0;
  const mask = maskOf(max);
  for (;;) {
    const value = (source.next32() & mask) >>> 0;
    if (value <= max) return value;
  }
}

/** `buffered_bounded_lemire_uint32`: uniform in [0, max] by Lemire's multiplication; `max` < 2^32 − 1. */
export function lemireInterval(source: BitSource, max: number): number {
  if (max <= 0) return 0;
  const width = max + 1;
  let [high, low] = multiply(source.next32(), width);
  if (low < width) {
    const threshold = (2 ** 32 - 1 - max) % width;
    while (low < threshold) [high, low] = multiply(source.next32(), width);
  }
  return high;
}

/** High and low 32 bits of the product of two 32-bit words. */
function multiply(a: number, b: number): [number, number] {
  const b0 = b % 65536;
  const b1 = Math.floor(b / 65536);
  const first = a * b0;
  const second = a * b1;
  const sum = (second % 65536) * 65536 + first;
  return [Math.floor(second / 65536) + Math.floor(sum / 2 ** 32), sum % 2 ** 32];
}

/** 0 … n − 1. */
export function arange(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Fisher–Yates from the end, as all numpy shuffles do it, in place. */
export function shuffleWith<T>(items: T[], draw: (max: number) => number, first = 1): T[] {
  for (let i = items.length - 1; i >= first; i--) {
    const j = draw(i);
    const kept = items[i]!;
    items[i] = items[j]!;
    items[j] = kept;
  }
  return items;
}
