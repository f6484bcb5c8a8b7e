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
