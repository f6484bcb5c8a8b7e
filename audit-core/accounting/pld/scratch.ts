/**
 * Arrays that are used again: a sweep composes hundreds of distributions of the same size, and fresh megabytes for each would keep the
 * collector busy for a fifth of the time. Borrowed arrays hold zeros; what is given back must not be used any more.
 */
const KEPT_OF_A_SIZE = 8;
const LARGEST = 2 ** 19;
const free = new Map<number, Float64Array[]>();

export function borrow(length: number): Float64Array {
  const known = free.get(length)?.pop();
  return known ? known.fill(0) : new Float64Array(length);
}

export function giveBack(...arrays: readonly Float64Array[]): void {
  for (const array of arrays) {
    if (array.length > LARGEST) continue;
    const kept = free.get(array.length);
    if (!kept) free.set(array.length, [array]);
    else if (kept.length < KEPT_OF_A_SIZE) kept.push(array);
  }
}
