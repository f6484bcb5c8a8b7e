import assert from 'node:assert/strict';
import {
  account,
  calibrate,
  type DpEvent,
  dpSgdEpsilon,
  dpSgdEvent,
  gaussianEpsilon,
  opacusEpsilon,
  opacusGdpEpsilon,
  opacusPrvEpsilon,
  opacusRdpEpsilon,
  tfPrivacyEpsilon,
} from '.';

/** Values that other people's papers, tests and documentation print, or that their tools gave (accounting note, section 4). */
const near = (got: number, wanted: number, relative: number): void =>
  assert.ok(Math.abs(got / wanted - 1) <= relative, `${got} / ${wanted}`);

const steps = (noiseMultiplier: number, sampleRate: number, count: number, delta: number) => ({
  noiseMultiplier,
  sampleRate,
  steps: count,
  delta,
});

describe('Opacus accountants, as its own tests print them', () => {
  it('RDP 7.32911117143', () => near(opacusRdpEpsilon(steps(1.5, 0.04, 2250, 1e-5)).epsilon, 7.32911117143, 1e-9));
  it('PRV 6.777395712150674', () =>
    near(opacusPrvEpsilon(steps(1.5, 0.04, 2249, 1e-5)).epsilon, 6.777395712150674, 1e-4));
  it('GDP in (6.59, 6.60)', () => near(opacusGdpEpsilon(steps(1.5, 0.04, 2249, 1e-5)), 6.5998208, 1e-7));

  for (const [noise, rate, count, rdp, prv, gdp] of [
    [1.1, 1 / 235, 3525, 1.279429, 1.14216, 1.075524],
    [1, 1 / 391, 7820, 1.353094, 1.177972, 1.11711],
    [1.1, 1 / 196, 3920, 1.612942, 1.471447, 1.392894],
    [0.6, 1 / 98, 2940, 13.682527, 12.182207, 10.925044],
  ] as const)
    it(`logs ${rdp} / ${prv} / ${gdp} at σ ${noise}, ${count} steps`, () => {
      near(opacusEpsilon('rdp', steps(noise, rate, count, 1e-5)), rdp, 1e-6);
      near(opacusEpsilon('prv', steps(noise, rate, count, 1e-5)), prv, 1e-3);
      near(opacusEpsilon('gdp', steps(noise, rate, count, 1e-5)), gdp, 1e-6);
    });
});

describe('TensorFlow Privacy, as its own tests print it', () => {
  for (const [noise, rate, count, delta, epsilon] of [
    [1.3, 150 / 60000, 6000, 1e-5, 0.7242234026109595],
    [1, 100 / 100000, 30000, 1e-7, 1.4154988495444842],
    [0.1, 1024 / 1e8, 976563, 1e-7, 5907982.3113984],
  ] as const)
    it(`computes ${epsilon}`, () => near(tfPrivacyEpsilon(steps(noise, rate, count, delta)).epsilon, epsilon, 1e-3));

  it('prints the classic conversion in its tutorials: 1.03, 1.11, 3.01, 1.19, 7.10', () => {
    for (const [noise, epochs, printed] of [
      [1.1, 1, 1.03],
      [1.1, 2, 1.11],
      [1.1, 60, 3.01],
      [1.3, 15, 1.19],
      [0.7, 45, 7.1],
    ] as const) {
      const count = Math.ceil((epochs * 60000) / 256);
      const { epsilon } = account({
        event: dpSgdEvent({ noiseMultiplier: noise, sampleRate: 256 / 60000, steps: count }),
        accountant: 'rdp',
        relation: 'add-or-remove',
        delta: 1e-5,
        conversion: 'classic',
      });
      assert.ok(Math.abs(epsilon - printed) < 0.006, `${epsilon} / ${printed}`);
    }
  });
});

describe('dp_accounting and PLD-Accountant', () => {
  for (const [noise, rate, count, delta, epsilon] of [
    [2, 0.01, 1e4, 1e-6, 2.446733916],
    [2, 0.01, 1e5, 1e-6, 8.984848512],
    [2, 0.01, 1e4, 1e-5, 2.162704603],
    [1, 0.01, 1e4, 1e-6, 6.907419],
    [1.1, 256 / 60000, 14063, 1e-5, 2.381691],
    [0.8, 0.001, 10000, 1e-6, 0.947197],
  ] as const)
    it(`PLD ${epsilon} at σ ${noise}, q ${rate}, ${count} steps`, () =>
      near(dpSgdEpsilon(steps(noise, rate, count, delta)).epsilon, epsilon, 5e-4));

  it('replacement 4.907397523 and 2.265286665', () => {
    near(dpSgdEpsilon({ ...steps(2, 0.01, 1e4, 1e-6), relation: 'replace-one' }).epsilon, 4.907397523, 5e-4);
    near(dpSgdEpsilon({ ...steps(2, 0.005, 1e4, 1e-6), relation: 'replace-one' }).epsilon, 2.265286665, 5e-4);
  });

  it('Gaussian without sampling: 9.99726, 4.377178, 1.993091, 0.725522, 0.340669', () => {
    for (const [sigma, epsilon] of [
      [0.5, 9.99726],
      [1, 4.377178],
      [2, 1.993091],
      [5, 0.725522],
      [10, 0.340669],
    ] as const)
      near(gaussianEpsilon(sigma, 1e-5), epsilon, 2e-6);
    // dp_accounting's RDP test: σ 4.530877117 is (1, 1e-6)-private by Rényi divergences.
    const { epsilon } = account({
      event: { type: 'gaussian', noiseMultiplier: 4.530877117 },
      accountant: 'rdp',
      relation: 'add-or-remove',
      delta: 1e-6,
    });
    near(epsilon, 1, 1e-3);
  });

  it('a mixture of Gaussians 17.193115 and truncated batches 17.904330', () => {
    const times = (count: number, event: DpEvent): DpEvent => ({ type: 'selfComposed', count, event });
    const ask = (events: DpEvent[]): number =>
      account({ event: { type: 'composed', events }, accountant: 'pld', relation: 'add-or-remove', delta: 1e-6 })
        .epsilon;
    const mixture = (noiseMultiplier: number, sensitivities: number[], probabilities: number[]): DpEvent => ({
      type: 'mixtureOfGaussians',
      noiseMultiplier,
      sensitivities,
      probabilities,
    });
    near(
      ask([times(3, mixture(1, [0, 1, 2], [0.2, 0.6, 0.2])), times(2, mixture(2, [0, 2, 3], [0.33, 0.34, 0.33]))]),
      17.193115,
      1e-4,
    );
    const truncated = (records: number): DpEvent => ({
      type: 'truncatedPoissonGaussian',
      records,
      sampleRate: 0.5,
      maxBatchSize: 2,
      noiseMultiplier: 1,
    });
    near(ask([times(3, truncated(4)), times(2, truncated(3))]), 17.90433, 1e-3);
  });

  it('trees of 1600 steps: below 19.74 and 2.04', () => {
    const tree = (noiseMultiplier: number): number =>
      account({
        event: { type: 'treeAggregation', noiseMultiplier, stepCounts: [1600] },
        accountant: 'rdp',
        relation: 'replace-special',
        delta: 1e-6,
      }).epsilon;
    assert.ok(tree(1.13) < 19.74 && tree(1.13) > 15, String(tree(1.13)));
    assert.ok(tree(8.83) < 2.04 && tree(8.83) > 1, String(tree(8.83)));
  });

  it('a banded factorisation is the sampled Gaussian of its cycle', () => {
    const banded: DpEvent = {
      type: 'bandedMatrixFactorization',
      noiseMultiplier: 1.1,
      bands: 4,
      iterations: 1000,
      sampleRate: 0.01,
    };
    const ask = (event: DpEvent): number =>
      account({ event, accountant: 'pld', relation: 'add-or-remove', delta: 1e-5 }).epsilon;
    near(ask(banded), ask(dpSgdEvent({ noiseMultiplier: 1.1, sampleRate: 0.04, steps: 250 })), 1e-12);
  });
});

describe('calibration', () => {
  const event = dpSgdEvent({ noiseMultiplier: 1, sampleRate: 0.04, steps: 2000 });
  it('meets Opacus for ε 8 from below: rdp 1.3562, prv 1.2915', () => {
    near(calibrate(event, 'rdp', 'add-or-remove', 1e-5, 8), 1.356201171875, 2e-3);
    near(calibrate(event, 'prv', 'add-or-remove', 1e-5, 8), 1.29150390625, 2e-3);
  });
});
