import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  account,
  calibrate,
  type DpEvent,
  dpSgdEpsilon,
  EventError,
  gaussianDelta,
  gaussianEpsilon,
  opacusRdpEpsilon,
  parseEvent,
  type Relation,
} from '.';
import { sampledGaussianRdp } from './rdp';

const fixtures = join(__dirname, '..', '..', 'test', 'fixtures', 'accounting');
const rowsOf = <T>(file: string): T[] =>
  readFileSync(join(fixtures, file), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T);

interface Row {
  readonly id: string;
  readonly noiseMultiplier: number;
  readonly sampleRate: number;
  readonly steps: number;
  readonly delta: number;
  readonly pld?: number;
  readonly pldFine?: number;
  readonly exact?: number;
  readonly rdp?: number;
  readonly opacusRdp?: number;
  readonly lower?: number;
  readonly upper?: number;
}

const event = ({
  noiseMultiplier,
  sampleRate,
  steps,
}: Pick<Row, 'noiseMultiplier' | 'sampleRate' | 'steps'>): DpEvent => ({
  type: 'selfComposed',
  count: steps,
  event: { type: 'poissonSampled', sampleRate, event: { type: 'gaussian', noiseMultiplier } },
});

describe('DP-SGD against other accountants', () => {
  for (const row of rowsOf<Row>('dpsgd.jsonl'))
    it(`${row.id}: σ ${row.noiseMultiplier}, q ${row.sampleRate}, ${row.steps} steps`, () => {
      const { epsilon } = dpSgdEpsilon(row);
      const peers = [row.pld, row.pldFine].filter(value => value !== undefined);
      if (peers.length > 0)
        assert.ok(
          epsilon <= Math.max(...peers, row.exact ?? 0) * (1 + 5e-4) + 1e-12,
          `looser than the peer: ${epsilon} > ${peers}`,
        );
      if (row.exact !== undefined)
        assert.ok(epsilon >= row.exact * (1 - 1e-6) - 1e-12, `below the truth: ${epsilon} < ${row.exact}`);
      if (row.lower !== undefined) assert.ok(epsilon >= row.lower, `below the bracket: ${epsilon} < ${row.lower}`);
      const rdp = dpSgdEpsilon({ ...row, accountant: 'rdp' }).epsilon;
      assert.ok(rdp >= epsilon * (1 - 1e-3) - 1e-6, `RDP ${rdp} below PLD ${epsilon}`);
      if (row.rdp !== undefined) assert.ok(rdp <= row.rdp * (1 + 1e-3), `RDP ${rdp} above the peer's ${row.rdp}`);
      if (row.opacusRdp !== undefined) assert.ok(Math.abs(opacusRdpEpsilon(row).epsilon / row.opacusRdp - 1) < 1e-4);
    });
});

describe('Rényi divergence of one sampled step', () => {
  for (const { rdp, order, ...step } of rowsOf<{
    sampleRate: number;
    noiseMultiplier: number;
    order: number;
    rdp: number;
  }>('rdp_steps.jsonl'))
    it(`σ ${step.noiseMultiplier}, q ${step.sampleRate}, α ${order}`, () => {
      assert.ok(
        Math.abs(sampledGaussianRdp(step, order) / rdp - 1) < 1e-9,
        `${sampledGaussianRdp(step, order)} / ${rdp}`,
      );
    });
});

describe('the accountant', () => {
  const base = { noiseMultiplier: 1.1, sampleRate: 0.01, steps: 1000 };

  it('knows the MNIST example of the Opacus documentation: ε = 1.13', () => {
    assert.equal(
      dpSgdEpsilon({ noiseMultiplier: 1.1, sampleRate: 1 / 235, steps: 15 * 235, delta: 1e-5 }).epsilon.toFixed(2),
      '1.13',
    );
  });

  it('is monotone in noise, sample rate, steps and δ', () => {
    const at = (change: Partial<typeof base & { delta: number }>): number =>
      dpSgdEpsilon({ ...base, delta: 1e-5, ...change }).epsilon;
    assert.ok(at({ noiseMultiplier: 1.2 }) < at({}));
    assert.ok(at({ sampleRate: 0.012 }) > at({}));
    assert.ok(at({ steps: 1200 }) > at({}));
    assert.ok(at({ delta: 1e-4 }) < at({}));
  });

  it('composes in any order to the same ε', () => {
    const other = { noiseMultiplier: 0.8, sampleRate: 0.02, steps: 100 };
    const ask = (events: DpEvent[]): number =>
      account({ event: { type: 'composed', events }, accountant: 'pld', relation: 'add-or-remove', delta: 1e-5 })
        .epsilon;
    const both = ask([event(base), event(other)]);
    assert.ok(Math.abs(both / ask([event(other), event(base)]) - 1) < 1e-9);
    assert.ok(both > ask([event(base)]));
  });

  it('answers δ at ε as the inverse of ε at δ', () => {
    const { epsilon } = account({ event: event(base), accountant: 'pld', relation: 'add-or-remove', delta: 1e-5 });
    const { delta } = account({ event: event(base), accountant: 'pld', relation: 'add-or-remove', epsilon });
    assert.ok(Math.abs(delta / 1e-5 - 1) < 1e-3, String(delta));
  });

  it('takes twice the distance for a replacement without sampling', () => {
    const gaussian: DpEvent = { type: 'gaussian', noiseMultiplier: 4 };
    const { epsilon } = account({ event: gaussian, accountant: 'pld', relation: 'replace-one', delta: 1e-5 });
    assert.equal(epsilon, gaussianEpsilon(2, 1e-5));
    assert.ok(Math.abs(gaussianDelta(2, epsilon) / 1e-5 - 1) < 1e-9);
  });

  it('calibrates to a target that it then meets from below', () => {
    const noise = calibrate(event(base), 'pld', 'add-or-remove', 1e-5, 2);
    const { epsilon } = dpSgdEpsilon({ ...base, noiseMultiplier: noise, delta: 1e-5 });
    assert.ok(epsilon <= 2 && epsilon > 1.999, String(epsilon));
  });

  it('gives a person with one record what a record has, and more records more', () => {
    const of = (recordsPerPerson: number): number => dpSgdEpsilon({ ...base, delta: 1e-5, recordsPerPerson }).epsilon;
    assert.equal(of(1), dpSgdEpsilon({ ...base, delta: 1e-5 }).epsilon);
    assert.ok(of(2) > of(1) && of(3) > of(2));
  });

  it('meets the mixtures of dp_accounting at grid 1e-4 (accounting reference, group.jsonl)', () => {
    for (const [noiseMultiplier, sampleRate, steps, delta, recordsPerPerson, theirs] of [
      [1.78, 0.003646931449085418, 548, 1e-5, 3, 0.5844277620311392],
      [3.56, 0.008533333333333334, 234, 1e-6, 12, 2.092319389221787],
    ] as const) {
      const { epsilon } = dpSgdEpsilon({ noiseMultiplier, sampleRate, steps, delta, recordsPerPerson });
      assert.ok(Math.abs(epsilon / theirs - 1) < 1e-3, `${epsilon} / ${theirs}`);
    }
  });

  it('meets other mechanisms of dp_accounting (accounting reference, mechanisms.jsonl)', () => {
    const times = (count: number, each: DpEvent): DpEvent => ({ type: 'selfComposed', count, event: each });
    const run: DpEvent = times(2232, {
      type: 'poissonSampled',
      sampleRate: 0.004266666666666667,
      event: { type: 'gaussian', noiseMultiplier: 0.942 },
    });
    const wor: DpEvent = {
      type: 'sampledWithoutReplacement',
      records: 60000,
      batchSize: 64,
      event: { type: 'gaussian', noiseMultiplier: 2.69 },
    };
    const cases: [DpEvent, 'pld' | 'rdp', Relation, number, number][] = [
      [times(92, { type: 'laplace', noiseMultiplier: 6.48 }), 'pld', 'add-or-remove', 1e-8, 8.411811889040312],
      [times(92, { type: 'laplace', noiseMultiplier: 6.48 }), 'rdp', 'add-or-remove', 1e-8, 8.781863327237915],
      [
        times(45, { type: 'poissonSampled', sampleRate: 0.087, event: { type: 'laplace', noiseMultiplier: 0.484 } }),
        'pld',
        'add-or-remove',
        1e-4,
        5.179729947147666,
      ],
      [
        times(34, { type: 'discreteLaplace', noiseParameter: 0.239, sensitivity: 1 }),
        'pld',
        'add-or-remove',
        1e-6,
        6.617150295486013,
      ],
      [
        times(9, { type: 'discreteGaussian', sigma: 1.66, sensitivity: 2 }),
        'pld',
        'add-or-remove',
        1e-6,
        23.09217705614195,
      ],
      [
        { type: 'randomizedResponse', noiseParameter: 0.15, buckets: 18 },
        'pld',
        'replace-one',
        1e-8,
        4.634799988349514,
      ],
      [
        { type: 'treeAggregation', noiseMultiplier: 2.55, stepCounts: [5000] },
        'rdp',
        'replace-special',
        1e-5,
        7.075776814614161,
      ],
      [{ type: 'repeatAndSelect', mean: 10, shape: 0.5, event: run }, 'rdp', 'add-or-remove', 1e-5, 2.8417707945163837],
      [times(2334, wor), 'rdp', 'replace-one', 1e-6, 0.19056519918266374],
      [times(6, { type: 'zcdp', rho: 0.0394, xi: 0.0153 }), 'rdp', 'add-or-remove', 1e-6, 3.5260498954161106],
    ];
    for (const [asked, accountant, relation, delta, theirs] of cases) {
      const { epsilon } = account({ event: asked, accountant, relation, delta });
      assert.ok(Math.abs(epsilon / theirs - 1) < 1e-3, `${asked.type} ${accountant}: ${epsilon} / ${theirs}`);
    }
  });

  it('refuses what an accountant does not know, and never answers zero for it', () => {
    const zcdp: DpEvent = { type: 'zcdp', rho: 0.1, xi: 0 };
    assert.throws(
      () => account({ event: zcdp, accountant: 'pld', relation: 'add-or-remove', delta: 1e-5 }),
      /ask the RDP accountant/,
    );
    const half: DpEvent = { type: 'epsilonDelta', epsilon: 1, delta: 0.5 };
    assert.equal(
      account({ event: half, accountant: 'pld', relation: 'add-or-remove', delta: 1e-5 }).epsilon,
      Number.POSITIVE_INFINITY,
    );
    assert.ok(account({ event: half, accountant: 'pld', relation: 'add-or-remove', epsilon: 3 }).delta >= 0.5);
  });

  it('is infinite without noise, and says why', () => {
    const { epsilon, warning } = dpSgdEpsilon({ ...base, noiseMultiplier: 0, delta: 1e-5 });
    assert.equal(epsilon, Number.POSITIVE_INFINITY);
    assert.match(warning ?? '', /no noise/);
  });

  it('refuses events that it does not know, naming the place', () => {
    assert.throws(
      () => parseEvent({ type: 'composed', events: [{ type: 'magic' }] }),
      (error: unknown) => error instanceof EventError && /events\[0\].*magic/.test(error.message),
    );
    assert.throws(() => parseEvent({ type: 'gaussian', noiseMultiplier: -1 }), EventError);
  });
});
