import { shuffle, uniformStream } from '../statistics/random';

/** A fold per row, the same for all rows of a person (seeded): a row's fold is never the one that its person was learned from. */
export function foldsByPerson(
  rows: number,
  people: { readonly codes: Int32Array; readonly count: number } | null,
  folds: number,
): Uint8Array {
  const count = people?.count ?? rows;
  const order = Int32Array.from({ length: count }, (_, index) => index);
  shuffle(order, uniformStream(7));
  const byUnit = new Uint8Array(count);
  for (const [place, unit] of order.entries()) byUnit[unit] = place % folds;
  return Uint8Array.from({ length: rows }, (_, row) => byUnit[people ? people.codes[row]! : row]!);
}
