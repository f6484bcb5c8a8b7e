import assert from 'node:assert/strict';
import type { References } from '../attacks/references';
import { shuffle, uniformStream } from '../statistics/random';
import { exposureOf } from './exposure';
import { groupsAmong, mostExposed } from './groups';
import { join, unitsOf } from './joins';
import { complementaryPairs } from './pairs';

/** References in complementary pairs over `people` with two records each; `leak` is added to a member's φ for the first `exposed` people. */
function simulated(people: number, pairs: number, exposed: number, leak: number): References {
  const uniform = uniformStream(21);
  const rows = 2 * people;
  const models = 2 * pairs;
  const members = new Uint8Array(models * rows);
  const confidence = new Float64Array(models * rows);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const order = Int32Array.from({ length: people }, (_, person) => person);
  for (let pair = 0; pair < pairs; pair++) {
    shuffle(order, uniform);
    for (const [place, person] of order.entries())
      for (const side of [0, 1])
        for (const record of [0, 1]) {
          const at = (2 * pair + side) * rows + 2 * person + record;
          members[at] = (place < people / 2 ? 1 : 0) ^ side;
          confidence[at] = normal() + (members[at] && person < exposed ? leak : 0);
        }
  }
  return { models, rows, members, confidence, probability: confidence.map(phi => 1 / (1 + Math.exp(-phi))) };
}

const unitsFor = (people: number) =>
  unitsOf(
    Int32Array.from({ length: 2 * people }, (_, row) => row >> 1),
    people,
    new Uint8Array(2 * people),
  );

describe('people', () => {
  it('joins the records of a person', () => {
    const units = unitsOf(Int32Array.from([0, 1, 0]), 2, Uint8Array.from([1, 0, 1]));
    const scores = Float64Array.from([1, 5, 3]);
    assert.deepEqual([...join(scores, units, 'mean')], [2, 5]);
    assert.deepEqual([...join(scores, units, 'max')], [3, 5]);
    assert.deepEqual([...join(scores, units, 'min')], [1, 5]);
    assert.ok(Math.abs(join(scores, units, 'logsumexp')[0]! - Math.log(Math.E + Math.E ** 3)) < 1e-12);
    assert.deepEqual([...units.members], [1, 0]);
  });

  it('finds complementary pairs and leaves the rest', () => {
    const members = Uint8Array.from([1, 0, 0, 0, 1, 1, 1, 1, 0]);
    const design = complementaryPairs(members, 3, 3);
    assert.deepEqual(design, { pairs: [[0, 1]], single: [2] });
  });

  it('names the exposed and nobody else; the count by chance is close where nothing leaks', () => {
    const leaking = exposureOf(simulated(200, 16, 6, 4), unitsFor(200));
    assert.equal(leaking.test, 'paired-t');
    for (let person = 0; person < 6; person++) assert.ok(leaking.q[person]! <= 0.05, `person ${person}`);
    assert.ok(leaking.named <= 8, String(leaking.named));
    const quiet = exposureOf(simulated(200, 16, 0, 0), unitsFor(200));
    assert.ok(quiet.named <= 1, String(quiet.named));
    const [bar] = quiet.survival;
    assert.ok(Math.abs(bar!.people - bar!.null) < 25, `${bar!.people} against ${bar!.null}`);
  });

  it('counts records and joint scores beside the largest record, each with its own null', () => {
    const found = exposureOf(simulated(200, 16, 20, 4), unitsFor(200));
    const at = (rows: typeof found.survival) => rows.find(({ threshold }) => threshold === 0.95)!;
    // A lead of 4 standard deviations is an area of Φ(4/√2) = .998: both records of each of the twenty.
    assert.equal(at(found.records).people, 40);
    assert.equal(at(found.survival).people, 20);
    assert.equal(at(found.joint).people, 20);
    for (const rows of [found.records, found.survival, found.joint])
      assert.ok(at(rows).null < 1, String(at(rows).null));
    // By chance the larger of two records passes a low bar about twice as often as one record does.
    const [one, most] = [found.records[0]!.null / 400, found.survival[0]!.null / 200];
    assert.ok(most > 1.4 * one && most < 2.2 * one, `${most} and ${one}`);
  });

  it('suppresses levels with fewer than 30 people', () => {
    const people = 200;
    const scores = Float64Array.from({ length: people }, (_, person) => -person);
    const codes = Int32Array.from({ length: people }, (_, person) => person);
    const level = Int32Array.from({ length: people }, (_, person) => (person < 60 ? 0 : person < 180 ? 1 : 2));
    const rows = groupsAmong(
      mostExposed(scores),
      [{ name: 'ward', levels: ['a', 'b', 'rare'], codes: level }],
      codes,
      people,
    );
    assert.deepEqual(
      rows.map(row => [row.level, row.suppressed]),
      [
        ['a', false],
        ['b', false],
        [null, true],
      ],
    );
    assert.ok(rows[0]!.q! < 1e-6);
    assert.ok(!JSON.stringify(rows).includes('rare'));
  });
});
