import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint } from '../../audit-core/checkpoints';
import { bytesSource } from '../../audit-core/checkpoints/byte-source';
import { writeNpz } from '../../audit-core/checkpoints/npy/writer';
import { configuredNetwork } from '../../audit-core/runtime/network/configured';
import { runtimeAssets } from '../workspace/assets';
import { fileSource } from '../workspace/byte-source';
import { readRows } from './score-data';

const folder = join(__dirname, '../../test/fixtures/huggingface');
interface Case {
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}
const cases = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Case>;

describe('encoders of transformers by their config.json', () => {
  for (const [name, { shape, x, y }] of Object.entries(cases))
    it(`${name} gives the logits of the library`, async () => {
      const source = await fileSource(join(folder, name, 'model.safetensors'));
      try {
        const checkpoint = await openCheckpoint(source);
        const runtime = await checkpoint.load?.(runtimeAssets());
        assert.ok(runtime, checkpoint.inspection.why);
        const outputs = await runtime.predict([{ data: Float64Array.from(x), shape }]);
        assert.equal(outputs.data.length, y.length);
        for (const [index, wanted] of y.entries())
          assert.ok(Math.abs(Number(outputs.data[index]) - wanted) < 1e-5 * Math.max(1, Math.abs(wanted)), `${index}`);
        runtime.dispose();
      } finally {
        await source.close();
      }
    });

  it('refuses rows that are filled up without a mask', async () => {
    const source = await fileSource(join(folder, 'bert', 'model.safetensors'));
    try {
      const runtime = await (await openCheckpoint(source)).load?.(runtimeAssets());
      assert.ok(runtime);
      await assert.rejects(
        runtime.predict([{ data: Float64Array.of(4, 5, 0), shape: [1, 3] }]),
        /filled up with token 0 .* attention_mask/,
      );
      runtime.dispose();
    } finally {
      await source.close();
    }
  });

  it('reads token ids and their mask from one file', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'epsilint-tokens-'));
    try {
      const path = join(scratch, 'tokens.npz');
      writeFileSync(
        path,
        writeNpz({
          input_ids: { data: Float64Array.of(5, 6, 7, 8), shape: [2, 2] },
          attention_mask: { data: Float64Array.of(1, 1, 1, 0), shape: [2, 2] },
        }),
      );
      const runtime = { inputs: [], outputs: [], outputKind: 'logits' as const, predict: async () => assert.fail() };
      const rows = await readRows(path, 'tokens.npz', { ...runtime, dispose: () => undefined });
      assert.equal(rows.kind, 'array');
      if (rows.kind === 'array') {
        assert.deepEqual(rows.tensor.shape, [2, 2, 2]);
        assert.deepEqual([...rows.tensor.data], [5, 6, 1, 1, 7, 8, 1, 0]);
      }
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  it('says what of a configuration is not built here, and reads a broken one as none', async () => {
    const why = (config: object): string => {
      const found = configuredNetwork(config as Parameters<typeof configuredNetwork>[0]);
      return found && 'why' in found ? found.why : '';
    };
    assert.match(why({ architectures: ['ElectraForSequenceClassification'] }), /Electra\w+ .* not built here/);
    const bert = { architectures: ['BertForSequenceClassification'] };
    assert.match(why({ ...bert, position_embedding_type: 'relative_key' }), /positions/);
    assert.match(why({ ...bert, hidden_act: 'eval("x")' }), /activation/);
    assert.match(why({ ...bert, hidden_size: '8' }), /hidden_size/);
    assert.match(why({ ...bert, num_attention_heads: 7 }), /do not fit/);
    const weights = new Uint8Array(readFileSync(join(folder, 'bert', 'model.safetensors')));
    const broken = new Map([['config.json', new TextEncoder().encode('{"architectures": [')]]);
    const { inspection } = await openCheckpoint(bytesSource('model.safetensors', weights, broken));
    assert.equal(inspection.runnable, false);
  });
});
