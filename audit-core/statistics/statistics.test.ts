import assert from 'node:assert/strict';
import { bootstrapAuc } from './bootstrap';
import { delongError, hanleyMcNeilError } from './delong';
import { bonferroniBound, ceiling, certified, splitHalfBound } from './epsilon';
import { clopperPearson, positivePredictiveValue } from './proportions';
import { uniformStream } from './random';
import { advantage, atFalsePositiveRate, auc, rank } from './ranking';
import { benjaminiHochberg, chiSquareTest, fisherTest, mannWhitneyTest, pairedTTest } from './tests';

const ranked = (scores: number[], members: number[]) => rank(Float64Array.from(scores), Uint8Array.from(members));
const close = (actual: number, expected: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

describe('ROC statistics', () => {
  it('counts ties one half in the AUC (LeakPro issue on ties: .5, not .375)', () => {
    assert.equal(auc(ranked([9, 9, 5, 5], [1, 0, 1, 0])), 0.5);
  });

  it('agrees with SACRO-ML test_metrics: AUC 8/9, advantage 2/3 over all thresholds', () => {
    const ranking = ranked([0.1, 0.6, 0.2, 0.45, 0.9, 0.99], [0, 0, 0, 1, 1, 1]);
    close(auc(ranking), 8 / 9);
    close(atFalsePositiveRate(ranking, 0).truePositives / 3, 2 / 3);
    close(atFalsePositiveRate(ranking, 0.4).truePositives / 3, 1);
    close(advantage(ranking), 2 / 3);
  });

  it('agrees with TF Privacy: losses with AUC 30/36', () => {
    const losses = [0.1, 0.2, 1.3, 0.4, 0.5, 0.6, 1.1, 1.2, 1.3, 0.4, 1.5, 1.6];
    const ranking = ranked(
      losses.map(loss => -loss),
      [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
    );
    close(auc(ranking), 30 / 36);
  });

  it('agrees with ART worst-case TPR at FPR 0: .75', () => {
    const ranking = ranked([0.35, 0.33, 0.32, 0.6, 0.6, 0.2], [1, 0, 1, 1, 1, 0]);
    assert.equal(atFalsePositiveRate(ranking, 0).truePositives / 4, 0.75);
    assert.equal(atFalsePositiveRate(ranking, 0.5).truePositives / 4, 1);
  });

  it("resamples people, not rows: a person's copies widen the interval", () => {
    const uniform = uniformStream(4);
    const people = 60;
    const copies = 10;
    const scores: number[] = [];
    const members: number[] = [];
    const codes: number[] = [];
    for (let person = 0; person < people; person++) {
      const score = uniform() + (person % 2) * 0.2;
      for (let copy = 0; copy < copies; copy++) {
        scores.push(score);
        members.push(person % 2);
        codes.push(person);
      }
    }
    const ranking = ranked(scores, members);
    const byPerson = bootstrapAuc(ranking, { codes: Int32Array.from(codes), count: people });
    const byRow = bootstrapAuc(ranking, null);
    assert.ok(byPerson.high - byPerson.low > 2 * (byRow.high - byRow.low));
    assert.deepEqual(bootstrapAuc(ranking, null), byRow, 'seeded');
  });

  it('has the null spread of Hanley and McNeil: .041 at 100 + 100', () => {
    close(hanleyMcNeilError(0.5, 100, 100), 0.041, 5e-4);
    const ranking = ranked([1, 2, 3, 4, 5, 6], [0, 1, 0, 1, 0, 1]);
    assert.ok(delongError(ranking) > 0);
  });
});

describe('certified ε', () => {
  it('agrees with the published ceilings: 1.60 at 20, 3.28 at 100, 5.60 at 1000', () => {
    for (const [n, value] of [
      [20, 1.6],
      [100, 3.28],
      [1000, 5.6],
      [10_000, 7.9],
    ] as const)
      close(ceiling(n, n, 0), value, 0.006);
  });

  it('agrees with arXiv 2006.07709: 500 of 500 at α = .01 gives 4.54', () => {
    const counts = { members: 500, nonMembers: 500, membersAbove: 500, nonMembersAbove: 0 };
    close(certified(counts, 'TPR/FPR', 0, 0.01), 4.5419, 5e-4);
  });

  it('finds nothing where there is nothing, also after searching', () => {
    const uniform = uniformStream(9);
    const scores = Float64Array.from({ length: 2000 }, () => uniform());
    const members = Uint8Array.from({ length: 2000 }, (_, row) => row % 2);
    const found = splitHalfBound([{ name: 'noise', scores }], members, 0)!;
    assert.ok(found.value < 0.3, String(found.value));
    assert.ok(found.value <= found.ceiling);
    assert.ok(bonferroniBound([{ name: 'noise', scores }], members, 0) < 0.3);
  });
});

describe('proportions and tests', () => {
  it('bounds zero of n: one-sided 95 % at 1000 is .3 %', () => {
    close(clopperPearson(0, 1000, 0.1).high, 0.002991, 1e-5);
    assert.deepEqual(clopperPearson(0, 0), { low: 0, high: 1 });
    assert.equal(clopperPearson(7, 7).high, 1);
  });

  it('gives the reference’s Clopper–Pearson interval: 1199 of 9419', () => {
    const { low, high } = clopperPearson(1199, 9419);
    close(low, 0.1206277048011596, 1e-9);
    close(high, 0.13419548128665149, 1e-9);
  });

  it('weighs flags by the prior', () => {
    close(positivePredictiveValue(0.01, 0.1, 0.001), 0.001 / (0.001 + 0.00099));
  });

  it('adjusts p values by Benjamini and Hochberg, in the given order', () => {
    const q = benjaminiHochberg([0.01, 0.04, 0.03, 0.005]);
    for (const [index, value] of [0.02, 0.04, 0.04, 0.02].entries()) close(q[index]!, value, 1e-12);
  });

  it('tests tables: χ² of the reference (diabetes among the top 50), Fisher’s tea table', () => {
    close(chiSquareTest(21, 29, 3307 - 21, 1293 - 29), 2.2714250361752724e-6, 1e-10);
    close(fisherTest(3, 1, 1, 3), 0.4857142857, 1e-9);
  });

  it('tests people: paired t against tables, Mann–Whitney of separated samples', () => {
    const differences = Float64Array.from([1, 2, 3, 4, 5, 6]);
    assert.ok(pairedTTest(differences) < 0.005);
    assert.equal(pairedTTest(new Float64Array([2, 2, 2])), 0);
    assert.equal(pairedTTest(new Float64Array([0, 0, 0])), 1);
    assert.equal(mannWhitneyTest(Float64Array.from([3, 4]), Float64Array.from([1, 2])).auc, 1);
  });
});
