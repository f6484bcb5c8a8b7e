import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { dpSgdEpsilon } from '../../../audit-core/accounting';
import { solve, whatIf } from './what-if';

const input = {
  noiseMultiplier: 1.1,
  sampleRate: 1 / 235,
  steps: 3525,
  delta: 1e-5,
  recordsPerPerson: 1,
  sampling: 'poisson',
} as const;

describe('what the explorer asks', () => {
  it('gives ε of runs, and null where none is finite', () => {
    const { epsilon } = whatIf({ points: [input, { ...input, noiseMultiplier: 1e-9, recordsPerPerson: 5 }] });
    assert.ok(Math.abs(epsilon[0]! / 1.1314 - 1) < 2e-3);
    assert.equal(epsilon[1], null);
  });

  it('finds the largest batch within a target, by each way to count a batch', () => {
    for (const wholeBatches of [true, false]) {
      const loader = { examples: 60_000, epochs: 15, wholeBatches };
      const { value } = solve({ input, solveFor: 'batchSize', targetEpsilon: 2, loader });
      const at = (size: number): number => {
        const batches = Math.ceil(60_000 / size);
        const sampleRate = wholeBatches ? 1 / batches : size / 60_000;
        return dpSgdEpsilon({ ...input, sampleRate, steps: 15 * batches }).epsilon;
      };
      assert.ok(at(value!) <= 2 && at(Math.ceil(value! * 1.05)) > 2, `${value}: ${at(value!)}`);
    }
    const { value, message } = solve({ input, solveFor: 'batchSize', targetEpsilon: 0.001 });
    assert.deepEqual([value, message.length > 0], [null, true]);
  });

  it('says what cannot be solved for where batches are not sampled', () => {
    const { value, message } = solve({
      input: { ...input, sampling: 'shuffle' },
      solveFor: 'batchSize',
      targetEpsilon: 2,
      loader: { examples: 60_000, epochs: 15, wholeBatches: true },
    });
    assert.equal(value, null);
    assert.match(message, /not sampled/);
  });
});
