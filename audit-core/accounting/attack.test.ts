import assert from 'node:assert/strict';
import { maxAuc, maxTprAtFpr } from '.';

describe('what ε allows an attacker', () => {
  it('is chance without any privacy loss, and certainty without bound', () => {
    assert.equal(maxTprAtFpr(0, 0, 0.01), 0.01);
    assert.equal(maxAuc(0, 0), 0.5);
    assert.equal(maxAuc(Number.POSITIVE_INFINITY, 0), 1);
  });

  it('is the area under the two lines of Kairouz et al. 2015', () => {
    for (const [epsilon, delta] of [
      [1, 0],
      [2, 0.05],
    ] as const) {
      let area = 0;
      const points = 20_000;
      for (let i = 0; i < points; i++) area += maxTprAtFpr(epsilon, delta, (i + 0.5) / points) / points;
      assert.ok(Math.abs(maxAuc(epsilon, delta) - area) < 1e-6, `${maxAuc(epsilon, delta)} / ${area}`);
    }
  });
});
