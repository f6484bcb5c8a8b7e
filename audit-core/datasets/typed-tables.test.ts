import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource } from '../checkpoints/byte-source';
import { cellsOf } from './column';
import { defaultDataLimits } from './sources';
import { openTable } from './tables';

// Made by pandas, pyarrow and polars: test/fixtures/data/README.md.
const folder = join(__dirname, '..', '..', 'test', 'fixtures', 'data');
const open = (name: string) =>
  openTable(
    bytesSource(name, new Uint8Array(readFileSync(join(folder, name)))),
    name,
    { format: 'any' },
    defaultDataLimits,
  );

describe('what typed files say of their columns', () => {
  for (const name of ['category.parquet', 'category.feather'])
    it(`${name}: a category keeps its levels in their order, and rows their labels`, async () => {
      const table = await open(name);
      const [grade] = await table.read([0]);
      assert.equal(grade!.category, true);
      assert.deepEqual(grade!.levels, ['low', 'mid', 'high']);
      assert.deepEqual(cellsOf(grade!), ['high', 'low', null, 'high']);
      assert.deepEqual(cellsOf(await table.index!.read()), [10, 12, 14, 16]);
    });

  it('reads views of text, decimals, and a file whose schema stands at its end only', async () => {
    const table = await open('views.feather');
    const [word, price] = await table.read([0, 1]);
    assert.deepEqual(cellsOf(word!), ['short', 'a text longer than twelve bytes', null]);
    assert.deepEqual(cellsOf(price!), [1.25, null, -3.5]);
  });

  it('reads each batch of a stream by the dictionary that was in force', async () => {
    const [word] = await (await open('replaced.arrow')).read([0]);
    assert.deepEqual(cellsOf(word!), ['b', 'a', 'c', 'b']);
  });
});
