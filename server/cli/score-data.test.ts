import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from '../../audit-core/runtime/runtime';
import { UsageError } from './io';
import { readRows } from './score-data';

const data = join(__dirname, '..', '..', 'test', 'fixtures', 'data');

/** A model of so many features; −1: of any number. */
const model = (width: number, selects = false): Runtime => ({
  inputs: [{ name: 'x', shape: [-1, width], dtype: 'float32' }],
  outputs: [],
  outputKind: 'probabilities',
  predict: () => Promise.reject(new Error('not asked')),
  ...(selects && { predictTable: () => Promise.reject(new Error('not asked')) }),
  dispose: () => {},
});

describe('the rows to score', () => {
  it('are the same in CSV, Parquet and Feather', async () => {
    const csv = await readRows(join(data, 'table.csv'), 'table.csv', model(-1, true));
    for (const name of ['table_zstd.parquet', 'table_lz4.feather', 'table_stream.arrow']) {
      const rows = await readRows(join(data, name), name, model(-1, true));
      assert.ok(csv.kind === 'table' && rows.kind === 'table');
      assert.deepEqual([...rows.columns.keys()], [...csv.columns.keys()], name);
      for (const column of ['person_id', 'age', 'weight', 'sex', 'label'])
        assert.deepEqual(rows.columns.get(column), csv.columns.get(column), `${name}: ${column}`);
      // pandas keeps truth values as such; a date is text in either.
      assert.deepEqual(new Set(rows.columns.get('smoker')), new Set([0, 1]));
      assert.equal(typeof rows.columns.get('visit')![0], 'string');
    }
  });

  it('are the numeric columns without labels and dates where the model takes an array', async () => {
    const rows = await readRows(join(data, 'table_snappy.parquet'), 'table_snappy.parquet', model(4));
    assert.ok(rows.kind === 'array');
    assert.deepEqual(rows.tensor.shape, [200, 4]);
    assert.equal(rows.tensor.data[0], 33);
    await assert.rejects(readRows(join(data, 'table_snappy.parquet'), 'x.parquet', model(3)), /has 4 numeric columns/);
  });

  it('are refused in one sentence where the file is broken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'epsilint-rows-'));
    try {
      const path = join(folder, 'a.parquet');
      writeFileSync(path, 'PAR1 and then no more');
      await assert.rejects(readRows(path, 'a.parquet', model(1)), (error: unknown) => {
        assert.ok(error instanceof UsageError);
        return /cut off/.test(error.message);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
