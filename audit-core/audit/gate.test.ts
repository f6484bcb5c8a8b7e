import assert from 'node:assert/strict';
import { uniformStream } from '../statistics/random';
import { runGate } from './gate';

const rows = 2000;
/** Two records a person; two inputs; `member` says who was trained on, given the inputs of a person's first record. */
function input(member: (a: number, b: number, chance: number) => boolean, seed = 4) {
  const uniform = uniformStream(seed);
  const data = Float32Array.from({ length: 2 * rows }, () => 2 * uniform() - 1);
  const codes = Int32Array.from({ length: rows }, (_, row) => row >> 1);
  const sides = Array.from({ length: rows / 2 }, (_, person) =>
    member(data[4 * person]!, data[4 * person + 1]!, uniform()),
  );
  return {
    rows,
    members: Uint8Array.from(codes, person => (sides[person] ? 1 : 0)),
    people: { key: 'pid', codes, count: rows / 2, ids: [] },
    labels: null,
    classes: 0,
    features: { data, width: 2 },
  };
}
const blind = (given: Parameters<typeof runGate>[0]) => {
  const check = runGate(given).checks.find(({ name }) => name === 'blind-baseline');
  assert.ok(check);
  return check;
};

describe('the blind baseline of the gate', () => {
  it('passes members drawn by chance', () => {
    // Some draws look different by chance: at 2.5 % a try, more than two of ten would be a fault.
    const passed = Array.from({ length: 10 }, (_, seed) => blind(input((_a, _b, chance) => chance < 0.5, seed)).passed);
    assert.ok(passed.filter(Boolean).length >= 8, passed.join(' '));
  });

  it('passes small sets with many inputs as often as it says: cross-fitting spreads wider than resampling', () => {
    // 2.5 % for both classifiers: of 80 draws 2 are expected; without permutations 4 failed.
    const failed = Array.from({ length: 80 }, (_, seed) => {
      const uniform = uniformStream(500 + seed);
      const data = Float32Array.from({ length: 160 * 24 }, uniform);
      const members = Uint8Array.from({ length: 160 }, (_, row) => row % 2);
      return blind({ rows: 160, members, people: null, labels: null, classes: 0, features: { data, width: 24 } });
    }).filter(({ passed }) => !passed);
    assert.ok(failed.length <= 3, `${failed.length} of 80`);
  }).timeout(60_000);

  it('fails members who differ along a line', () => {
    const check = blind(input((a, _b, chance) => chance < 0.5 + 0.45 * a));
    assert.equal(check.passed, false);
    assert.match(check.message, /linear classifier/);
  });

  it('fails members whom no line tells: two inputs of the same sign', () => {
    const check = blind(input((a, b, chance) => chance < (a * b > 0 ? 0.9 : 0.1)));
    assert.equal(check.passed, false);
    assert.match(check.message, /boosted trees/);
  });
});
