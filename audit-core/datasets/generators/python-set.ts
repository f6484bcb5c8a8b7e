/**
 * The order in which CPython goes through a set that was filled from whole numbers one after the other: their hash is the number itself, so
 * that it does not change from run to run as that of text does. Source: CPython, `Objects/setobject.c` (3.7 and later).
 */
export function setOrder(values: Iterable<number>): number[] {
  let table: (number | undefined)[] = new Array<number | undefined>(8);
  let used = 0;
  const insert = (into: (number | undefined)[], value: number): boolean => {
    const size = into.length;
    let perturb = value;
    for (let at = value % size; ; ) {
      // A few places in a row are tried before jumping.
      const probes = at + linearProbes <= size - 1 ? linearProbes : 0;
      for (let i = at; i <= at + probes; i++) {
        if (into[i] === value) return false;
        if (into[i] === undefined) {
          into[i] = value;
          return true;
        }
      }
      perturb = Math.floor(perturb / 32);
      at = (at * 5 + 1 + perturb) % size;
    }
  };
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value > largest)
      throw new RangeError('A set of other values than whole numbers has no order that is known.');
    if (!insert(table, value)) continue;
    used++;
    if (used * 5 < (table.length - 1) * 3) continue;
    const wanted = used > 50_000 ? used * 2 : used * 4;
    let size = 8;
    while (size <= wanted) size *= 2;
    const old = table;
    table = new Array<number | undefined>(size);
    for (const each of old) if (each !== undefined) insert(table, each);
  }
  return table.filter(each => each !== undefined);
}

const linearProbes = 9;
const largest = 2 ** 50;
