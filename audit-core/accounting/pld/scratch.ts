/**
 * Arrays that are used again: a sweep composes hundreds of distributions of the same size, and fresh megabytes for each would keep the
 * collector busy for a fifth of the time. Borrowed arrays hold zeros; what is given back must not be used any more.
 */
const KEPT_OF_A_SIZE = 8;
/** Of arrays of megabytes only those that one composition uses. */
const LARGE = 2 ** 19;
const KEPT_LARGE = 4;
const LARGEST = 2 ** 20;
const free = new Map<number, Float64Array[]>();

export function borrow(length: number): Float64Array {
  const known = free.get(length)?.pop();
  return known ? known.fill(0) : new Float64Array(length);
}

/** For those who write every place before they read it: what was in it is still there. */
export const borrowUsed = (length: number): Float64Array => free.get(length)?.pop() ?? new Float64Array(length);

/** The first `length` places of an array whose length is a power of two: lengths that are all different would find none that fits. */
export const borrowPart = (length: number): Float64Array =>
  borrow(2 ** Math.ceil(Math.log2(Math.max(1, length)))).subarray(0, length);

/** What `borrowPart` lent. */
export const giveBackPart = ({ buffer }: Float64Array): void => giveBack(new Float64Array(buffer));

export function giveBack(...arrays: readonly Float64Array[]): void {
  for (const array of arrays) {
    if (array.length > LARGEST) continue;
    const kept = free.get(array.length);
    if (!kept) free.set(array.length, [array]);
    else if (kept.length < (array.length >= LARGE ? KEPT_LARGE : KEPT_OF_A_SIZE)) kept.push(array);
  }
}
