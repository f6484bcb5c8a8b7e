import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ByteSource, bytesSource } from '../checkpoints/byte-source';
import { column } from './grid';
import { openRecord } from './images';
import { convert } from './images/raster';
import { resize } from './images/resize';
import { applySteps, type RecordStep } from './images/steps';
import { defaultDataLimits } from './sources';
import { DataStore } from './store';

// Made by pandas, pyarrow, Pillow, pydicom, nibabel and wfdb: test/fixtures/data/README.md.
const folder = join(__dirname, '..', '..', 'test', 'fixtures', 'data');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
  table: Record<string, number>;
  records: Record<string, { shape: number[]; sum: number; first: number[]; last: number[] }>;
  resize: Record<
    string,
    { size?: [number, number]; shape?: number[]; sum: number; pixels?: number[]; first?: number[] }
  >;
};
const source = (name: string): ByteSource => ({
  ...bytesSource(name, new Uint8Array(readFileSync(join(folder, name)))),
  sibling: async wanted => source(basename(wanted)),
});
const storeOf = (): DataStore => new DataStore({ open: async name => source(name), list: async () => null });

describe('tables of every format', () => {
  for (const name of readdirSync(folder).filter(each => /^table/.test(each)))
    it(`reads ${name} as pandas does`, async () => {
      const store = storeOf();
      const grid = await store.run(() => {
        const table = store.table(name, { format: 'any' });
        for (const each of table.columns) each.get();
        return table;
      });
      const of = (key: string): number[] => Array.from(column(grid, grid.names.indexOf(key)).data);
      const sum = (key: string): number => of(key).reduce((a, b) => a + (Number.isNaN(b) ? 0 : b), 0);
      assert.equal(grid.height, expected.table.rows);
      const labels =
        name === 'table_index.parquet' ? Array.from(grid.index.data).reduce((a, b) => a + b, 0) : sum('person_id');
      assert.equal(labels, expected.table.person_id);
      assert.equal(sum('age'), expected.table.age);
      assert.equal(of('age').filter(Number.isNaN).length, expected.table.ageMissing);
      assert.ok(Math.abs(sum('weight') - expected.table.weight!) < 1e-7);
      const { levels, data } = column(grid, grid.names.indexOf('sex'));
      assert.equal(data.filter(code => code === levels!.indexOf('M')).length, expected.table.male);
      assert.equal(data.filter(code => code < 0).length, expected.table.sexMissing);
      assert.equal(sum('smoker'), expected.table.smoker);
      assert.equal(sum('label'), expected.table.label);
      if (/parquet|feather|arrow/.test(name)) assert.equal(sum('visit'), expected.table.visit);
    });

  it('reads other encodings, marks, quotes and line breaks', async () => {
    for (const name of ['latin1.csv', 'utf16.csv']) {
      const store = storeOf();
      const grid = await store.run(() => {
        const table = store.table(name, { format: 'any' });
        table.columns[0]!.get();
        return table;
      });
      assert.deepEqual(column(grid, 0).levels, ['José', 'Müller'], name);
    }
    const store = storeOf();
    const grid = await store.run(() => {
      const table = store.table('bom.csv', { format: 'any' });
      table.columns[1]!.get();
      return table;
    });
    assert.deepEqual(grid.names, ['na', 'b "c"']);
    assert.deepEqual(column(grid, 1).levels, ['x, y', 'line\nbreak']);
  });
});

describe('records of a file each', () => {
  for (const [name, wanted] of Object.entries(expected.records).filter(([key]) => key !== 'j2k.dcm'))
    it(`decodes ${name}`, async () => {
      const record = await openRecord(source(name), defaultDataLimits);
      const { shape, data: given } = applySteps(record, []);
      // JSON has no NaN: missing samples stand as −99 there.
      const data = Float64Array.from(given, value => (Number.isNaN(value) ? -99 : value));
      assert.deepEqual(shape, wanted.shape);
      const lossy = /jpg|jpeg/.test(name);
      const near = (a: number, b: number): boolean => Math.abs(a - b) <= (lossy ? 2 : 1e-5 * (1 + Math.abs(b)));
      wanted.first.forEach((value, i) => {
        assert.ok(near(data[i]!, value), `value ${i}: ${data[i]} for ${value}`);
      });
      wanted.last.forEach((value, i) => {
        assert.ok(near(data[data.length - wanted.last.length + i]!, value));
      });
      const sum = data.reduce((a, b) => a + b, 0);
      assert.ok(
        Math.abs(sum - wanted.sum) <= (lossy ? 0.005 * Math.abs(wanted.sum) : 1e-3 + 1e-5 * Math.abs(wanted.sum)),
        `${sum} for ${wanted.sum}`,
      );
    });

  it('refuses codings that it does not read by name', async () => {
    await assert.rejects(openRecord(source('j2k.dcm'), defaultDataLimits), /JPEG 2000/);
  });

  it('resizes as Pillow does, to the bit', async () => {
    const record = await openRecord(source('rgb.png'), defaultDataLimits);
    assert.equal(record.kind, 'raster');
    if (record.kind !== 'raster') return;
    for (const [key, method] of [
      ['down', 'bilinear'],
      ['up', 'bilinear'],
      ['cubic', 'bicubic'],
    ] as const) {
      const wanted = expected.resize[key]!;
      const made = resize(convert(record.raster, 'RGB'), wanted.size![1], wanted.size![0], method);
      assert.deepEqual(Array.from(made.data.subarray(0, 30)), wanted.pixels);
      assert.equal(
        (made.data as Uint8Array).reduce((a, b) => a + b, 0),
        wanted.sum,
      );
    }
  });

  it('takes pictures through torchvision’s transforms', async () => {
    const steps: RecordStep[] = [
      ['resize-short', 12, 'bilinear'],
      ['center-crop', 10, 10],
      ['grey', 1],
      ['to-tensor'],
      ['normalize', [0.5], [0.25]],
    ];
    const { shape, data } = applySteps(await openRecord(source('rgb.png'), defaultDataLimits), steps);
    const wanted = expected.resize.torch!;
    assert.deepEqual(shape, wanted.shape);
    wanted.first!.forEach((value, i) => {
      assert.ok(Math.abs(data[i]! - value) < 1e-5);
    });
    assert.ok(Math.abs(Float64Array.from(data).reduce((a, b) => a + b, 0) - wanted.sum) < 1e-3);
  });
});
