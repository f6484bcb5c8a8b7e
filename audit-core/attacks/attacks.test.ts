import assert from 'node:assert/strict';
import { liraOffline, liraOnline, momentsOf, rmiaOffline, rmiaShare } from './references';
import { confidenceOfLoss, signalsOf } from './signals';

const close = (actual: number | undefined, expected: number, tolerance = 1e-7): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

describe('signals of one model', () => {
  it('agrees with TF Privacy advanced_mia_test: loss, logit-scaled confidence, hinge', () => {
    const { confidence, loss, hinge, gap } = signalsOf(
      Float64Array.from([1, 2, -3, -1, 1, 0]),
      Int32Array.from([1, 2]),
      3,
    );
    close(confidence[0], 0.98185009, 1e-7);
    close(confidence[1], -1.12692802, 1e-7);
    close(loss[0], -0.31817543, 1e-7);
    close(loss[1], -1.40760596, 1e-7);
    assert.deepEqual([...hinge], [1, -1]);
    assert.deepEqual([...gap], [1, 0]);
  });

  it('agrees with Song and Mittal’s Eq. 8 written out', () => {
    const p = [0.7, 0.2, 0.1];
    const { modifiedEntropy } = signalsOf(Float64Array.from(p, Math.log), Int32Array.from([1]), 3);
    const expected = -(1 - 0.2) * Math.log(0.2) - (0.7 * Math.log(0.3) + 0.1 * Math.log(0.9));
    close(modifiedEntropy[0], -expected, 1e-12);
  });

  it('stays exact where 1 − p underflows: logits 0 and 800', () => {
    const { confidence, loss, modifiedEntropy } = signalsOf(Float64Array.from([0, 800]), Int32Array.from([1]), 2);
    assert.equal(confidence[0], 800);
    close(loss[0], 0, 1e-300);
    assert.ok(Number.isFinite(modifiedEntropy[0]));
    close(confidenceOfLoss(1e-12), -Math.log(1e-12), 1e-6);
  });
});

describe('attacks with references', () => {
  const references = {
    models: 4,
    rows: 1,
    confidence: Float64Array.from([2, 4, -1, 1]),
    probability: Float64Array.from([0.9, 0.98, 0.3, 0.7]),
    members: Uint8Array.from([1, 1, 0, 0]),
  };

  it('takes moments over IN and OUT, in the population form', () => {
    const moments = momentsOf(references);
    assert.equal(moments.meanIn[0], 3);
    assert.equal(moments.meanOut[0], 0);
    assert.equal(moments.varIn[0], 1);
    assert.equal(moments.pooledOut, 1);
  });

  it('writes LiRA and RMIA as published', () => {
    const moments = momentsOf(references);
    close(liraOnline(Float64Array.of(3), moments)[0], 4.5, 1e-9);
    close(liraOffline(Float64Array.of(3), moments)[0], 3, 1e-9);
    const ratio = 0.8 / (0.5 * (1.3 * 0.5 + 0.7));
    close(rmiaOffline(Float64Array.of(Math.log(0.8)), moments)[0], Math.log(ratio), 1e-12);
  });

  it('gives RMIA’s share over a population by rank, strictly above', () => {
    const share = rmiaShare(Float64Array.from([0, 1, 2, 3]), Uint8Array.from([1, 1, 1, 0]));
    assert.deepEqual([...share], [0, 1 / 3, 2 / 3, 1]);
  });
});
