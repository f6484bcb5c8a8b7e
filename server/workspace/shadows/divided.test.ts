import assert from 'node:assert/strict';
import { auditedRows, recordFlags, scriptMask, spreadScores } from './divided';

describe('rows that a script divides, where the audit takes some of them', () => {
  // The script divides records 6 … 0; the audit kept records 1, 3 and 6.
  const divided = auditedRows(Int32Array.of(6, 5, 4, 3, 2, 1, 0), Int32Array.of(1, 3, 6));

  it('are found by their record', () => {
    assert.deepEqual([...divided], [2, -1, -1, 1, -1, 0, -1]);
    const whole = Int32Array.of(3, 1);
    assert.equal(auditedRows(whole, null), whole);
  });

  it('are masked as the audit says, the others by halves that complete each other', () => {
    const many = Int32Array.from({ length: 2000 }, (_, at) => (at < 3 ? at : -1));
    const [one, other] = [4, 5].map(model =>
      scriptMask(many, { model, members: model === 4 ? Uint8Array.of(1, 0, 1) : Uint8Array.of(0, 1, 0) }),
    );
    for (const [at, side] of one!.entries()) assert.equal(side + other![at]!, 1);
    assert.deepEqual([...one!.subarray(0, 3)], [1, 0, 1]);
    const inside = one!.reduce((sum, side) => sum + side, 0);
    assert.ok(Math.abs(inside - 1000) < 100, `${inside}`);
  });

  it('are members by record where the audit says so, and no other record is', () => {
    assert.deepEqual([...recordFlags(Uint8Array.of(1, 0, 1), Int32Array.of(1, 3, 6), 8)], [0, 1, 0, 0, 0, 0, 1, 0]);
    const whole = Uint8Array.of(1, 0);
    assert.equal(recordFlags(whole, null, 2), whole);
  });

  it('have their scores at the rows of the audit', async () => {
    const values = Float64Array.from({ length: 14 }, (_, at) => at);
    const array = {
      name: 'scores',
      shape: [7, 2],
      dtype: 'float64',
      numbers: async () => values,
      strings: async () => [],
    };
    const { outputs, width } = await spreadScores(array, divided, 3, 'train.py');
    assert.equal(width, 2);
    assert.deepEqual([...outputs], [10, 11, 6, 7, 0, 1]);
    await assert.rejects(
      spreadScores({ ...array, shape: [5, 2] }, divided, 3, 'train.py'),
      /train.py wrote scores of 5 rows/,
    );
  });
});
