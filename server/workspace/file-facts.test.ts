import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CsvScan } from './csv-scan';
import { DataFiles } from './file-facts';
import { nodeHost } from './host';

const count = (text: string, size = text.length) => {
  const scan = new CsvScan(column => column === 'patient_id');
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) scan.push(bytes.subarray(at, at + size));
  return scan.finish();
};

describe('facts of data files', () => {
  it('count rows, columns and people, whatever the slices', () => {
    const text = '\ufeffpatient_id,note\r\n1,"a, ""b""\nc"\r\n2,\r\n1,x\r\n';
    for (const size of [1, 2, 3, 7, 100])
      assert.deepEqual(count(text, size), {
        rows: 3,
        columns: ['patient_id', 'note'],
        keys: { patient_id: { people: 2, maxRecords: 2 } },
      });
  });

  it('count the last row without a line break, tabs, and nothing', () => {
    assert.equal(count('patient_id\ta\n1\t2')?.rows, 1);
    assert.deepEqual(count(''), { rows: 0, columns: [], keys: {} });
    assert.equal(count('patient_id\n\n\n')?.rows, 0);
  });

  it('give up on a table that is too wide, in its header or in a row', () => {
    assert.equal(count(`patient_id${','.repeat(99_999)}\n1\n`)?.rows, 1);
    assert.equal(count(`patient_id${','.repeat(900_000)}\n1\n`), null);
    assert.equal(count(`patient_id,a\n1${','.repeat(900_000)}`, 1 << 16), null);
  });

  it('are read again when the file changes, and never where it is forbidden', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'epsilint-'));
    try {
      const path = join(folder, 'a.csv');
      writeFileSync(path, 'patient_id\n1\n');
      const now = new DataFiles(nodeHost(), { reading: 'at-once' });
      assert.equal(now.lookup(path)?.data?.rows, 1);
      writeFileSync(path, 'patient_id\n1\n2\n');
      utimesSync(path, 1, 1);
      assert.equal(now.lookup(path)?.data?.rows, 2);
      assert.equal(now.lookup(join(folder, 'none.csv')), null);
      assert.equal(new DataFiles(nodeHost(), { reading: 'never' }).lookup(path), null);
      const learned: string[] = [];
      const later = new DataFiles(nodeHost(), { reading: 'background', learned: at => learned.push(at) });
      assert.equal(later.lookup(path), null);
      await later.settled();
      assert.deepEqual(learned, [path]);
      assert.equal(later.lookup(path)?.data?.keys.patient_id?.people, 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const fixtures = join(__dirname, '..', '..', 'test', 'fixtures', 'data');
  const later = async (name: string, declared: readonly string[] = []) => {
    const files = new DataFiles(nodeHost(), { reading: 'at-once' });
    files.declare(declared);
    const path = join(fixtures, name);
    const first = files.lookup(path);
    if (await files.caughtUp()) assert.equal(first, null);
    assert.equal(await files.caughtUp(), false);
    return files.lookup(path)?.data ?? null;
  };

  it('say of Parquet, Feather and Arrow what they say of the same table as CSV', async () => {
    const csv = await later('table.csv');
    assert.deepEqual(csv?.keys, { person_id: { people: 50, maxRecords: 9 } });
    for (const name of ['table_zstd.parquet', 'table_lz4.feather', 'table_stream.arrow'])
      assert.deepEqual(await later(name), csv, name);
  });

  it('count declared keys in every format', async () => {
    for (const name of ['table.csv', 'table_snappy.parquet', 'table_zstd.feather'])
      assert.deepEqual((await later(name, ['sex']))?.keys.sex?.people, 2, name);
    assert.deepEqual((await later('arrays.npz', ['ids']))?.keys.ids, { people: 2, maxRecords: 5 });
  });

  it('count the rows of numpy arrays, and nothing of what is broken', async () => {
    assert.equal((await later('array.npy'))?.rows, 6);
    assert.deepEqual(await later('arrays.npz'), { rows: 10, columns: [], keys: {} });
    const folder = mkdtempSync(join(tmpdir(), 'epsilint-'));
    try {
      const path = join(folder, 'a.parquet');
      writeFileSync(path, 'PAR1 and then no more');
      const files = new DataFiles(nodeHost(), { reading: 'at-once' });
      assert.equal(files.lookup(path), null);
      assert.equal(await files.caughtUp(), true);
      assert.equal(files.lookup(path), null);
      assert.equal(await files.caughtUp(), false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
