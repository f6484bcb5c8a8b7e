import assert from 'node:assert/strict';
import { gaussianBound, maxAuc, maxTprAtFpr } from '.';
import { attackReading } from './trade-off';

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

  it('is the Gaussian trade-off where the noise is Gaussian, and below what any mechanism allows', () => {
    // SciPy: μ by brentq on δ(ε) = 1e-5 at ε = 8, then norm.cdf(μ/√2) and norm.cdf(norm.ppf(.01) + μ).
    const { mu, auc, tpr } = gaussianBound(8, 1e-5, 0.01);
    assert.ok(Math.abs(mu - 1.6660305978457182) < 1e-12, String(mu));
    assert.ok(Math.abs(auc - 0.8806139620530353) < 1e-12, String(auc));
    assert.ok(Math.abs(tpr - 0.2545251228843195) < 1e-12, String(tpr));
    for (const epsilon of [0.1, 1, 8, 20]) {
      const bound = gaussianBound(epsilon, 1e-5, 0.01);
      assert.ok(bound.auc <= maxAuc(epsilon, 1e-5) && bound.tpr <= maxTprAtFpr(epsilon, 1e-5, 0.01), String(epsilon));
    }
    const exact = attackReading({ type: 'gaussian', noiseMultiplier: 1 / mu }, 'add-or-remove');
    assert.ok(Math.abs(exact.auc - auc) < 1e-3 && Math.abs(exact.tprAt1Percent - tpr) < 1e-3);
  });
});
