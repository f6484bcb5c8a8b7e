import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../audit-core/checkpoints';
import { runtimeAssets } from '../workspace/assets';
import { fileSource } from '../workspace/byte-source';

const folder = join(__dirname, '../../test/fixtures/keras');
interface Case {
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}
const cases = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Case>;

describe('models of Keras give its outputs', () => {
  for (const [file, { shape, x, y }] of Object.entries(cases))
    it(file, async () => {
      const source = await fileSource(join(folder, file));
      try {
        const checkpoint = await openCheckpoint(source);
        const runtime = await checkpoint.load?.(runtimeAssets());
        assert.ok(runtime, checkpoint.inspection.why);
        const outputs = await runtime.predict([{ data: Float32Array.from(x), shape }]);
        assert.equal(outputs.data.length, y.length);
        for (const [index, wanted] of y.entries()) {
          const got = Number(outputs.data[index]);
          assert.ok(Math.abs(got - wanted) < 2e-4 * Math.max(1, Math.abs(wanted)), `${index}: ${got}, not ${wanted}`);
        }
        runtime.dispose();
      } finally {
        await source.close();
      }
    });
});
