import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint } from '../../audit-core/checkpoints';
import { writeNpz } from '../../audit-core/checkpoints/npy/writer';
import { fileSource } from '../workspace/byte-source';
import { UsageError } from './io';
import { run } from './score';

const example = join(__dirname, '../../examples/liver-visits');

describe('a state dict to score', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-score-'));
    cpSync(join(example, 'model.pt'), join(folder, 'model.pt'));
    const source = await fileSource(join(folder, 'model.pt'));
    const width = (await openCheckpoint(source)).stateDict?.get('net.0.weight')?.shape[1] ?? 0;
    await source.close();
    const X = { data: Float32Array.from({ length: 3 * width }, (_, at) => at % 5), shape: [3, width] };
    writeFileSync(join(folder, 'rows.npz'), writeNpz({ X }));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const score = async (...words: string[]): Promise<string> => {
    let out = '';
    const stdout = (said: string): void => {
      out += said;
    };
    const io = { stdout, stderr: () => {}, stdin: async () => '', isTTY: false, cwd: folder, env: {} };
    await run(words, { ...io, signal: new AbortController().signal });
    return out;
  };

  it('finds the script beside it that saves it', async () => {
    cpSync(join(example, 'train.py'), join(folder, 'train.py'));
    const found = await score('model.pt', '--data', 'rows.npz');
    assert.match(found, /^3 rows, outputs \[3, \d+\]/);
    assert.equal(found, await score('model.pt', '--data', 'rows.npz', '--script', 'train.py'));
  });

  it('asks which of two scripts is meant, and says what is missing where there is none', async () => {
    await assert.rejects(score('model.pt', '--data', 'rows.npz'), UsageError);
    for (const name of ['train.py', 'again.py'])
      writeFileSync(join(folder, name), readFileSync(join(example, 'train.py')));
    await assert.rejects(
      score('model.pt', '--data', 'rows.npz'),
      /again\.py and train\.py save it; say which by --script/,
    );
  });
});
