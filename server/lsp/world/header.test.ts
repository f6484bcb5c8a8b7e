import assert from 'node:assert/strict';
import { join } from 'node:path';
import { headerOf } from './header';

const file = (name: string): string => join(__dirname, '..', '..', '..', 'test', 'fixtures', 'data', name);

describe('the header of a data file', () => {
  const columns = ['person_id', 'age', 'weight', 'sex', 'smoker', 'visit', 'label'];

  it('is the first line of a table of text', async () => {
    assert.deepEqual(await headerOf(file('table.csv')), columns);
    assert.deepEqual(await headerOf(file('table.tsv')), columns);
  });

  it('is the list of columns of Parquet and Arrow, and of the arrays of numpy', async () => {
    assert.deepEqual(await headerOf(file('table_snappy.parquet')), columns);
    assert.deepEqual(await headerOf(file('table_uncompressed.feather')), columns);
    assert.deepEqual(await headerOf(file('arrays.npz')), ['X', 'y', 'ids']);
  });

  it('is empty for what has none, is not there, or is something else', async () => {
    assert.deepEqual(await headerOf(file('rgb.png')), []);
    assert.deepEqual(await headerOf(file('no-such.parquet')), []);
    assert.deepEqual(await headerOf(file('README.md')), []);
  });
});
