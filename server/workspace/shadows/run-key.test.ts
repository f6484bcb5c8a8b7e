import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrontEnds } from '../front-ends';
import { type KeyedRun, runKey, structureOf } from './run-key';

describe('the key of a run', () => {
  let folder: string;
  const frontEnds = new FrontEnds();
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-key-'));
    await frontEnds.load('python');
    writeFileSync(join(folder, 'data.csv'), 'a,b\n1,2\n');
    writeFileSync(join(folder, 'net.py'), 'WIDTH = 4\n');
    mkdirSync(join(folder, 'scans', 'a'), { recursive: true });
    writeFileSync(join(folder, 'scans', 'a', '1.png'), 'x');
  });
  after(() => {
    frontEnds.dispose();
    rmSync(folder, { recursive: true });
  });
  const run = (more: Partial<KeyedRun> = {}): KeyedRun => {
    const text = more.text ?? 'import net\n';
    return {
      script: join(folder, 'train.py'),
      text,
      facts: frontEnds.parse('train.py', text, 'python')!,
      data: [
        { name: 'data.csv', path: join(folder, 'data.csv') },
        { name: 'scans', path: join(folder, 'scans') },
      ],
      engine: 'embedded',
      recipe: '{}',
      seed: 0,
      ...more,
    };
  };

  it('knows an architecture by its tensors and layers, whatever was learned', async () => {
    const file = (name: string, shape: readonly number[], value: number): string => {
      const header = Buffer.from(JSON.stringify({ w: { dtype: 'F32', shape, data_offsets: [0, 24] } }));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      writeFileSync(
        join(folder, name),
        Buffer.concat([length, header, Buffer.from(new Float32Array(6).fill(value).buffer)]),
      );
      return join(folder, name);
    };
    const [plain, again, other] = await Promise.all(
      [file('a.safetensors', [2, 3], 1), file('b.safetensors', [2, 3], 2), file('c.safetensors', [3, 2], 1)].map(
        structureOf,
      ),
    );
    assert.deepEqual(plain, again);
    assert.notDeepEqual(plain, other);
  });

  it('is the same for the same run, and another one for other data, code, modules, recipe, engine and seed', async () => {
    const keys = [await runKey(run())];
    assert.match(keys[0]!, /^[0-9a-f]{32}$/);
    assert.equal(await runKey(run()), keys[0]);
    keys.push(await runKey(run({ text: 'import net\nEPOCHS = 2\n' })));
    keys.push(await runKey(run({ recipe: '{"person":"id"}' })));
    keys.push(await runKey(run({ engine: 'process' })));
    keys.push(await runKey(run({ seed: 1 })));
    writeFileSync(join(folder, 'net.py'), 'WIDTH = 8\n');
    keys.push(await runKey(run()));
    writeFileSync(join(folder, 'data.csv'), 'a,b\n1,3\n');
    keys.push(await runKey(run()));
    writeFileSync(join(folder, 'scans', 'a', '2.png'), 'y');
    keys.push(await runKey(run()));
    assert.equal(new Set(keys).size, keys.length);
  });
});
