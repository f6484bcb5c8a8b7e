import assert from 'node:assert/strict';
import fc from 'fast-check';
import { treeReleases } from './tree';

/** Σ x² over all complete nodes of the tree, for turns at these steps. */
function moved(turns: readonly number[], steps: number): number {
  let sum = 0;
  for (let size = 1; size <= steps; size *= 2)
    for (let start = 0; start + size <= steps; start += size)
      sum += turns.filter(turn => turn >= start && turn < start + size).length ** 2;
  return sum;
}

describe('the noise tree of DP-FTRL', () => {
  it('is worth its height where everybody takes part once (dp_accounting, SingleEpochTreeAggregationDpEvent)', () => {
    // max_depth = ceil(log2(step_count + 1)) of dp_accounting's RDP accountant.
    assert.deepEqual(
      [1, 7, 8, 1000, 1024].map(steps => treeReleases(1, steps)),
      [1, 3, 4, 10, 11],
    );
  });

  it('is never worth less than any order of the epochs makes of it', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
        (epochs, perEpoch, places) => {
          const turns = Array.from({ length: epochs }, (_, i) => i * perEpoch + (places[i]! % perEpoch));
          assert.ok(moved(turns, epochs * perEpoch) <= treeReleases(epochs, perEpoch));
        },
      ),
    ));

  it('is reached where every step has the record', () => {
    const all = Array.from({ length: 8 }, (_, i) => i);
    assert.equal(moved(all, 8), treeReleases(8, 1));
  });
});
