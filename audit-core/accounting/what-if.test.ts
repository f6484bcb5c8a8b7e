import assert from 'node:assert/strict';
import { dpSgdEpsilon, whatIf } from '.';

describe('what-if curves', () => {
  const run = { noiseMultiplier: 1.1, sampleRate: 256 / 60000, steps: 14063, delta: 1e-5 };
  const exact = (change: Partial<typeof run & { recordsPerPerson: number }>): number =>
    dpSgdEpsilon({ ...run, ...change }).epsilon;

  for (const [axis, values] of [
    ['steps', [235, 2350, 7000, 14063, 40000]],
    ['noiseMultiplier', [0.6, 0.9, 1.5, 3]],
    ['sampleRate', [0.001, 0.004, 0.02]],
    ['delta', [1e-4, 1e-6, 1e-9]],
    ['recordsPerPerson', [1, 2, 5]],
  ] as const)
    it(`over ${axis} stay upper bounds within three tenths of a percent`, () => {
      whatIf(run, axis, values).forEach((epsilon, i) => {
        const true_ = exact({ [axis]: values[i] });
        assert.ok(epsilon >= true_ * (1 - 1e-4) && epsilon <= true_ * 1.003, `${values[i]}: ${epsilon} / ${true_}`);
      });
    });

  it('rise with every epoch where batches are shuffled, above the sampled curve', () => {
    const epochs = [1, 5, 20].map(epoch => Math.ceil(epoch / run.sampleRate));
    const shuffled = whatIf({ ...run, sampling: 'shuffle' }, 'steps', epochs);
    const sampled = whatIf(run, 'steps', epochs);
    shuffled.forEach((epsilon, i) => {
      assert.ok(epsilon > sampled[i]! && (i === 0 || epsilon > shuffled[i - 1]!));
    });
  });

  it('are infinite where the parameters make no run', () => {
    assert.deepEqual(whatIf(run, 'noiseMultiplier', [0]), [Number.POSITIVE_INFINITY]);
    assert.deepEqual(whatIf(run, 'delta', [0, 1]), [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
