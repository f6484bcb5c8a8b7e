import assert from 'node:assert/strict';
import {
  account,
  attackReading,
  bucketEpsilons,
  type DpEvent,
  directionsOf,
  dpSgdEpsilon,
  dpSgdEvent,
  EventError,
  prvBracket,
  shuffleLowerEpsilon,
  solveBatchSize,
  solveDelta,
  solveEpochs,
  solveSampleRate,
  solveSteps,
  tprAt,
} from '.';
import { participationEpsilon } from './participations';

const mnist = { noiseMultiplier: 1.1, sampleRate: 256 / 60000, steps: 14063 };
const counting = { accountant: 'pld', relation: 'add-or-remove' } as const;

describe('bounds from both sides', () => {
  const directions = directionsOf(dpSgdEvent(mnist), 'add-or-remove', 1);

  it('bracket what connect-the-dots gives, as closely as they are asked to', () => {
    const { epsilon } = dpSgdEpsilon({ ...mnist, delta: 1e-5 });
    for (const epsilonError of [0.01, 0.001]) {
      const { lower, estimate, upper } = prvBracket(directions, 1e-5, { epsilonError });
      assert.ok(lower <= estimate && estimate <= upper && upper - lower < 2.4 * epsilonError);
      assert.ok(lower <= epsilon && epsilon <= upper, `${epsilon} outside ${lower}..${upper}`);
      assert.ok(Math.abs(estimate / epsilon - 1) < 1e-4);
    }
  });

  it('stay on the common grid under replace-one, and are refined by a given interval', () => {
    // dp_accounting 0.6.0, PLDAccountant(REPLACE_ONE), at its default interval and at 2e-7.
    const event = dpSgdEvent({ noiseMultiplier: 2.5, sampleRate: 6e-4, steps: 18 });
    const ask = (interval?: number): number =>
      account({ event, accountant: 'pld', relation: 'replace-one', delta: 1e-8, ...(interval && { interval }) })
        .epsilon;
    assert.ok(Math.abs(ask() / 0.008632562870345329 - 1) < 1e-4);
    assert.ok(Math.abs(ask(2e-7) / 0.008603016106502747 - 1) < 1e-4);
  });

  it('hold where e^ε is larger than any double', () => {
    const ask = (event: DpEvent, recordsPerPerson = 1, delta = 1e-5): number =>
      account({ event, ...counting, delta, recordsPerPerson }).epsilon;
    // One release of Laplace noise: ε(δ) = 1/b + 2·ln(1 − δ), and never more than its pure 1/b (closed form, Balle et al. 2020).
    const laplace = ask({ type: 'laplace', noiseMultiplier: 1e-3 });
    assert.ok(laplace >= 1000 + 2 * Math.log1p(-1e-5) && laplace <= 1000 + 1e-6, String(laplace));
    const gaussian: DpEvent = { type: 'gaussian', noiseMultiplier: 0.02 };
    // Sampled at q: ln(1 + q(e^ε − 1)) at qδ (amplification, tight; Balle, Barthe and Gaboardi 2018), here ε − ln 2.
    const whole = ask(gaussian, 1, 2e-5);
    const half = ask({ type: 'poissonSampled', sampleRate: 0.5, event: gaussian });
    assert.ok(whole > 1250 && Math.abs(half - (whole - Math.LN2)) < 1e-6, `${half} of ${whole}`);
    // A person's 20 records: no less than what the two-sided bounds prove.
    const step: DpEvent = dpSgdEvent({ noiseMultiplier: 0.2, sampleRate: 0.3, steps: 1 });
    const { lower } = prvBracket(directionsOf(step, 'add-or-remove', 20), 1e-5);
    assert.ok(lower > 2000 && ask(step, 20) >= lower, `${lower}`);
  });

  it('never fail however small the noise, and take the bound of the bracket where a grid cannot be', () => {
    for (const [noiseMultiplier, accountant, recordsPerPerson] of [
      [1e-9, 'pld', 1],
      [1e-9, 'rdp', 1],
      [1e-9, 'prv', 5],
      [0.02, 'pld', 1],
    ] as const) {
      const tiny = dpSgdEvent({ noiseMultiplier, sampleRate: 0.01, steps: 1000 });
      const asked = { event: tiny, accountant, relation: 'add-or-remove', delta: 1e-5, recordsPerPerson } as const;
      assert.ok(account(asked).epsilon > 1e4);
    }
    const event = dpSgdEvent({ noiseMultiplier: 0.1, sampleRate: 0.01, steps: 1000 });
    const { epsilon, warning } = account({ event, ...counting, delta: 1e-5 });
    const { lower, upper } = prvBracket(directionsOf(event, 'add-or-remove', 1), 1e-5);
    assert.ok(epsilon >= lower && epsilon <= upper);
    assert.match(warning ?? '', /PRV/);
  });

  it('hold where one step hardly says anything and there are a million of them', () => {
    const tiny = dpSgdEvent({ noiseMultiplier: 5.3, sampleRate: 1.1946e-5, steps: 180_000 });
    const { lower, upper } = prvBracket(directionsOf(tiny, 'add-or-remove', 1), 3.98e-5);
    // dp_accounting at interval 5e-7: 0.00130647 (accounting reference, row a049).
    assert.ok(lower <= 0.00130647 && upper >= 0.00130647 && upper < 0.012);
  });

  it('drift apart with privacy buckets: optimistic 1.6786 at 1e-4 and 2.3114 at 1e-5 (dp_accounting)', () => {
    for (const [interval, optimistic] of [
      [1e-4, 1.6786],
      [1e-5, 2.3114],
    ] as const) {
      const { lower, upper } = bucketEpsilons(directions, 1e-5, interval);
      assert.ok(Math.abs(lower - optimistic) < 1e-4, `${lower} / ${optimistic}`);
      assert.ok(upper > 2.3816);
    }
  });

  it('are wider, not wrong, where the grid would not fit', () => {
    const { epsilon, lower, warning } = account({
      event: dpSgdEvent({ noiseMultiplier: 0.78, sampleRate: 0.0823478, steps: 21626 }),
      accountant: 'prv',
      relation: 'add-or-remove',
      delta: 1.2e-4,
    });
    assert.ok(lower! < 308.575 && epsilon > 308.57);
    assert.match(warning ?? '', /±/);
  });
});

describe('shuffled batches', () => {
  // Table of the accounting note, section 4.5: the method of Chua et al. 2024, run from their description.
  for (const [noise, batches, delta, epsilon] of [
    [0.5, 1e4, 1e-6, 10.9948],
    [0.4, 1e4, 1e-6, 14.4505],
    [0.8, 1e3, 1e-6, 6.0445],
    [1, 1e3, 1e-6, 3.7239],
    [0.6, 1e3, 1e-5, 7.9875],
    [1, 100, 1e-5, 4.0631],
  ] as const)
    it(`have ε of at least ${epsilon} at σ ${noise} and ${batches} batches`, () =>
      assert.ok(Math.abs(shuffleLowerEpsilon(noise, batches, delta) - epsilon) < 5e-4));
});

describe('what the whole composition allows an attacker', () => {
  const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });

  it('is the curve of the Gaussian: AUC Φ(1/√2), 9.24 % at 1 %, and dp_accounting’s 0.0183 at 0.1 %', () => {
    const { auc, curve, tprAt1Percent } = attackReading(gaussian(1), 'add-or-remove');
    assert.ok(auc >= 0.76025 && auc < 0.7603, String(auc));
    assert.ok(Math.abs(tprAt1Percent - 0.09236) < 1e-4);
    for (const [fpr, tpr] of [
      [1e-3, 0.0183],
      [1e-4, 0.003274],
      [1e-5, 5.475e-4],
    ] as const)
      assert.ok(Math.abs(tprAt(curve, fpr) / tpr - 1) < 1e-3);
  });

  it('is less than one (ε, δ) alone allows, and certainty without noise', () => {
    const reading = attackReading(dpSgdEvent(mnist), 'add-or-remove');
    assert.ok(reading.tprAt1Percent > 0.02 && reading.tprAt1Percent < 0.1);
    assert.equal(attackReading(gaussian(0), 'add-or-remove').auc, 1);
  });
});

describe('solving for one quantity', () => {
  const run = { noiseMultiplier: 1.1, batchSize: 256, examples: 60_000, epochs: 15, delta: 1e-5 };
  const epsilonOf = (epochs: number, batchSize: number): number => {
    const batches = Math.ceil(60_000 / batchSize);
    return dpSgdEpsilon({ noiseMultiplier: 1.1, sampleRate: 1 / batches, steps: epochs * batches, delta: 1e-5 })
      .epsilon;
  };

  it('gives the last epoch and the largest batch within the target', () => {
    const epochs = solveEpochs(run, 2, counting);
    assert.ok(epsilonOf(epochs, 256) <= 2 && epsilonOf(epochs + 1, 256) > 2);
    const batch = solveBatchSize(run, 2, { ...counting, accountant: 'gdp' });
    assert.ok(batch > 256);
  });

  it('gives steps, sample rate and δ within the target', () => {
    const step = { type: 'poissonSampled', sampleRate: 0.01, event: { type: 'gaussian', noiseMultiplier: 1 } } as const;
    const steps = solveSteps(step, 1e-5, 2, { ...counting, accountant: 'rdp' });
    const at = (count: number): number =>
      dpSgdEpsilon({ noiseMultiplier: 1, sampleRate: 0.01, steps: count, delta: 1e-5, accountant: 'rdp' }).epsilon;
    assert.ok(at(steps) <= 2 && at(steps + 1) > 2);
    const rate = solveSampleRate({ noiseMultiplier: 1, steps: 1000, delta: 1e-5 }, 2, {
      ...counting,
      accountant: 'rdp',
    });
    assert.ok(Math.abs(rate - 0.0095) < 0.001, String(rate));
    const delta = solveDelta(dpSgdEvent(mnist), 2.381691, counting);
    assert.ok(Math.abs(delta / 1e-5 - 1) < 1e-3);
  });

  it('says when even the least is too much', () => {
    assert.throws(() => solveEpochs({ ...run, noiseMultiplier: 0.2 }, 0.01, counting), EventError);
    assert.throws(() => solveSteps({ type: 'gaussian', noiseMultiplier: 1 }, 1e-5, 1, counting), /single step/);
  });
});

describe('where a grid cannot be', () => {
  it('the sum of total variations says ε = 0, or another bound stands in with a word about it', () => {
    const ask = (sampleRate: number) => dpSgdEpsilon({ noiseMultiplier: 1.1, sampleRate, steps: 3525, delta: 1e-5 });
    assert.equal(ask(1e-9).epsilon, 0);
    const { epsilon, warning } = ask(1e-8);
    assert.ok(epsilon < 1e-4 && /bound of/.test(warning ?? ''));
  });

  it('counts participations where one of them already tells: 4827 instead of 66762 by Rényi divergences', () => {
    const run = { noiseMultiplier: 0.1, sampleRate: 1 / 240, steps: 14400, delta: 1e-5 };
    const counted = participationEpsilon(dpSgdEvent(run), 'add-or-remove', 1e-5)!;
    assert.ok(counted > 4800 && counted < 4830, String(counted));
    // The upper end of the two-sided bounds is lower still: the smallest of all is given, and named.
    const { epsilon, warning } = dpSgdEpsilon(run);
    const { lower, upper } = prvBracket(directionsOf(dpSgdEvent(run), 'add-or-remove', 1), 1e-5);
    assert.ok(epsilon >= lower && epsilon <= upper && upper < counted, `${lower} ${epsilon} ${upper}`);
    assert.match(warning ?? '', /PRV/);
  }).timeout(60_000);

  it('counted participations are above the loss distributions wherever those fit, and exact without sampling', () => {
    for (const [noiseMultiplier, sampleRate, steps] of [
      [0.3, 1 / 240, 2000],
      [1.1, 1 / 235, 3525],
    ] as const) {
      const event = dpSgdEvent({ noiseMultiplier, sampleRate, steps });
      const counted = participationEpsilon(event, 'add-or-remove', 1e-5)!;
      assert.ok(counted > dpSgdEpsilon({ noiseMultiplier, sampleRate, steps, delta: 1e-5 }).epsilon);
    }
    const nearlyAlways = dpSgdEvent({ noiseMultiplier: 2, sampleRate: 1 - 1e-12, steps: 4 });
    assert.ok(Math.abs(participationEpsilon(nearlyAlways, 'add-or-remove', 1e-5)! / 4.377178 - 1) < 1e-5);
    assert.equal(participationEpsilon({ type: 'laplace', noiseMultiplier: 1 }, 'add-or-remove', 1e-5), null);
  });
});
