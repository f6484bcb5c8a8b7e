import assert from 'node:assert/strict';
import { bytesSource } from '../checkpoints/byte-source';
import { writeNpz } from '../checkpoints/npy/writer';
import { prepareAuditData } from '../datasets/prepare';
import { DataStore } from '../datasets/store';
import { arrayData } from './array-data';
import { declaredRecipe } from './declared-recipe';
import { declaredFlags } from './members';

const csv = 'pid,split,a,b,y\n1,train,1,,0\n1,train,3,10,1\n2,test,5,20,0\n3,train,,30,1\n4,test,9,40,1\n';
const storeOf = () =>
  new DataStore({ open: async name => bytesSource(name, new TextEncoder().encode(csv)), list: async () => null });
/** Flags of declared members, over a table that reads its columns when they are asked for. */
async function flagsOf(
  declared: Parameters<typeof declaredFlags>[0],
  file: Parameters<typeof declaredFlags>[2] = null,
): Promise<number[]> {
  const store = storeOf();
  const grid = await store.run(() => store.table('d.csv', { format: 'any' }));
  return [...(await store.run(() => declaredFlags(declared, grid, file, null)))];
}

describe('a declared audit', () => {
  it('takes members from a column, from rows, from a range', async () => {
    assert.deepEqual(await flagsOf({ kind: 'column', column: 'split', is: ['train'] }), [1, 1, 0, 1, 0]);
    assert.deepEqual(await flagsOf({ kind: 'column', column: 'y', is: [true] }), [0, 1, 0, 1, 1]);
    assert.deepEqual(await flagsOf({ kind: 'rows', rows: [4, 0] }), [1, 0, 0, 0, 1]);
    assert.deepEqual(await flagsOf({ kind: 'range', from: 3, to: null }), [0, 0, 0, 1, 1]);
    await assert.rejects(flagsOf({ kind: 'column', column: 'fold', is: [0] }), /no column "fold"/);
    await assert.rejects(flagsOf({ kind: 'column', column: 'split', is: ['all'] }), /no row a member/);
    await assert.rejects(flagsOf({ kind: 'rows', rows: [9] }), /row 9.* 5 rows/);
  });

  it('takes people from a file by the column that it names', async () => {
    const content = { kind: 'people' as const, key: 'pid', ids: new Set(['1', '4']) };
    const flags = await flagsOf({ kind: 'file', path: '/m.json' }, { content, name: 'm.json' });
    assert.deepEqual(flags, [1, 1, 0, 0, 1]);
  });

  it('fits declared steps on the members only', async () => {
    const members = Uint8Array.of(1, 1, 0, 1, 0);
    const steps = [
      { kind: 'fill' as const, with: 'median' as const, columns: null },
      { kind: 'scale' as const, how: 'standard' as const, columns: ['b'] },
    ];
    const recipe = declaredRecipe('d.csv', ['a', 'b'], ['y'], steps, members);
    const data = await prepareAuditData(recipe, storeOf(), { person: 'pid', groups: [] });
    const column = (at: number) => Array.from({ length: 5 }, (_, row) => data.features.data[2 * row + at]!);
    // Members have a = 1, 3, missing (median 2) and b = missing (median 20), 10, 30: mean 20, deviation √(200/3).
    assert.deepEqual(column(0), [1, 3, 5, 2, 9]);
    const deviation = Math.sqrt(200 / 3);
    for (const [row, b] of [20, 10, 20, 30, 40].entries())
      assert.ok(Math.abs(column(1)[row]! - (b - 20) / deviation) < 1e-6);
    assert.deepEqual([...data.labels], [0, 1, 0, 1, 1]);
    assert.equal(data.people?.count, 4);
  });

  it('refuses a step for a column that is no feature', async () => {
    const steps = [{ kind: 'scale' as const, how: 'min-max' as const, columns: ['z'] }];
    assert.throws(() => declaredRecipe('d.csv', ['a'], ['y'], steps, Uint8Array.of(1, 0)), /"z"/);
  });

  it('reads arrays by their usual names, labels of several columns as multi-label', async () => {
    const bytes = writeNpz({
      X: { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, Number.NaN), shape: [4, 2] },
      y: { data: Float64Array.of(0, 1, 1, 1, 0, 0, 1, 0), shape: [4, 2] },
      members: { data: Float64Array.of(1, 0, 1, 0), shape: [4] },
      person: { data: Float64Array.of(7, 7, 9, 8), shape: [4] },
    });
    const question = { inputs: { features: null, label: null, steps: [] }, person: null, members: null, file: null };
    const data = await arrayData(bytesSource('d.npz', bytes), question);
    assert.equal(data.target, 'multi-label');
    assert.equal(data.targets?.width, 2);
    assert.deepEqual([...data.members], [1, 0, 1, 2]);
    assert.deepEqual([...data.people!.codes], [0, 0, 2, 1]);
    const named = { ...question, inputs: { features: ['Z'], label: null, steps: [] } };
    await assert.rejects(arrayData(bytesSource('d.npz', bytes), named), /no array holds the inputs/);
  });
});
