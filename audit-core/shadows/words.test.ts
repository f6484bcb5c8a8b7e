import assert from 'node:assert/strict';
import { noiseFloor } from './words';

describe('what is noise at so many reference models', () => {
  it('is the 99 % quantile of a record AUC where nothing leaks', () => {
    assert.equal(noiseFloor(6), null);
    assert.equal(noiseFloor(16), 0.84);
    assert.equal(noiseFloor(200), 0.592);
    // Quantiles of 400,000 (400 models: 60,000) simulated binormal AUCs of standard normal scores.
    for (const [models, simulated] of [
      [8, 0.966],
      [10, 0.926],
      [20, 0.803],
      [24, 0.775],
      [32, 0.738],
      [48, 0.6925],
      [400, 0.566],
    ] as const)
      assert.ok(Math.abs(noiseFloor(models)! - simulated) < 0.01, `${models}: ${noiseFloor(models)}`);
  });
});
