import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../audit-core/checkpoints';
import { runtimeAssets } from '../workspace/assets';
import { fileSource } from '../workspace/byte-source';

const folder = join(__dirname, '../../test/fixtures/checkpoints');
interface Case {
  readonly shape: readonly number[];
  readonly x: readonly (number | null)[];
  readonly y: readonly number[];
  readonly tolerance: number;
}
const cases = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Case>;

describe('checkpoints give the outputs of their own libraries', () => {
  for (const [file, { shape, x, y, tolerance }] of Object.entries(cases)) {
    it(file, async () => {
      const source = await fileSource(join(folder, file));
      try {
        const { inspection, load } = await openCheckpoint(source);
        assert.equal(inspection.runnable, true, inspection.why);
        assert.ok(load);
        const runtime = await load(runtimeAssets());
        const data = Float64Array.from(x, value => value ?? Number.NaN);
        const outputs = await runtime.predict([{ data, shape }]);
        const width = outputs.data.length / (shape[0] ?? 1);
        const wide = y.length / (shape[0] ?? 1);
        for (const [index, wanted] of y.entries()) {
          // Libraries give one probability a row for two classes, this reader both.
          const at = wide === 1 && width === 2 ? index * 2 + 1 : index;
          const got = Number(outputs.data[at]);
          assert.ok(
            Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
            `${file}: output ${index} is ${got}, not ${wanted}`,
          );
        }
        runtime.dispose();
      } finally {
        await source.close();
      }
    });
  }

  it('reads bfloat16 the same from torch and safetensors', async () => {
    const values: number[][] = [];
    for (const file of ['plain_bf16.pt', 'plain_bf16.safetensors']) {
      const source = await fileSource(join(folder, file));
      const { stateDict } = await openCheckpoint(source);
      values.push([...((await stateDict?.get('fc1.weight')?.values()) ?? [])]);
      await source.close();
    }
    assert.ok((values[0]?.length ?? 0) > 100);
    assert.deepEqual(values[0], values[1]);
  });
});
